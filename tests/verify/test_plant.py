from __future__ import annotations

import gzip
import json
import random
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.verify.canaries import Canary, Sort, fresh
from gateway.verify.outcome import sighted
from gateway.verify.plant import PLACES, Declared, Door, Place, leads_to, places_of, plant
from gateway.verify.sorts import SORTS
from gateway.verify.wire import request_bytes

DICE = random.Random(7)
DOOR = Door("/api/verify", slot="after")
EVERY = [(sort, place) for sort in SORTS for place in places_of(sort)]
(EMAIL,) = (sort for sort in SORTS if sort.title == "e-mail")
(PHONE,) = (sort for sort in SORTS if sort.title == "phone")


def canary(sort: Sort = EMAIL) -> Canary:
    made = fresh(sort, "ru", DICE)
    assert made
    return made


@pytest.mark.parametrize(("sort", "place"), EVERY, ids=[f"{sort.title} in {place}" for sort, place in EVERY])
def test_a_planted_canary_is_seen_by_the_reader_in_the_bytes_that_are_sent(sort: Sort, place: Place) -> None:
    planted = canary(sort)
    sent = plant(planted, place, Declared(text="RU"), DOOR)
    assert sighted(planted, request_bytes(sent.method, sent.target, sent.headers, sent.body, "h")) is not None


@pytest.mark.parametrize("place", PLACES)
def test_every_place_is_used(place: Place) -> None:
    assert place in {where for _, where in EVERY}


def test_what_is_declared_stands_beside_a_value_in_json() -> None:
    sent = plant(canary(), "deep JSON", Declared("citizenship", "DE"), DOOR)
    assert json.loads(sent.body)["citizenship"] == "DE"


def test_what_is_declared_stands_in_the_query_where_there_is_no_body() -> None:
    sent = plant(canary(), "path", Declared("citizenship", "RU"), DOOR)
    assert parse_qs(urlsplit(sent.target).query) == {"citizenship": ["RU"]}


def test_nothing_is_declared_of_the_unknown() -> None:
    sent = plant(canary(), "query", Declared(), DOOR)
    assert list(parse_qs(urlsplit(sent.target).query)) == ["email"]


def test_a_packed_body_says_so() -> None:
    sent = plant(canary(), "gzip JSON", Declared(), DOOR)
    assert ("Content-Encoding", "gzip") in sent.headers
    assert canary is not None
    assert json.loads(gzip.decompress(sent.body))["event"] == "signup"


def test_a_json_number_has_all_the_digits() -> None:
    planted = canary(PHONE)
    sent = plant(planted, "JSON number", Declared(), DOOR)
    assert str(json.loads(sent.body)["customer"]["phone"]) == "".join(filter(str.isdigit, planted.value))


def test_a_path_is_planted_only_behind_a_route_that_takes_more_segments() -> None:
    assert not leads_to("path", EMAIL, Door("/api/x"))


def test_a_route_of_get_only_takes_no_bodies() -> None:
    door = Door("/api/x", posts=False, slot="after")
    assert [place for place in PLACES if leads_to(place, EMAIL, door)] == ["GET query"]


def test_a_route_of_one_host_is_asked_by_that_host() -> None:
    sent = plant(canary(), "form", Declared(), Door("/", host="crm.example"))
    assert sent.headers[0] == ("Host", "crm.example")


def test_a_value_stands_after_a_segment_that_names_it_where_there_is_room() -> None:
    sent = plant(canary(), "path", Declared(), Door("/api/17", slot="after"))
    assert sent.target.startswith("/api/17/by-email/")


def test_a_value_stands_in_place_of_an_id_where_there_is_none() -> None:
    planted = canary()
    assert (
        plant(planted, "path", Declared(), Door("/api/users/17", slot="last")).target == f"/api/users/{planted.value}"
    )


@pytest.mark.parametrize(("slot", "fits"), [("last", False), ("after", True)])
def test_a_number_that_needs_a_name_does_not_stand_in_place_of_an_id(
    slot: Literal["last", "after"], fits: bool
) -> None:
    (inn,) = (sort for sort in SORTS if sort.title == "INN")
    assert leads_to("path", inn, Door("/x", slot=slot)) is fits

"""Credentials opened for the judge, and closed again."""

from __future__ import annotations

import base64
import json

import pytest

from gateway.core.credentials import (
    PLACE,
    closing,
    less_unsearchable,
    opened_basic,
    opened_claims,
    with_basic,
)
from gateway.core.reading import Reading
from gateway.core.route import Matched
from gateway.model.document import Document, Span
from gateway.model.finding import Finding
from gateway.model.message import Headers, Request
from gateway.model.names import Kind, Path
from tests.made import route, ruleset


def request(*headers: tuple[str, str]) -> Request:
    return Request("GET", "/", (("Host", "a"), *headers), b"")


def basic(text: bytes, scheme: str = "Basic") -> tuple[str, str]:
    return "Authorization", f"{scheme} {base64.b64encode(text).decode()}"


def test_claims_about_people_stand_in_a_header_of_ours_and_the_tokens_own_beside() -> None:
    opened = opened_claims(
        request(("authorization", "bearer x.y.z"), (PLACE, "forged")),
        "Authorization",
        {"exp": 1, "aud": "crm", "email": "a@b.ru"},
    )
    assert (opened.request.headers, opened.kept) == (
        (("Host", "a"), (PLACE, '{"email":"a@b.ru"}')),
        {"exp": 1, "aud": "crm"},
    )
    assert (opened.name, opened.scheme, repr(opened)) == ("authorization", "Bearer ", "Opened(authorization, Bearer)")


def test_header_of_its_own_has_no_scheme() -> None:
    assert opened_claims(request(("X-Id", "x.y.z")), "x-id", {}).scheme == ""


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (basic(b"a:b"), basic(b"c:d")),
        (("Authorization", "Bearer x"),),
        (("Authorization", "Basic"),),
        (basic(b"nocolon"),),
        (("Authorization", "Basic YTp"),),
        (basic(b"\xff:x"),),
    ],
)
def test_what_is_no_clear_basic_is_not_opened(headers: Headers) -> None:
    assert opened_basic(request(*headers)) is None


def test_basic_is_opened_and_closed() -> None:
    opened = opened_basic(request(basic(b"anna:p:w", "BASIC")))
    assert opened is not None
    rest, told = closing(opened.request, opened)
    assert (rest.headers, told) == ((("Host", "a"),), {"login": "anna", "password": "p:w"})
    assert with_basic(rest, opened, {**told, "login": "tk"}).header("authorization") == basic(b"tk:p:w")[1]


@pytest.mark.parametrize("told", [{}, {"login": "a"}, {"password": "b"}, {"login": "a:b", "password": "c"}])
def test_basic_that_lost_a_half_is_not_sent(told: dict[str, object]) -> None:
    opened = opened_basic(request(basic(b"a:b")))
    assert opened is not None
    rest, _ = closing(opened.request, opened)
    assert with_basic(rest, opened, told) == rest


@pytest.mark.parametrize("text", [None, "[1]"])
def test_header_that_the_rules_took_away_leaves_the_tokens_own_claims(text: str | None) -> None:
    opened = opened_claims(request(("Authorization", "Bearer x")), "authorization", {"exp": 1, "a": 2})
    left = request() if text is None else request((PLACE, text))
    assert closing(left, opened)[1] == {"exp": 1}


def found(path: Path, kind: str) -> Finding:
    return Finding(0, path, Span(0, 1), Kind(kind), 1.0, "made")


def test_look_up_goes_without_claims_that_have_no_index() -> None:
    claims = {"email": "a@b.ru", "name": {"first": "Anna"}, "citizenship": "RU", "n": 1}
    opened = opened_claims(request(("Authorization", "Bearer x")), "authorization", claims)
    findings = (
        found(("headers", PLACE, "email"), "email"),
        found(("headers", PLACE, "name", "first"), "person.name"),
        found(("headers", PLACE, "citizenship"), "citizenship"),
        found(("headers", PLACE), "person.name"),
        found(("headers", "x-name", "n"), "person.name"),
    )
    matched = Matched(route(), {}, "look_up")
    less = less_unsearchable(opened, Reading(matched, Document(()), findings, ()), ruleset())
    assert json.loads(less.request.header(PLACE) or "") == {"email": "a@b.ru", "citizenship": "RU", "n": 1}
    assert less_unsearchable(opened, Reading(matched, Document(()), (), ()), ruleset()) is opened

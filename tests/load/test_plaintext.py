"""The upstream of the load test catches a planted leak in every spelling."""

from __future__ import annotations

import base64
import gzip
import json
from urllib.parse import quote, urlencode

import pytest

from tests.load.people import Person, body, number_of, person
from tests.load.plaintext import leaked

ANNA = person(4711)
LEAKS = {
    "raw": ANNA.email.encode(),
    "in a url": b"GET /find?email=" + quote(ANNA.email, safe="").encode(),
    "in a form": urlencode({"n": ANNA.full_name}).encode(),
    "in upper case": ANNA.email.upper().encode(),
    "json-escaped": json.dumps({"n": ANNA.full_name}).encode(),
    "json in a json string": json.dumps({"data": json.dumps({"n": ANNA.full_name})}).encode(),
    "base64": b"token=" + base64.b64encode(ANNA.full_name.encode()),
    "base64url without padding": base64.urlsafe_b64encode(ANNA.address.encode()).rstrip(b"="),
    "json in base64 in a form": urlencode({"data": base64.b64encode(json.dumps({"e": ANNA.email}).encode())}).encode(),
    "gzip": gzip.compress(ANNA.email.encode()),
    "digits without separators": ANNA.passport.replace(" ", "").encode(),
    "phone as 8 (900)": ("8 (900) " + ANNA.phone[7:]).encode(),
    "birth date in Russian order": ".".join(reversed(ANNA.birth_date.split("-"))).encode(),
}


@pytest.mark.parametrize("spelling", LEAKS)
def test_a_planted_leak_is_caught(spelling: str) -> None:
    assert leaked(b'{"before":1} ' + LEAKS[spelling] if spelling != "gzip" else LEAKS[spelling], ANNA)


@pytest.mark.parametrize("field", Person.__slots__)
def test_each_of_the_eight_values_is_caught(field: str) -> None:
    assert field in leaked(json.dumps({"x": getattr(ANNA, field)}).encode(), ANNA)


def test_a_message_of_tokens_is_clean() -> None:
    tokens = b'{"ref":"order-4711","email":"tk8f2k3v5m7q9w1x3z5b7d9f2hjk@t.example","phone":"+7 976 555-01-02"}'
    assert leaked(tokens, ANNA) == set()


def test_another_persons_name_is_caught_without_a_reference() -> None:
    assert leaked(person(12).full_name.encode(), None) == {"family"}


def test_the_message_is_about_one_kilobyte_of_twelve_fields() -> None:
    message = body(4711, ANNA)
    assert len(json.loads(message)) == 12
    assert 950 < len(message) < 1100


def test_the_reference_tells_whose_message_it_is() -> None:
    assert number_of(body(4711, ANNA)) == 4711


def test_people_are_distinct() -> None:
    people = [person(number) for number in range(2000)]
    for field in ("full_name", "email", "phone", "passport", "snils", "inn"):
        assert len({getattr(who, field) for who in people}) == len(people)

"""Tokens in several texts that are looked at in one go."""

from __future__ import annotations

from gateway.core.naming import opaque, sightings, sightings_in
from gateway.model.names import RecordId

FIRST = opaque.token((RecordId("ed01a0c4506c004e1aefb609bde1"), 3))
SECOND = opaque.token((RecordId("ed01a0c4506c004e1aefb609bde1"), 4))


def seen(*texts: str) -> list[tuple[int, int, str]]:
    found = sightings_in(texts, domains=("t.example",), phone_block="+7976")
    return [(number, span.start, token) for number, (span, token, _) in found]


def test_each_is_told_with_the_number_and_the_place_in_its_text() -> None:
    assert seen("a", f"to {FIRST}", "", "Иван", f"{SECOND}, {FIRST}") == [
        (1, 3, FIRST),
        (4, 0, SECOND),
        (4, 30, FIRST),
    ]


def test_nothing_is_found_across_two_texts() -> None:
    assert seen(FIRST[:20], FIRST[20:]) == []
    assert seen("0012", "345678") == []


def test_a_short_text_with_the_beginning_of_a_number_holds_none() -> None:
    assert seen("976 1", FIRST) == [(1, 0, FIRST)]


def test_a_lone_surrogate_in_one_text_hides_nothing_in_another() -> None:
    assert seen("\ud800", f"x {FIRST}") == [(1, 2, FIRST)]


def test_alone_a_text_holds_what_it_holds_among_others() -> None:
    text = f"{FIRST} / 00 123 456 78"
    alone = sightings(text, domains=("t.example",), phone_block="+7976")
    among = sightings_in(("599 123 456", text), domains=("t.example",), phone_block="+7976")
    assert [found for number, found in among if number == 1] == list(alone)

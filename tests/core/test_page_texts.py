"""Stand-ins in the texts of a page: whole words, long enough, that mean one thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.core.codec import decode_reply, encode_reply
from gateway.core.page_texts import in_texts, may_stand_in, places_of
from gateway.core.reading import Sighting
from gateway.core.reveal import Originals, reveal
from gateway.core.stand_ins import StandIn
from gateway.model.document import Document, Leaf, Span, Spelling
from gateway.model.limits import Limits
from gateway.model.message import Reply
from gateway.model.names import Kind, Path, RecordId, Token
from tests.made import document, leaf, steps

PAGE: Path = ("body",)
CODE = StandIn(("body", "postcode"), "119019", "101000", Kind("postcode"), RecordId("r1"))


def of_page(path: str, text: str, spelling: Spelling = "html_text") -> Leaf:
    return Leaf(steps(path), text, Span(0, len(text)), spelling)


def page(*texts: str) -> Document:
    return document(*(of_page("body", text) for text in texts))


def found(text: str, *stand_ins: StandIn) -> list[int]:
    return list(in_texts(page(text), {PAGE: stand_ins}))


@pytest.mark.parametrize("text", ["119019", " 119019\n", "Индекс: 119019, Москва", "119019. Москва", "(119019)"])
def test_a_word_of_its_own_is_one(text: str) -> None:
    assert found(text, CODE) == [0]


@pytest.mark.parametrize("text", ["1119019", "119019-1", "119019,5", "5.119019", "a@119019", "119018", ""])
def test_a_part_of_something_else_is_none(text: str) -> None:
    assert found(text, CODE) == []


def test_what_is_short_is_none() -> None:
    assert found("17", replace(CODE, shown="17")) == []


def test_what_means_two_values_is_none() -> None:
    assert found("119019", CODE, replace(CODE, text="102000")) == []
    assert found("119019", CODE, replace(CODE, text="101000", record=RecordId("r2"))) == [0]


def test_what_may_be_an_original_is_none() -> None:
    assert found("119019", CODE, replace(CODE, shown="120000", text="119019")) == []


def test_of_two_in_one_text_the_first_known_is_taken() -> None:
    assert found("119019 120000", CODE, replace(CODE, shown="120000", text="1")) == [0]


def test_a_text_elsewhere_is_none() -> None:
    at = document(leaf("body", "119019"), of_page("body.html", "119019"))
    assert in_texts(at, {PAGE: [CODE]}) == {}
    assert in_texts(at, {("body", "html"): [CODE]}) == {1: CODE}


def test_it_is_told_where_each_stands() -> None:
    assert list(places_of("119019", "119019")) == [Span(0, 6)]
    assert list(places_of("119019 и 119019", "119019")) == [Span(0, 6), Span(9, 15)]
    assert list(places_of("Москва", "119019")) == []


@pytest.mark.parametrize(
    ("text", "may"),
    [("119019", True), (" 05.05.1990\n", True), ("1990-05-05", True), ("1990-05.05", False), ("Заказ 119019", False)],
)
def test_a_text_that_is_all_a_date_or_six_digits_may_be_one(text: str, *, may: bool) -> None:
    assert may_stand_in(of_page("body", text)) is may
    assert not may_stand_in(of_page("body", text, "plain"))


def test_what_is_a_token_is_no_stand_in() -> None:
    token = Token("119019@id.example")
    sent = Reply(200, (("Content-Type", "text/html"),), f"<p>{token}</p>".encode())
    at = decode_reply(sent, Limits())
    (place,) = [number for number, one in enumerate(at.leaves) if token in one.text]
    seen = Sighting(place, at.leaves[place].path, Span(0, len(token)), token, "email")
    shown = reveal(at, [seen], Originals({token: "anna@example.ru"}), {place: replace(CODE, shown=token)}).document
    assert encode_reply(shown, sent).body == b"<p>anna@example.ru</p>"

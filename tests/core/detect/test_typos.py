from __future__ import annotations

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best
from gateway.core.detect.typos import Misspelt, one_slip, strange_words


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("снлис", "снилс"),
        ("сннилс", "снилс"),
        ("пасспорт", "паспорт"),
        ("паспрт", "паспорт"),
        ("паспорд", "паспорт"),
        ("паспоортные", "паспорт"),
        ("телефно", "телефон"),
    ],
)
def test_one_slip_is_forgiven(word: str, stem: str) -> None:
    assert one_slip(word, stem)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("полиция", "полис"),
        ("снилс", "снилс"),
        ("ужатие", "снилс"),
        ("пасcтрет", "паспорт"),
        ("пасьянс", "паспорт"),
        ("паст", "паспорт"),
        ("телепорт", "телефон"),
    ],
)
def test_other_words_and_the_word_itself_are_no_slips(word: str, stem: str) -> None:
    assert not one_slip(word, stem)


def test_only_the_last_words_before_count_and_ordinary_ones_do_not() -> None:
    assert strange_words("мой снлис такой вот") == ("снлис",)
    assert strange_words("снлис потом ещё много других разных словечек") == ()
    assert strange_words("12") == ()


def test_only_plain_words_can_be_mistyped() -> None:
    words = Misspelt("снилс|а|на.*")
    assert words.is_among(["снлис"])
    assert not words.is_among(["налчие", "ааааа"])


@pytest.mark.parametrize(("text", "kind"), [("снлис 11223344595", "ru.snils"), ("пасспорт 4510123456", "ru.passport")])
def test_a_mistyped_word_is_context_too(text: str, kind: str) -> None:
    assert kind in {hit.detector.kind for hit in best(scanner().scan([text]))}


@pytest.mark.parametrize("text", ["заказ 11223344595", "паста 4510123456"])
def test_without_context_a_number_is_a_number(text: str) -> None:
    assert not best(scanner().scan([text]))

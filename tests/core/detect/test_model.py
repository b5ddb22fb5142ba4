from __future__ import annotations

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.model import PERSON, Answer, joined, with_capitals, worth_reading


@pytest.mark.parametrize("text", ["позвоните ему завтра утром", "please call me back today"])
def test_free_text_is_worth_reading(text: str) -> None:
    assert worth_reading(text)


@pytest.mark.parametrize("text", ["", "новый", "SKU-1 2 3 4 5 6", "12 34 56 78 90 12", "один два три"])
def test_codes_and_single_words_are_not(text: str) -> None:
    assert not worth_reading(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("звонил иванов пётр вчера", "Звонил Иванов Пётр вчера"),
        ("ЗВОНИЛ ИВАНОВ ПЁТР ВЧЕРА", "Звонил Иванов Пётр вчера"),
        ("Звонил иванов", "Звонил иванов"),
        ("иванов\u00ad пётр", "иванов\u00ad пётр"),
        ("12", "12"),
    ],
)
def test_names_get_the_capitals_that_a_model_reads_by(text: str, shown: str) -> None:
    assert with_capitals(text) == shown


def test_a_model_adds_what_the_rules_did_not_find() -> None:
    texts = ["пришла хрюнда вчера"]
    hits = joined(scanner().scan(texts), [Answer(0, 7, 13, 0.9)], texts)
    assert [(hit.start, hit.end, hit.detector, hit.score) for hit in hits] == [(7, 13, PERSON, 0.9)]


def test_what_the_rules_found_stays_as_it_is() -> None:
    texts = ["звонил Иванов Пётр вчера"]
    found = scanner().scan(texts)
    assert joined(found, [Answer(0, 7, 13, 0.9)], texts) == found


@pytest.mark.parametrize(
    "answer", [Answer(1, 0, 2, 0.9), Answer(-1, 0, 2, 0.9), Answer(0, 2, 2, 0.9), Answer(0, 0, 99, 0.9)]
)
def test_answers_that_fit_no_text_count_nothing(answer: Answer) -> None:
    assert joined([], [answer], ["анна"]) == []

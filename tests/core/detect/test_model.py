from __future__ import annotations

import pytest

from gateway.core.detect.model import with_capitals, worth_reading


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

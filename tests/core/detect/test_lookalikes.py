"""Letters that stand for others that look the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.detect.fold import fold
from gateway.core.detect.lookalikes import plain


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("8 9OO 123-45-67", "8 900 123-45-67"),
        ("+7 (9OО) I2З-45-67", "+7 (900) 123-45-67"),
        ("45O9 12З456", "4509 123456"),
        ("аnna.smirnоva@ехаmple.ru", "anna.smirnova@example.ru"),
        ("Смирнoва Aннa", "Смирнова Анна"),
        ("Caxapовa", "Сахарова"),
        ("cахаp", "сахар"),
        ("Cоxpan", "Coxpan"),
        ("Ив4нов пришёл", "Иванов пришёл"),
        ("П3тров пришёл", "Петров пришёл"),
        ("хрюн4ндр пришёл", "хрюн4ндр пришёл"),
    ],
)
def test_look_alikes_are_read_as_what_they_look_like(text: str, means: str) -> None:
    assert fold(text).cased == means


@pytest.mark.parametrize(
    "text",
    [
        "10 o'clock",
        "l2 or I3",
        "O1B2l3",
        "SMSка",
        "Wi-Fi и Bluetooth",
        "о777оо 199",
        "o777oo 199",
        "10 OOO",
        "I",
        "Москва",
    ],
)
def test_ordinary_texts_stay(text: str) -> None:
    assert plain(text) == text


@given(st.text())
def test_offsets_stay(text: str) -> None:
    assert len(plain(text)) == len(text)


@pytest.mark.parametrize("text", ["8O " * 100_000, "8O" * 200_000 + "x", "аa" * 200_000, "1 " * 200_000 + "x"])
def test_long_texts_take_time_in_proportion(text: str) -> None:
    began = time.process_time()
    plain(text)
    assert time.process_time() - began < 2

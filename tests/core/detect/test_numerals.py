from __future__ import annotations

import pytest

from gateway.core.detect.numerals import in_digits


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("восемь девятьсот три", "8903"),
        ("сто двадцать три сорок пять", "12345"),
        ("сто пять", "105"),
        ("двадцать один два", "212"),
        ("одиннадцать двенадцать", "1112"),
        ("сто одиннадцать", "111"),
        ("ноль ноль семь", "007"),
        ("Восемь, девять-ноль", "890"),
        ("8 девятьсот 12 двадцать", "89001220"),
        ("пять двадцать", "520"),
        ("двадцать сто", "20100"),
        ("nine zero one twenty two", "90122"),
        ("vosem devyatsot tri", "8903"),
        ("просто слова", ""),
    ],
)
def test_words_are_read_as_the_digits_that_people_mean(words: str, digits: str) -> None:
    assert in_digits(words) == digits

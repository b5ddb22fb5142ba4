from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.detect.fold import fold


def test_plain_text_is_only_lowered() -> None:
    assert fold("Anna +7").lower == "anna +7"


def test_russian_keeps_its_length() -> None:
    assert (fold("Пётр").lower, fold("Пётр").cased) == ("петр", "Пётр")


def test_full_width_digits_blanks_and_dashes_become_plain() -> None:
    assert fold("＋７\u00a0９００–００").lower == "+7 900-00"


def test_foreign_digits_become_plain() -> None:
    assert fold("٤٥٠٩").lower == "4509"


def test_a_capital_that_lowers_to_two_letters_stays_one() -> None:
    assert fold("İstanbul").lower == "istanbul"


def test_what_has_no_width_is_taken_out_and_the_way_back_is_known() -> None:
    folded = fold("45\u200b09 12\u00ad34\u00ad56")
    assert folded.lower == "4509 123456"
    assert folded.origin(5, 11) == (6, 14)


@pytest.mark.parametrize(
    "mark",
    [
        "\u061c",
        "\u180e",
        "\u200f",
        "\u202e",
        "\u2066",
        "\u20e3",
        "\ufe0f",
        "\ufeff",
        "\U000e0041",
        "\U000e0100",
        "\u3164",
    ],
)
def test_marks_nobody_sees_are_taken_out(mark: str) -> None:
    folded = fold(f"4509{mark} 12{mark}{mark}3456")
    assert folded.lower == "4509 123456"
    assert folded.origin(0, 11) == (0, 14)


@pytest.mark.parametrize("zero", ["\u06f0", "\u09e6", "\u0e50", "\u1810", "\U0001d7ce", "\U0001fbf0", "\uff10"])
def test_digits_of_every_script_are_digits(zero: str) -> None:
    assert fold("".join(chr(ord(zero) + digit) for digit in range(10))).lower == "0123456789"


def test_a_decomposed_letter_is_the_letter() -> None:
    assert fold("Андреи\u0306 Артё\u0301м").cased == "Андрей Артём"


def test_without_marks_the_way_back_is_the_identity() -> None:
    assert fold("абв").origin(1, 2) == (1, 2)


def test_a_lone_surrogate_does_no_harm() -> None:
    assert fold("а\ud800б").lower == "а\ud800б"


def test_repr_shows_no_text() -> None:
    assert repr(fold("Анна")) == "Folded(chars=4)"


@given(st.text())
def test_both_shadows_are_equally_long_and_lead_back(text: str) -> None:
    folded = fold(text)
    assert len(folded.cased) == len(folded.lower)
    if folded.lower:
        start, end = folded.origin(0, len(folded.lower))
        assert 0 <= start < end <= len(text)


@given(st.text())
def test_the_bytes_are_the_lower_shadow(text: str) -> None:
    folded = fold(text)
    assert folded.raw == folded.lower.encode("utf-8", "replace")
    assert len(folded.raw.decode()) == len(folded.lower)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("+7+900+000+31+57", "+7 900 000 31 57"),
        ("112-233-445+95", "112-233-445 95"),
        ("паспорт 4509+731942", "паспорт 4509 731942"),
        ("1+1", "1+1"),
        ("1.5+20+30", "1.5+20+30"),
        ("anna+112@example.ru", "anna+112@example.ru"),
        ("2026-11-22T10:00:00+03:00", "2026-11-22t10:00:00+03:00"),
        ("20261122T100000+0300", "20261122t100000+0300"),
    ],
)
def test_plus_signs_between_groups_of_digits_are_blanks(text: str, seen: str) -> None:
    assert fold(text).lower == seen

"""Bytes in no charset that anybody has named."""

from __future__ import annotations

import random

import pytest

from gateway.core.codec.charsets import ONE_BYTE, cyrillic, marked, plausibility, wide
from gateway.core.detect.given_names import GIVEN_NAMES

RUSSIAN = (
    "Фанис", "фанис", "ФАНИС", "Анна Смирнова", "анна", "Юлия", "Привет, это я", "Ул. Ленина, д. 5", "Щербаков Игорь",
    "Зухра Хайруллина", "Эльдар", '{"name":"Фанис","city":"Уфа"}', "name=Фанис&x=1", "ёлка и Ёжик",
)  # fmt: skip


@pytest.mark.parametrize("charset", ONE_BYTE)
@pytest.mark.parametrize("text", RUSSIAN)
def test_russian_tells_its_charset(charset: str, text: str) -> None:
    assert text.encode(charset).decode(cyrillic(text.encode(charset)) or "ascii") == text


@pytest.mark.parametrize("charset", ONE_BYTE)
def test_nearly_every_given_name_tells_its_charset_by_itself(charset: str) -> None:
    names = [name.title() for name in GIVEN_NAMES if not name.isascii()][:1500]
    told = [name for name in names if name.encode(charset).decode(cyrillic(name.encode(charset)) or "latin-1") == name]
    assert len(told) > 0.97 * len(names)


@pytest.mark.parametrize("text", ["Müller Straße", "café olé", "naïve", "Ñandú", "plain"])
def test_other_languages_are_no_russian(text: str) -> None:
    assert cyrillic(text.encode("latin-1")) is None


def test_what_reads_equally_well_in_two_charsets_is_in_none() -> None:
    assert cyrillic("Ян".encode("iso-8859-5")) is None


def test_noise_is_in_no_charset() -> None:
    dice = random.Random(4)
    noise = [dice.randbytes(16) for _ in range(2000)]
    assert sum(cyrillic(one) is not None for one in noise) < 4
    assert [one for one in noise if wide(one)] == []


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("text", ['{"a":1}', "Фанис", '{"имя":"Фанис"}', "anna@example.ru"])
def test_utf_16_and_32_are_told_by_their_letters_or_their_mark(charset: str, text: str) -> None:
    assert marked(text.encode(charset)) is None
    assert wide(text.encode(charset)) == charset
    assert wide(f"\ufeff{text}".encode(charset)) == charset


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"\xff\xfe\x00", b"\xff\xfe\x00\x00", "你好吗".encode("utf-16-le")])
def test_what_is_no_text_or_might_be_several_is_in_neither(raw: bytes) -> None:
    assert wide(raw) is None or len(raw.decode(str(wide(raw)))) == 1


@pytest.mark.parametrize("plain", [b'"marina.kedrova@example.ru"', b" +79000000123 "])
def test_text_of_one_byte_a_letter_is_no_utf_16_whatever_stands_around_it(plain: bytes) -> None:
    """As UTF-16 it is a row of rare signs, and every reader that goes by the label sees the address."""
    assert wide(b"\xfe\xff\xfe\xff" + plain) is None
    assert wide(plain + b"\0" * (len(plain) % 2) + "{ref}".encode("utf-16-le") * 40) is None
    assert wide("\ufeff中文标题，订单已经发货，谢谢".encode("utf-16-be")) == "utf-16-be"


def test_controls_and_signs_are_not_plausible() -> None:
    assert plausibility("Привет") == 1
    assert plausibility("Привет\x01\x02\x03") < 0.5
    assert plausibility("ПрИвЕт") < 0.5
    assert plausibility("") == 0

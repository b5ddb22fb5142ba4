"""What is written so that it does not look like what it is: digits in words, hashes, base64."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from gateway.core.detect.detector import Detector
from gateway.core.detect.numerals import NUMERAL, in_digits
from gateway.core.detect.phones import normal_phone
from gateway.model.names import Kind

_SPOKEN = rf"(?:(?:плюс |plus )?(?:{NUMERAL}|\d{{1,3}})(?:[ ,\-]{{1,2}}(?:{NUMERAL}|\d{{1,3}})){{3,24}})"
_HASHED = Kind("hashed_contact")
_CONTACT = (
    "email|e-mail|mail|почт|phone|телефон|hashed|sha256|sha1|md5|user data|external id|contact|hem(?![a-z])|"
    "em(?![a-z])|ph(?![a-z])"
)
_MATCHING = "matching of advertising networks: MD5, SHA-1, SHA-256 of e-mail and phone, which stay personal data"
_GATE = rf"(?:{NUMERAL})[ ,\-]{{1,2}}(?:{NUMERAL}|\d)"
_DOMAINS = ".ru .com .org .net .рф .by .kz .ua .info .su .me .io .uz .am .kg".split()


def _ends(domain: str) -> Iterator[str]:
    """The last letters of base64 without padding of what ends so, wherever the groups of three begin; lower case."""
    raw = domain.encode()
    for lead in range(3):
        coded = binascii.b2a_base64(b"\0" * lead + raw, newline=False).decode().rstrip("=")
        yield coded[(lead * 8 + 5) // 6 :].lower()


_ENDS = "|".join(sorted({re.escape(end) for domain in _DOMAINS for end in _ends(domain)}))
_MAIL = re.compile(rb"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63})*\.[a-z]{2,10}")
_PHONE = re.compile(rb"(?:\+7|8|7)9\d{9}")


def _is_phone(text: str) -> bool:
    """True if the words are the digits of a Russian phone number."""
    number = in_digits(text)
    return len(number) in {10, 11} and normal_phone(number) is not None


def _is_passport(text: str) -> bool:
    return len(in_digits(text)) == 10


def _is_long(text: str) -> bool:
    return len(in_digits(text)) >= 9


def _holds_contact(text: str) -> bool:
    """True if the base64 is that of an e-mail address or a phone number."""
    try:
        raw = binascii.a2b_base64(text + "=" * (-len(text) % 4))
    except binascii.Error:
        return False
    return _MAIL.fullmatch(raw.lower()) is not None or _PHONE.fullmatch(raw) is not None


def _in_words(text: str) -> bool:
    return any(char.isalpha() for char in text)


SPOKEN: tuple[Detector, ...] = (
    Detector(
        name="phone.in_words",
        kind=Kind("phone"),
        pattern=_SPOKEN,
        gate=_GATE,
        score=0.0,
        confirmed=0.75,
        confirm=lambda text: _in_words(text) and _is_phone(text),
        yes=(
            "восемь девятьсот три сто двадцать три сорок пять шестьдесят семь",
            "восемь девять ноль ноль ноль ноль ноль ноль ноль ноль один",
            "звони 8 девятьсот двенадцать 345 шестьдесят семь 89",
            "vosem devyat nol nol odin dva tri chetyre pyat shest sem",
        ),
        no=("два стула и три стола", "раз два три четыре пять", "двести тридцать рублей сорок копеек"),
        source="own observation: numbers dictated in messages",
    ),
    Detector(
        name="passport.in_words",
        kind=Kind("ru.passport"),
        pattern=_SPOKEN,
        gate=_GATE,
        score=0.0,
        confirmed=0.3,
        confirm=lambda text: _in_words(text) and _is_passport(text),
        near="паспорт|серия|пасп",
        yes=("паспорт сорок пять ноль девять двенадцать тридцать четыре пятьдесят шесть",),
        no=("сорок пять ноль девять двенадцать тридцать четыре пятьдесят шесть",),
        source="own observation: numbers dictated in messages",
    ),
    Detector(
        name="snils.in_words",
        kind=Kind("ru.snils"),
        pattern=_SPOKEN,
        gate=_GATE,
        score=0.0,
        confirmed=0.4,
        confirm=lambda text: _in_words(text) and _is_long(text),
        near="снилс|snils",
        yes=("снилс сто двенадцать двести тридцать три четыреста сорок пять девяносто пять",),
        no=("сто двенадцать двести тридцать три четыреста сорок пять девяносто пять",),
        source="own observation: numbers dictated in messages",
    ),
)
"""Digits in words."""

HIDDEN: tuple[Detector, ...] = (
    Detector(
        name="contact.sha256",
        kind=_HASHED,
        pattern=r"[0-9a-f]{64}|[0-9a-f]{128}",
        gate="[0-9a-f]{64}",
        score=0.1,
        near=_CONTACT,
        yes=(
            f"hem {'9f86d081' * 8}",
            f"sha512 почты {'9f86d081' * 16}",
            "hashed phone: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ),
        no=(
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "email 5d41402abc4b2a76b9719d911017c592",
            f"embed {'9f86d081' * 8}",
        ),
        source=_MATCHING,
    ),
    Detector(
        name="contact.md5",
        kind=_HASHED,
        pattern=r"[0-9a-f]{40}|[0-9a-f]{32}",
        gate=r"(?:hash|hem[^a-z]|sha1|md5|e-?mail|почт|phone|телефон)",
        score=0.1,
        near=_CONTACT,
        yes=("email 5d41402abc4b2a76b9719d911017c592", "sha1 почты: aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"),
        no=("5d41402abc4b2a76b9719d911017c592", "email anna, commit 5d41402a"),
        source=_MATCHING,
    ),
    Detector(
        name="contact.base64",
        kind=Kind("email"),
        pattern=r"[a-z0-9+/]{15,300}={1,2}",
        gate=r"[a-z0-9+/]{15}=",
        score=0.0,
        confirmed=0.8,
        confirm=_holds_contact,
        yes=("id YW5uYUBleGFtcGxlLm9yZw==", "почта YW5uYS5wZXRyb3ZhQGV4YW1wbGUucnU="),
        no=("YW5uYTpzZWNyZXQgd29yZHM=", "internationalization", "YW5uYUBleGFtcGxlLm9yZ=="),
        source="RFC 4648; those that end in padding, as two thirds do",
    ),
    Detector(
        name="contact.base64_bare",
        kind=Kind("email"),
        pattern=rf"[a-z0-9+/]{{10,300}}(?:{_ENDS})|kzc5[a-z0-9]{{12}}|(?:nzk|odk)[a-z0-9]{{12}}",
        gate=rf"[a-z0-9+/]{{10}}(?:{_ENDS})|kzc5[a-z0-9]{{12}}|(?:nzk|odk)[a-z0-9]{{12}}",
        score=0.0,
        confirmed=0.8,
        confirm=_holds_contact,
        yes=("id YW5uYUBleGFtcGxlLm9yZw", "YW5uYS5pdkBtYWlsLnJ1", "tel Kzc5MDAwMDAwMDAx"),
        no=("internationalizationy29t", "kzc5abcdefghijkl", "YW5uYTpzZWNyZXQgd29yZHM"),
        source="RFC 4648 without padding: told by the last letters, which are those of a usual domain",
    ),
)
"""Contacts behind a hash or an encoding."""

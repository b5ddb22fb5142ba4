"""Check digits: whether a number has the right ones, and which ones a number would have to have.

Every check expects the bare number: ASCII digits (IBAN: capital letters too), separators stripped by the caller. A
wrong length or a foreign character is simply False. Everything is O(n).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType


def luhn(digits: str) -> bool:
    """True if the last digit is the Luhn check digit of those before it, and not all are zero.

    Cards, IMEI, ICCID. Source: ISO/IEC 7812-1, annex B.
    """
    return _digits(digits) and len(digits) > 1 and digits.strip("0") != "" and _luhn_digit(digits[:-1]) == digits[-1]


def inn10(digits: str) -> bool:
    """True for a taxpayer number of an organisation. Source: FNS order ED-7-14/559@ of 26.06.2020, annex; MNS order
    BG-3-09/178.
    """
    return _matches("inn10", digits)


def inn12(digits: str) -> bool:
    """True for a taxpayer number of a person or sole trader: two check digits. Source: as for ``inn10``."""
    return _matches("inn12", digits)


def snils(digits: str) -> bool:
    """True for an insurance number (11 digits). Source: SFR (PFR) board resolution 192p of 31.07.2006.

    Numbers up to 001-001-998 were given out without check digits; they are True whatever they end in.
    """
    if _digits(digits) and len(digits) == _SNILS_LENGTH and 0 < int(digits[:9]) <= _SNILS_UNCHECKED:
        return True
    return _matches("snils", digits)


def ogrn(digits: str) -> bool:
    """True for a registration number of an organisation (13 digits). Source: MinFin order 165n of 30.10.2017."""
    return _matches("ogrn", digits)


def ogrnip(digits: str) -> bool:
    """True for a registration number of a sole trader (15 digits). Source: MinFin order 165n of 30.10.2017."""
    return _matches("ogrnip", digits)


def oms(digits: str) -> bool:
    """True for a policy number of compulsory health insurance (16 digits). Source: FFOMS order 79 of 07.04.2011, annex.

    The order doubles the number made of the odd places and adds all digits: the Luhn sum in other words.
    """
    return _matches("oms", digits)


def kz_iin(digits: str) -> bool:
    """True for a Kazakh personal or business number (12 digits). Source: Government of Kazakhstan, resolution 853 of
    22.05.2007.
    """
    return _matches("kz_iin", digits)


def iban(text: str) -> bool:
    """True if the number, rotated by four and read in base 36 digits, is 1 modulo 97. Source: ISO 13616-1, ISO 7064."""
    if not (
        _IBAN_SHORTEST <= len(text) <= _IBAN_LONGEST and text.isascii() and text.isalnum() and text == text.upper()
    ):
        return False
    if not (text[:2].isalpha() and text[2:4].isdigit()):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def account_key(bik: str, account: str) -> bool:
    """True if a Russian account (20 digits) belongs to the bank or cash centre of that BIK (9 digits).

    Source: Bank of Russia, order of 08.09.1997 N 515, "Order of calculation of the control key".
    """
    if not (_digits(bik) and _digits(account) and len(bik) == _BIK_LENGTH and len(account) == _ACCOUNT_LENGTH):
        return False
    head = "0" + bik[4:6] if bik[6:] in {"000", "001", "002"} or account.startswith("30101") else bik[6:]
    return _weighted(head + account, (7, 1, 3) * 8) % 10 == 0


def complete(checksum: str, body: str) -> str | None:
    """``body`` with the check digits of that rule appended; None if there are none, or the rule or the length is
    unknown.
    """
    maker = _MAKERS.get(checksum)
    if maker is None or not _digits(body):
        return None
    length, digits_of = maker
    if length and len(body) != length:
        return None
    check = digits_of(body)
    return None if check is None else body + check


def check_length(checksum: str) -> int:
    """How many digits at the end of a number of that rule are check digits; 0 for an unknown rule."""
    return {"inn12": 2, "snils": 2}.get(checksum, 1) if checksum in _MAKERS else 0


CHECKSUMS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "luhn": luhn,
        "inn10": inn10,
        "inn12": inn12,
        "snils": snils,
        "ogrn": ogrn,
        "ogrnip": ogrnip,
        "oms": oms,
        "kz_iin": kz_iin,
        "iban": iban,
    }
)

_SNILS_LENGTH = 11
_SNILS_UNCHECKED = 1001998
_IBAN_SHORTEST = 15
_IBAN_LONGEST = 34
_BIK_LENGTH = 9
_ACCOUNT_LENGTH = 20
_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _matches(checksum: str, digits: str) -> bool:
    body = digits[: len(digits) - check_length(checksum)]
    return digits.strip("0") != "" and complete(checksum, body) == digits


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _luhn_digit(body: str) -> str:
    doubled = (int(digit) * 2 for digit in body[::-1][::2])
    total = sum(value - 9 if value > 9 else value for value in doubled)
    return str(-(total + sum(map(int, body[::-1][1::2]))) % 10)


def _inn10_digit(body: str) -> str:
    return str(_weighted(body, _INN_WEIGHTS[2:]) % 11 % 10)


def _inn12_digits(body: str) -> str:
    first = str(_weighted(body, _INN_WEIGHTS[1:]) % 11 % 10)
    return first + str(_weighted(body + first, _INN_WEIGHTS) % 11 % 10)


def _snils_digits(body: str) -> str:
    return f"{_weighted(body, range(9, 0, -1)) % 101 % 100:02d}"


def _ogrn_digit(body: str) -> str:
    return str(int(body) % 11 % 10)


def _ogrnip_digit(body: str) -> str:
    return str(int(body) % 13 % 10)


def _kz_iin_digit(body: str) -> str | None:
    first = _weighted(body, range(1, 12)) % 11
    check = first if first < 10 else _weighted(body, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    return str(check) if check < 10 else None


_MAKERS: Mapping[str, tuple[int, Callable[[str], str | None]]] = MappingProxyType(
    {
        "luhn": (0, _luhn_digit),
        "inn10": (9, _inn10_digit),
        "inn12": (10, _inn12_digits),
        "snils": (9, _snils_digits),
        "ogrn": (12, _ogrn_digit),
        "ogrnip": (14, _ogrnip_digit),
        "oms": (15, _luhn_digit),
        "kz_iin": (11, _kz_iin_digit),
    }
)

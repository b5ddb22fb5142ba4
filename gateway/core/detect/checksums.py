"""Check digits: whether a number has the right ones, and which ones a number would have to have.

Every check expects the bare number: ASCII digits (IBAN: capital letters too), separators stripped by the caller. A
wrong length or a foreign character is simply False. Everything is O(n).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from operator import mul
from types import MappingProxyType


def luhn(digits: str) -> bool:
    """True if the last digit is the Luhn check digit of those before it, and not all are zero.

    Cards, IMEI, ICCID. Source: ISO/IEC 7812-1, annex B.
    """
    return _digits(digits) and len(digits) > 1 and digits.strip("0") != "" and _luhn_digit(digits[:-1]) == digits[-1]


def inn10(digits: str) -> bool:
    """True for a taxpayer number of an organisation. Source: FNS order ED-7-14/559@ of 26.06.2025, annex; MNS order
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
    """True for a Kazakh personal or business number (12 digits). Source: Government of Kazakhstan, resolution 406 of
    22.05.2007.
    """
    return _matches("kz_iin", digits)


def by_unp(digits: str) -> bool:
    """True for a taxpayer number of an organisation in Belarus (9 digits). Source: Ministry of Taxes, resolution 96 of
    31.12.2010.
    """
    return _matches("by_unp", digits)


def by_personal(text: str) -> bool:
    """True for a personal number of Belarus (14 letters and digits); Cyrillic look-alikes count as Latin letters.

    Source: ICAO 9303-3, 4.9: weights 7, 3, 1, letters from A = 10.
    """
    latin = text.upper().translate(_LOOK_ALIKES)
    if len(latin) != 14 or not latin.isascii() or not latin.isalnum() or not latin[-1].isdigit():
        return False
    return sum(int(char, 36) * weight for char, weight in zip(latin[:-1], _ICAO, strict=False)) % 10 == int(latin[-1])


def ua_rntrc(digits: str) -> bool:
    """True for a taxpayer number of a person in Ukraine (10 digits). Source: public validators."""
    return _matches("ua_rntrc", digits)


def ua_edrpou(digits: str) -> bool:
    """True for a registration number of an organisation in Ukraine (8 digits). Source: public validators."""
    return _matches("ua_edrpou", digits)


def uz_pinfl(digits: str) -> bool:
    """True for a personal number of Uzbekistan (14 digits). Source: ICAO 9303-3, 4.9, which its rules refer to."""
    return _matches("uz_pinfl", digits)


def md_idnp(digits: str) -> bool:
    """True for a number of a person or a firm in Moldova (13 digits). Source: public validators."""
    return _matches("md_idnp", digits)


def base58check(text: str) -> bool:
    """True for an address of Bitcoin, Litecoin, Dogecoin or TRON: the last four bytes are the hash of those before.

    Source: Bitcoin wiki, Base58Check encoding.
    """
    if not 25 <= len(text) <= 36 or not set(text) <= _BASE58.keys():
        return False
    number = 0
    for char in text:
        number = number * 58 + _BASE58[char]
    raw = number.to_bytes(27, "big")[-25:]
    return number < 256**25 and sha256(sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def bech32(text: str) -> bool:
    """True for a segwit address of Bitcoin or Litecoin. Source: BIP-173, BIP-350."""
    human, _, data = text.lower().rpartition("1")
    if not human or not set(data) <= _BECH32.keys() or text not in {text.lower(), text.upper()}:
        return False
    values = [*(ord(char) >> 5 for char in human), 0, *(ord(char) & 31 for char in human), *map(_BECH32.get, data)]
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ (value or 0)
        for bit, generator in enumerate(_GENERATORS):
            check ^= generator if top >> bit & 1 else 0
    return check in {1, 0x2BC830A3}


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
        "by_unp": by_unp,
        "by_personal": by_personal,
        "ua_rntrc": ua_rntrc,
        "ua_edrpou": ua_edrpou,
        "uz_pinfl": uz_pinfl,
        "md_idnp": md_idnp,
        "base58check": base58check,
        "bech32": bech32,
        "iban": iban,
    }
)

_SNILS_LENGTH = 11
_SNILS_UNCHECKED = 1001998
_IBAN_SHORTEST = 15
_IBAN_LONGEST = 34
_BIK_LENGTH = 9
_ACCOUNT_LENGTH = 20
_ICAO = (7, 3, 1) * 5
_LOOK_ALIKES = str.maketrans("АВЕКМНОРСТХІ", "ABEKMHOPCTXI")
_BASE58 = {char: value for value, char in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_BECH32 = {char: value for value, char in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_INN_WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _matches(checksum: str, digits: str) -> bool:
    body = digits[: len(digits) - check_length(checksum)]
    return digits.strip("0") != "" and complete(checksum, body) == digits


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(map(mul, map(int, digits), weights))


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


def _by_unp_digit(body: str) -> str | None:
    check = _weighted(body, (29, 23, 19, 17, 13, 7, 5, 3)) % 11
    return str(check) if check < 10 else None


def _ua_rntrc_digit(body: str) -> str:
    return str(_weighted(body, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10)


def _ua_edrpou_digit(body: str) -> str:
    middle = 3_000_000 <= int(body) < 6_000_000
    weights = (7, 1, 2, 3, 4, 5, 6) if middle else (1, 2, 3, 4, 5, 6, 7)
    first = _weighted(body, weights) % 11
    return str(first if first < 10 else _weighted(body, [weight + 2 for weight in weights]) % 11 % 10)


def _icao_digit(body: str) -> str:
    return str(_weighted(body, _ICAO) % 10)


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
        "by_unp": (8, _by_unp_digit),
        "ua_rntrc": (9, _ua_rntrc_digit),
        "ua_edrpou": (7, _ua_edrpou_digit),
        "uz_pinfl": (13, _icao_digit),
        "md_idnp": (12, _icao_digit),
    }
)

"""Valid numbers of documents, cards and accounts, made afresh: the check digits are computed here, not by the gateway.

An oracle that borrowed the detectors' checksums would be wrong where they are wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.verify.dice import Dice


def digits(dice: Dice, count: int) -> str:
    return "".join(str(dice.randrange(0, 10)) for _ in range(count))


def residence_permit(dice: Dice) -> str:
    """Series 82 or 83 and seven digits. Source: MVD order 399 of 2020."""
    return f"8{dice.randrange(2, 4)} {digits(dice, 7)}"


def belarusian(dice: Dice) -> str:
    """Sex and century, birth date, region, number, citizenship. Source: layout of Belarusian passports."""
    born = f"{dice.randrange(1, 29):02d}{dice.randrange(1, 13):02d}{dice.randrange(50, 100)}"
    return f"{dice.randrange(1, 7)}{born}A{digits(dice, 3)}PB{dice.randrange(0, 10)}"


def ten_digits(dice: Dice) -> str:
    return f"{dice.randrange(1, 10)}{digits(dice, 9)}"


def eleven_digits(dice: Dice) -> str:
    return f"0{dice.randrange(1, 7)}{digits(dice, 9)}"


def thirteen_digits(dice: Dice) -> str:
    return f"2{digits(dice, 12)}"


def fourteen_digits(dice: Dice) -> str:
    """Sex, birth date DDMMYYYY, five digits. Source: Kyrgyz and Uzbek personal numbers."""
    born = f"{dice.randrange(1, 29):02d}{dice.randrange(1, 13):02d}{dice.randrange(1950, 2000)}"
    return f"{dice.randrange(1, 3)}{born}{digits(dice, 5)}"


def azerbaijani(dice: Dice) -> str:
    """Seven letters and digits. Source: Azerbaijani identity cards."""
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return "".join(dice.choice(letters) + str(dice.randrange(0, 10)) for _ in range(3)) + dice.choice(letters)


def inn_person(dice: Dice) -> str:
    """Twelve digits, the last two check digits. Source: order ММВ-7-6/435, appendix."""
    body = f"{dice.randrange(10, 93)}{digits(dice, 8)}"
    body += _inn_check(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
    return body + _inn_check(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))


def _inn_check(body: str, weights: tuple[int, ...]) -> str:
    return str(sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11 % 10)


def snils(dice: Dice) -> str:
    """``112-233-445 95``: the check number counts above 001-001-998. Source: resolution of the Pension Fund 192п."""
    body = f"{dice.randrange(100, 1000)}{digits(dice, 6)}"
    total = sum(int(digit) * weight for digit, weight in zip(body, range(9, 0, -1), strict=True))
    return f"{body[:3]}-{body[3:6]}-{body[6:]} {total % 101 % 100:02d}"


def ogrnip(dice: Dice) -> str:
    """Fifteen digits: 3, year, region, number, then the rest of a division by 13. Source: order 165н."""
    body = f"3{dice.randrange(4, 25):02d}{dice.randrange(1, 93):02d}{digits(dice, 9)}"
    return f"{body}{int(body) % 13 % 10}"


def oms(dice: Dice) -> str:
    """Sixteen digits of a compulsory medical insurance policy; the check digit is Luhn's."""
    return _luhn_closed(f"{dice.randrange(10, 90)}{digits(dice, 13)}")


def card(dice: Dice) -> str:
    return _luhn_closed(f"4{digits(dice, 14)}")


def mir(dice: Dice) -> str:
    """MIR cards start 2200 to 2204."""
    return _luhn_closed(f"220{dice.randrange(0, 5)}{digits(dice, 11)}")


def _luhn_closed(body: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body))]
    return f"{body}{-sum(number // 10 + number % 10 for number in doubled) % 10}"


def passport(dice: Dice) -> str:
    """``45 09 123456``: region and year of the form, then the number. Source: decree 828."""
    return f"{dice.randrange(1, 100):02d} {dice.randrange(1, 25):02d} {dice.randrange(100000, 1000000)}"


def driver_licence(dice: Dice) -> str:
    """``99 12 345678``, the form in use since 2011."""
    return f"{dice.randrange(1, 100):02d} {dice.randrange(10, 40)} {dice.randrange(100000, 1000000)}"


BIK = "044525225"
"""Of the bank that the accounts below would be kept with: a bank's number is nobody's secret."""


def account(dice: Dice) -> str:
    """Twenty digits of a person's rouble account whose key fits ``BIK``. Source: Central Bank order 515."""
    front, back = "40817810", digits(dice, 11)
    weights = (7, 1, 3)
    probe = BIK[-3:] + front + "0" + back
    key = sum(int(digit) * weights[place % 3] for place, digit in enumerate(probe)) % 10 * 3 % 10
    return f"{front}{key}{back}"


def iban(dice: Dice) -> str:
    """A German IBAN of 22 characters. Source: ISO 13616, check digits by ISO 7064 mod 97-10."""
    account_number = digits(dice, 18)
    check = 98 - int(f"{account_number}131400") % 97
    return f"DE{check:02d}{account_number}"


def cvv(dice: Dice) -> str:
    return digits(dice, 3)


def kz_iin(dice: Dice) -> str:
    """Twelve digits: birth date, century and sex, number, check digit. Source: resolution 406 of the Kazakh
    government.
    """
    while True:
        body = f"{dice.randrange(50, 100)}{dice.randrange(1, 13):02d}{dice.randrange(1, 29):02d}3{digits(dice, 4)}"
        check = _weighted(body, range(1, 12)) % 11
        if check == 10:
            check = _weighted(body, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
        if check < 10:
            return f"{body}{check}"


def _weighted(body: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))


def passport_series(dice: Dice) -> str:
    return passport(dice)[:5]


def six_digits(dice: Dice) -> str:
    return str(dice.randrange(100_000, 1_000_000))


def issuer_code(dice: Dice) -> str:
    """``770-001``."""
    return f"{dice.randrange(100, 1000)}-{dice.randrange(100, 1000)}"


def travel_passport(dice: Dice) -> str:
    """``75 1234567``."""
    return f"{dice.randrange(50, 80)} {dice.randrange(1_000_000, 10_000_000)}"


def birth_certificate(dice: Dice) -> str:
    """``II-МЮ 123456``."""
    return f"II-{_letters(dice)}{_letters(dice)} {six_digits(dice)}"


def military_id(dice: Dice) -> str:
    """``АК 1234567``."""
    return f"{_letters(dice)}{_letters(dice)} {dice.randrange(1_000_000, 10_000_000)}"


def plate(dice: Dice) -> str:
    """``А123ВС777``, of the letters that Cyrillic and Latin share."""
    return f"{_letters(dice)}{dice.randrange(100, 1000)}{_letters(dice)}{_letters(dice)}{dice.randrange(100, 200)}"


def vehicle_certificate(dice: Dice) -> str:
    """``9912 345678``: a series of four digits and a number of six. Source: MVD order 399 of 26.06.2018."""
    return f"99{dice.randrange(10, 60)} {digits(dice, 6)}"


def _letters(dice: Dice) -> str:
    return dice.choice("АВЕКМНОРСТУХ")


def vin(dice: Dice) -> str:
    """Seventeen characters; the ninth is the check digit. Source: ISO 3779, 49 CFR 565."""
    body = f"XTA{digits(dice, 5)}0{dice.choice('ABCDEFGHJK')}{digits(dice, 7)}"
    values = {char: int(digit) for char, digit in zip("ABCDEFGHJKLMNPRSTUVWXYZ", _VIN_VALUES, strict=True)}
    weighed = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(
        values.get(char, 0 if char.isalpha() else ord(char) - 48) * weight
        for char, weight in zip(body, weighed, strict=True)
    )
    return f"{body[:8]}{'X' if total % 11 == 10 else total % 11}{body[9:]}"


_VIN_VALUES = "12345678123457923456789"


def ssn(dice: Dice) -> str:
    return f"{dice.randrange(100, 666)}-{dice.randrange(10, 100)}-{dice.randrange(1000, 10_000)}"


def american_licence(dice: Dice) -> str:
    """A letter and twelve digits, as in Florida and Michigan."""
    return "QXZ"[dice.randrange(0, 3)] + digits(dice, 12)


def postcode(dice: Dice) -> str:
    """Five digits, as in Germany."""
    return str(dice.randrange(10_000, 100_000))

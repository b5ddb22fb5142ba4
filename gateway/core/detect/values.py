"""What a value itself says where the field's name leaves it open: which of two kinds it is, and whether a weak name is
right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateway.core.detect.checksums import luhn, snils
from gateway.core.detect.detector import digits
from gateway.core.detect.names import looks_like_name
from gateway.core.detect.phones import normal_phone
from gateway.model.names import Kind

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")
_DATE = re.compile(r"\d{1,4}[./\-]\d{1,2}[./\-]\d{2,4}(?:[T ].*)?")
_ID = re.compile(r"[^\s/]{8,128}")
_SECRET = re.compile(r"[^\s]{16,}")
_LOGIN = re.compile(r"[^\s]{2,64}")
_AGENT = re.compile(r"[A-Za-z]+/\d.*")
_PLATE = re.compile(r"[^\W\d_]?\d{3,4}[^\W\d_]{2} ?\d{0,3}")
_EXPIRY = re.compile(r"(?:0[1-9]|1[0-2]) ?[/\-] ?(?:20)?\d{2}")
_HASH = re.compile(r"[0-9A-Fa-f]{64}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{32}|[A-Za-z0-9+/]{43}=")
_IBAN = re.compile(r"[A-Za-z]{2}\d{2}[ A-Za-z0-9]{11,}")
_LEGAL_FORM = re.compile(r"(?:ООО|ОАО|ПАО|ЗАО|АО|НКО|АНО|ФГУП|ГУП|МУП|ТОО|ФГБУ|МБОУ)\b")
_LEGAL_FORM_BEHIND = re.compile(r"\b(?:LLC|Inc|Ltd|GmbH|Corp|PLC|S\.A|AG|LLP)\b\.?$")
_LONGEST_FORM = 5
_LETTER = re.compile(r"[^\W\d_]")
_FIRMS_ACCOUNT = re.compile(r"(?:30[12]|40[1-7])\d{17}")
"""Bank of Russia regulation 809-P: see ``catalog/payments``."""
_LONGEST = 256

_PASSPORTS = {4: "ru.passport_series", 6: "ru.passport_number", 9: "ru.passport_foreign", 10: "ru.passport"}


def refined(kind: Kind, text: str) -> Kind:
    """What a value under a name of ``kind`` really is: a login that is an e-mail, an INN of an organisation."""
    refine = _REFINE.get(kind)
    return kind if refine is None or len(text) > _LONGEST else Kind(refine(text.strip()) or kind)


def plausible(kind: Kind, text: str) -> bool:
    """True if the value looks like the kind that a weak name suggests."""
    check = _PLAUSIBLE.get(kind)
    return check is not None and len(text) <= _LONGEST and check(text.strip())


def _inn(text: str) -> str | None:
    return "ru.inn_org" if len(digits(text)) == 10 else None


def _ogrn(text: str) -> str:
    return "ru.ogrnip" if len(digits(text)) == 15 else "ru.ogrn"


def _passport(text: str) -> str:
    if _LETTER.search(text):
        return "passport"
    return _PASSPORTS.get(len(digits(text)), "ru.passport")


def _name_for_login(text: str) -> str | None:
    if _EMAIL.fullmatch(text):
        return "email"
    return "phone" if text[:1] == "+" and normal_phone(text) else None


def _organisation(text: str) -> str | None:
    behind = max(0, len(text) - _LONGEST_FORM)
    firm = _LEGAL_FORM.match(text) or _LEGAL_FORM_BEHIND.search(text, behind)
    return "organisation.name" if firm else None


def _phone(text: str) -> str | None:
    return "email" if _EMAIL.fullmatch(text) else _hashed(text)


def _hashed(text: str) -> str | None:
    return "hashed_contact" if _HASH.fullmatch(text) else None


def _account(text: str) -> str | None:
    """An IBAN, an account of an organisation, or neither: then it may be somebody's."""
    if _IBAN.fullmatch(text):
        return "iban"
    return "organisation.account" if _FIRMS_ACCOUNT.fullmatch(digits(text)) else None


def _firms_account(text: str) -> str | None:
    """What an organisation's account is if its number says so; a sole trader's firm has an account of a person."""
    return _account(text) or "bank.account"


def _address(text: str) -> bool:
    return any(char.isdigit() for char in text) and sum(char.isalpha() for char in text) > len("ул")


_REFINE: Mapping[str, Callable[[str], str | None]] = MappingProxyType(
    {
        "ru.inn_person": _inn,
        "ru.ogrn": _ogrn,
        "ru.ogrnip": _ogrn,
        "ru.passport": _passport,
        "ru.passport_foreign": lambda text: "passport" if _LETTER.search(text) else None,
        "person.name": _organisation,
        "login": _name_for_login,
        "user_id": _name_for_login,
        "messenger": _name_for_login,
        "phone": _phone,
        "email": _hashed,
        "bank.account": _account,
        "organisation.account": _firms_account,
        "address": lambda text: "email" if _EMAIL.fullmatch(text) else None,
    }
)

_PLAUSIBLE: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "person.name": looks_like_name,
        "person.first": looks_like_name,
        "person.last": looks_like_name,
        "person.middle": looks_like_name,
        "phone": lambda text: normal_phone(text) is not None,
        "email": lambda text: _EMAIL.fullmatch(text) is not None,
        "login": lambda text: _LOGIN.fullmatch(text) is not None,
        "user_id": lambda text: _ID.fullmatch(text) is not None,
        "birth_date": lambda text: _DATE.fullmatch(text) is not None,
        "ru.passport": lambda text: len(digits(text)) == 10,
        "ru.snils": lambda text: len(digits(text)) == 11 and snils(digits(text)),
        "hashed_contact": lambda text: _HASH.fullmatch(text) is not None,
        "card.pan": lambda text: luhn(digits(text)),
        "card.expiry": lambda text: _EXPIRY.fullmatch(text) is not None,
        "bank.account": lambda text: len(digits(text)) == 20 or _IBAN.fullmatch(text) is not None,
        "address": _address,
        "credential.bearer": lambda text: _SECRET.fullmatch(text) is not None and not text.isdigit(),
        "credential.password": lambda text: _LOGIN.fullmatch(text) is not None,
        "user_agent": lambda text: _AGENT.fullmatch(text) is not None,
        "vehicle.plate": lambda text: _PLATE.fullmatch(text) is not None,
    }
)

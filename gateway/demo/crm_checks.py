"""What the foreign CRM insists on: the checks of an ordinary back end, which a token has to pass like any value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

_EMAIL = re.compile(r"[^@\s]+@(?:[a-z0-9-]+\.)+(?P<last>[a-z][a-z0-9-]+)", re.IGNORECASE)
_NEVER_DELIVERED = frozenset({"invalid", "test", "localhost"})
_PHONE = re.compile(r"\+?[0-9 ()-]{10,24}")
_DOCUMENT = re.compile(r"[0-9A-Za-z -]{6,32}")
_ADULT = 18

REQUIRED = ("first_name", "last_name", "email", "phone", "birth_date")
FIELDS = (*REQUIRED, "middle_name", "citizenship", "passport", "snils", "address", "about")
"""What the CRM keeps of a person; anything else that is sent is ignored."""


def complaints(record: Mapping[str, object], today: date, *, partial: bool = False) -> dict[str, str]:
    """Field → what is wrong with it, in the CRM's own words. ``partial``: only what is there is checked."""
    found = {} if partial else {name: "is required" for name in REQUIRED if not record.get(name)}
    for name, value in record.items():
        if name in _CHECKS and name not in found and value not in (None, ""):
            if not isinstance(value, str):
                found[name] = "must be a text"
            elif wrong := _CHECKS[name](value, today):
                found[name] = wrong
    return found


def _email(text: str, _: date) -> str:
    match = _EMAIL.fullmatch(text)
    return "" if match and match["last"].lower() not in _NEVER_DELIVERED else "is no e-mail address"


def _phone(text: str, _: date) -> str:
    digits = sum(char.isdigit() for char in text)
    return "" if _PHONE.fullmatch(text) and 10 <= digits <= 15 else "is no phone number"


def _name(text: str, _: date) -> str:
    return "" if all(char.isalpha() or char in " -'" for char in text) else "may hold letters and blanks only"


def _birth_date(text: str, today: date) -> str:
    try:
        born = date.fromisoformat(text)
    except ValueError:
        return "is no ISO date"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return "" if age >= _ADULT else f"says that the person is under {_ADULT}"


def _document(text: str, _: date) -> str:
    return "" if _DOCUMENT.fullmatch(text) else "is no document number"


_CHECKS: Mapping[str, Callable[[str, date], str]] = {
    "first_name": _name,
    "last_name": _name,
    "middle_name": _name,
    "email": _email,
    "phone": _phone,
    "birth_date": _birth_date,
    "passport": _document,
    "snils": _document,
}

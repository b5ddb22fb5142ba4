"""Valid values in place of values too small to name a record: a birth date for a birth date, a postcode for a postcode.

The same seed makes the same stand-in, another record another one. It differs from the original wherever the kind has
more than two values, and it keeps declared facts, because a back end's rules depend on them:

=================  ====================  =================================================================
fact               for                   the stand-in
=================  ====================  =================================================================
``over_<n>``       birth_date, age       is on the same side of that age
``year``           any date              has the same year
``within_<n>``     any date              lies at most n years from the original
``first_<n>``      postcode, codes       begins with the same n characters
=================  ====================  =================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from gateway.core.naming import calendar, codes, vocabulary
from gateway.core.naming.dates import read_date
from gateway.core.naming.dice import Dice
from gateway.model.kinds import KindSpec

FACT = re.compile(r"year|(?:over|within|first)_[0-9]{1,3}")
"""What ``keeps`` may say."""


@dataclass(frozen=True, slots=True)
class _Maker:
    """How stand-ins of one kind are made, which texts have one, and what they keep unless told otherwise."""

    valid: Callable[[str], bool]
    make: Callable[[str, Dice, Collection[str], date], str]
    keeps: tuple[str, ...] = ()
    fits: Callable[[str, str, Collection[str], date], bool] = lambda *_: True
    """Whether a stand-in made earlier still keeps what it has to; most depend on nothing that could change."""


def stand_in(spec: KindSpec, original: str, seed: bytes, *, today: date, keeps: Collection[str] | None = None) -> str:
    """The value that goes out. ``seed``: of one field only and known to nobody else, or it would narrow the original.

    ``keeps`` None: what the kind keeps by default (birth dates and ages: ``over_18``; other dates: ``within_3``).
    A text that has no stand-in of its kind is treated as a code: letters for letters, digits for digits.
    """
    maker = _maker_of(spec, original)
    return maker.make(original, Dice(seed), maker.keeps if keeps is None else keeps, today)


def fits(spec: KindSpec, original: str, shown: str, *, today: date, keeps: Collection[str] | None = None) -> bool:
    """True if a stand-in that went out for the value some time ago would still do for it."""
    maker = _maker_of(spec, original)
    return maker.fits(original, shown, maker.keeps if keeps is None else keeps, today)


def valid(spec: KindSpec, original: str) -> bool:
    """True if there is a stand-in that a back end would take wherever it took the original."""
    return _maker(spec).valid(original)


def _maker_of(spec: KindSpec, original: str) -> _Maker:
    maker = _maker(spec)
    return maker if maker.valid(original) else _CODE


def _maker(spec: KindSpec) -> _Maker:
    """An operator's own kind counts as a date if its name ends so, else as a code."""
    return _MAKERS.get(spec.name, _DATE if spec.name.endswith("date") else _CODE)


def _is_date(text: str) -> bool:
    return read_date(text.strip()) is not None


_CODE = _Maker(codes.is_code, codes.code, fits=codes.code_fits)
_DATE = _Maker(_is_date, calendar.some_date, ("within_3",), calendar.date_fits)
_WORD = _Maker(vocabulary.is_known, vocabulary.word)

_MAKERS: Mapping[str, _Maker] = MappingProxyType(
    {
        "birth_date": _Maker(_is_date, calendar.birth_date, ("over_18",), calendar.birth_date_fits),
        "document.date": _DATE,
        "card.expiry": _DATE,
        "postcode": _Maker(codes.is_code, codes.postcode, fits=codes.code_fits),
        "age": _Maker(codes.is_age, codes.age, ("over_18",), codes.age_fits),
        "geo.point": _Maker(codes.is_point, codes.point),
        "country": _WORD,
        "citizenship": _WORD,
        "language": _WORD,
        "currency": _WORD,
        "sex": _WORD,
    }
)

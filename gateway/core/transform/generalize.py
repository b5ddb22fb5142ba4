"""A value made coarse. RKN order 140, annex 2, p. 9(1).

Each technique is one row of a table: what its parameter may be, what it makes of a text, how fine it leaves it. A text
that the technique can't read becomes empty: what can't be made coarse must not go out fine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TypeVar

from gateway.core.transform import coarse
from gateway.core.transform.means import Means
from gateway.core.transform.user_agents import USER_AGENT, user_agent
from gateway.model.decision import Treatment
from gateway.model.kinds import KindSpec

_P = TypeVar("_P")


@dataclass(frozen=True, slots=True)
class Technique:
    """``fineness``: bigger is finer, place by place; None for a parameter that makes no sense, as ``expects`` says."""

    expects: str
    default: object
    coarsen: Callable[[str, object, date], str | None]
    fineness: Callable[[object], tuple[int, ...] | None]


def generalize(treatment: Treatment, spec: KindSpec, text: str, means: Means) -> str:
    """Parameters: one or several techniques by name; the first that fits the kind is used."""
    name = technique_for(treatment, spec)
    if name is None:
        return ""
    technique = TECHNIQUES[name]
    return technique.coarsen(text.strip(), treatment.parameter(name, technique.default), means.day) or ""


def technique_for(treatment: Treatment, spec: KindSpec) -> str | None:
    """The given technique that fits the kind, else the kind's usual one; for an unknown kind the only one given."""
    given = [name for name, _ in treatment.parameters if name in TECHNIQUES]
    fitting = _OF_KIND.get(spec.name)
    if fitting is None:
        return given[0] if len(given) == 1 else None
    return next((name for name in fitting if name in given), fitting[0])


def _technique(
    expects: str,
    default: object,
    read: Callable[[object], _P | None],
    coarsen: Callable[[str, _P, date], str | None],
    fineness: Callable[[_P], tuple[int, ...]],
) -> Technique:
    """A row whose parameter is of one type, behind a reader that turns away everything else."""

    def coarsened(text: str, parameter: object, day: date) -> str | None:
        value = read(parameter)
        return None if value is None else coarsen(text, value, day)

    def fine(parameter: object) -> tuple[int, ...] | None:
        value = read(parameter)
        return None if value is None else fineness(value)

    return Technique(expects, default, coarsened, fine)


def _whole(low: int, high: int) -> Callable[[object], int | None]:
    def read(parameter: object) -> int | None:
        whole = isinstance(parameter, int) and not isinstance(parameter, bool)
        return parameter if whole and isinstance(parameter, int) and low <= parameter <= high else None

    return read


def _word(*words: str) -> Callable[[object], int | None]:
    """Words stand from the coarsest to the finest; their place is the value."""
    return lambda parameter: words.index(parameter) if isinstance(parameter, str) and parameter in words else None


def _prefixes(parameter: object) -> tuple[int, int] | None:
    match parameter:
        case (int(four), int(six)) if 0 <= four <= 32 and 0 <= six <= 128:
            return four, six
        case _:
            return None


def _finer_is_bigger(value: int) -> tuple[int, ...]:
    return (value,)


def _finer_is_smaller(value: int) -> tuple[int, ...]:
    return (-value,)


TECHNIQUES: Mapping[str, Technique] = MappingProxyType(
    {
        "ip": _technique(
            "two prefix lengths such as [24, 48], at most [32, 128]",
            (24, 48),
            _prefixes,
            coarse.ip,
            lambda lengths: lengths,
        ),
        "date": _technique(
            "decade, year or month", "year", _word("decade", "year", "month"), coarse.calendar_date, _finer_is_bigger
        ),
        "age": _technique("the width of a band, 2 to 50 years", 10, _whole(2, 50), coarse.age_band, _finer_is_smaller),
        "number": _technique(
            "the width of a bucket, 2 to 1000000000", 10, _whole(2, 10**9), coarse.bucket, _finer_is_smaller
        ),
        "geo": _technique("decimals to keep, 0 to 5", 1, _whole(0, 5), coarse.coordinates, _finer_is_bigger),
        "postcode": _technique("characters to keep, 1 to 5", 3, _whole(1, 5), coarse.prefix, _finer_is_bigger),
        "email": _technique("domain", "domain", _word("domain"), coarse.mail_domain, _finer_is_bigger),
        "url": _technique("host or path", "host", _word("host", "path"), coarse.address, _finer_is_bigger),
        "user_agent": _technique("family or system", USER_AGENT[-1], _word(*USER_AGENT), user_agent, _finer_is_bigger),
    }
)

_OF_KIND: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ip": ("ip",),
        "birth_date": ("age", "date"),
        "document.date": ("date",),
        "card.expiry": ("date",),
        "age": ("age", "number"),
        "geo.point": ("geo",),
        "postcode": ("postcode",),
        "email": ("email",),
        "referer": ("url",),
        "user_agent": ("user_agent",),
    }
)
"""Techniques that fit a kind; the first one is its default."""

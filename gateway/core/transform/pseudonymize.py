"""A keyed name for a value, the same within one destination and one period, another everywhere else.

Shaped as the original: a number stays a number (15 digits, exact in every JSON parser), a UUID a UUID of version 4,
anything else 24 letters and digits. None of them looks like a token. RKN order 140, annex 2, p. 2-3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from hmac import digest
from types import MappingProxyType

from gateway.core.blind import normal_form
from gateway.core.naming import opaque, uuid
from gateway.core.transform.means import Means
from gateway.model.decision import Treatment
from gateway.model.kinds import KindSpec

ROTATE: Mapping[str, Callable[[date], str]] = MappingProxyType(
    {
        "daily": date.isoformat,
        "weekly": lambda day: "{}-W{:02d}".format(*day.isocalendar()[:2]),
        "monthly": lambda day: f"{day:%Y-%m}",
        "never": lambda _day: "",
    }
)
"""From the strictest to the loosest: the name of the period that a day belongs to."""

SCOPES = ("destination", "all")
"""From the strictest to the loosest: joinable within one destination's scope, or wherever the rules say ``all``."""

_NUMBER = 15


def pseudonymize(treatment: Treatment, spec: KindSpec, text: str, means: Means) -> str:
    """Parameters: ``scope`` (destination), ``rotate`` (daily)."""
    scope = means.scope if treatment.parameter("scope", SCOPES[0]) == SCOPES[0] else ""
    period = ROTATE[str(treatment.parameter("rotate", "daily"))](means.day)
    name = digest(means.pseudonym.expose(), _facts(scope, period, spec.name, normal_form(spec, text)), "sha256")
    if text.isascii() and text.isdigit():
        return _number(name)
    return uuid.show(_uuid(name), text) if uuid.valid(text) else opaque.spell(name[:15])[:24]


def _facts(*facts: str) -> bytes:
    """Each with its length, so that no two lists of facts look alike."""
    parts = (fact.encode("utf-8", "surrogatepass") for fact in facts)
    return b"".join(b"%d:%b" % (len(part), part) for part in parts)


def _number(name: bytes) -> str:
    """15 digits, the first 1 to 8: no leading zero, and never the 990 of a token."""
    number = int.from_bytes(name[:16], "big")
    return str(10 ** (_NUMBER - 1) + number % (8 * 10 ** (_NUMBER - 1)))


def _uuid(name: bytes) -> str:
    digits = name[:16].hex()
    return uuid.canonical(f"{digits[:12]}4{digits[13:16]}{'89ab'[name[8] & 3]}{digits[17:]}")

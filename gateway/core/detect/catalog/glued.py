"""Numbers that a letter touches: «+79000000001доб.12», «СНИЛС112-233-445 95»: a blank was forgotten, a sign got lost.

Only in the layouts that mean one thing beyond doubt, the same that the last look at outgoing bytes forbids
(``core/suspects.py``): what it holds for judged has to be found here.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.detect import checksums
from gateway.core.detect.detector import Detector, by_digits
from gateway.model.names import Kind

_PHONE = r"\+7[ \-(]{0,2}9\d{2}[ \-)]{0,2}\d{3}[ \-]?\d{2}[ \-]?\d{2}"
_SNILS = r"\d{3}-\d{3}-\d{3}[ \-]\d{2}"
_PAN = r"(?:220[0-4]|4\d{3}|5[1-5]\d{2})(?:[ \-]\d{4}){3}"


def _touched(layout: str) -> str:
    """The layout with a letter right before or behind it."""
    return rf"[\pL_]{layout}|{layout}[\pL_]"


def _between_no_digits(text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
    """The stretch, if no digit touches it: then it would be a piece of another number."""
    beside = text[start - 1 : start] + text[end : end + 1]
    return () if any(map(str.isdigit, beside)) else ((start, end),)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        name="phone.glued",
        kind=Kind("phone"),
        pattern=_PHONE,
        gate=_touched(_PHONE),
        cut=_between_no_digits,
        score=0.8,
        loose=True,
        yes=("+79000000001доб.12", "тел+7 900 000-00-01звоните"),
        no=("+790000000012x", "+7 800 000-00-01x"),
        source="Russian numbering plan, Mintsifry order 75 of 31.01.2022: mobile numbers",
    ),
    Detector(
        name="ru.snils.glued",
        kind=Kind("ru.snils"),
        pattern=_SNILS,
        gate=_touched(_SNILS),
        cut=_between_no_digits,
        score=0.0,
        confirmed=0.8,
        confirm=by_digits(checksums.snils),
        loose=True,
        yes=("СНИЛС112-233-445 95", "112-233-445-95г"),
        no=("SN112-233-445 96", "112-233-445 951г", "x1112-233-445 95"),
        source="SFR (PFR) board resolution 192p of 31.07.2006",
    ),
    Detector(
        name="card.pan.glued",
        kind=Kind("card.pan"),
        pattern=_PAN,
        gate=_touched(_PAN),
        cut=_between_no_digits,
        score=0.0,
        confirmed=0.8,
        confirm=by_digits(checksums.luhn),
        loose=True,
        yes=("карта4111 1111 1111 1111", "2200-0000-0000-0053руб"),
        no=("N4111 1111 1111 1112", "4111 1111 1111 11111x"),
        source="ISO/IEC 7812-1; cards are embossed in groups of four",
    ),
)

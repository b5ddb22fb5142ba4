"""Names of people in Latin letters, of any country, as English texts speak of them (``english``)."""

from __future__ import annotations

from gateway.core.detect.catalog.people import GATE
from gateway.core.detect.detector import Detector
from gateway.core.detect.english import people
from gateway.core.detect.roles import Read
from gateway.model.names import Kind

_NAME = Kind("person.name")
_GATE = rf"{GATE}|(?:^|[^A-Za-z])(?i:my name|name is|named|hi|hello|hey|call me|signed)[^A-Za-z]"
_LISTS = "Faker, mimesis, US Census of 1990 and an own list (gateway/core/detect/data/README.md)"


def _reader(_: Read, cased: str, lower: str) -> list[tuple[int, int, str]]:
    return people(cased, lower)


def _row(shape: str, score: float, yes: tuple[str, ...], no: tuple[str, ...], source: str) -> Detector:
    return Detector(
        f"person.english.{shape}", _NAME, "", yes=yes, no=no, source=source, score=score, gate=_GATE, reader=_reader
    )


DETECTORS: tuple[Detector, ...] = (
    _row(
        "pair",
        0.82,
        (
            "ask Kelli Carrasquilla",
            "Chinedu Okafor called",
            "tara carrasquilla wrote",
            "Maria da Silva Pereira",
            "Szabó Imola",
        ),
        ("Boston Consulting Group", "New York", "mark my words", "the Rose Garden"),
        _LISTS,
    ),
    _row(
        "lettered",
        0.78,
        ("by J. R. Okonkwo", "S. Okonkwo called"),
        ("the U.S. Army", "Plan B"),
        "own observation of signatures",
    ),
    _row(
        "addressed",
        0.8,
        ("Mr. Trevor Quxley", "Mrs. Oyelaran", "Dr. Marie-Louise van der Berg"),
        ("Mr. and Mrs.", "doctor who"),
        "own observation of letters",
    ),
    _row(
        "told",
        0.75,
        ("My name is Thistlewaite", "Hi Kelvin, how are you", "Dear Iwao,"),
        ("Hi There", "Dear Customer", "my name is important"),
        "own observation of letters and chats",
    ),
)

"""What a parent and its workers say to each other: one JSON object a line, on the worker's standard input and output.

The parent says how to start, later which rules to read; the end of the input, also when the parent is gone, means stop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import orjson

MOST_BYTES = 2**26
"""Of one line. Rules are its largest part."""

Texts = Mapping[str, str]
"""Rules files by their labels, each byte a character (ISO 8859-1)."""


@dataclass(frozen=True, slots=True)
class Start:
    """The first line. ``settings`` is their JSON; without ``texts`` the rules are read from the disk."""

    number: int
    settings: str
    socket: str
    columns: bool
    texts: Texts | None = None


@dataclass(frozen=True, slots=True)
class NewRules:
    """Put these in force, or, without ``texts``, those on the disk."""

    texts: Texts | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What became of it. ``rules`` is the digest of those in force, ``texts`` what they were made from."""

    what: Literal["listening", "reloaded", "kept"]
    address: str = ""
    rules: str = ""
    texts: Texts = field(default_factory=dict)


def line(said: Start | NewRules | Said) -> bytes:
    return orjson.dumps(said) + b"\n"


def started(text: bytes) -> Start:
    return Start(**orjson.loads(text))


def new_rules(text: bytes) -> NewRules:
    return NewRules(**orjson.loads(text))


def said(text: bytes) -> Said | None:
    """None for a line that is somebody else's."""
    try:
        return Said(**orjson.loads(text))
    except (orjson.JSONDecodeError, TypeError):
        return None


class Reading:
    """Reads rules files, from the disk or from ``given`` texts, and remembers what it read."""

    def __init__(self, given: Texts | None = None) -> None:
        self.texts: dict[str, str] = {}
        self._given = given

    def __call__(self, label: str) -> bytes:
        raw = Path(label).read_bytes() if self._given is None else self._text(self._given, label)
        self.texts[label] = raw.decode("iso-8859-1")
        return raw

    @staticmethod
    def _text(given: Texts, label: str) -> bytes:
        if label not in given:
            raise FileNotFoundError(label)
        return given[label].encode("iso-8859-1")

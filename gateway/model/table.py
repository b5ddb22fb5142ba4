"""An existing table on its way through the rules: its rows, what became of them, and how far that is durable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One row as a message's JSON body, beside its own bytes.

    ``number`` counts rows from 1, ``line`` is where it begins in a file. ``end``: the place behind it, from which
    reading can go on (bytes of a file, rows of a query). ``places``: texts for the ``{name}`` steps of the route's
    path. ``reference``: the back end's own id of the person. ``fault``: the code of why it can't be read.
    """

    number: int
    line: int
    raw: bytes
    end: int
    body: bytes = b""
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    reference: str | None = None
    fault: str = ""

    def __repr__(self) -> str:
        return f"Row({self.number}, bytes={len(self.raw)})"


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: where it is and why, never what it holds."""

    line: int
    code: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where an import is durable. The next batch begins there, its records' ids at the time ``at_ms``.

    ``source``, ``twin``, ``rejects``: places in these files. ``tally``: what the report has counted so far.
    """

    rows: int = 0
    line: int = 1
    source: int = 0
    twin: int = 0
    rejects: int = 0
    at_ms: int = 0
    tally: Mapping[str, int] = field(default_factory=dict)
    done: bool = False


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A table of which a part is in the directory: ``name`` (12 hex digits) is the same for the same table."""

    name: str
    to: str
    begun_ms: int


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of a file from the place ``begin`` up to ``end``, the first on ``line``."""

    begin: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Import:
    """What an import is: the same facts mean the same import, so that it may be resumed.

    ``name`` (64 hex digits) is drawn once and names the records; ``facts`` tell source, rules and options.
    ``parts``: where a file is cut, if several processes take it, each an import of its own.
    """

    name: str
    batch: int
    facts: Mapping[str, str] = field(default_factory=dict)
    parts: Sequence[Part] = ()

"""What clients write down for themselves, on disk, line by line: what they sent, and which replies they were given."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """``what``: sent, acked, changed (a 2xx that is not what was sent), refused (with its status), broken."""

    at_s: float
    what: str
    number: int
    more: str = ""


@dataclass(slots=True)
class Journal:
    """One file; every line is handed to the system before anything else happens."""

    path: Path
    _file: int = field(init=False, default=-1)

    def __post_init__(self) -> None:
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(self, what: str, number: int, more: object = "") -> None:
        os.write(self._file, f"{time.monotonic():.4f} {what} {number} {more}\n".encode())

    def read(self) -> Iterator[Line]:
        for line in self.path.read_text().splitlines():
            at, what, number, *more = line.split()
            yield Line(float(at), what, int(number), " ".join(more))

    def acknowledged(self) -> set[int]:
        return {line.number for line in self.read() if line.what in ("acked", "changed")}

    def counts(self) -> Counter[str]:
        return Counter(line.what for line in self.read())

    def refusals(self) -> Counter[str]:
        """Status, what Retry-After said, and code."""
        return Counter(line.more for line in self.read() if line.what == "refused")

    def longest_silence(self) -> float:
        """The longest time between two acknowledgements, seconds."""
        times = [line.at_s for line in self.read() if line.what == "acked"]
        return max((later - one for one, later in pairwise(times)), default=0.0)

    def silence_after(self, at_s: float) -> float:
        """From then until somebody was acknowledged again what was sent after it, seconds."""
        sent: set[int] = set()
        for line in self.read():
            if line.what == "sent" and line.at_s >= at_s:
                sent.add(line.number)
            elif line.what == "acked" and line.number in sent:
                return line.at_s - at_s
        return float("inf")

"""What became of a canary, told from bytes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from gateway.verify.canaries import Canary
from gateway.verify.probes import Probe
from gateway.verify.search import Hit, find
from gateway.verify.views import views

Word = Literal["LEAK", "blind", "broken", "clean", "restored", "refused", "plain", "changed"]
"""LEAK: it arrived, or lies on a disk, where it must not. blind: verify did not even see what it sent itself. broken:
the gateway failed, so nothing is proved. clean: it did not arrive. restored: nor did it, and the caller got it back.
refused: the gateway sent nothing on. plain: it arrived, and may. changed: it may arrive, and did not.
"""

BAD: frozenset[Word] = frozenset({"LEAK", "blind", "broken"})


@dataclass(frozen=True, slots=True)
class Sight:
    """Where a canary was seen, and how it was spelt there."""

    where: str
    how: str


@dataclass(slots=True)
class Result:
    """One probe's two journeys. ``status`` is the gateway's answer, ``passed_on`` whether a destination got a
    request.
    """

    probe: Probe
    direct: Word = "blind"
    status: int = 0
    passed_on: bool = False
    came_back: bool = False
    sights: list[Sight] = field(default_factory=list)
    arrived: bool = False

    @property
    def through(self) -> Word:
        """LEAK outranks everything; a gateway that fails proves nothing."""
        if self.sights:
            return "LEAK"
        if not self.passed_on:
            return "refused" if 400 <= self.status < 500 else "broken"
        if not self.probe.must_stay:
            return "plain" if self.arrived else "changed"
        return "restored" if self.came_back else "clean"


def sighted(canary: Canary, data: bytes) -> str | None:
    """How the canary is spelt in what one request brought, or None where it is not there."""
    if canary.sort.weak:
        return _beside_its_field(canary, data)
    hits = find([canary.telling], data)
    return how(hits[0]) if hits else None


def how(hit: Hit) -> str:
    return f"{hit.form} inside {hit.view}" if hit.view else hit.form


def _beside_its_field(canary: Canary, data: bytes) -> str | None:
    """A weak value counts only where its field's name stands right before it."""
    pattern = re.compile(
        re.escape(canary.sort.field).encode()
        + rb"[^0-9A-Za-z]{1,12}"
        + re.escape(canary.value).encode()
        + rb"(?![0-9])"
    )
    return next((view or "as it is" for view, seen in views(data).items() if pattern.search(seen)), None)

"""What a transform may know beside the text: a key, a destination, a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.model.names import Scope
from gateway.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Means:
    """``pseudonym``: the home region's pseudonym key. ``scope``: the destination's. ``day``: of the clock, UTC."""

    pseudonym: Secret
    scope: Scope
    day: date

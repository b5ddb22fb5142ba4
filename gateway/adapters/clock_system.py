"""The system's clock and random generator."""

from __future__ import annotations

import os
import time


class SystemClock:
    """The one lawful source of time and randomness; everybody else is given it."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000  # noqa: TID251 - this is the clock that others are given

    def random(self, size: int) -> bytes:
        return os.urandom(size)  # noqa: TID251 - this is the generator that others are given

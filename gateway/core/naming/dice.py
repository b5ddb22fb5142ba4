"""Numbers drawn from a seed: the same seed, the same numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import shake_128

_SIZE = 8
_BLOCK = 32


@dataclass(slots=True, repr=False)
class Dice:
    """A stream of draws. Eight bytes a draw: what remains of bias is below 1 : 10^14 for every range used here."""

    seed: bytes
    _blocks: int = field(default=0, init=False)
    _left: bytes = field(default=b"", init=False)

    def below(self, limit: int) -> int:
        """A number from 0 up to, not including, ``limit``."""
        if not self._left:
            self._left = shake_128(self.seed + self._blocks.to_bytes(4, "big")).digest(_SIZE * _BLOCK)
            self._blocks += 1
        drawn, self._left = int.from_bytes(self._left[:_SIZE], "big"), self._left[_SIZE:]
        return drawn % limit

"""How much of a message the core is willing to look at; over a limit is a PayloadError, never a blind pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``max_ratio``: decoded over encoded size of a content coding, judged above 1 MiB of output."""

    max_body_bytes: int = 8 * 2**20
    max_header_bytes: int = 64 * 2**10
    max_depth: int = 64
    max_leaves: int = 50_000
    max_ratio: int = 100

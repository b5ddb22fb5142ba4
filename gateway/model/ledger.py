"""Evidence: one entry an operation, never a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gateway.model.names import Digest, Kind, RecordId, SubjectId

Event = Literal["collect", "look_up", "disclose", "refuse", "purge", "strip", "incident", "session"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done with personal data (LAW.md DEP-04, SEC-03): time, route, actor, purpose, kinds and counts, store.

    ``at_ms`` Unix milliseconds. ``actor`` is ``subject:<id>``, ``role:<name>``, ``address`` or ``nobody``.
    ``kinds`` are (kind, action, count), sorted. ``outcome`` is ``ok`` or an error code.
    """

    at_ms: int
    request: str
    event: Event
    route: str
    actor: str
    purpose: str
    destination: str
    kinds: tuple[tuple[Kind, str, int], ...]
    subjects: tuple[SubjectId, ...]
    records: tuple[RecordId, ...]
    rules: Digest
    outcome: str = "ok"

"""Evidence: one entry an operation, never a value."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from gateway.model.names import Digest, Kind, RecordId, SubjectId
from gateway.model.swift import swift

Event = Literal[
    "collect", "look_up", "disclose", "refuse", "purge", "strip", "incident", "session", "import", "mark", "restore",
    "erase",
]  # fmt: skip


@swift
@dataclass(frozen=True, slots=True)
class Entry:
    """What was done with personal data (LAW.md DEP-04, SEC-03): time, route, actor, purpose, kinds and counts, store.

    ``at_ms`` Unix milliseconds. ``actor`` is ``subject:<id>``, ``role:<name>``, ``address`` or ``nobody``.
    ``kinds`` are (kind, action, count), sorted. ``outcome`` is ``ok`` or an error code. ``times`` is how many
    operations a counted entry stands for; it then names no request, subjects or records.
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
    times: int = 1


Facts = tuple[str, str, str, str, str, tuple[tuple[Kind, str], ...], Digest, str]
"""What entries must have in common to be counted as one."""


def facts(entry: Entry) -> Facts:
    kinds = tuple((kind, action) for kind, action, _ in entry.kinds)
    return entry.event, entry.route, entry.actor, entry.purpose, entry.destination, kinds, entry.rules, entry.outcome


def added(count: Entry | None, entry: Entry) -> Entry:
    """The count with one more entry of the same facts; without a count, the first of it."""
    if count is None:
        return replace(entry, request="", subjects=(), records=())
    pairs = zip(count.kinds, entry.kinds, strict=True)
    kinds = tuple((kind, action, was + more) for (kind, action, was), (_, _, more) in pairs)
    return replace(count, kinds=kinds, times=count.times + entry.times)

"""Who is to leave a vault for good, and what of an outcome is still to be written down once somebody has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from gateway.model.kept import Batch, Settlement
from gateway.model.names import SubjectId

REMEMBER_S = 7 * 86400
"""How long a vault knows whom it has erased, so that nothing that was under way is kept of them."""


@dataclass(frozen=True, slots=True)
class Condemnation:
    """The order that persons are to be erased: when (Unix seconds), by whom, and a reference to the paper behind it."""

    subjects: tuple[SubjectId, ...]
    at: int
    by: str
    why: str


def concerned(batch: Batch) -> frozenset[SubjectId]:
    """Everybody of whom a batch keeps or changes anything."""
    return batch.subjects | {one.subject for one in batch.revisions}


def told(outcome: Settlement) -> frozenset[SubjectId]:
    """Everybody whom a settlement makes known, or begins a session for."""
    return frozenset([*(one.subject for one in outcome.directory), *(one.subject for one in outcome.sessions)])


def spared(outcome: Settlement, gone: Collection[SubjectId]) -> Settlement:
    """The settlement without those who are gone: they are not made known again, and their sessions are nobody's."""
    if not gone:
        return outcome
    ended = tuple(one.session for one in outcome.sessions if one.subject in gone)
    return replace(
        outcome,
        directory=tuple(one for one in outcome.directory if one.subject not in gone),
        sessions=tuple(one for one in outcome.sessions if one.subject not in gone),
        closed_sessions=(*outcome.closed_sessions, *ended),
    )

"""How persons leave the memory vault for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gateway.adapters.vault_memory.tables import Tables
from gateway.model.erasure import Condemnation
from gateway.model.errors import HeldError
from gateway.model.names import RecordId, SubjectId


class MemoryErasing:
    """The Erasing port."""

    _has: Tables

    def _drop(self, name: RecordId) -> None:
        raise NotImplementedError

    async def condemn(self, order: Condemnation) -> tuple[SubjectId, ...]:
        return _condemn(self._has, order)

    async def condemned(self) -> Sequence[Condemnation]:
        return [order for order, ended in self._has.erased.values() if ended is None]

    async def clear(self, subjects: Sequence[SubjectId], most: int = 200) -> int:
        return _clear(self._has, subjects, most, self._drop)

    async def gone(self, subjects: Sequence[SubjectId], at: int) -> None:
        self._has.erased |= {one: (self._has.erased[one][0], at) for one in subjects if one in self._has.erased}


def _condemn(has: Tables, order: Condemnation) -> tuple[SubjectId, ...]:
    roots = {has.root(one) for one in order.subjects}
    whole = sorted({*order.subjects, *roots, *(one for root in roots for one in has.included(root))})
    if any(has.person(one).held is not None for one in whole):
        raise HeldError
    for one in whole:
        if one not in has.erased:
            has.erased[one] = (Condemnation((one,), order.at, order.by, order.why), None)
    _end_sessions(has, whole)
    return tuple(whole)


def _clear(has: Tables, subjects: Sequence[SubjectId], most: int, drop: Callable[[RecordId], None]) -> int:
    records = [name for name, record in has.records.items() if record.subject in subjects][:most]
    for name in records:
        drop(name)
    if not records:
        for blinded in [blinded for blinded, owner in has.directory.items() if owner.subject in subjects]:
            has.drop(has.directory, blinded)
        for one in subjects:
            has.drop(has.people, one)
        _end_sessions(has, subjects)
    has.done()
    return len(records)


def _end_sessions(has: Tables, subjects: Sequence[SubjectId]) -> None:
    ended = {name for name, start in has.sessions.items() if start.subject in subjects}
    has.sessions = {name: start for name, start in has.sessions.items() if name not in ended}
    has.shown = {seen: until for seen, until in has.shown.items() if seen[0] not in ended}

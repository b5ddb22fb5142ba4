"""``keep`` for a whole commit group at once: the outcome of ``keep_batch`` one by one, in a tenth of the statements.

Only plain batches take this way (no retry, no look-up, no token held already); the rest of the group follows one by one
in the same transaction. Callers of one group run at the same time, so any order among them is a right one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from gateway.adapters.vault_sqlite.keep import Answer, Named, clearer, drafted, keep_batch, no_free_name, reuse
from gateway.adapters.vault_sqlite.rows import RefOf
from gateway.adapters.vault_sqlite.statements import each, statements
from gateway.model.kept import Batch, DirectoryEntry, Keep, KeepField
from gateway.model.names import Rank, RecordId, Region, SubjectId, Token

_SQL = statements("15_keep_many")

_WORTH_IT = 3
"""Below it one by one is faster; and what fails among many is found by taking each alone."""

_Key = tuple[bytes, str, str]
"""Blind, kind and scope of an equal value."""
_Place = tuple[Region | None, Rank | None]


def keep_many(connection: sqlite3.Connection, batches: Sequence[Batch], home: Region, ref_of: RefOf) -> list[Answer]:
    """One answer a batch, in order."""
    plain = [batch for batch in batches if _is_plain(batch)] if len(batches) >= _WORTH_IT else []
    answers = dict(zip(map(id, plain), _keep_plain(connection, plain, home), strict=True)) if plain else {}
    return [answers.get(id(batch)) or keep_batch(connection, batch, home, ref_of) for batch in batches]


def _is_plain(batch: Batch) -> bool:
    return not (
        batch.idempotency or batch.seeks or any(one.held is not None for keep in batch.keeps for one in keep.fields)
    )


def _keep_plain(connection: sqlite3.Connection, batches: Sequence[Batch], home: Region) -> list[Answer]:
    names = _Names(connection, [keep for batch in batches for keep in batch.keeps])
    answers, drafts = [], []
    for batch in batches:
        answer = Answer()
        drafts += [(keep, drafted(keep, names.name, answer)) for keep in batch.keeps]
        answers.append(answer)
    each(connection, _SQL["insert_records"], [(*draft.row(keep), 1) for keep, draft in drafts])
    names.write(connection)
    for keep, draft in drafts:
        reuse(connection, keep, draft)
    _enter(connection, [entry for batch in batches for entry in batch.directory], home)
    return answers


class _Names:
    """The equal values and short names of the group: read at once, given one after another, written at once."""

    def __init__(self, connection: sqlite3.Connection, keeps: Sequence[Keep]) -> None:
        fields = [(keep, one) for keep in keeps for one in keep.fields]
        keys = {_key(keep, one.kind, one.blind) for keep, one in fields if one.blind is not None}
        self._connection = connection
        self._equal = {
            (blind, kind, scope): Named(Token(token), RecordId(record.hex()), SubjectId(subject.hex()))
            for blind, kind, scope, token, record, subject in each(connection, _SQL["equal_tokens"], list(keys))
        }
        self._taken: dict[Token, bool] = {}
        self._look({token for _, one in fields if one.alias for token in one.candidates[:1]})
        self._new_equal: list[tuple[bytes, str, str, bytes, str, bytes]] = []
        self._new_alias: list[tuple[str, bytes, int]] = []

    def name(self, keep: Keep, one: KeepField) -> Named:
        """The token that the value has in this scope, else a new one."""
        if one.blind is None:
            return self._new(keep, one)
        key = _key(keep, one.kind, one.blind)
        named = self._equal.get(key)
        if named is None:
            named = self._equal[key] = self._new(keep, one)
            self._new_equal.append((*key, bytes.fromhex(keep.subject), named.token, bytes.fromhex(keep.record)))
        return named

    def write(self, connection: sqlite3.Connection) -> None:
        """In the order of their keys, so that neighbours share pages."""
        each(connection, _SQL["name_equals"], sorted(self._new_equal))
        each(connection, _SQL["take_aliases"], sorted(self._new_alias))

    def _new(self, keep: Keep, one: KeepField) -> Named:
        for token in one.candidates:
            if not one.alias or self._take(token):
                if one.alias:
                    self._new_alias.append((token, bytes.fromhex(keep.record), one.index))
                return Named(token, keep.record, keep.subject)
        raise no_free_name()

    def _take(self, token: Token) -> bool:
        if token not in self._taken:
            self._look({token})
        free, self._taken[token] = not self._taken[token], True
        return free

    def _look(self, tokens: Iterable[Token]) -> None:
        self._taken |= dict.fromkeys(tokens, False)
        found = each(self._connection, _SQL["aliases_taken"], [(token,) for token in tokens])
        self._taken |= {token: True for (token,) in found}


def _enter(connection: sqlite3.Connection, entries: Sequence[DirectoryEntry], home: Region) -> None:
    """First come, first kept; each person's residence moves by what all of the entries say of it."""
    first: dict[_Key, bytes] = {}
    told: dict[bytes, list[_Place]] = {}
    for entry in entries:
        subject = bytes.fromhex(entry.subject)
        first.setdefault((bytes.fromhex(entry.blind), entry.kind, ""), subject)
        told.setdefault(subject, []).append((entry.region, entry.rank))
    each(connection, _SQL["enter_directory"], [(*key, subject) for key, subject in sorted(first.items())])
    known = {row[0]: (row[1], row[2]) for row in each(connection, _SQL["persons"], [(subject,) for subject in told])}
    places = {subject: _settled(known.get(subject), said, home) for subject, said in told.items()}
    each(connection, _SQL["enter_persons"], sorted((s, *place) for s, place in places.items() if s not in known))
    moved = [(*place, subject) for subject, place in places.items() if known.get(subject, place) != place]
    if moved:
        connection.executemany(_SQL["move_persons"], moved)


def _settled(known: _Place | None, said: list[_Place], home: Region) -> _Place:
    place = said[0] if known is None else known
    for told in said:
        if clearer(place, told, home):
            place = told
    return place


def _key(keep: Keep, kind: str, blind: str) -> _Key:
    return bytes.fromhex(blind), kind, keep.scope

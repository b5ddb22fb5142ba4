"""``keep`` for a whole commit group at once: the outcome of ``keep_batch`` one by one, in a tenth of the statements.

Only plain batches take this way (no retry, no look-up, no token held already); the rest of the group follows one by one
in the same transaction. Callers of one group run at the same time, so any order among them is a right one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from gateway.adapters.vault_sql.facts import RefOf
from gateway.adapters.vault_sql.naming import Answer, Named, drafted, no_free_name
from gateway.adapters.vault_sqlite.directory import Directory
from gateway.adapters.vault_sqlite.erase import anybody_erased, erased
from gateway.adapters.vault_sqlite.keep import keep_batch, reuse
from gateway.adapters.vault_sqlite.statements import each, statements
from gateway.model.erasure import concerned
from gateway.model.errors import OutdatedError, OvertakenError
from gateway.model.kept import Batch, Keep, KeepField
from gateway.model.names import RecordId, Region, SubjectId, Token

_SQL = statements("15_keep_many")

_WORTH_IT = 3
"""Below it one by one is faster; and what fails among many is found by taking each alone."""

_Key = tuple[bytes, str, str]
"""Blind, kind and scope of an equal value."""


Outcome = Answer | OvertakenError | OutdatedError
"""Of what was overtaken or outdated nothing is written."""


def keep_many(
    connection: sqlite3.Connection, batches: Sequence[Batch], home: Region, ref_of: RefOf, now_s: int
) -> list[Outcome]:
    """One outcome a batch, in order. Of who is erased nothing is kept: who still meant that person was overtaken."""
    if anybody_erased(connection) and (gone := erased(connection, frozenset().union(*map(concerned, batches)))):
        left = [batch for batch in batches if not concerned(batch) & gone]
        kept = iter(_kept(connection, left, home, ref_of, now_s))
        return [OvertakenError() if concerned(batch) & gone else next(kept) for batch in batches]
    return _kept(connection, batches, home, ref_of, now_s)


def _kept(
    connection: sqlite3.Connection, batches: Sequence[Batch], home: Region, ref_of: RefOf, now_s: int
) -> list[Outcome]:
    many = sum(max(len(batch.keeps), 1) for batch in batches) >= _WORTH_IT
    plain = [batch for batch in batches if _is_plain(batch)] if many else []
    outcomes = dict(zip(map(id, plain), _keep_plain(connection, plain, home, now_s), strict=True)) if plain else {}
    return [outcomes.get(id(batch)) or _keep_one(connection, batch, home, ref_of, now_s) for batch in batches]


def _keep_one(connection: sqlite3.Connection, batch: Batch, home: Region, ref_of: RefOf, now_s: int) -> Outcome:
    try:
        return keep_batch(connection, batch, home, ref_of, now_s)
    except (OvertakenError, OutdatedError) as error:
        return error


def _is_plain(batch: Batch) -> bool:
    return not (
        batch.idempotency or batch.seeks or any(one.held is not None for keep in batch.keeps for one in keep.fields)
    )


def _keep_plain(connection: sqlite3.Connection, batches: Sequence[Batch], home: Region, now_s: int) -> list[Outcome]:
    revisions = [one for batch in batches for one in batch.revisions]
    entries = [entry for batch in batches for entry in batch.directory]
    directory = Directory(connection, entries, home, now_s, revisions)
    outcomes = [_taken(directory, batch) for batch in batches]
    pairs = list(zip(batches, outcomes, strict=True))
    taken = [(batch, outcome) for batch, outcome in pairs if isinstance(outcome, Answer)]
    names = _Names(connection, [keep for batch, _ in taken for keep in batch.keeps])
    drafts = [(keep, drafted(keep, names.name, answer)) for batch, answer in taken for keep in batch.keeps]
    versions = [answer.version(keep) for batch, answer in taken for keep in batch.keeps]
    rows = [draft.row(keep, version) for (keep, draft), version in zip(drafts, versions, strict=True)]
    each(connection, _SQL["insert_records"], [(*row, 1) for row in rows])
    names.write(connection)
    for keep, draft in drafts:
        reuse(connection, keep, draft)
    directory.write()
    return outcomes


def _taken(directory: Directory, batch: Batch) -> Outcome:
    """An answer without names, if the directory takes the batch."""
    try:
        return Answer(versions=directory.admit(batch, batch.revisions))
    except (OvertakenError, OutdatedError) as error:
        return error


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


def _key(keep: Keep, kind: str, blind: str) -> _Key:
    return bytes.fromhex(blind), kind, keep.scope

"""The index of one SQLite file while its key turns: triggers keep two generations alike, a job goes through the rows.

A trigger sees every row, whatever statement touches it; it is temporary, so it lives in the writer's connection and the
keys stay in this process. Whoever begins to write reads the phase in the same transaction and has the triggers for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from gateway.adapters.vault_sql.facts import packed, unpacked
from gateway.adapters.vault_sql.index import (
    PAGE,
    STEADY,
    TABLES,
    Index,
    IndexBook,
    Way,
    on_its_way,
    share_of_time,
    succeeding,
    way,
)
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.turning import IndexStand, generation_of

_SQL = statements("80_index")


class FileIndex:
    """For one writer; ``read`` by any connection."""

    def __init__(self) -> None:
        self.book = IndexBook()
        self.now = Index(IndexStand())
        """As the transaction that writes has found it."""
        self._prepared: tuple[sqlite3.Connection, str] | None = None

    def read(self, connection: sqlite3.Connection) -> Index:
        """As a transaction finds it."""
        return self.book.index(_stand(connection))

    def begin(self, connection: sqlite3.Connection) -> None:
        """To be called in every transaction before it writes."""
        text = _stand(connection)
        self.now = self.book.index(text)
        self.now.require()
        if self._prepared is None or self._prepared[0] is not connection or self._prepared[1] != text:
            self._prepare(connection)
            self._prepared = connection, text

    def step(self, connection: sqlite3.Connection, generation: int) -> IndexStand:
        """One step of the way; whoever writes behind it in the same transaction is under the phase that it leaves."""
        standing = step(connection, self.now, generation)
        self.begin(connection)
        return standing

    def failed(self) -> None:
        """The transaction was rolled back, and with it triggers that were made in it."""
        self._prepared = None

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.create_function("twin", 1, self._twin)
        connection.create_function("lifted", 1, self._lifted)
        for table, keys in TABLES:
            facts = _facts(connection, table, keys)
            _each(connection, _SQL["undo"].format(table=table))
            if self.now.stand.phase == "fill":
                _each(connection, _SQL["fill"].format(**facts), ends="END;")
        _each(connection, _SQL["undo_lift"])
        if self.now.stand.phase == "lift":
            _each(connection, _SQL["lift"], ends="END;")

    def _twin(self, blind: bytes) -> bytes | None:
        return self.now.twin(blind)

    def _lifted(self, names: str) -> str:
        return _lifted(self.now, names)


def stand_of(connection: sqlite3.Connection) -> IndexStand:
    """With how far it has come."""
    row = connection.execute(_SQL["way"]).fetchone()
    index, gone = IndexBook().index(_stand(connection)), way(row[0] if row else None)
    return on_its_way(index.stand, gone, _share(connection, index, gone))


def step(connection: sqlite3.Connection, index: Index, generation: int) -> IndexStand:
    """One step of the way, inside the writer's transaction."""
    standing = index.stand
    row = connection.execute(_SQL["way"]).fetchone()
    gone = way(row[0] if row else None)
    match standing.phase:
        case "steady":
            done = standing.generation < generation
        case "lift":
            gone = _lift(connection, index, gone)
            done = gone.table > 0
        case _:
            gone = _page(connection, index, gone)
            done = gone.table == len(TABLES)
    if done:
        gone, standing = Way(), succeeding(standing)
        replace(index, stand=standing).require()
        connection.execute(_SQL["note"], ("index", str(standing)))
    connection.execute(_SQL["note"], ("index_way", gone.spelt()))
    return on_its_way(standing, gone, 0.0 if done else _share(connection, index, gone))


def _page(connection: sqlite3.Connection, index: Index, gone: Way) -> Way:
    """``fill``: rows of the older generation get their twins. ``drop``: they go."""
    table, keys = TABLES[gone.table]
    facts = _facts(connection, table, keys)
    page = _SQL["page"] if gone.after else _SQL["first_page"]
    rows = connection.execute(page.format(**facts), (*gone.after, PAGE)).fetchall()
    older = [row for row in rows if generation_of(row[0]) == index.stand.generation]
    work = _SQL["copy"] if index.stand.phase == "fill" else _SQL["drop"]
    connection.executemany(work.format(**facts), older)
    return gone.seen(rows)


def _lift(connection: sqlite3.Connection, index: Index, gone: Way) -> Way:
    after = gone.after[0] if gone.after else b""
    rows = connection.execute(_SQL["records"], (after, PAGE)).fetchall()
    changed = [(new, record) for record, names in rows if (new := _lifted(index, names)) != names]
    connection.executemany(_SQL["rename"], changed)
    return gone.seen([row[:1] for row in rows])


def _lifted(index: Index, names: str) -> str:
    was = unpacked(names)
    now = index.lifted_names(was)
    return names if tuple(now) == was else packed(now)


def _share(connection: sqlite3.Connection, index: Index, gone: Way) -> float:
    if index.stand.phase != "lift" or not gone.after:
        return gone.share
    return share_of_time(gone.after[0], *connection.execute(_SQL["ends"]).fetchone())


def _stand(connection: sqlite3.Connection) -> str:
    row = connection.execute(_SQL["stand"]).fetchone()
    return str(row[0]) if row else STEADY


def _facts(connection: sqlite3.Connection, table: str, keys: Sequence[str]) -> dict[str, str]:
    """What the statements of a table are filled in with. The key's columns are its first ones, the blind before all."""
    others = [name for (name,) in connection.execute(_SQL["columns"], (table,)) if name != keys[0]]
    return {
        "table": table,
        "blind": keys[0],
        "keys": ", ".join(keys),
        "marks": ", ".join("?" for _ in keys),
        "is_key": " AND ".join(f"{key} = ?" for key in keys),
        "others": ", ".join(others),
        "new_others": ", ".join(f"NEW.{name}" for name in others),
        "is_new_twin": _is_twin("NEW", keys),
        "is_old_twin": _is_twin("OLD", keys),
    }


def _is_twin(row: str, keys: Sequence[str]) -> str:
    return " AND ".join([f"{keys[0]} = twin({row}.{keys[0]})", *(f"{key} = {row}.{key}" for key in keys[1:])])


def _each(connection: sqlite3.Connection, script: str, *, ends: str = ";") -> None:
    """The statements of a script one by one: ``executescript`` would commit."""
    for part in script.split(ends):
        if part.strip():
            connection.execute(part + ends)

"""The ledger's block of a commit group, written in the group's own transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace

import orjson

from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.chain import GENESIS, Block, LedgerKey, block_mac
from gateway.model.ledger import Entry
from gateway.ports import Clock

_SQL = statements("40_ledger")


class Chain:
    """This process's chain. Used by the writer's thread; ``head`` may be read from anywhere.

    After a failed or doubtful commit, and on a connection not seen before, the store is asked where the chain stands; a
    store that does not know the chain (another file was put in its place) gets a new one.
    """

    def __init__(self, key: LedgerKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self._name = self._fresh_name()
        self._next = (0, GENESIS)
        self._drafted: Block | None = None
        self._connection: sqlite3.Connection | None = None
        self.head: Block | None = None
        """The last committed block."""

    def add(self, connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
        """Write the entries as the next block; ``settled`` says what became of it."""
        seq, previous = self._stand(connection)
        text = orjson.dumps(entries).decode()
        block = Block(self._name, seq, self._clock.now_ms(), self._key.version, text)
        block = replace(block, mac=block_mac(self._key.secret, block, previous))
        connection.execute(_SQL["add_block"], (block.chain, seq, block.at_ms, block.key, text, block.mac))
        self._drafted = block

    def settled(self, *, committed: bool) -> None:
        """The group's commit is over."""
        if committed and self._drafted is not None:
            self.head = self._drafted
            self._next = (self.head.seq + 1, self.head.mac)
        self._drafted = None
        if not committed:
            self._connection = None

    def _stand(self, connection: sqlite3.Connection) -> tuple[int, str]:
        if connection is not self._connection:
            row = connection.execute(_SQL["head"], (self._name,)).fetchone()
            if row is None and self.head is not None:
                self._name = self._fresh_name()
            self._next = (row[0] + 1, row[1]) if row else (0, GENESIS)
            self._connection = connection
        return self._next

    def _fresh_name(self) -> str:
        return (self._clock.now_ms().to_bytes(6, "big") + self._clock.random(6)).hex()


def blocks(connection: sqlite3.Connection) -> Iterator[Block]:
    """Every block, chain by chain in order."""
    for row in connection.execute(_SQL["blocks"]):
        yield Block(*row)


def tail(connection: sqlite3.Connection, most: int) -> list[Block]:
    """The blocks written last, oldest first."""
    return [Block(*row) for row in connection.execute(_SQL["tail"], (most,))][::-1]

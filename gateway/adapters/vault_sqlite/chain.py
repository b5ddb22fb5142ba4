"""The ledger's blocks, each written in its commit group's own transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from gateway.adapters.vault_sql.chain import Chain
from gateway.adapters.vault_sqlite.statements import statements
from gateway.model.chain import Block
from gateway.model.ledger import Entry

_SQL = statements("40_ledger")


def add(chain: Chain, connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Write the entries as the chain's next block; ``chain.settled`` is told what became of it."""
    if not chain.knows(connection):
        chain.stand(connection, connection.execute(_SQL["head"], (chain.name,)).fetchone())
    block = chain.draft(entries)
    connection.execute(_SQL["add_block"], (block.chain, block.seq, block.at_ms, block.key, block.entries, block.mac))


def blocks(connection: sqlite3.Connection) -> Iterator[Block]:
    """Every block, chain by chain in order."""
    for row in connection.execute(_SQL["blocks"]):
        yield Block(*row)


def tail(connection: sqlite3.Connection, most: int) -> list[Block]:
    """The blocks written last, oldest first."""
    return [Block(*row) for row in connection.execute(_SQL["tail"], (most,))][::-1]

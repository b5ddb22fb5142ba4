"""This process's chain of the ledger, whatever store its blocks lie in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson

from gateway.model.chain import GENESIS, Block, LedgerKey, block_mac
from gateway.model.errors import WorldError
from gateway.model.ledger import Entry
from gateway.ports import Clock


class Chain:
    """For one writer; ``head`` may be read from anywhere.

    After a failed or doubtful commit, and on a connection not seen before, the store is asked where the chain stands; a
    store that does not know the chain (another one was put in its place) gets a new one.
    """

    def __init__(self, key: LedgerKey, clock: Clock) -> None:
        self._key = key
        self._clock = clock
        self.name = self._fresh_name()
        self._next = (0, GENESIS)
        self._drafted: Block | None = None
        self._connection: object | None = None
        self.head: Block | None = None
        """The last committed block."""

    def knows(self, connection: object) -> bool:
        """True if it is known where the chain stands in the store behind the connection."""
        return connection is self._connection

    def stand(self, connection: object, head: Sequence[object] | None) -> None:
        """The store's answer: number and MAC of the chain's last block; None if it has none."""
        if head is None and self.head is not None:
            self.name = self._fresh_name()
        self._next = (int(str(head[0])) + 1, str(head[1])) if head else (0, GENESIS)
        self._connection = connection

    def draft(self, entries: Sequence[Entry]) -> Block:
        """The next block, to be written now; ``settled`` says what became of it."""
        seq, previous = self._next
        block = Block(self.name, seq, self._clock.now_ms(), self._key.version, orjson.dumps(entries).decode())
        self._drafted = replace(block, mac=block_mac(self._key.secret, block, previous))
        return self._drafted

    def settled(self, *, committed: bool) -> None:
        """The group's commit is over."""
        if committed and self._drafted is not None:
            self.head = self._drafted
            self._next = (self.head.seq + 1, self.head.mac)
        self._drafted = None
        if not committed:
            self._connection = None

    def _fresh_name(self) -> str:
        return (self._clock.now_ms().to_bytes(6, "big") + self._clock.random(6)).hex()


def no_ledger() -> WorldError:
    return WorldError(
        "GW-L101",
        "the vault has no ledger to write evidence into: nothing is recorded or forwarded.",
        "start the ledger before the first request.",
    )

"""Orders about persons as they are journalled: in the journal of every region whose vault carries them out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from gateway.model.chain import LedgerKey
from gateway.model.names import Region
from gateway.model.orders import OrderLine, orders_key
from gateway.ports import KeyProvider


class Orders(Protocol):
    """The journal of what was ordered about persons in one region, apart from its vault."""

    def write(self, lines: Sequence[OrderLine], key: LedgerKey) -> None:
        """Durable when it returns. Blocks; WorldError."""
        ...


class Journal:
    """``orders``: one a region. A region without one keeps nothing that could come back."""

    def __init__(self, orders: Mapping[Region, Orders], keys: KeyProvider) -> None:
        self._orders = orders
        self._keys = keys

    async def write(self, *lines: OrderLine) -> None:
        """Durable when it returns; the region of the lines is filled in. Raises WorldError."""
        for region, orders in self._orders.items():
            key = orders_key(await self._keys.region_keys(region))
            await asyncio.to_thread(orders.write, [replace(line, region=region) for line in lines], key)

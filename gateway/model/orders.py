"""The journal of what was ordered about persons, kept apart from the vault: a vault that comes back learns it again.

One line an order: a person's id, who, when, and a reference to the paper; nothing else of anybody. Each line has a MAC
over itself and the line before, so none can be edited, taken out of the middle or moved without the key.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from typing import Literal

from gateway.model.chain import GENESIS, LedgerKey
from gateway.model.marks import Order
from gateway.model.names import Region, SubjectId
from gateway.model.secret import RegionKeys, Secret

Ordered = Order | Literal["erase"]

AHEAD: frozenset[Ordered] = frozenset({"hold", "block", "unmerge"})
"""What protects is in the journal before it is in the vault, all else once it is there: of a process that was killed
between the two, the journal says what protects more.
"""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """``at`` in Unix seconds, as the vault has it. ``number`` counts from 1, without a gap."""

    number: int
    at: int
    region: Region
    what: Ordered
    subject: SubjectId
    into: SubjectId | None
    by: str
    why: str
    key: str = ""
    mac: str = ""

    def encoded(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=True, separators=(",", ":"))

    def signed(self, key: LedgerKey, previous: str) -> OrderLine:
        """``previous``: the MAC of the line before, or GENESIS."""
        named = replace(self, key=key.version, mac="")
        return replace(named, mac=_mac(key.secret, named, previous))


def decoded(text: str) -> OrderLine:
    """ValueError or TypeError for what is no line."""
    return OrderLine(**json.loads(text))


def flaw(lines: Sequence[OrderLine], region: Region, keys: Mapping[str, Secret]) -> str | None:
    """What is wrong with a journal of that region, if anything is. ``keys`` by version."""
    previous = GENESIS
    for number, line in enumerate(lines, 1):
        if line.region != region:
            return f"line {number} is of region {line.region}"
        if line.key not in keys:
            return f"line {number} was written under a key that is not at hand"
        if line.number != number or not hmac.compare_digest(_mac(keys[line.key], line, previous), line.mac):
            return f"line {number} is not what was written"
        previous = line.mac
    return None


def in_order(journals: Iterable[Sequence[OrderLine]]) -> list[OrderLine]:
    """All lines by time. Where a host's clock has gone back its own order stands: no block before an older lifting."""
    dated = [one for lines in journals for one in zip(accumulate((line.at for line in lines), max), lines, strict=True)]
    return [line for _, line in sorted(dated, key=lambda one: one[0])]


def orders_key(keys: RegionKeys) -> LedgerKey:
    """Derived from the key that seals encrypted fields, as the ledger's is: its generations are kept long enough."""
    return LedgerKey(keys.version, Secret(hmac.digest(keys.field.expose(), b"\x01pii-gateway/orders/1\x00", "sha256")))


def _mac(secret: Secret, line: OrderLine, previous: str) -> str:
    text = f"order\n{previous}\n{replace(line, mac='').encoded()}"
    return hmac.digest(secret.expose(), text.encode(), "sha256").hex()

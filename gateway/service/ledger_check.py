"""Is the ledger what was written? A pure judgement over its blocks, the anchors kept elsewhere, and the keys.

Found are: a block that was edited, reordered or put in by somebody without the key; one taken out of the middle; a
tail cut off, as far as an anchor remembers it; a chain that is gone; a chain written anew. Not found: what the holder
of key, store and anchors together does, and a tail younger than the last anchor (ten seconds) of a killed process.
"""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from gateway.model.chain import GENESIS, Anchor, Block, anchor_mac, block_mac
from gateway.model.secret import Secret

Wrong = Literal[
    "block altered",
    "block missing",
    "tail cut off",
    "chain gone",
    "chain written anew",
    "key unknown",
    "anchor altered",
    "anchor missing",
    "anchor unreadable",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at block or anchor ``number`` of a chain."""

    wrong: Wrong
    chain: str
    number: int

    def __str__(self) -> str:
        return f"{self.wrong}: chain {self.chain or '?'}, number {self.number}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``entries`` is how many were read, ``open_chains`` how many were not ended in good order (or still run)."""

    chains: int
    blocks: int
    entries: int
    anchors: int
    open_chains: int
    problems: tuple[Problem, ...]


def check(blocks: Iterable[Block], anchors: Sequence[Anchor | None], keys: Mapping[str, Secret]) -> Verdict:
    """``blocks`` chain by chain in order; ``anchors`` in the order of their file, None for a line that is none.

    Read the anchors first, then the blocks: a ledger that is being written then never looks cut off. Blocks are taken
    one by one, so a ledger of any size will do.
    """
    problems = [Problem("anchor unreadable", "", line) for line, anchor in enumerate(anchors) if anchor is None]
    by_chain: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        if anchor is not None:
            by_chain[anchor.chain].append(anchor)
    read: dict[str, _Chain] = {}
    for chain, group in groupby(blocks, key=lambda block: block.chain):
        read[chain] = _read_chain(group, {anchor.seq for anchor in by_chain.get(chain, ())}, keys, problems)
    for chain, own in by_chain.items():
        _check_anchors(own, keys, problems)
        problems += _compare(chain, own, read.get(chain))
    return Verdict(
        chains=len(read),
        blocks=sum(chain.blocks for chain in read.values()),
        entries=sum(chain.entries for chain in read.values()),
        anchors=len(anchors),
        open_chains=sum(not (chain in by_chain and by_chain[chain][-1].closed) for chain in read),
        problems=tuple(problems),
    )


@dataclass(slots=True)
class _Chain:
    """What is remembered of a chain: its length, and the MACs that anchors speak of."""

    blocks: int = 0
    entries: int = 0
    last: int = -1
    heads: dict[int, str] = field(default_factory=dict)


def _read_chain(
    blocks: Iterable[Block], anchored: set[int], keys: Mapping[str, Secret], problems: list[Problem]
) -> _Chain:
    chain, previous = _Chain(), GENESIS
    for block in blocks:
        missing = block.seq != chain.last + 1
        if missing:
            problems.append(Problem("block missing", block.chain, chain.last + 1))
        if block.key not in keys:
            problems.append(Problem("key unknown", block.chain, block.seq))
        elif not missing and not hmac.compare_digest(block_mac(keys[block.key], block, previous), block.mac):
            problems.append(Problem("block altered", block.chain, block.seq))
        if block.seq in anchored:
            chain.heads[block.seq] = block.mac
        previous, chain.last = block.mac, block.seq
        chain.blocks, chain.entries = chain.blocks + 1, chain.entries + _count(block)
    return chain


def _count(block: Block) -> int:
    try:
        return len(json.loads(block.entries))
    except (ValueError, TypeError):
        return 0  # an altered block, told above


def _check_anchors(own: list[Anchor], keys: Mapping[str, Secret], problems: list[Problem]) -> None:
    previous, awaited = GENESIS, 0
    for anchor in own:
        missing = anchor.number != awaited
        if missing:
            problems.append(Problem("anchor missing", anchor.chain, awaited))
        if anchor.key not in keys:
            problems.append(Problem("key unknown", anchor.chain, anchor.number))
        elif not missing and not hmac.compare_digest(anchor_mac(keys[anchor.key], anchor, previous), anchor.mac):
            problems.append(Problem("anchor altered", anchor.chain, anchor.number))
        previous, awaited = anchor.mac, anchor.number + 1


def _compare(name: str, own: list[Anchor], chain: _Chain | None) -> Iterable[Problem]:
    """What the anchors remember that the chain does not have."""
    if chain is None:
        return [Problem("chain gone", name, own[-1].seq)]
    anew = [Problem("chain written anew", name, a.seq) for a in own if chain.heads.get(a.seq, a.head) != a.head]
    cut = [Problem("tail cut off", name, chain.last + 1)] if any(anchor.seq > chain.last for anchor in own) else []
    return (*anew[:1], *cut)

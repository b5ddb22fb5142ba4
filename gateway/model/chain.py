"""The ledger's evidence: blocks chained by keyed MACs, and anchors that remember their heads elsewhere.

Each process writes a chain of its own. A block holds the entries of one commit group; its MAC covers them and the MAC
of the block before, so that without the key nothing can be edited, removed, reordered or written anew. A tail that was
cut off leaves a chain that is whole in itself: that is what anchors, kept outside the store, are for.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from gateway.model.secret import RegionKeys, Secret
from gateway.model.swift import swift

GENESIS = "0" * 64
"""What stands for the MAC before the first block or anchor of a chain."""


@dataclass(frozen=True, slots=True)
class LedgerKey:
    """The key of one generation; ``version`` is written into every block, so that generations live side by side."""

    version: str
    secret: Secret


@swift
@dataclass(frozen=True, slots=True)
class Block:
    """The entries of one commit group as canonical JSON (an array in commit order, fields in the order of Entry).

    ``seq`` counts from 0 within ``chain``; ``at_ms`` Unix milliseconds; ``mac`` 64 hex digits.
    """

    chain: str
    seq: int
    at_ms: int
    key: str
    entries: str
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of a chain as it was at a moment: block ``seq`` had the MAC ``head``.

    ``number`` counts the anchors of this chain from 0. ``closed``: the process ended the chain in good order. The MAC
    covers the anchor of this chain before it, so a line can't be taken out of the middle.
    """

    number: int
    at_ms: int
    chain: str
    seq: int
    head: str
    key: str
    closed: bool = False
    mac: str = ""


def ledger_key(keys: RegionKeys) -> LedgerKey:
    """The ledger's key, derived from the key that seals encrypted fields.

    That one because its generations are kept as long as their ciphertexts live, so that old blocks stay verifiable.
    One block of HMAC as a key derivation over a uniformly random key. Source: NIST SP 800-108r1, 4.1.
    """
    return LedgerKey(keys.version, Secret(hmac.digest(keys.field.expose(), b"\x01pii-gateway/ledger/1\x00", "sha256")))


def block_mac(secret: Secret, block: Block, previous: str) -> str:
    """What ``block.mac`` has to be if ``previous`` is the MAC of the block before it."""
    head = f"block\n{block.chain}\n{block.seq}\n{block.at_ms}\n{block.key}\n{previous}\n"
    return hmac.digest(secret.expose(), head.encode() + block.entries.encode(), "sha256").hex()


def anchor_mac(secret: Secret, anchor: Anchor, previous: str) -> str:
    """What ``anchor.mac`` has to be if ``previous`` is the MAC of this chain's anchor before it."""
    head = f"anchor\n{anchor.chain}\n{anchor.seq}\n{anchor.head}\n"
    text = f"{head}{anchor.number}\n{anchor.at_ms}\n{anchor.key}\n{anchor.closed}\n{previous}\n"
    return hmac.digest(secret.expose(), text.encode(), "sha256").hex()

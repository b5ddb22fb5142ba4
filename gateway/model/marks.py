"""What an operator may order about a person: hold, block, merge; and what the home store says of one.

A hold keeps: nothing of the person is purged, expires or is erased. A block stops: what is sent is kept at home and
goes nowhere, nothing is shown (152-FZ art. 21(1)). A merge makes two persons count as one, until it is undone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from gateway.model.ledger import Entry
from gateway.model.names import Kind, Rank, Region, Scope, SubjectId

Order = Literal["hold", "release", "block", "unblock", "merge", "unmerge"]
Proof = Literal["login", "documents", "approval"]
"""By what two persons are one: a verified login as both, two equal strong documents, or a person's approval."""


class Mark(NamedTuple):
    """One order, as it is remembered beside the person. ``at`` in Unix seconds; ``by`` a name or role, ``why`` a
    reference to the paper behind it. ``other``: the person merged into; ``was``: where that one lived before.
    """

    what: Order
    at: int
    by: str
    why: str = ""
    other: SubjectId | None = None
    was: tuple[Region | None, Rank | None] | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """One order about a person, with its ledger entries. ``into``: for ``merge``, the person who remains."""

    subject: SubjectId
    mark: Mark
    into: SubjectId | None = None
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that a home store says of a person without opening anything. Times in Unix seconds.

    ``merged``: as whom the person counts; ``includes``: who counts as this person. ``confirmed``: when a value was last
    sent, at any record.
    """

    subject: SubjectId
    region: Region | None = None
    rank: Rank | None = None
    vouched: frozenset[Kind] | None = None
    version: int = 1
    held: int | None = None
    blocked: int | None = None
    merged: SubjectId | None = None
    marks: tuple[Mark, ...] = ()
    includes: tuple[SubjectId, ...] = ()
    records: Mapping[tuple[Scope, str], int] = field(default_factory=dict)
    """How many, by scope and route."""
    first: int | None = None
    confirmed: int | None = None

"""How the fields of a record get their names, and which evidence moves a person: said once for every vault over SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from gateway.adapters.vault_sql.facts import Name, joined, packed
from gateway.model.errors import WorldError
from gateway.model.kept import Blinded, FieldRef, Keep, KeepField
from gateway.model.names import Rank, RecordId, Region, SubjectId, Token

_RANKS: dict[str | None, int] = {None: 0, "inferred": 1, "document": 2, "declared": 2}
"""Declared and document evidence are one rank (SEMANTICS)."""

Place = tuple[Region | None, Rank | None]
"""Where a person lives, and how that is known."""


@dataclass(slots=True)
class Answer:
    """What the receipt will say if the transaction is committed."""

    names: dict[FieldRef, Token] = field(default_factory=dict)
    sought: dict[Blinded, Token] = field(default_factory=dict)
    records: list[RecordId] = field(default_factory=list)
    versions: dict[SubjectId, int] = field(default_factory=dict)

    def version(self, keep: Keep) -> int:
        """That of the person, as the record makes it."""
        return self.versions.get(keep.subject, keep.version)


class Named(NamedTuple):
    """A token with the record and person it came with first."""

    token: Token
    record: RecordId
    subject: SubjectId


@dataclass(slots=True)
class Draft:
    """The names of one record. ``reused``: records whose tokens are sent again; ``holds``: other persons' tokens."""

    names: list[Name] = field(default_factory=list)
    reused: dict[RecordId, None] = field(default_factory=dict)
    holds: dict[Token, int] = field(default_factory=dict)

    def take(self, keep: Keep, one: KeepField, named: Named) -> Token:
        if named.record != keep.record:
            self.reused[named.record] = None
        if named.subject != keep.subject:
            self.holds.setdefault(named.token, one.index)
        return named.token

    def row(self, keep: Keep, version: int) -> tuple[object, ...]:
        """What ``insert_record`` takes."""
        return (
            bytes.fromhex(keep.record),
            keep.region,
            keep.scope,
            keep.route,
            bytes.fromhex(keep.subject),
            keep.sealed,
            packed(self.names),
            joined(self.reused),
            keep.at,
            keep.expires,
            version,
        )


def drafted(keep: Keep, name: Callable[[Keep, KeepField], Named], answer: Answer) -> Draft:
    """The record's names, told in the answer as well."""
    if not keep.scope:
        raise ValueError("a record needs a scope: '' is the directory's")
    draft = Draft()
    for one in keep.fields:
        if one.blind is None and one.held is None and not one.alias:
            token = one.candidates[0]
        else:
            token = draft.take(keep, one, name(keep, one))
        draft.names.append((one.index, token, one.kind, one.blind))
        answer.names[keep.record, one.index] = token
    answer.records.append(keep.record)
    return draft


def clearer(known: Place, told: Place, home: Region) -> bool:
    """True if new evidence moves a person: of a higher rank, or of the same rank towards home."""
    if told[0] is None:
        return False
    if _RANKS[told[1]] == _RANKS[known[1]]:
        return known[0] is None or (told[0] == home and known[0] != home)
    return _RANKS[told[1]] > _RANKS[known[1]]


def no_free_name() -> WorldError:
    return WorldError(
        "GW-V112",
        "every short name that was proposed is taken: nothing is recorded or forwarded.",
        "send the request again; if it happens often, give the rules a larger block (phone_block).",
    )


def record_taken() -> WorldError:
    return WorldError("GW-V113", "a record id is taken: nothing is recorded or forwarded.", "send it again.")

"""What tokens of a destination stand for, read at home, for whoever is going to be told it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.encrypted import EncryptedField, decrypted
from gateway.core.reveal import Originals
from gateway.core.seal import ENCRYPTED_MARK
from gateway.core.stand_ins import stand_ins_in
from gateway.model.files import FILE
from gateway.model.kept import Fetch, Fetched, Holding, SealedRecord
from gateway.model.names import Region, Scope, SubjectId, Token
from gateway.model.secret import DataKey, RegionKeys
from gateway.service.opened import opened
from gateway.service.world import World


@dataclass(frozen=True, slots=True)
class Resolved:
    """``blocked``: some token belongs only to persons whose data is not to be processed; it has no original here."""

    originals: Originals
    blocked: bool
    holders: Mapping[Token, frozenset[SubjectId]] = field(default_factory=dict)
    """By token everybody whose value it is, and who is not blocked."""


async def resolve(tokens: Sequence[Token], scope: Scope, homes: Iterable[Region], world: World) -> Resolved:
    """The originals of one scope's tokens in the vaults of these regions. A token that names nothing has none.

    One read of each vault, and one of its keys.
    """
    originals, blocked, holders = Originals(), False, dict[Token, frozenset[SubjectId]]()
    for region in homes if tokens else ():
        fields = _sealed(tokens, await world.keys.region_keys(region), scope)
        persons = tuple(dict.fromkeys(field.subject for field in fields.values() if field.subject))
        fetched = await world.vaults[region].fetch(Fetch(tokens=tuple(tokens), subjects=persons, scope=scope, most=1))
        chosen, refused = _chosen(fetched, scope)
        records = {token: fetched.records.get(holding.ref[0]) for token, holding in chosen.items()}
        whose = dict.fromkeys(record.subject for record in records.values() if record is not None)
        keys = await world.keys.open(region, (*whose, *persons))
        for token, record in records.items():
            if record is not None and record.subject in keys:
                _add(originals, token, chosen[token], record, keys[record.subject])
        blocked = blocked or refused or any(field.subject in fetched.blocked for field in fields.values())
        _add_sealed(originals, fields, fetched, keys)
        holders |= _holders(fetched, fields, scope)
    return Resolved(originals, blocked, holders)


def _holders(
    fetched: Fetched, fields: Mapping[Token, EncryptedField], scope: Scope
) -> dict[Token, frozenset[SubjectId]]:
    found = {token: {one.subject for one in all_ if one.scope == scope} for token, all_ in fetched.holdings.items()}
    sealed = {token: {one.subject} for token, one in fields.items() if one.subject}
    return {token: frozenset(people) - fetched.blocked for token, people in (found | sealed).items()}


def _sealed(tokens: Iterable[Token], keys: RegionKeys, scope: Scope) -> dict[Token, EncryptedField]:
    found = {token: decrypted(token, keys, scope) for token in tokens if token.startswith(ENCRYPTED_MARK)}
    return {token: field for token, field in found.items() if field is not None}


def _chosen(fetched: Fetched, scope: Scope) -> tuple[dict[Token, Holding], bool]:
    """For each token somebody who holds it and is not blocked; and whether a token has nobody else but blocked ones."""
    chosen, refused = dict[Token, Holding](), False
    for token, holdings in fetched.holdings.items():
        own = [holding for holding in holdings if holding.scope == scope]
        free = [holding for holding in own if holding.subject not in fetched.blocked]
        if free:
            chosen[token] = free[0]
        refused = refused or bool(own and not free)
    return chosen, refused


def _add(originals: Originals, token: Token, holding: Holding, sealed: SealedRecord, key: DataKey) -> None:
    fields = opened(key, sealed)
    record, index = holding.ref
    field = next((field for field in fields if field.index == index), None)
    if field is not None and field.kind != FILE:  # a ticket is nobody's to see: it holds the file's key
        originals.texts[token], originals.kinds[token] = field.text, field.kind
        originals.records[token], originals.persons[token] = record, holding.subject
        originals.stand_ins[token] = list(stand_ins_in(record, fields))


def _add_sealed(
    originals: Originals,
    fields: Mapping[Token, EncryptedField],
    fetched: Fetched,
    keys: Mapping[SubjectId, DataKey],
) -> None:
    """Encrypted fields, but not those of persons who are blocked or were erased."""
    for token, one in fields.items():
        if not one.subject or (one.subject in keys and one.subject not in fetched.blocked):
            originals.texts[token], originals.kinds[token] = one.text, one.kind
            if one.subject:
                originals.persons[token], originals.stand_ins[token] = one.subject, []

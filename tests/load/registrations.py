"""Made-up registrations as a vault is asked to keep them: the shape of the bench's message about a person never seen.

No core is asked, so that what is measured is the vault; a test compares them with what a gateway makes of that message.
"""

from __future__ import annotations

import os
from dataclasses import replace

from gateway.model.kept import Batch, DirectoryEntry, Keep, KeepField
from gateway.model.ledger import Entry
from gateway.model.names import Digest, Kind, RecordId, Scope, SubjectId, Token
from tests.contracts.people import NOON, RU, name_of

SCOPE = Scope("crm")
SEALED_BYTES = 1120
_LONG = (("person.name", False), ("email", True), ("address", False))
_SHORT = (("phone", 11), ("ru.passport", 10), ("ru.snils", 11), ("ru.inn_person", 12))
_PROPOSED = 9
"""Texts proposed for a shape that is too short to name a field."""
_ENTRY = Entry(
    at_ms=NOON * 1000,
    request="x",
    event="collect",
    route="/api/**",
    actor="nobody",
    purpose="",
    destination="crm",
    kinds=(
        *((Kind(kind), "tokenize", 1) for kind, _ in (*_LONG, *_SHORT)),
        (Kind("birth_date"), "tokenize", 1),
        (Kind("citizenship"), "pass", 1),
    ),
    subjects=(),
    records=(),
    rules=Digest("00" * 32),
)


def registration(number: int) -> Batch:
    """One person's; every value of it is new, and record and person are named as the gateway names them."""
    where, whose = RecordId(_name(number)), SubjectId(_name(number))
    fields = [
        KeepField(index, Kind(kind), (name_of(where, index),), _blind() if equal else None)
        for index, (kind, equal) in enumerate(_LONG)
    ]
    fields += [
        KeepField(index, Kind(kind), _proposed(length), _blind(), alias=True)
        for index, (kind, length) in enumerate(_SHORT, len(_LONG))
    ]
    keep = Keep(where, RU, SCOPE, whose, "/api/**", os.urandom(SEALED_BYTES), tuple(fields), NOON, NOON + 30 * 86400)
    return Batch((keep,), directory=tuple(_entries(keep)), entries=(replace(_ENTRY, request=f"req-{number}"),))


def shape(batch: Batch) -> dict[str, object]:
    """What its cost depends on."""
    fields = [one for keep in batch.keeps for one in keep.fields]
    return {
        "records": len(batch.keeps),
        "fields": sorted((one.kind, one.blind is not None, one.alias, len(one.candidates)) for one in fields),
        "directory": sorted(entry.kind for entry in batch.directory),
        "entries": len(batch.entries),
        "kinds in entries": [len(entry.kinds) for entry in batch.entries],
        "expires": [keep.expires is not None for keep in batch.keeps],
    }


def _entries(keep: Keep) -> list[DirectoryEntry]:
    blinds = [(one.kind, one.blind) for one in keep.fields if one.blind is not None]
    return [DirectoryEntry(kind, blind, keep.subject, RU, "declared", among=len(blinds)) for kind, blind in blinds]


def _name(number: int) -> str:
    """Region, time, randomness: names that are made one after another lie beside each other."""
    return (b"\x01" + (NOON * 1000 + number).to_bytes(6, "big") + os.urandom(7)).hex()


def _blind() -> Digest:
    return Digest(os.urandom(32).hex())


def _proposed(length: int) -> tuple[Token, ...]:
    return tuple(Token(f"{int.from_bytes(os.urandom(8), 'big') % 10**length:0{length}}") for _ in range(_PROPOSED))

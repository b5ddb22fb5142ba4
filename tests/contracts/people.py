"""Made-up people and names, in the shapes that the home store takes; no code of the core's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from gateway.model.kept import Batch, DirectoryEntry, FieldRef, Keep, KeepField
from gateway.model.ledger import Entry
from gateway.model.names import Digest, Kind, Rank, RecordId, Region, Scope, Standing, SubjectId, Token

RU = Region("ru")
CRM = Scope("crm")
EMAIL, PHONE, NAME = Kind("email"), Kind("phone"), Kind("fio")
NOON = 1_790_000_000
"""The collection time of all records, Unix seconds."""


@dataclass(slots=True)
class HandClock:
    """Stands still until it is moved; its randomness counts up."""

    ms: int = NOON * 1000
    drawn: count[int] = field(default_factory=lambda: count(1))

    def now_ms(self) -> int:
        return self.ms

    def random(self, size: int) -> bytes:
        return sha256(next(self.drawn).to_bytes(8, "big")).digest().ljust(size, b"\0")[:size]

    def pass_s(self, seconds: int) -> None:
        self.ms += seconds * 1000


def subject(number: int) -> SubjectId:
    return SubjectId(f"01{number:026x}")


ANNA, BORIS, VERA = subject(0xA), subject(0xB), subject(0xC)


def record(number: int) -> RecordId:
    return RecordId(f"01{number:026x}")


def blind(value: str) -> Digest:
    return Digest(sha256(value.encode()).hexdigest())


def name_of(where: RecordId, index: int, turn: int = 0) -> Token:
    """A text that says its field, as long shapes do; ``turn`` tells proposals for the same field apart."""
    return Token(f"tk{where}{index:02x}{turn:02x}")


def ref_of(token: Token) -> FieldRef | None:
    return (RecordId(token[2:30]), int(token[30:32], 16)) if token.startswith("tk") else None


def phone_name(number: int) -> Token:
    return Token(f"+7976{number:07d}")


def email(where: RecordId, value: str, index: int = 0, *, held: Token | None = None) -> KeepField:
    """An equal value whose names say their field."""
    return KeepField(index, EMAIL, (name_of(where, index), name_of(where, index, 1)), blind(value), held=held)


def phone(value: str, *names: int, index: int = 1, equal: bool = True, held: Token | None = None) -> KeepField:
    """A value whose names are too short to say their field."""
    return KeepField(
        index, PHONE, tuple(map(phone_name, names)), blind(value) if equal else None, alias=True, held=held
    )


def fio(where: RecordId, index: int = 2, *, held: Token | None = None) -> KeepField:
    """A value of its own."""
    return KeepField(index, NAME, (name_of(where, index), name_of(where, index, 1)), held=held)


def keep(
    where: RecordId,
    whose: SubjectId,
    *fields: KeepField,
    scope: Scope = CRM,
    expires: int | None = None,
) -> Keep:
    sealed = b"sealed " + where.encode()
    return Keep(where, RU, scope, whose, "POST /register", sealed, fields, NOON, expires)


def only(*keeps: Keep, idempotency: Digest | None = None, directory: Sequence[DirectoryEntry] = ()) -> Batch:
    return Batch(keeps, directory=tuple(directory), idempotency=idempotency)


def known(
    value: str,
    whose: SubjectId,
    region: Region | None = RU,
    rank: Rank | None = "declared",
    standing: Standing = "mentioned",
    *,
    kind: Kind = EMAIL,
    among: int = 0,
) -> DirectoryEntry:
    return DirectoryEntry(kind, blind(value), whose, region, rank, standing, among)


def entry(request: str = "req-1", *, at_ms: int = NOON * 1000, counted: int = 1, actor: str = "nobody") -> Entry:
    return Entry(
        at_ms=at_ms,
        request=request,
        event="collect",
        route="POST /register",
        actor=actor,
        purpose="registration",
        destination="crm",
        kinds=((EMAIL, "tokenize", counted),),
        subjects=(ANNA,),
        records=(record(1),),
        rules=Digest("00" * 32),
    )

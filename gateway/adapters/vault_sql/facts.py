"""How rows spell the model's values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import orjson

from gateway.model.kept import FieldRef
from gateway.model.names import Digest, Kind, RecordId, Scope, SubjectId, Token

_ID_BYTES = 14

RefOf = Callable[[Token], FieldRef | None]
"""The record and field that a token's text names; None where it names none (short shapes)."""

Name = tuple[int, Token, Kind, Digest | None]
"""One field of a record as the store remembers it: its index, token, kind and, if it is equal, its blind."""


@dataclass(frozen=True, slots=True)
class RecordFact:
    """Whose record it is, and the names it was given."""

    subject: SubjectId
    scope: Scope
    names: tuple[Name, ...]

    def token(self, index: int) -> Token | None:
        return next((name[1] for name in self.names if name[0] == index), None)

    def is_equal(self, token: Token) -> bool:
        """True if further persons may hold the token."""
        return any(name[1] == token and name[3] is not None for name in self.names)


def with_blind(names: Sequence[Name], token: Token, kind: Kind, blind: Digest) -> list[Name] | None:
    """The names with the token's field knowing the blind; the same ones if it does; None if it can't.

    It can't where no field has the token, or where it stands for another value.
    """
    known = [name[2:] for name in names if name[1] == token and name[3] is not None]
    at = next((at for at, name in enumerate(names) if name[1] == token), None)
    if at is None or known:
        return list(names) if (kind, blind) in known else None
    return [*names[:at], (names[at][0], token, kind, blind), *names[at + 1 :]]


def packed(names: Iterable[Name]) -> str:
    return orjson.dumps(list(names)).decode()


def unpacked(text: str) -> tuple[Name, ...]:
    return tuple((index, token, kind, blind) for index, token, kind, blind in orjson.loads(text))


def joined(records: Iterable[RecordId]) -> bytes:
    return b"".join(map(bytes.fromhex, records))


def split(ids: bytes) -> list[RecordId]:
    return [RecordId(ids[at : at + _ID_BYTES].hex()) for at in range(0, len(ids), _ID_BYTES)]

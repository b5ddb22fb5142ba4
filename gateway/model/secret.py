"""Key material that comes out only through a named door."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar, cast, final

T = TypeVar("T")


@final
class Secret:
    """Bytes that never print, compare or pickle; ``expose`` is the one way to read them.

    They lie in a buffer of its own, which is overwritten with zeros when its last holder lets go. That is as far as
    Python goes: what ``expose`` hands out, and what libraries copy from it, is freed but not overwritten.
    """

    __slots__ = ("_made", "_value")

    def __init__(self, value: bytes) -> None:
        self._value = bytearray(value)
        self._made: tuple[object, object] | None = None

    def __repr__(self) -> str:
        return f"Secret({len(self._value)} bytes)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Secret does not pickle")

    def __del__(self) -> None:
        self._value[:] = bytes(len(self._value))

    def expose(self) -> bytes:
        return bytes(self._value)

    def once(self, make: Callable[[bytes], T]) -> T:
        """What ``make`` makes of the bytes: made when first asked for, let go together with them."""
        if self._made is None or self._made[0] is not make:
            self._made = make, make(self.expose())
        return cast(T, self._made[1])  # what this very function made


class Secrets(Protocol):
    """Secrets that rules name by where they are."""

    def secret(self, reference: str) -> Secret:
        """Raises WorldError where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class DataKey:
    """One person's 32-byte data key; ``id`` is that person's SubjectId."""

    id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class RegionKeys:
    """The keys of one region: ``index`` blinds values, ``field`` seals encrypted fields, ``pseudonym`` keys pseudonyms.

    ``version`` is the field key's and is written into every encrypted field, so that several generations can live side
    by side; ``older_fields`` are those that still open what they sealed, newest first. ``nested`` are the index keys
    that came after ``index``, oldest first (see ``model/turning.py``).
    """

    region: str
    version: str
    index: Secret
    field: Secret
    pseudonym: Secret
    older_fields: tuple[tuple[str, Secret], ...] = ()
    nested: tuple[Secret, ...] = ()

    def sealing_by(self, version: str) -> RegionKeys:
        """The same keys, encrypted fields sealed by an older version as before it was succeeded; if there is one."""
        older = next((key for name, key in self.older_fields if name == version), None)
        return self if older is None else replace(self, version=version, field=older)

"""Key material that comes out only through a named door."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Secret:
    """Bytes that never print, compare or pickle; ``expose`` is the one way to read them."""

    _value: bytes

    def __repr__(self) -> str:
        return f"Secret({len(self._value)} bytes)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a Secret does not pickle")

    def expose(self) -> bytes:
        return self._value


@dataclass(frozen=True, slots=True)
class DataKey:
    """One person's 32-byte data key; ``id`` is that person's SubjectId."""

    id: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class RegionKeys:
    """The keys of one region: ``index`` blinds values, ``field`` seals encrypted fields, ``pseudonym`` keys pseudonyms.

    ``version`` is written into every encrypted field, so that several generations can live side by side.
    """

    region: str
    version: str
    index: Secret
    field: Secret
    pseudonym: Secret

"""Who is where: the evidence, and what follows from it for each person in a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from gateway.model.names import Digest, Kind, Path, Rank, Region, SubjectId, print_place
from gateway.model.swift import swift

CALLER: Path = ("caller",)
"""The pseudo-path of the person who sends the request; everybody else is named by a subtree."""

MESSAGE: Path = ()
"""The person that a message is about where no subject subtree says otherwise."""


class Signal(Struct, frozen=True, gc=False):
    """One piece of evidence; ``region`` None means evidence of a country that cannot be told. ``source`` e.g.
    ``phone``.
    """

    source: str
    rank: Rank
    region: Region | None
    about: Path

    def __repr__(self) -> str:
        return f"Signal({self.source}, {self.rank}, {self.region}, {print_place(self.about)})"


@swift
@dataclass(frozen=True, slots=True, repr=False)
class Residence:
    """Where one person of the message lives as far as can be told; ``region`` None means unknown.

    ``rank`` is the rank of the evidence that decided it (None when unknown), kept as the law's
    {declared, document, inferred, unknown} (LOC-10).
    """

    about: Path
    region: Region | None
    rank: Rank | None
    signals: tuple[Signal, ...] = ()

    def __repr__(self) -> str:
        return f"Residence({print_place(self.about)}, {self.region}, {self.rank}, signals={len(self.signals)})"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An equal value under its keyed blind: what the directory and the index know it by."""

    kind: Kind
    blind: str
    about: Path = field(repr=False)


@swift
@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends the request, as far as that was verified. Caller-sent headers never feed this."""

    subject: SubjectId | None = None
    region: Region | None = None
    rank: Rank | None = None
    session: Digest | None = None
    """Blind of the session id or of the claim's subject: the name under which shown tokens are remembered."""
    roles: frozenset[str] = frozenset()
    country: str | None = None
    """The country claim of a verified JWT (ISO 3166 alpha-2)."""
    address: str = field(default="", repr=False)
    """The client's address, X-Forwarded-For resolved over the listed trusted proxies only."""
    certificate: str | None = field(default=None, repr=False)
    login: str | None = None
    """The name under which whoever sends mail has logged in."""


@dataclass(frozen=True, slots=True, repr=False)
class Claims:
    """What a verified JWT says of the caller. ``subject`` is personal, so it never prints.

    ``country`` is ISO 3166 alpha-2, upper case. ``issuer`` is the operator's own identity provider.
    """

    subject: str | None = None
    roles: frozenset[str] = frozenset()
    country: str | None = None
    issuer: str | None = None
    vouched: Mapping[Kind, str] = field(default_factory=dict)
    """Identifiers of the caller that the identity provider has verified itself."""

    def __repr__(self) -> str:
        return f"Claims(roles={len(self.roles)}, country={'known' if self.country else 'unknown'})"

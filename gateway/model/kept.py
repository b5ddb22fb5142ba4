"""What the home store is given and what only it gives back.

``Kept`` is the receipt: the one source of the tokens that ``apply`` needs. It is built in the vault adapters and
nowhere else, after the commit (``tests/test_architecture.py`` reads the source tree for that). Values arrive sealed and
blinded: nothing here but the ciphertext is derived from plaintext.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.model.ledger import Entry
from gateway.model.names import Digest, Kind, Rank, RecordId, Region, Scope, SubjectId, Token

FieldRef = tuple[RecordId, int]
"""One field of one record."""

Blinded = tuple[Kind, Digest]
"""An equal value: its kind and the keyed blind of its normal form (64 hex digits)."""


@dataclass(frozen=True, slots=True)
class KeepField:
    """One value of a record that needs a name of its own.

    ``candidates``: canonical texts the store may hand out, best first, all of one shape. ``blind``: set for equal
    kinds; the store answers with the token already given to that value in the scope, if there is one. ``alias``: the
    texts do not carry the record's name, so the store must keep a row from text to field and skip texts already taken.
    ``held``: the token this person's same value already has; handed out again if the record behind it still lives.
    """

    index: int
    kind: Kind
    candidates: tuple[Token, ...]
    blind: Digest | None = None
    alias: bool = False
    held: Token | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Keep:
    """One person's sealed record of one request. ``expires`` and ``at`` are Unix seconds; ``at`` is the collection
    time.
    """

    record: RecordId
    region: Region
    scope: Scope
    subject: SubjectId
    route: str
    sealed: bytes
    fields: tuple[KeepField, ...]
    at: int
    expires: int | None = None

    def __repr__(self) -> str:
        return f"Keep({self.record}, fields={len(self.fields)}, sealed={len(self.sealed)})"


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """Whose identifier a blind is and where that person lives; first come, first kept (never overwritten by another
    subject; the same subject may raise its rank or, with evidence of the same or a higher rank, turn Russian).
    """

    kind: Kind
    blind: Digest
    subject: SubjectId
    region: Region | None
    rank: Rank | None


@dataclass(frozen=True, slots=True)
class Seek:
    """A look-up by an equal value: its token in the scope if it has one, else ``phantom``, a name that resolves to
    nothing.

    ``spare``: further phantoms. A short shape can hit a name that is or was somebody's; the store then takes the next.
    """

    kind: Kind
    blind: Digest
    scope: Scope
    phantom: Token
    spare: tuple[Token, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """All that one request asks of one vault, answered by one ``Kept`` after one durable commit (none if only
    seeks).
    """

    keeps: tuple[Keep, ...] = ()
    seeks: tuple[Seek, ...] = ()
    directory: tuple[DirectoryEntry, ...] = ()
    entries: tuple[Entry, ...] = ()
    idempotency: Digest | None = None
    """Blind of (Idempotency-Key, caller, route, body): the records are remembered under it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Proof of storage. Built by vault adapters only."""

    names: Mapping[FieldRef, Token] = field(default_factory=dict)
    sought: Mapping[Blinded, Token] = field(default_factory=dict)
    records: tuple[RecordId, ...] = ()

    @classmethod
    def nothing(cls) -> Kept:
        """The receipt for nothing: it names no value, so nothing can be sent by it."""
        return cls()


def merged(first: Kept, second: Kept) -> Kept:
    """Two vaults' receipts for one request as one."""
    return Kept({**first.names, **second.names}, {**first.sought, **second.sought}, first.records + second.records)


@dataclass(frozen=True, slots=True)
class Recall:
    """One batched read before a decision: who are these identifiers, tokens and this session?"""

    scope: Scope
    identifiers: tuple[Blinded, ...] = ()
    tokens: tuple[Token, ...] = ()
    session: Digest | None = None
    idempotency: Digest | None = None


@dataclass(frozen=True, slots=True)
class TokenFact:
    """What the store knows of a token: its scope, who holds it, whether the asking session was shown it."""

    token: Token
    scope: Scope
    holders: frozenset[SubjectId]
    shown: bool = False


@dataclass(frozen=True, slots=True)
class SessionFact:
    """Whose session it is, until when (Unix seconds), and where that person lives."""

    subject: SubjectId
    region: Region | None
    rank: Rank | None
    expires: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """The answer to a Recall; what is not there is not known."""

    known: Mapping[Blinded, DirectoryEntry] = field(default_factory=dict)
    tokens: Mapping[Token, TokenFact] = field(default_factory=dict)
    session: SessionFact | None = None
    replay: tuple[RecordId, ...] = ()
    """The records an earlier request under the same idempotency blind created."""


@dataclass(frozen=True, slots=True, repr=False)
class SealedRecord:
    """One record as it lies in the store."""

    record: RecordId
    region: Region
    scope: Scope
    subject: SubjectId
    sealed: bytes
    at: int

    def __repr__(self) -> str:
        return f"SealedRecord({self.record}, sealed={len(self.sealed)})"


@dataclass(frozen=True, slots=True)
class Holding:
    """One person's hold on a token: the field of that person's record that has the value."""

    token: Token
    scope: Scope
    subject: SubjectId
    ref: FieldRef


@dataclass(frozen=True, slots=True)
class Fetch:
    """Records by token, by id, or the live records of a person in a scope (newest first, at most ``most``)."""

    tokens: tuple[Token, ...] = ()
    records: tuple[RecordId, ...] = ()
    subjects: tuple[SubjectId, ...] = ()
    scope: Scope | None = None
    most: int = 8


@dataclass(frozen=True, slots=True)
class Fetched:
    """The answer to a Fetch: every holding of every token that exists, and each record named by one, once."""

    holdings: Mapping[Token, tuple[Holding, ...]] = field(default_factory=dict)
    records: Mapping[RecordId, SealedRecord] = field(default_factory=dict)
    by_subject: Mapping[SubjectId, tuple[RecordId, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A session that the back end's reply has just begun."""

    session: Digest
    subject: SubjectId
    expires: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes certain once the upstream has answered.

    ``refused``: records this request created and the upstream definitely refused; the store purges those that no other
    request has sent. ``ended``: records of a deleted resource; their expiry becomes ``ends_at``. ``shown``: tokens left
    in a reply to a session, which may send them back for ``shown_until``.
    """

    refused: tuple[RecordId, ...] = ()
    ended: tuple[RecordId, ...] = ()
    ends_at: int | None = None
    sessions: tuple[SessionStart, ...] = ()
    closed_sessions: tuple[Digest, ...] = ()
    directory: tuple[DirectoryEntry, ...] = ()
    shown: tuple[tuple[Digest, Token], ...] = ()
    shown_until: int = 0
    entries: tuple[Entry, ...] = ()

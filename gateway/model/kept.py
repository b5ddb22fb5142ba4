"""What the home store is given and what only it gives back.

``Kept`` is the receipt: the one source of the tokens that ``apply`` needs. It is built in the vault adapters and
nowhere else, after the commit (``tests/test_architecture.py`` reads the source tree for that). Values arrive sealed and
blinded: nothing here but the ciphertext is derived from plaintext.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from gateway.model.ledger import Entry
from gateway.model.names import Digest, Kind, Rank, RecordId, Region, Scope, Standing, SubjectId, Token
from gateway.model.swift import swift

FieldRef = tuple[RecordId, int]
"""One field of one record."""

Blinded = tuple[Kind, Digest]
"""An equal value: its kind and the keyed blind of its normal form (64 hex digits)."""

STANDINGS: tuple[Standing, ...] = ("mentioned", "registered", "proven")
"""Rising."""


class KeepField(Struct, frozen=True, gc=False):
    """One value of a record that needs a name of its own.

    ``candidates``: canonical texts the store may hand out, best first, all of one shape. ``blind``: set for equal
    kinds; the store answers with the token already given to that value in the scope, if there is one. ``alias``: the
    texts do not carry the record's name, so the store must keep a row from text to field and skip texts already taken.
    ``held``: the token this person's same value already has; handed out again if the record behind it still lives.
    """

    index: int
    kind: Kind
    candidates: Sequence[Token]
    blind: Digest | None = None
    alias: bool = False
    held: Token | None = None


@swift
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
    version: int = 1
    """The person's version that it makes, where the batch does not revise the person in the same vault."""

    def __repr__(self) -> str:
        return f"Keep({self.record}, fields={len(self.fields)}, sealed={len(self.sealed)})"


@swift
@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """Whose identifier a blind is and where that person lives.

    First come, first kept: another person takes a blind over only by a higher ``standing`` (from ``mentioned`` by
    ``registered``, from either by ``proven``). Then evidence that protects stays: where the old entry pointed to the
    vault's own region, by a rank at least as high, the new person inherits region and rank. A person's own entries may
    rise in standing and never fall; the same person may raise its rank or, with evidence of the same or a higher rank,
    turn Russian.

    A person is ``proven`` by at most one identifier of a kind: the store ignores an entry that would make it two, and
    one that would prove a merely ``mentioned`` identifier of a person of whom another is registered or proven.
    """

    kind: Kind
    blind: Digest
    subject: SubjectId
    region: Region | None
    rank: Rank | None
    standing: Standing = "mentioned"
    among: int = 0
    """How many identifiers the message named that made this person, 0 for what was added later. Set with the subject,
    not changed without it.
    """
    first_seen: int | None = field(default=None, compare=False)
    confirmed: int | None = field(default=None, compare=False)
    """In answers: the days of the first and the latest evidence for it (Unix seconds of their beginning, UTC)."""
    ended: bool = False
    """The person has changed it for another one: merely mentioned from now on, if it is still that person's."""


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
class Revision:
    """One person's data changes: the version at home rises by one, in the same commit.

    ``expected``: the version that the change builds on; where home has another one, OutdatedError, and nothing of the
    batch is kept. None: whatever it is. A person whom the store does not know is at version 1 and stays unknown.
    """

    subject: SubjectId
    expected: int | None = None


@swift
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
    sealed_by: str = ""
    """The version of the region's field key that encrypted fields of the request are sealed by, remembered under the
    same blind; where another one is, the request has been overtaken.
    """
    revisions: tuple[Revision, ...] = ()
    """Left out where a record of the batch is there already: the request was made before."""

    @property
    def subjects(self) -> frozenset[SubjectId]:
        """Everybody whom it names; an identifier that belongs to anybody else has been overtaken (OvertakenError)."""
        return frozenset([*(keep.subject for keep in self.keeps), *(entry.subject for entry in self.directory)])


@swift
@dataclass(frozen=True, slots=True)
class Kept:
    """Proof of storage. Built by vault adapters only."""

    names: Mapping[FieldRef, Token] = field(default_factory=dict)
    sought: Mapping[Blinded, Token] = field(default_factory=dict)
    records: tuple[RecordId, ...] = ()
    versions: Mapping[SubjectId, int] = field(default_factory=dict)
    """Of the persons that were revised: the version that home has now."""

    @classmethod
    def nothing(cls) -> Kept:
        """The receipt for nothing: it names no value, so nothing can be sent by it."""
        return cls()


def merged(first: Kept, second: Kept) -> Kept:
    """Two vaults' receipts for one request as one."""
    records, versions = first.records + second.records, {**first.versions, **second.versions}
    return Kept({**first.names, **second.names}, {**first.sought, **second.sought}, records, versions)


@swift
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
class PersonFact:
    """What is to be known of a person before anything is done: the version at home, whether processing is blocked."""

    version: int = 1
    blocked: bool = False


@swift
@dataclass(frozen=True, slots=True)
class Recalled:
    """The answer to a Recall; what is not there is not known."""

    known: Mapping[Blinded, DirectoryEntry] = field(default_factory=dict)
    tokens: Mapping[Token, TokenFact] = field(default_factory=dict)
    session: SessionFact | None = None
    replay: tuple[RecordId, ...] = ()
    """The records an earlier request under the same idempotency blind created."""
    whose: Mapping[RecordId, SubjectId] = field(default_factory=dict)
    """The person of each of these."""
    sealed_by: str = ""
    """The version of this vault's field key that the earlier request was sealed by."""
    vouched: Mapping[SubjectId, frozenset[Kind]] = field(default_factory=dict)
    """The persons of ``known`` of whom an identifier is registered or proven: the kinds of the proven ones."""
    people: Mapping[SubjectId, PersonFact] = field(default_factory=dict)
    """Of the persons of ``known`` and of the session, those whom the directory has."""
    apart: Mapping[Blinded, SubjectId] = field(default_factory=dict)
    """Identifiers of ``known`` whose own person counts as another one since the two were merged: that own person."""
    shown: frozenset[Token] = frozenset()
    """Of the texts asked for as tokens that are none (encrypted fields): those that the session was shown."""


@dataclass(frozen=True, slots=True, repr=False)
class SealedRecord:
    """One record as it lies in the store."""

    record: RecordId
    region: Region
    scope: Scope
    subject: SubjectId
    """Whose data key it is sealed under; a merged person's records stay under the key that they had."""
    sealed: bytes
    at: int
    version: int = 1

    def __repr__(self) -> str:
        return f"SealedRecord({self.record}, sealed={len(self.sealed)})"


@dataclass(frozen=True, slots=True, repr=False)
class StoredRecord:
    """A record with what the store says beside it: its route, its end, when its values were last sent again (both Unix
    seconds), the token of each field.
    """

    sealed: SealedRecord
    route: str
    expires: int | None
    names: Mapping[int, Token]
    confirmed: int | None = None

    def __repr__(self) -> str:
        return f"StoredRecord({self.sealed.record}, names={len(self.names)})"


@dataclass(frozen=True, slots=True)
class Holding:
    """One person's hold on a token: the field of that person's record that has the value.

    ``subject`` is the person as whom the record's own one counts.
    """

    token: Token
    scope: Scope
    subject: SubjectId
    ref: FieldRef


@swift
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
    blocked: frozenset[SubjectId] = frozenset()
    """Of the persons who hold or were asked for, those whose data is not to be processed."""


@dataclass(frozen=True, slots=True)
class SessionStart:
    """A session that the back end's reply has just begun.

    ``proof``: what the login was made with. The session begins only if that is, once the settlement's entries are made,
    proven for the subject; else somebody was first, and the session is nobody's.
    """

    session: Digest
    subject: SubjectId
    expires: int
    proof: Blinded | None = None


@swift
@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes certain once the upstream has answered.

    ``refused``: records this request created and the upstream definitely refused; the store purges those that no other
    request has sent. ``ended``: records of a deleted resource; their expiry becomes ``ends_at``. ``shown``: tokens left
    in a reply to a session, which may send them back for ``shown_until``. ``withdrawn``: identifiers that are forgotten
    after the purge if they still belong to the named person, are merely mentioned, and that person has no record and no
    session left.
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
    withdrawn: tuple[DirectoryEntry, ...] = ()

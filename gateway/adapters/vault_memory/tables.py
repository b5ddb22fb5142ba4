"""All that the memory vault keeps, and how what fails half way is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from gateway.model.erasure import REMEMBER_S, Condemnation
from gateway.model.kept import Blinded, FieldRef, SealedRecord, SessionStart
from gateway.model.marks import Mark
from gateway.model.names import Digest, Kind, Rank, RecordId, Region, Scope, Standing, SubjectId, Token

_REMEMBER_RETRIES_S = 7 * 86400

NO_RETRY: tuple[tuple[RecordId, ...], int, str] = ((), 0, "")
"""What was recorded, when, and by which field key it was sealed."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Record:
    """One record and its life. ``names``: field and token; ``blinds``: the equal value that a token stands for."""

    sealed: SealedRecord
    names: tuple[tuple[int, Token], ...]
    blinds: tuple[tuple[Token, Blinded], ...]
    reused: tuple[RecordId, ...]
    expires: int | None
    sent: int = 1
    refused: bool = False
    route: str = ""
    confirmed: int | None = None

    @property
    def subject(self) -> SubjectId:
        return self.sealed.subject

    def field(self, token: Token) -> int | None:
        return next((index for index, given in self.names if given == token), None)

    def token(self, field: int) -> Token | None:
        return next((given for index, given in self.names if index == field), None)

    def blinded(self, token: Token) -> Blinded | None:
        return next((blinded for given, blinded in self.blinds if given == token), None)


class Owner(NamedTuple):
    """Whose identifier it is, how certainly, and how many the message named that made this person."""

    subject: SubjectId
    standing: Standing
    among: int
    first_seen: int | None = None
    confirmed: int | None = None


class Person(NamedTuple):
    """Where a person lives. ``vouched``: None until an identifier is registered; then the kinds of the proven ones."""

    region: Region | None
    rank: Rank | None
    vouched: frozenset[Kind] | None = None
    version: int = 1
    held: int | None = None
    blocked: int | None = None
    merged: SubjectId | None = None
    marks: tuple[Mark, ...] = ()


class Tables:
    """All that is kept. Changes go through ``put`` and ``drop``, so that what fails half way can be taken back."""

    def __init__(self) -> None:
        self.records: dict[RecordId, Record] = {}
        self.first: dict[Token, FieldRef] = {}
        """Every token that exists, with the field it names: its first holder's."""
        self.further: dict[tuple[Token, SubjectId], FieldRef] = {}
        self.index: dict[tuple[Blinded, Scope], Token] = {}
        self.noted: dict[Token, None] = {}
        """Every text that was ever noted because it does not say its field, spent ones too."""
        self.directory: dict[Blinded, Owner] = {}
        self.people: dict[SubjectId, Person] = {}
        self.sessions: dict[Digest, SessionStart] = {}
        self.shown: dict[tuple[Digest, Token], int] = {}
        self.retries: dict[Digest, tuple[tuple[RecordId, ...], int, str]] = {}
        self.erased: dict[SubjectId, tuple[Condemnation, int | None]] = {}
        """Who is to go, or went and when."""
        self._undo: list[Callable[[], object]] = []

    def person(self, subject: SubjectId) -> Person:
        return self.people.get(subject, Person(None, None))

    def root(self, subject: SubjectId) -> SubjectId:
        """As whom the person counts."""
        return self.person(subject).merged or subject

    def is_held(self, subject: SubjectId) -> bool:
        return any(self.person(one).held is not None for one in (subject, self.root(subject)))

    def is_blocked(self, subject: SubjectId) -> bool:
        return any(self.person(one).blocked is not None for one in (subject, self.root(subject)))

    def included(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Who counts as the person."""
        return tuple(sorted(one for one, person in self.people.items() if person.merged == subject))

    def forget(self, now_s: int) -> None:
        """Whatever is remembered for a time that is over."""
        self.sessions = {name: start for name, start in self.sessions.items() if start.expires > now_s}
        self.shown = {seen: until for seen, until in self.shown.items() if until > now_s}
        oldest = now_s - _REMEMBER_RETRIES_S
        self.retries = {blind: retry for blind, retry in self.retries.items() if retry[1] > oldest}
        self.erased = {who: row for who, row in self.erased.items() if row[1] is None or row[1] > now_s - REMEMBER_S}

    def put(self, table: dict[K, V], key: K, value: V) -> None:
        if key in table:
            was = table[key]
            self._undo.append(lambda: table.update({key: was}))
        else:
            self._undo.append(lambda: table.pop(key))
        table[key] = value

    def drop(self, table: dict[K, V], key: K) -> None:
        if key in table:
            was = table.pop(key)
            self._undo.append(lambda: table.update({key: was}))

    def done(self) -> None:
        self._undo.clear()

    def take_back(self) -> None:
        while self._undo:
            self._undo.pop()()


def as_ids(*names: str) -> None:
    """Raise ValueError for what is not hex: the SQLite vault stores bytes."""
    for name in names:
        bytes.fromhex(name)

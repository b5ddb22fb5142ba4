"""The rows that one commit group reads and changes, as tables in memory; what `keep` and `settle` think is done here.

The rules of keeping ask for rows one by one; a round trip for each would cost more than everything else. So they run
over what was read: a row that was not is ``Unread``, the writer reads all that is wanting in a few statements, and the
caller whose turn it was begins again. Changes stay here until the group is written; what one caller changed is taken
back if that caller fails, and its neighbours notice nothing.

Nothing that was read here is locked (but by callers that drop records). ``Moved`` says that another gateway was first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from gateway.adapters.vault_sql.facts import RecordFact
from gateway.adapters.vault_sql.index import Index
from gateway.adapters.vault_sql.naming import Named
from gateway.adapters.vault_sql.standing import Owner, Person
from gateway.model.kept import Blinded, DirectoryEntry, FieldRef, Keep
from gateway.model.names import Digest, Kind, RecordId, Scope, SubjectId, Token

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Equal = tuple[Kind, Digest, Scope]
"""An equal value in a scope."""
Wanted = tuple[str, Hashable]
"""A table's name, and the key of a row."""
Chosen = tuple[SubjectId, Scope, Token]
"""A person's records in a scope that have a token."""


class Unread(Exception):  # noqa: N818 - asks for rows, nothing went wrong
    """Rows that have to be read first."""

    def __init__(self, wanted: list[Wanted]) -> None:
        self.wanted = wanted
        super().__init__()


class Moved(Exception):  # noqa: N818 - the group is read and taken again
    """What was read is no longer so."""


class Turned(Exception):  # noqa: N818 - as above
    """The index key's phase is another one than was believed: ``stand`` says which."""

    def __init__(self, stand: str) -> None:
        self.stand = stand
        super().__init__()


class Table(Generic[K, V]):
    """Rows by key: as they were read (None: there is none), and as they shall be."""

    __slots__ = ("_log", "name", "now", "was")

    def __init__(self, name: str, log: list[Callable[[], object]]) -> None:
        self.name = name
        self.was: dict[K, V | None] = {}
        self.now: dict[K, V | None] = {}
        self._log = log

    def look(self, key: K) -> V | None:
        if key in self.now:
            return self.now[key]
        if key in self.was:
            return self.was[key]
        raise Unread([(self.name, key)])

    def put(self, key: K, value: V | None) -> None:
        note(self._log, self.now, key)
        self.now[key] = value

    def unread(self, keys: Iterable[K]) -> list[Wanted]:
        return [(self.name, key) for key in keys if key not in self.was and key not in self.now]

    def changed(self) -> Iterator[tuple[K, V | None, V | None]]:
        """Key, the row as it was read, the row as it shall be; in no order."""
        for key, now in self.now.items():
            was = self.was.get(key)
            if was != now:
                yield key, was, now


def note(log: list[Callable[[], object]], table: dict[K, V], key: K) -> None:
    """Remember how to undo what is about to be done to a key."""
    if key in table:
        was = table[key]
        log.append(lambda: table.update({key: was}))
    else:
        log.append(lambda: table.pop(key))


@dataclass(frozen=True, slots=True)
class Record:
    """What is to be known of a record besides its sealed values. ``sent`` is exact only where it was locked."""

    fact: RecordFact
    reused: bytes
    sent: int
    refused: bool
    expires: int | None = None
    version: int = 1
    """Known of new records only."""


@dataclass(frozen=True, slots=True)
class Noted:
    """The field that a token is noted for; None: the token is spent."""

    ref: FieldRef | None


@dataclass(frozen=True, slots=True)
class Retry:
    """What a request under an idempotency blind wrote, when (Unix seconds), and by which field key it was sealed."""

    records: bytes
    at: int
    sealed_by: str = ""


@dataclass(slots=True)
class Ended:
    """What settlements do without asking first; the last one counts."""

    sessions: dict[Digest, tuple[SubjectId, int] | None] = field(default_factory=dict)
    closed: dict[Digest, None] = field(default_factory=dict)
    shown: dict[tuple[Digest, Token], int] = field(default_factory=dict)
    expiry: dict[RecordId, int | None] = field(default_factory=dict)
    withdrawn: dict[DirectoryEntry, None] = field(default_factory=dict)


class Work:
    """One attempt at one group. ``doubtful``: an attempt failed already, so nothing is assumed to be new any more."""

    def __init__(self, index: Index, *, doubtful: bool) -> None:
        self._log: list[Callable[[], object]] = []
        log = self._log
        self.index = index
        self.fenced = False
        """Whether the phase was seen to be the index's, behind the lock."""
        self.doubtful = doubtful
        self.equals: Table[Equal, Named] = Table("equals", log)
        self.directory: Table[Blinded, Owner] = Table("directory", log)
        self.people: Table[SubjectId, Person] = Table("people", log)
        self.records: Table[RecordId, Record] = Table("records", log)
        self.aliases: Table[Token, Noted] = Table("aliases", log)
        self.holders: Table[Token, Mapping[SubjectId, FieldRef]] = Table("holders", log)
        self.erased: Table[SubjectId, bool] = Table("erased", log)
        self.retries: Table[Digest, Retry] = Table("retries", log)
        self.successors: Table[Chosen, tuple[RecordId, ...]] = Table("successors", log)
        self.kept: dict[RecordId, Keep] = {}
        self.sends: dict[RecordId, int] = {}
        self.confirms: dict[RecordId, int] = {}
        self.holds: dict[tuple[Token, SubjectId], FieldRef] = {}
        self.moved: dict[tuple[Equal, Token], Named | None] = {}
        """Equal values that pass to another record, or (None) that nobody has any more."""
        self.ended = Ended()

    # ------------------------------------------------------------------------------------------------------- undoing

    def mark(self) -> int:
        return len(self._log)

    def back_to(self, mark: int) -> None:
        while len(self._log) > mark:
            self._log.pop()()

    def set(self, table: dict[K, V], key: K, value: V) -> None:
        note(self._log, table, key)
        table[key] = value

    def fenced_by(self, stand: str) -> None:
        """Raise Turned if the phase is another one than the index's."""
        if stand != str(self.index.stand):
            raise Turned(stand)
        self.fenced = True

    # ------------------------------------------------------------------------------------------------------ assuming

    def assume_record(self, record: RecordId) -> None:
        """Record ids are random."""
        if not self.doubtful:
            self.records.was.setdefault(record, None)

    def gone(self, subjects: Collection[SubjectId]) -> frozenset[SubjectId]:
        """Those of them who are erased. Nobody is, as far as a first attempt knows: writing finds out."""
        if not self.doubtful:
            return frozenset()
        if wanted := self.erased.unread(subjects):
            raise Unread(wanted)
        return frozenset(one for one in subjects if self.erased.look(one))

    # ---------------------------------------------------------------------------------------------------------- facts

    def fact(self, record: RecordId) -> RecordFact | None:
        row = self.records.look(record)
        return row.fact if row else None

    def sent(self, record: RecordId) -> int:
        row = self.records.look(record)
        return (row.sent if row else 0) + self.sends.get(record, 0)

    def send(self, record: RecordId, times: int, at: int | None = None) -> None:
        """So many requests more, or fewer, send tokens of a record; ``at``: and so confirm its values."""
        self.set(self.sends, record, self.sends.get(record, 0) + times)
        if at is not None:
            self.set(self.confirms, record, max(at, self.confirms.get(record, 0)))

    def root(self, subject: SubjectId) -> SubjectId:
        """As whom the person counts."""
        person = self.people.look(subject)
        return person.merged if person and person.merged else subject

    def held(self, subject: SubjectId) -> bool:
        """True while nothing of the person may go."""
        person = self.people.look(subject)
        if person is None:
            return False
        return person.held is not None or (person.merged is not None and self.held(person.merged))

    def holders_of(self, token: Token) -> Mapping[SubjectId, FieldRef]:
        held = self.holders.look(token) or {}
        new = {whose: ref for (one, whose), ref in self.holds.items() if one == token} if self.holds else {}
        return {**new, **held}

    def first_holding(
        self, token: Token, ref_of: Callable[[Token], FieldRef | None]
    ) -> tuple[FieldRef, RecordFact] | None:
        """The field that a token is the name of, with its record; None where the token does not exist.

        A text that names a field is a token only if that very text was handed out for it.
        """
        return self._named(ref_of(token), token) or self._named(self._noted(token), token)

    def points_to(self, token: Token, ref_of: Callable[[Token], FieldRef | None]) -> FieldRef | None:
        return self._noted(token) or ref_of(token)

    def rename(self, record: RecordId, fact: RecordFact) -> None:
        row = self.records.look(record)
        if row is not None:
            self.records.put(record, replace(row, fact=fact))

    def _named(self, ref: FieldRef | None, token: Token) -> tuple[FieldRef, RecordFact] | None:
        fact = self.fact(ref[0]) if ref else None
        return (ref, fact) if ref and fact and fact.token(ref[1]) == token else None

    def _noted(self, token: Token) -> FieldRef | None:
        noted = self.aliases.look(token)
        return noted.ref if noted else None

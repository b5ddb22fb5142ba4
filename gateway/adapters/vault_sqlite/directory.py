"""The directory inside the writer's transaction: rows read at once, entries played on them, what changed written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from gateway.adapters.vault_sql.marks import packed_marks, unpacked_marks
from gateway.adapters.vault_sql.standing import Owner, Person, day_of, enter, own, spelt, unspelt
from gateway.adapters.vault_sqlite.statements import each, statements
from gateway.model.errors import OutdatedError, OvertakenError
from gateway.model.kept import STANDINGS, Batch, Blinded, DirectoryEntry, Revision
from gateway.model.names import Digest, Kind, Region, SubjectId

_SQL = statements("12_directory")

K = TypeVar("K")
V = TypeVar("V")


class Directory:
    """The rows that some entries and revisions concern. Nothing is written before ``write``."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        entries: Sequence[DirectoryEntry],
        home: Region,
        now_s: int,
        revisions: Sequence[Revision] = (),
    ) -> None:
        self._connection = connection
        self._home = home
        self._day = day_of(now_s)
        blinds = dict.fromkeys((bytes.fromhex(entry.blind), entry.kind) for entry in entries)
        self._owners: dict[Blinded, Owner] = {
            (Kind(kind), Digest(blind.hex())): Owner(SubjectId(subject.hex()), STANDINGS[standing], among, *days)
            for blind, kind, subject, standing, among, *days in each(connection, _SQL["owners"], list(blinds))
        }
        named = [*(entry.subject for entry in entries), *(owner.subject for owner in self._owners.values())]
        self._people = people(connection, [*named, *(one.subject for one in revisions)])
        self._were = dict(self._owners), dict(self._people)

    def admit(self, batch: Batch, revisions: Sequence[Revision]) -> dict[SubjectId, int]:
        """Revise and play all entries of a batch; with OvertakenError or OutdatedError nothing has changed."""
        before = dict(self._people) if revisions else None
        versions = self.revise(revisions)
        try:
            self.take(batch)
        except OvertakenError:
            self._people = before or self._people
            raise
        return versions

    def take(self, batch: Batch) -> None:
        """Play all entries of a batch; with OvertakenError none."""
        named = {self._root(subject) for subject in batch.subjects} if batch.directory else set()
        owners = [self._owners.get((entry.kind, entry.blind)) for entry in batch.directory]
        if any(owner is not None and self._root(owner.subject) not in named for owner in owners):
            raise OvertakenError
        certain = [entry for entry in batch.directory if entry.standing != "mentioned"]
        were = (dict(self._owners), dict(self._people)) if certain else None
        stand = {id(entry) for entry in batch.directory if self.play(entry)}
        if were is not None and not all(id(entry) in stand for entry in certain):
            self._owners, self._people = were
            raise OvertakenError

    def revise(self, revisions: Sequence[Revision]) -> dict[SubjectId, int]:
        """The versions that the persons have now; with OutdatedError nothing has changed."""
        known = {one.subject: self._people.get(one.subject) for one in revisions}
        were = {subject: person.version if person else 1 for subject, person in known.items()}
        if any(one.expected not in (None, were[one.subject]) for one in revisions):
            raise OutdatedError
        raised = {subject: person._replace(version=person.version + 1) for subject, person in known.items() if person}
        self._people |= raised
        return were | {subject: person.version for subject, person in raised.items()}

    def play(self, entry: DirectoryEntry) -> bool:
        """True if the identifier is that person's now, as certainly as was told."""
        blinded = (entry.kind, entry.blind)
        owner = self._owners.get(blinded)
        entry = own(entry, owner, self._root)
        before = self._people.get(owner.subject) if owner else None
        entered = enter(entry, owner, self._people.get(entry.subject), before, self._home, self._day)
        if entered is None:
            return False
        self._owners[blinded], self._people[entry.subject] = entered.owner, entered.person
        return entered.stands

    def write(self) -> None:
        """In the order of their keys, so that neighbours share pages."""
        owners, people = self._were
        made, moved = _changes(owners, self._owners)
        rows = [(bytes.fromhex(blind), kind, "", *_owner_row(owner)) for (kind, blind), owner in made]
        each(self._connection, _SQL["enter_owners"], sorted(rows, key=itemgetter(0, 1)))
        for (kind, blind), owner in moved:
            self._connection.execute(_SQL["change_owner"], (*_owner_row(owner), bytes.fromhex(blind), kind))
        new, changed = _changes(people, self._people)
        each(self._connection, _SQL["enter_people"], [_person_row(*one) for one in sorted(new, key=itemgetter(0))])
        for subject, person in changed:
            self._connection.execute(_SQL["change_person"], _person_row(subject, person))

    def _root(self, subject: SubjectId) -> SubjectId:
        person = self._people.get(subject)
        return person.merged if person and person.merged else subject


def people(connection: sqlite3.Connection, subjects: Iterable[SubjectId]) -> dict[SubjectId, Person]:
    """The rows of persons, as far as there are any."""
    wanted = [(one,) for one in dict.fromkeys(map(bytes.fromhex, subjects))]
    return {SubjectId(row[0].hex()): person_of(row[1:]) for row in each(connection, _SQL["people"], wanted)}


def person_of(row: Sequence[Any]) -> Person:
    """Region, rank, proven kinds, version, hold, block, merger and marks, as the statements name them."""
    region, rank, vouched, version, held, blocked, merged, marks = row
    root = SubjectId(merged.hex()) if merged else None
    return Person(region, rank, unspelt(vouched), version, held, blocked, root, unpacked_marks(marks))


def write_people(connection: sqlite3.Connection, rows: Mapping[SubjectId, Person]) -> None:
    """Rows that are there or not."""
    known = people(connection, rows)
    for subject, person in rows.items():
        connection.execute(_SQL["change_person" if subject in known else "enter_people"], _person_row(subject, person))


def included(connection: sqlite3.Connection, subject: SubjectId) -> list[SubjectId]:
    """Who counts as the person."""
    return [SubjectId(row[0].hex()) for row in connection.execute(_SQL["includes"], (bytes.fromhex(subject),))]


def _changes(were: dict[K, V], are: dict[K, V]) -> tuple[list[tuple[K, V]], list[tuple[K, V]]]:
    """What is there now and was not, and what was another."""
    made = [(key, row) for key, row in are.items() if key not in were]
    return made, [(key, row) for key, row in are.items() if key in were and were[key] != row]


def _owner_row(owner: Owner) -> tuple[bytes, int, int, int | None, int | None]:
    standing = STANDINGS.index(owner.standing)
    return bytes.fromhex(owner.subject), standing, owner.among, owner.first_seen, owner.confirmed


def _person_row(subject: SubjectId, person: Person) -> tuple[object, ...]:
    merged = bytes.fromhex(person.merged) if person.merged else None
    said = (person.region, person.rank, spelt(person.vouched), person.version, person.held, person.blocked)
    return (*said, merged, packed_marks(person.marks), bytes.fromhex(subject))

"""The directory in memory: whose an identifier is, how certainly, and where that person lives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from gateway.adapters.vault_memory.tables import Owner, Person, Tables
from gateway.model.errors import OutdatedError
from gateway.model.kept import STANDINGS, Batch, DirectoryEntry, PersonFact, Revision
from gateway.model.names import Kind, Rank, Region, Standing, SubjectId

_RANKS = {None: 0, "inferred": 1, "document": 2, "declared": 2}

Place = tuple[Region | None, Rank | None]


class Directory:
    """``home``: the vault's own region."""

    def __init__(self, tables: Tables, home: Region) -> None:
        self._has = tables
        self._home = home

    def takes(self, batch: Batch, now_s: int) -> bool:
        """Enter all of a batch; False if an identifier belongs to nobody of the batch, or a proof does not hold."""
        named = {self._has.root(subject) for subject in batch.subjects}
        for entry in batch.directory:
            owner = self._has.directory.get((entry.kind, entry.blind))
            if owner is not None and self._has.root(owner.subject) not in named:
                return False
        stand = [self.enter(entry, now_s) for entry in batch.directory]
        return all(stands or one.standing == "mentioned" for one, stands in zip(batch.directory, stand, strict=True))

    def vouched(self, owners: Iterable[SubjectId]) -> dict[SubjectId, frozenset[Kind]]:
        """The proven kinds of persons, by as whom they count."""
        found: dict[SubjectId, frozenset[Kind]] = {}
        for owner in owners:
            if (kinds := self._has.people[owner].vouched) is not None:
                found[self._has.root(owner)] = found.get(self._has.root(owner), frozenset()) | kinds
        return found

    def facts(self, persons: Collection[SubjectId]) -> dict[SubjectId, PersonFact]:
        """Of those as whom the persons count."""
        has = self._has
        blocked = {has.root(one) for one in persons if has.is_blocked(one)}
        roots = [has.root(one) for one in persons if has.root(one) in has.people]
        return {root: PersonFact(has.people[root].version, root in blocked) for root in roots}

    def revise(self, revisions: Sequence[Revision]) -> dict[SubjectId, int]:
        """The versions that the persons have now. OutdatedError where a revision builds on another one."""
        people = self._has.people
        if any(one.expected not in (None, self._has.person(one.subject).version) for one in revisions):
            raise OutdatedError
        for subject in {one.subject for one in revisions}:
            if subject in people:
                self._has.put(people, subject, people[subject]._replace(version=people[subject].version + 1))
        return {one.subject: self._has.person(one.subject).version for one in revisions}

    def enter(self, entry: DirectoryEntry, now_s: int) -> bool:
        """True if the identifier is that person's now, as certainly as was told."""
        bytes.fromhex(entry.blind + entry.subject)
        has, blinded = self._has, (entry.kind, entry.blind)
        owner = has.directory.get(blinded)
        day = now_s // 86400 * 86400
        if owner is not None and has.root(owner.subject) == has.root(entry.subject):
            entry = replace(entry, subject=owner.subject)
        if entry.ended:
            return self._end(entry, owner)
        if entry.standing == "proven" and not self._may_be_proven(entry, owner):
            return False
        if entry.subject not in has.people:
            has.put(has.people, entry.subject, Person(entry.region, entry.rank))
        self._tell(entry, (entry.region, entry.rank))
        if owner is None or _height(owner.standing) < _height(entry.standing):
            same = owner is not None and owner.subject == entry.subject
            among = owner.among if owner is not None and same else entry.among
            first_seen = owner.first_seen if owner is not None and same else day
            has.put(has.directory, blinded, Owner(entry.subject, entry.standing, among, first_seen, day))
            if owner is not None and not same:
                self._inherit(entry, has.people[owner.subject])
        if stands := has.directory[blinded].subject == entry.subject:
            has.put(has.directory, blinded, has.directory[blinded]._replace(confirmed=day))
            self._vouch(entry, has.directory[blinded].standing)
        return stands

    def withdraw(self, entry: DirectoryEntry) -> None:
        has, blinded = self._has, (entry.kind, entry.blind)
        owner = has.directory.get(blinded)
        if owner is None or owner[:2] != (entry.subject, "mentioned") or has.is_held(entry.subject):
            return
        recorded = any(record.subject == entry.subject for record in has.records.values())
        if not recorded and not any(start.subject == entry.subject for start in has.sessions.values()):
            has.drop(has.directory, blinded)

    def _end(self, entry: DirectoryEntry, owner: Owner | None) -> bool:
        """The person logs in by it no more."""
        if owner is None or owner.subject != entry.subject:
            return False
        has, person = self._has, self._has.people[owner.subject]
        if owner.standing == "proven" and person.vouched is not None:
            has.put(has.people, owner.subject, person._replace(vouched=person.vouched - {entry.kind}))
        has.put(has.directory, (entry.kind, entry.blind), owner._replace(standing="mentioned", among=0))
        return True

    def _may_be_proven(self, entry: DirectoryEntry, owner: Owner | None) -> bool:
        """True unless the person is known by something else: then only what was registered may, one of a kind."""
        person = self._has.people.get(entry.subject)
        if person is None or person.vouched is None:
            return True
        if owner is None or owner.subject != entry.subject:
            return False
        return owner.standing == "proven" or (owner.standing == "registered" and entry.kind not in person.vouched)

    def _inherit(self, entry: DirectoryEntry, before: Person) -> None:
        """Evidence that protects stays with an identifier that passes to another person."""
        if before.region == self._home and _RANKS[before.rank] >= _RANKS[entry.rank]:
            self._tell(entry, (before.region, before.rank))

    def _tell(self, entry: DirectoryEntry, told: Place) -> None:
        """A person moves by evidence of a higher rank, or of the same rank towards home."""
        person = self._has.people[entry.subject]
        known = _RANKS[person.rank]
        same = known == _RANKS[told[1]]
        homewards = person.region is None or told[0] == self._home != person.region
        if told[0] is not None and (_RANKS[told[1]] > known or (same and homewards)):
            self._has.put(self._has.people, entry.subject, person._replace(region=told[0], rank=told[1]))

    def _vouch(self, entry: DirectoryEntry, standing: Standing) -> None:
        person = self._has.people[entry.subject]
        if standing != "mentioned":
            proven = {entry.kind} if standing == "proven" else set()
            vouched = (person.vouched or frozenset()) | proven
            self._has.put(self._has.people, entry.subject, person._replace(vouched=vouched))


def _height(standing: Standing) -> int:
    return STANDINGS.index(standing)

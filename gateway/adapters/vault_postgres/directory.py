"""Entries of the directory, played on a group's rows."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.adapters.vault_postgres.work import Unread, Work
from gateway.adapters.vault_sql import standing
from gateway.model.errors import OutdatedError, OvertakenError
from gateway.model.kept import STANDINGS, Batch, DirectoryEntry, Revision
from gateway.model.names import Region, SubjectId


def revise(work: Work, revisions: Sequence[Revision]) -> dict[SubjectId, int]:
    """The versions that the persons have now. OutdatedError where a revision builds on another one."""
    if wanted := work.people.unread(one.subject for one in revisions):
        raise Unread(wanted)
    versions = {}
    for one in revisions:
        person = work.people.look(one.subject)
        version = person.version if person else 1
        if one.expected not in (None, version):
            raise OutdatedError
        versions[one.subject] = version
    for subject, version in versions.items():
        if (person := work.people.look(subject)) is not None:
            work.people.put(subject, person._replace(version=version + 1))
            versions[subject] = version + 1
    return versions


def take(work: Work, batch: Batch, home: Region, day: int) -> None:
    """Play all entries of a batch. OvertakenError if one is somebody else's, or is not as certain as was told."""
    owners = [work.directory.look((entry.kind, entry.blind)) for entry in batch.directory]
    subjects = set(batch.subjects)
    known = {owner.subject for owner in owners if owner is not None}
    if wanted := work.people.unread(sorted(known | {entry.subject for entry in batch.directory})):
        raise Unread(wanted)
    strangers = sorted(known - subjects)
    if strangers:
        _refuse_strangers(work, strangers, batch)
    stand = [play(work, entry, home, day) for entry in batch.directory]
    if not all(stands or one.standing == "mentioned" for one, stands in zip(batch.directory, stand, strict=True)):
        raise OvertakenError


def _refuse_strangers(work: Work, strangers: Sequence[SubjectId], batch: Batch) -> None:
    """Unless they count as somebody whom the batch names."""
    if wanted := work.people.unread((*strangers, *batch.subjects)):
        raise Unread(wanted)
    named = {work.root(subject) for subject in batch.subjects}
    if any(work.root(subject) not in named for subject in strangers):
        raise OvertakenError


def play(work: Work, entry: DirectoryEntry, home: Region, day: int) -> bool:
    """True if the identifier is that person's now, as certainly as was told."""
    blinded = (entry.kind, entry.blind)
    owner = work.directory.look(blinded)
    entry = standing.own(entry, owner, work.root)
    passes = (
        owner is not None
        and owner.subject != entry.subject
        and STANDINGS.index(owner.standing) < STANDINGS.index(entry.standing)
    )
    before = work.people.look(owner.subject) if owner is not None and passes else None
    entered = standing.enter(entry, owner, work.people.look(entry.subject), before, home, day)
    if entered is None:
        return False
    work.directory.put(blinded, entered.owner)
    work.people.put(entry.subject, entered.person)
    return entered.stands

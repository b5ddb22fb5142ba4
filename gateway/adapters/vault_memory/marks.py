"""Orders about persons in memory: holds, blocks, merges."""

from __future__ import annotations

from collections import Counter

from gateway.adapters.vault_memory.tables import Person, Tables
from gateway.model.errors import GatewayError
from gateway.model.marks import Dossier, Instruction, Mark
from gateway.model.names import Rank, RecordId, Region, SubjectId

_RANKS = {None: 0, "inferred": 1, "document": 2, "declared": 2}


def carry_out(has: Tables, order: Instruction, home: Region) -> list[RecordId]:
    """The records that only a hold had kept. GatewayError where the order makes no sense, and nothing has changed."""
    subject, mark = order.subject, order.mark
    _insist(holds=not ({subject, order.into} & has.erased.keys()))
    if mark.what not in ("merge", "unmerge"):
        subject = has.root(subject)
    person = has.person(subject)
    match mark.what:
        case "hold":
            _put(has, subject, person._replace(held=person.held or mark.at), mark)
        case "block":
            _put(has, subject, person._replace(blocked=person.blocked or mark.at), mark)
        case "unblock":
            _insist(holds=person.blocked is not None)
            _put(has, subject, person._replace(blocked=None), mark)
        case "release":
            left = _holds(person) - 1
            _insist(holds=left >= 0)
            _put(has, subject, person._replace(held=person.held if left else None), mark)
            own = (subject, *has.included(subject))
            gone = (name for name, one in has.records.items() if one.subject in own and one.sent <= 0)
            return [name for name in gone if not has.is_held(has.records[name].subject)]
        case "merge":
            _merge(has, subject, order.into or subject, mark, home)
        case "unmerge":
            _part(has, subject, mark, home)
    return []


def said_of(has: Tables, subject: SubjectId) -> Dossier | None:
    own = {subject, *has.included(subject)}
    kept = [one for one in has.records.values() if one.subject in own]
    if subject not in has.people and not kept:
        return None
    return Dossier(
        subject,
        *has.person(subject),
        includes=has.included(subject),
        records=Counter((one.sealed.scope, one.route) for one in kept),
        first=min((one.sealed.at for one in kept), default=None),
        confirmed=max((max(one.sealed.at, one.confirmed or 0) for one in kept), default=None),
    )


def _merge(has: Tables, subject: SubjectId, into: SubjectId, mark: Mark, home: Region) -> None:
    person, other = has.person(subject), has.person(into)
    _insist(holds=subject != into and not (person.merged or other.merged) and not has.included(subject))
    _put(has, subject, person._replace(merged=into, held=None, blocked=None), mark._replace(other=into))
    version = max(person.version, other.version) + 1
    was = mark._replace(other=subject, was=(other.region, other.rank))
    _put(has, into, _moved(other, person, home)._replace(version=version), was)
    _inherit(has, into, person, mark)


def _part(has: Tables, subject: SubjectId, mark: Mark, home: Region) -> None:
    person = has.person(subject)
    _insist(holds=person.merged is not None)
    into = person.merged or subject
    other = has.person(into)
    before = next((one.was for one in reversed(other.marks) if one.what == "merge" and one.other == subject), None)
    apart = other
    if before is not None:
        alone = other._replace(region=before[0], rank=before[1])
        apart = alone if _moved(alone, person, home)[:2] == other[:2] else other
    _put(has, into, apart._replace(version=other.version + 1), mark._replace(other=subject))
    _put(has, subject, person._replace(merged=None, version=other.version + 1), mark._replace(other=into))
    _inherit(has, subject, other, mark)
    ended = {name for name, start in has.sessions.items() if start.subject in (subject, into)}
    has.sessions = {name: start for name, start in has.sessions.items() if name not in ended}
    has.shown = {seen: until for seen, until in has.shown.items() if seen[0] not in ended}


def _inherit(has: Tables, subject: SubjectId, before: Person, mark: Mark) -> None:
    """What protects one of the two protects the other as well; each hold by itself."""
    for _ in range(_holds(before)):
        person = has.person(subject)
        since = [one for one in (before.held, person.held) if one is not None]
        _put(has, subject, person._replace(held=min(since, default=None)), Mark("hold", mark.at, mark.by, mark.why))
    person = has.person(subject)
    if before.blocked is not None and person.blocked is None:
        _put(has, subject, person._replace(blocked=before.blocked), Mark("block", mark.at, mark.by, mark.why))


def _holds(person: Person) -> int:
    """How many holds are in force; whoever was merged into another has left them to that one."""
    count = 0
    for mark in person.marks:
        if mark.what == "merge" and mark.was is None:
            count = 0
        count += (mark.what == "hold") - (mark.what == "release")
    return count


def _moved(person: Person, other: Person, home: Region) -> Person:
    """The person where the clearer evidence of the two says."""
    mine: tuple[Region | None, Rank | None] = (person.region, person.rank)
    known, told = _RANKS[mine[1]], _RANKS[other.rank]
    homewards = person.region is None or (other.region == home and person.region != home)
    if other.region is not None and (told > known or (told == known and homewards)):
        return person._replace(region=other.region, rank=other.rank)
    return person


def _put(has: Tables, subject: SubjectId, person: Person, mark: Mark) -> None:
    has.put(has.people, subject, person._replace(marks=(*person.marks, mark)))


def _insist(*, holds: bool) -> None:
    if not holds:
        raise GatewayError("GW-V131", "the order makes no sense for this person.", "look at the person.", status=409)

"""What orders make of the rows of persons: said once, as functions of the rows concerned, for every vault over SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import orjson

from gateway.adapters.vault_sql.naming import clearer
from gateway.adapters.vault_sql.standing import Person
from gateway.model.errors import GatewayError
from gateway.model.marks import Instruction, Mark
from gateway.model.names import Region, SubjectId

Rows = dict[SubjectId, Person]
"""The persons whose rows an order changes."""


def ordered(order: Instruction, rows: Rows, includes: Sequence[SubjectId], home: Region) -> Rows:
    """The rows as they are to be. ``includes``: who counts as the person. GatewayError where it makes no sense."""
    subject, mark = order.subject, order.mark
    person = rows.get(subject, Person(None, None))
    match mark.what:
        case "merge":
            return _merged(order, rows, includes, home)
        case "unmerge":
            return _apart(order, rows, home)
        case "hold":
            return {subject: noted(person, mark)._replace(held=person.held or mark.at)}
        case "block":
            return {subject: noted(person, mark)._replace(blocked=person.blocked or mark.at)}
        case "release":
            if not _holds(person):
                raise pointless("the person is not held: there is nothing to release.")
            after = noted(person, mark)
            return {subject: after._replace(held=person.held if _holds(after) else None)}
        case "unblock":
            if person.blocked is None:
                raise pointless("the person is not blocked: there is nothing to lift.")
            return {subject: noted(person, mark)._replace(blocked=None)}


def of_the_whole(order: Instruction, person: Person | None) -> Instruction:
    """The order as it is carried out: what is ordered of somebody who counts as another is ordered of that one."""
    if person is None or person.merged is None or order.mark.what in ("merge", "unmerge"):
        return order
    return replace(order, subject=person.merged)


def noted(person: Person, mark: Mark) -> Person:
    return person._replace(marks=(*person.marks, mark))


def packed_marks(marks: Sequence[Mark]) -> str | None:
    return orjson.dumps([list(mark) for mark in marks]).decode() if marks else None


def unpacked_marks(text: str | None) -> tuple[Mark, ...]:
    rows = orjson.loads(text) if text else ()
    return tuple(Mark(what, at, by, why, other, tuple(was) if was else None) for what, at, by, why, other, was in rows)


def pointless(why: str) -> GatewayError:
    mend = "look at the person with: pii-gateway subject show"
    return GatewayError("GW-V131", why, mend, status=409)


def _holds(person: Person) -> int:
    """How many holds were not released. Those of before a merge into another have passed on to that one."""
    left = (at for at, mark in enumerate(person.marks) if mark.what == "merge" and mark.was is None)
    since = person.marks[max(left, default=0) :]
    return sum((mark.what == "hold") - (mark.what == "release") for mark in since)


def _merged(order: Instruction, rows: Rows, includes: Sequence[SubjectId], home: Region) -> Rows:
    subject, into, mark = order.subject, order.into or order.subject, order.mark
    person, other = rows.get(subject, Person(None, None)), rows.get(into, Person(None, None))
    if subject == into:
        raise pointless("both are one person already.")
    if person.merged is not None or other.merged is not None:
        raise pointless("one of the two counts as another person already: undo that merge first.")
    if includes:
        raise pointless("others count as the person that is to be merged: merge the other way round.")
    place = person.place if clearer(other.place, person.place, home) else other.place
    remains = noted(other, mark._replace(other=subject, was=other.place))
    remains = remains._replace(region=place[0], rank=place[1], version=max(person.version, other.version) + 1)
    remains = _protected(remains, person, mark)
    gone = noted(person, mark._replace(other=into))._replace(merged=into, held=None, blocked=None)
    return {subject: gone, into: remains}


def _apart(order: Instruction, rows: Rows, home: Region) -> Rows:
    """Both as they were; holds and blocks stay on both, and versions go on rising."""
    subject, mark = order.subject, order.mark
    person = rows.get(subject, Person(None, None))
    if person.merged is None:
        raise pointless("the person counts as nobody else: there is no merge to undo.")
    into = person.merged
    other = rows.get(into, Person(None, None))
    before = next((m.was for m in reversed(other.marks) if m.what == "merge" and m.other == subject), None)
    remains = noted(other, mark._replace(other=subject))._replace(version=other.version + 1)
    if before is not None and other.place == (person.place if clearer(before, person.place, home) else before):
        remains = remains._replace(region=before[0], rank=before[1])
    apart = noted(person, mark._replace(other=into))._replace(merged=None, version=other.version + 1)
    apart = _protected(apart, other, mark)
    return {subject: apart, into: remains}


def _protected(person: Person, other: Person, mark: Mark) -> Person:
    """What protects one of two persons protects the other as well; each hold is released by itself."""
    for _ in range(_holds(other)):
        person = noted(person, Mark("hold", mark.at, mark.by, mark.why))
    if other.held is not None:
        person = person._replace(held=min(other.held, person.held or other.held))
    if other.blocked is not None and person.blocked is None:
        person = noted(person, Mark("block", mark.at, mark.by, mark.why))._replace(blocked=other.blocked)
    return person

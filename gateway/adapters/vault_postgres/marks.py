"""Orders about persons, and what is said of one: the Registry port over PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from asyncpg import Connection

from gateway.adapters.vault_postgres.group import Direct
from gateway.adapters.vault_postgres.load import person_of
from gateway.adapters.vault_postgres.settle import drop_record
from gateway.adapters.vault_postgres.statements import statements
from gateway.adapters.vault_postgres.work import Wanted, Work
from gateway.adapters.vault_sql.facts import RefOf
from gateway.adapters.vault_sql.marks import of_the_whole, ordered, pointless
from gateway.adapters.vault_sql.standing import Person
from gateway.model.marks import Dossier, Instruction
from gateway.model.names import RecordId, Region, Scope, SubjectId

_SQL = statements("20_settle", "30_read")
_hex = bytes.fromhex


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an order concerns beside the person: others, records that nothing but a hold keeps, sessions to be ended."""

    persons: tuple[SubjectId, ...]
    includes: tuple[SubjectId, ...]
    forgotten: tuple[RecordId, ...]
    direct: tuple[Direct, ...]

    @property
    def wanted(self) -> list[Wanted]:
        return [*(("people", one) for one in self.persons), *(("records", one) for one in self.forgotten)]


async def surroundings(connection: Connection, order: Instruction) -> Surroundings:
    row = await connection.fetchrow(_SQL["person"], _hex(order.subject))
    person = person_of(row) if row else None
    persons = tuple(one for one in (order.subject, order.into, person.merged if person else None) if one is not None)
    order = of_the_whole(order, person)
    forgotten: tuple[RecordId, ...] = ()
    direct: tuple[Direct, ...] = ()
    if order.mark.what == "release":
        rows = await connection.fetch(_SQL["forgotten"], _hex(order.subject))
        forgotten = tuple(RecordId(one["id"].hex()) for one in rows)
    if order.mark.what == "unmerge":
        both = [_hex(one) for one in persons]
        direct = ((_SQL["end_shown"], (both,)), (_SQL["end_sessions"], (both,)))
    return Surroundings(persons, await _included(connection, order.subject), forgotten, direct)


def instruct(work: Work, order: Instruction, about: Surroundings, home: Region, ref_of: RefOf) -> None:
    """Everything of an order but its ledger entries and the sessions that end."""
    if work.gone(about.persons):
        raise pointless("the person is being erased, or was.")
    known = {one: person for one in about.persons if (person := work.people.look(one)) is not None}
    order = of_the_whole(order, known.get(order.subject))
    if order.subject not in about.persons:
        raise pointless("the person has begun to count as another one just now: order it again.")
    for subject, person in ordered(order, known, about.includes, home).items():
        work.people.put(subject, person)
    for record in about.forgotten:
        row = work.records.look(record)
        if row is not None and work.sent(record) <= 0 and not work.held(row.fact.subject):
            drop_record(work, record, ref_of)


async def dossier(connection: Connection, subject: SubjectId) -> Dossier | None:
    row = await connection.fetchrow(_SQL["person"], _hex(subject))
    kept = await connection.fetch(_SQL["kept_of"], _hex(subject))
    if row is None and not kept:
        return None
    known = person_of(row) if row else Person(None, None)
    return Dossier(
        subject,
        *known,
        includes=await _included(connection, subject),
        records={(Scope(one[0]), one[1]): one[2] for one in kept},
        first=min((one[3] for one in kept), default=None),
        confirmed=max((one[4] for one in kept), default=None),
    )


async def _included(connection: Connection, subject: SubjectId) -> tuple[SubjectId, ...]:
    rows = await connection.fetch(_SQL["includes"], _hex(subject))
    return tuple(sorted(SubjectId(row["subject"].hex()) for row in rows))

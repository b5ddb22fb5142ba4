"""What went out as a stand-in for certain persons, read from their records."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.stand_ins import StandIn, stand_ins_in
from gateway.model.kept import Fetch
from gateway.model.names import Scope, SubjectId, Token
from gateway.service.opened import opened
from gateway.service.world import World

_MOST_RECORDS = 256
_FEWEST, _MOST_EACH = 8, 64
"""Records of a person that are looked through: the newest, all together so many."""


async def stand_ins_of(
    subjects: Sequence[SubjectId], tokens: tuple[Token, ...], scope: Scope, world: World
) -> dict[SubjectId, list[StandIn]]:
    """By person, newest first: those of the records that the tokens name, and of the newest records.

    One read of each vault that knows any of the persons, and one of their keys.
    """
    most = max(_FEWEST, min(_MOST_EACH, _MOST_RECORDS // max(len(subjects), 1)))
    query = Fetch(tokens=tokens, subjects=tuple(subjects), scope=scope, most=most)
    found: dict[SubjectId, list[StandIn]] = {subject: [] for subject in subjects}
    for region, vault in world.vaults.items() if subjects else ():
        fetched = await vault.fetch(query)
        whose = {record: person for person, own in fetched.by_subject.items() for record in own}
        whose |= {held.ref[0]: held.subject for held_by in fetched.holdings.values() for held in held_by}
        records = [one for one in fetched.records.values() if whose.get(one.record) in found and one.scope == scope]
        if records:
            keys = await world.keys.open(region, tuple(dict.fromkeys(one.subject for one in records)))
            for one in sorted(records, key=lambda record: record.record, reverse=True):
                if one.subject in keys:
                    found[whose[one.record]] += stand_ins_in(one.record, opened(keys[one.subject], one))
    return found

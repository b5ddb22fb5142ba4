"""What an operator orders about a person: found by id or identifier, ordered in every vault, in the ledger of the home.

Two persons become one by evidence only: two equal strong documents in what both have sent, or a person's approval that
somebody answers for. One shared identifier is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.core.blind import normal_form
from gateway.core.identity import identity, reference
from gateway.core.plan import default_region, spec_of
from gateway.model.errors import GatewayError
from gateway.model.kept import Blinded, Fetch, Recall
from gateway.model.marks import Dossier, Order, Proof
from gateway.model.names import Kind, Region, Scope, SubjectId
from gateway.model.rules import Ruleset
from gateway.ports import Registry
from gateway.service.journal import Journal
from gateway.service.opened import opened
from gateway.service.ordering import Ordering, nobody
from gateway.service.world import World

STRONG = frozenset({Kind("ru.passport"), Kind("ru.snils"), Kind("ru.inn_person")})
"""Documents that a person has one of, and nobody else the same."""

_ENOUGH = 2
_MOST_RECORDS = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """Whom an identifier names: the person as whom that one counts, and the identifier's own."""

    subject: SubjectId
    own: SubjectId
    standing: str
    first_seen: int | None
    confirmed: int | None


class Subjects:
    """``registries``: one a region, of the same vaults as the world's."""

    def __init__(self, ruleset: Ruleset, world: World, registries: Mapping[Region, Registry], journal: Journal) -> None:
        self._ruleset = ruleset
        self._world = world
        self._ordering = Ordering(ruleset, world, registries, journal.write)
        self._home = default_region(ruleset)

    async def named(self, kind: Kind, text: str, to: str = "", ref: str | None = None) -> Found | None:
        """Whom an identifier names. ``ref``: it is the back end's own id of that name; ``to``: the back end."""
        keys = await self._world.keys.region_keys(self._home)
        if ref is not None:
            blinded: Blinded = reference(ref, to, text, keys.index)
        else:
            spec = self._ruleset.kinds[kind]
            normal = normal_form(spec, text)
            if not spec.equal or normal is None:
                return None
            blinded = identity(spec, normal, to, keys.index)
        recalled = await self._world.home_vault(self._ruleset).recall(Recall(Scope(to), (blinded,)))
        entry = recalled.known.get(blinded)
        if entry is None:
            return None
        own = recalled.apart.get(blinded, entry.subject)
        return Found(entry.subject, own, entry.standing, entry.first_seen, entry.confirmed)

    async def dossiers(self, subject: SubjectId, by: str) -> dict[Region, Dossier]:
        """What each vault says of a person; that somebody looked is in the ledger."""
        await self._world.ledger.append([self._ordering.entry("show", by, "", (subject,))])
        return await self._ordering.kept(subject)

    async def order(
        self,
        what: Order,
        subject: SubjectId,
        by: str,
        why: str,
        into: SubjectId | None = None,
        proof: Proof = "approval",
    ) -> None:
        """Carry it out everywhere, at home first. GatewayError: GW-V130 for nobody, GW-V131 where it makes no sense,
        GW-V132 without evidence for a merge.
        """
        if what == "merge" and into is not None and proof == "documents":
            for one in (subject, into):
                if not await self._ordering.kept(one):
                    raise nobody(one)
            if not await self._same(subject, into):
                raise _unproven()
        await self._ordering.order(what, subject, by, why, into, proof)

    async def _same(self, one: SubjectId, other: SubjectId) -> bool:
        """True if both have sent two strong documents that are equal."""
        return len({kind for kind, _ in await self._documents(one) & await self._documents(other)}) >= _ENOUGH

    async def _documents(self, subject: SubjectId) -> set[tuple[Kind, str]]:
        found: set[tuple[Kind, str]] = set()
        for region, vault in self._world.vaults.items():
            fetched = await vault.fetch(Fetch(subjects=(subject,), most=_MOST_RECORDS))
            records = tuple(fetched.records.values())
            keys = await self._world.keys.open(region, tuple({record.subject for record in records}))
            for record in records:
                for field in opened(keys[record.subject], record) if record.subject in keys else ():
                    if field.kind in STRONG and (normal := normal_form(spec_of(self._ruleset, field.kind), field.text)):
                        found.add((field.kind, normal))
        return found


def _unproven() -> GatewayError:
    return GatewayError(
        "GW-V132",
        "the two have not sent two equal strong documents: as one they would see each other's data.",
        "compare what they say by hand, and merge with --evidence approval and a reference to who approved it.",
        status=409,
    )

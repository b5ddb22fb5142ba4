"""The home store's part of an exchange: keys and ids gathered, records sealed, one durable commit, the receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.asked import Asked
from gateway.core.blind import seed_of
from gateway.core.enclose import Terms, enclose, seek
from gateway.core.judge import Judgement
from gateway.core.material import Material
from gateway.core.naming import record_id, ref_of, region_code
from gateway.core.people import person
from gateway.core.plan import default_region
from gateway.model.decision import Action
from gateway.model.errors import OutdatedError, OvertakenError
from gateway.model.kept import Batch, DirectoryEntry, Fetch, Keep, Kept, Revision, Seek, Settlement, merged
from gateway.model.ledger import Entry
from gateway.model.names import Digest, Kind, Path, RecordId, Region, Scope, SubjectId, Token
from gateway.model.protection import Plan
from gateway.model.rules import Ruleset
from gateway.model.secret import DataKey, RegionKeys, Secret
from gateway.model.swift import swift
from gateway.service.directory import Told, newcomers, to_enter, told_by
from gateway.service.opened import opened
from gateway.service.recall import Recollection
from gateway.service.world import World

_SECONDS_A_DAY = 86400
_EMPTY = Batch()
_Value = tuple[Kind, str]


@swift
@dataclass(frozen=True, slots=True)
class Collected:
    """The receipt with all that ``apply`` and the reply need beside it.

    ``created``: the records that this request wrote first (a retry under the same Idempotency-Key wrote none).
    ``subjects``: whose subject each person of the message turned out to be. ``entered``: identifiers that the directory
    knew nothing of before.
    """

    kept: Kept
    material: Material
    keeps: tuple[Keep, ...]
    seeks: tuple[Seek, ...]
    created: tuple[RecordId, ...]
    subjects: dict[Path, SubjectId] = field(repr=False)
    entered: tuple[DirectoryEntry, ...] = ()


@swift
@dataclass(frozen=True, slots=True)
class Change:
    """What a request does to the versions at home. ``about``: whose version it is told, None: nobody's.

    ``consent``: the reference of the consent that it names.
    """

    about: SubjectId | None = None
    version: int | None = None
    revisions: tuple[Revision, ...] = ()
    consent: str | None = field(default=None, repr=False)

    def now(self, kept: Kept) -> int | None:
        """The version of ``about`` after the commit."""
        return kept.versions.get(self.about, self.version) if self.about else None


@swift
@dataclass(frozen=True, slots=True)
class Drawn:
    """All that is to be kept of one message, before it is; ``entered``: what the directory is to be told with it."""

    material: Material
    keeps: tuple[Keep, ...]
    seeks: tuple[Seek, ...]
    subjects: dict[Path, SubjectId] = field(repr=False)
    entered: tuple[DirectoryEntry, ...]
    told: tuple[Told, ...]


async def collect(
    judgement: Judgement,
    plan: Plan,
    ruleset: Ruleset,
    recollection: Recollection,
    world: World,
    entry: Entry,
    change: Change,
) -> Collected:
    """Everything the plan needs, kept or sought; returns after the durable commit.

    A plan without keeps, seeks, newcomers and revisions costs no write; its ledger entry is only counted. Raises
    OvertakenError or OutdatedError, with nothing left behind, where somebody was first since the recall.
    """
    recalled = recollection.asked.recalled
    records = _record_ids(plan, recalled.replay, world)
    drawn = await draw_up(judgement, plan, ruleset, recollection, world, records, change.consent)
    keeps, entered = drawn.keeps, drawn.entered
    sealed_by = _sealed_by(plan, drawn.material) if recollection.idempotency else {}
    writes = bool(keeps or entered or change.revisions or sealed_by)
    if not writes:
        world.ledger.tally(entry)
    at_home = Batch(directory=entered, entries=(entry,) if writes else (), revisions=change.revisions)
    replayed = set(recalled.replay)
    created = tuple(keep.record for keep in keeps if keep.record not in replayed)
    batches = tuple(
        _batches(plan, keeps, drawn.seeks, at_home, default_region(ruleset), recollection.idempotency, sealed_by)
    )
    kept = await _kept(batches, created, world)
    new = tuple(one for one in entered if (one.kind, one.blind) not in recalled.known)
    return Collected(kept, drawn.material, keeps, drawn.seeks, created, drawn.subjects, new)


async def draw_up(
    judgement: Judgement,
    plan: Plan,
    ruleset: Ruleset,
    recollection: Recollection,
    world: World,
    records: tuple[RecordId, ...],
    consent: str | None = None,
) -> Drawn:
    """Keys and ids gathered, records sealed under these ids; nothing is written yet."""
    size = judgement.reading.size
    told = await world.aside(size, lambda: tuple(told_by(judgement, ruleset, recollection)))
    people = await _people(judgement, plan, records, ruleset, recollection, world, told)
    material = await _material(judgement, plan, records, ruleset, recollection, world, people)
    document = judgement.reading.document
    keep_days = ruleset.regions[material.home].keep_days
    now = world.now_s()
    before = await _before(judgement, plan, ruleset, world)
    terms = Terms(
        route=judgement.reading.matched.route.name,
        at=now,
        expires=now + keep_days * _SECONDS_A_DAY if keep_days else None,
        versions=_versions(judgement, recollection, people),
        consent=consent,
        held={about: tokens for about, (tokens, _) in before.items()},
        shown={about: stand_ins for about, (_, stand_ins) in before.items()},
    )
    keeps = await world.aside(size, enclose, document, plan, ruleset, material, terms)
    seeks = await world.aside(size, seek, document, plan, ruleset, material)
    subjects = {about: SubjectId(key.id) for about, key in people.items()}
    entered = newcomers(told, judgement, ruleset, recollection, subjects)
    return Drawn(material, keeps, seeks, subjects, entered, told)


async def _kept(batches: Sequence[tuple[Region, Batch]], created: Sequence[RecordId], world: World) -> Kept:
    """One receipt of all vaults; where the last one was overtaken, the others forget what they have just kept."""
    kept = Kept.nothing()
    for number, (region, batch) in enumerate(batches):
        try:
            kept = merged(kept, await world.vaults[region].keep(batch))
        except (OvertakenError, OutdatedError):
            for other, done in batches[:number]:
                unsent = tuple(keep.record for keep in done.keeps if keep.record in created)
                await world.vaults[other].settle(Settlement(refused=unsent))
            raise
    return kept


def _batches(
    plan: Plan,
    keeps: Sequence[Keep],
    seeks: Sequence[Seek],
    at_home: Batch,
    home: Region,
    idempotency: Digest | None,
    sealed_by: Mapping[Region, str],
) -> Iterator[tuple[Region, Batch]]:
    """What each vault concerned is asked, the home vault (which has directory and ledger) last."""
    regions = {keep.region for keep in keeps} | {draft.region for draft in plan.seeks}
    if at_home.directory or at_home.entries:
        regions.add(home)
    for region in sorted(regions, key=lambda region: (region == home, region)):
        own = tuple([keep for keep in keeps if keep.region == region])
        sought = tuple([one for draft, one in zip(plan.seeks, seeks, strict=True) if draft.region == region])
        told = at_home if region == home else _EMPTY
        version = sealed_by.get(region, "")
        retry = idempotency if own or version else None
        yield region, Batch(own, sought, told.directory, told.entries, retry, version, told.revisions)


def _sealed_by(plan: Plan, material: Material) -> dict[Region, str]:
    """The field keys that encrypted fields are sealed by, so that a retry is sealed by the same."""
    steps = [step for step in plan.steps if step.treatment.action is Action.ENCRYPT]
    regions = {plan.keeps[step.keep].region if step.keep is not None else material.home for step in steps}
    return {region: material.keys[region].version for region in regions}


def _versions(judgement: Judgement, recollection: Recollection, people: Mapping[Path, DataKey]) -> dict[SubjectId, int]:
    """The version that a record of each known person will make."""
    facts = recollection.asked.recalled.people
    owners = {about: owner.subject for about, owner in judgement.owners.items() if about in people}
    return {
        SubjectId(people[about].id): facts[subject].version + 1 for about, subject in owners.items() if subject in facts
    }


def _evident(about: Path, owner: DirectoryEntry, judgement: Judgement, ruleset: Ruleset, asked: Asked) -> SubjectId:
    """Of two persons who count as one, the one whom the message's own identifiers name; else the one who remains."""
    apart, known = asked.recalled.apart, asked.recalled.known
    if not apart:
        return owner.subject
    route = judgement.reading.matched.route
    told = {
        blinded
        for finding, blinded in asked.identities.items()
        if blinded in known and person(finding.path, ruleset.residence, route) == about
    }
    if owner is asked.reference:
        told.add((owner.kind, owner.blind))
    named = {apart.get(one, owner.subject) for one in told if known[one].subject == owner.subject}
    return named.pop() if len(named) == 1 else owner.subject


async def _people(
    judgement: Judgement,
    plan: Plan,
    records: Sequence[RecordId],
    ruleset: Ruleset,
    recollection: Recollection,
    world: World,
    told: Sequence[Told],
) -> dict[Path, DataKey]:
    """A data key, and with it a subject, for every person who is recorded or newly known; for a retry the same ones."""
    abouts = list(dict.fromkeys([draft.about for draft in plan.keeps] + to_enter(told, judgement)))
    if not abouts:
        return {}
    regions = {draft.about: draft.region for draft in plan.keeps}
    whose = recollection.asked.recalled.whose
    asked = recollection.asked
    subjects = {about: _evident(about, one, judgement, ruleset, asked) for about, one in judgement.owners.items()}
    subjects |= {draft.about: whose[one] for draft, one in zip(plan.keeps, records, strict=True) if one in whose}
    people: dict[Path, DataKey] = {}
    by_region: dict[Region, list[Path]] = defaultdict(list)
    for about in abouts:
        by_region[regions.get(about, default_region(ruleset))].append(about)
    for region, group in by_region.items():
        owners = {about: subjects[about] for about in group if about in subjects}
        known = await world.keys.open(region, tuple(dict.fromkeys(owners.values()))) if owners else {}
        people |= {about: known[subject] for about, subject in owners.items() if subject in known}
        missing = [about for about in group if about not in people]
        fresh = await world.keys.fresh(region, len(missing)) if missing else ()
        people |= dict(zip(missing, fresh, strict=True))
    return people


async def _material(
    judgement: Judgement,
    plan: Plan,
    records: tuple[RecordId, ...],
    ruleset: Ruleset,
    recollection: Recollection,
    world: World,
    people: dict[Path, DataKey],
) -> Material:
    destination = ruleset.destinations[judgement.reading.matched.route.to]
    home = default_region(ruleset)
    regions = {draft.region for draft in plan.keeps} | {draft.region for draft in plan.seeks} | {home}
    before = recollection.sealed_by
    keys = {one: (await world.keys.region_keys(one)).sealing_by(before.get(one, "")) for one in sorted(regions)}
    seed = _seed(recollection, keys[home], world)
    return Material(
        records=records,
        people=tuple(people[draft.about] for draft in plan.keeps),
        keys=keys,
        home=home,
        seed=seed,
        day=recollection.asked.today,
        scope=destination.scope,
        domain=destination.token_domain,
        phone_block=ruleset.phone_block,
    )


def _record_ids(plan: Plan, replay: Sequence[RecordId], world: World) -> tuple[RecordId, ...]:
    """New ids, or those that an earlier request under the same Idempotency-Key got, region by region in order."""
    now_ms = world.clock.now_ms()
    earlier = {code: iter([one for one in replay if one.startswith(code)]) for code in {one[:2] for one in replay}}
    ids = []
    for draft in plan.keeps:
        before = next(earlier.get(region_code(draft.region), iter(())), None)
        ids.append(before or record_id(draft.region, now_ms, world.clock.random(7)))
    return tuple(ids)


def _seed(recollection: Recollection, keys: RegionKeys, world: World) -> Secret:
    """Fresh, or derived from the Idempotency-Key, so that a retry builds the same outward bytes."""
    if recollection.idempotency is None:
        return Secret(world.clock.random(32))
    return Secret(seed_of(keys.index, recollection.idempotency))


async def _before(
    judgement: Judgement, plan: Plan, ruleset: Ruleset, world: World
) -> dict[Path, tuple[dict[_Value, Token], dict[_Value, str]]]:
    """The tokens and stand-ins that known persons' values have already, read from their live records."""
    scope = ruleset.destinations[judgement.reading.matched.route.to].scope
    before: dict[Path, tuple[dict[_Value, Token], dict[_Value, str]]] = {}
    for draft in plan.keeps:
        owner = judgement.owners.get(draft.about)
        if owner is not None and draft.about not in before:
            before[draft.about] = await _names_of(owner.subject, draft.region, scope, world)
    return before


async def _names_of(
    subject: SubjectId, region: Region, scope: Scope, world: World
) -> tuple[dict[_Value, Token], dict[_Value, str]]:
    """What a person's live records hold, newest first. An alias is not among it: equal kinds find theirs by blind."""
    fetched = await world.vaults[region].fetch(Fetch(subjects=(subject,), scope=scope))
    records = [fetched.records[record] for record in fetched.by_subject.get(subject, ())]
    keys = await world.keys.open(region, tuple(dict.fromkeys([subject, *(one.subject for one in records)])))
    tokens: dict[_Value, Token] = {}
    stand_ins: dict[_Value, str] = {}
    for record in records:
        for one in opened(keys[record.subject], record) if record.subject in keys else ():
            if one.names and ref_of(one.names[0]) is not None:
                tokens.setdefault((one.kind, one.text), one.names[0])
            elif one.shown is not None:
                stand_ins.setdefault((one.kind, one.text), one.shown)
    return tokens, stand_ins

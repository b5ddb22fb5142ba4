"""The home store's part of an exchange: keys and ids gathered, records sealed, one durable commit, the receipt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.core.enclose import Held, Terms, enclose, seek
from gateway.core.judge import Judgement
from gateway.core.material import Material
from gateway.core.naming import record_id, ref_of, region_code
from gateway.core.plan import default_region
from gateway.model.kept import Batch, Fetch, Keep, Kept, Seek, merged
from gateway.model.ledger import Entry
from gateway.model.names import Digest, Kind, Path, RecordId, Region, Scope, SubjectId, Token
from gateway.model.protection import Plan
from gateway.model.rules import Ruleset
from gateway.model.secret import DataKey, RegionKeys, Secret
from gateway.service.directory import newcomers, to_enter
from gateway.service.opened import opened
from gateway.service.recall import Recollection
from gateway.service.world import World

_SECONDS_A_DAY = 86400
_EMPTY = Batch()


@dataclass(frozen=True, slots=True)
class Collected:
    """The receipt with all that ``apply`` and the reply need beside it.

    ``created``: the records that this request wrote first (a retry under the same Idempotency-Key wrote none).
    ``subjects``: whose subject each person of the message turned out to be.
    """

    kept: Kept
    material: Material
    keeps: tuple[Keep, ...]
    seeks: tuple[Seek, ...]
    created: tuple[RecordId, ...]
    subjects: dict[Path, SubjectId]


async def collect(
    judgement: Judgement, plan: Plan, ruleset: Ruleset, recollection: Recollection, world: World, entry: Entry
) -> Collected:
    """Everything the plan needs, kept or sought; returns after the durable commit.

    A plan without keeps, seeks and newcomers costs no write; its ledger entry is only counted.
    """
    people = await _people(judgement, plan, ruleset, recollection, world)
    material = await _material(judgement, plan, ruleset, recollection, world, people)
    document = judgement.reading.document
    keep_days = ruleset.regions[material.home].keep_days
    now = world.now_s()
    terms = Terms(
        route=judgement.reading.matched.route.name,
        at=now,
        expires=now + keep_days * _SECONDS_A_DAY if keep_days else None,
        held=await _held(judgement, plan, ruleset, world),
    )
    keeps = enclose(document, plan, ruleset, material, terms)
    seeks = seek(document, plan, ruleset, material)
    subjects = {about: SubjectId(key.id) for about, key in people.items()}
    entered = newcomers(judgement, ruleset, recollection, subjects)
    writes = bool(keeps or entered)
    if not writes:
        world.ledger.tally(entry)
    at_home = Batch(directory=entered, entries=(entry,) if writes else ())
    kept = Kept.nothing()
    for region, batch in _batches(plan, keeps, seeks, at_home, default_region(ruleset), recollection.idempotency):
        kept = merged(kept, await world.vaults[region].keep(batch))
    replayed = set(recollection.asked.recalled.replay)
    created = tuple(keep.record for keep in keeps if keep.record not in replayed)
    return Collected(kept, material, keeps, seeks, created, subjects)


def _batches(
    plan: Plan,
    keeps: Sequence[Keep],
    seeks: Sequence[Seek],
    at_home: Batch,
    home: Region,
    idempotency: Digest | None,
) -> Iterator[tuple[Region, Batch]]:
    """What each vault concerned is asked, the home vault (which has directory and ledger) last."""
    regions = {keep.region for keep in keeps} | {draft.region for draft in plan.seeks}
    if at_home.directory or at_home.entries:
        regions.add(home)
    for region in sorted(regions, key=lambda region: (region == home, region)):
        own = tuple([keep for keep in keeps if keep.region == region])
        sought = tuple([one for draft, one in zip(plan.seeks, seeks, strict=True) if draft.region == region])
        told = at_home if region == home else _EMPTY
        yield region, Batch(own, sought, told.directory, told.entries, idempotency if own else None)


async def _people(
    judgement: Judgement, plan: Plan, ruleset: Ruleset, recollection: Recollection, world: World
) -> dict[Path, DataKey]:
    """A data key, and with it a subject, for every person who is recorded or newly known."""
    abouts = list(dict.fromkeys([draft.about for draft in plan.keeps] + to_enter(judgement, ruleset, recollection)))
    if not abouts:
        return {}
    regions = {draft.about: draft.region for draft in plan.keeps}
    people: dict[Path, DataKey] = {}
    by_region: dict[Region, list[Path]] = defaultdict(list)
    for about in abouts:
        by_region[regions.get(about, default_region(ruleset))].append(about)
    for region, group in by_region.items():
        owners = {about: judgement.owners[about].subject for about in group if about in judgement.owners}
        known = await world.keys.open(region, tuple(dict.fromkeys(owners.values()))) if owners else {}
        people |= {about: known[subject] for about, subject in owners.items() if subject in known}
        missing = [about for about in group if about not in people]
        fresh = await world.keys.fresh(region, len(missing)) if missing else ()
        people |= dict(zip(missing, fresh, strict=True))
    return people


async def _material(
    judgement: Judgement,
    plan: Plan,
    ruleset: Ruleset,
    recollection: Recollection,
    world: World,
    people: dict[Path, DataKey],
) -> Material:
    destination = ruleset.destinations[judgement.reading.matched.route.to]
    home = default_region(ruleset)
    regions = {draft.region for draft in plan.keeps} | {draft.region for draft in plan.seeks} | {home}
    keys = {region: await world.keys.region_keys(region) for region in sorted(regions)}
    seed = _seed(recollection, keys[home], world)
    return Material(
        records=_record_ids(plan, recollection.asked.recalled.replay, world),
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
    return Secret(keys.pseudonym.expose() + recollection.idempotency.encode())


async def _held(judgement: Judgement, plan: Plan, ruleset: Ruleset, world: World) -> Held:
    """The tokens that known persons' values have already, read from their live records."""
    scope = ruleset.destinations[judgement.reading.matched.route.to].scope
    held: dict[Path, dict[tuple[Kind, str], Token]] = {}
    for draft in plan.keeps:
        owner = judgement.owners.get(draft.about)
        if owner is not None and draft.about not in held:
            held[draft.about] = await _tokens_of(owner.subject, draft.region, scope, world)
    return held


async def _tokens_of(subject: SubjectId, region: Region, scope: Scope, world: World) -> dict[tuple[Kind, str], Token]:
    """What a person's live records hold, newest first. An alias is not among it: equal kinds find theirs by blind."""
    fetched = await world.vaults[region].fetch(Fetch(subjects=(subject,), scope=scope))
    keys = await world.keys.open(region, (subject,))
    tokens: dict[tuple[Kind, str], Token] = {}
    for record in fetched.by_subject.get(subject, ()):
        for field in opened(keys[subject], fetched.records[record]) if subject in keys else ():
            if field.names and ref_of(field.names[0]) is not None:
                tokens.setdefault((field.kind, field.text), field.names[0])
    return tokens

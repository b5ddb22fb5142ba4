"""The models as a ``Ruleset``: every word resolved, every default spelt out, one digest for one meaning."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

from gateway.core.detect.kinds import KINDS
from gateway.model.names import DestinationName, Digest, Kind, Region
from gateway.model.rules import ClaimsSpec, Evidence, RegionSpec, ResidenceSpec, Ruleset
from gateway.ruleset.canonical import canonical
from gateway.ruleset.conditions import rules_of
from gateway.ruleset.draft import Draft
from gateway.ruleset.own_kinds import finders_of, own_fields, refuse_strangers
from gateway.ruleset.places import destinations_of, routes_of
from gateway.ruleset.schema.places import EvidenceModel, RegionModel
from gateway.ruleset.schema.words import many, parse_pattern
from gateway.ruleset.tree import Loc

_DECLARED = ("field", "claim")


def compile_rules(draft: Draft, files: tuple[str, ...], as_of: date | None) -> Ruleset:
    """The compiled rules; what is wrong is added to the draft's problems."""
    _refuse_twins(draft)
    refuse_strangers(draft, KINDS)
    if draft.whole:
        _refuse_gaps(draft)
    file = draft.file
    ruleset = Ruleset(
        digest=Digest(""),
        files=files,
        regions={Region(name): _region(name, model) for name, model in sorted(file.regions.items())},
        residence=_residence(draft),
        destinations={DestinationName(to.name): to for to in destinations_of(draft)},
        routes=routes_of(draft),
        rules=rules_of(draft),
        kinds=draft.kinds,
        mode=file.mode or "enforce",
        backend=file.backend or "adopted",
        trusted_proxies=tuple(sorted(set(file.callers.trusted_proxies))),
        claims=_claims(draft),
        as_of=as_of,
        fields=_fields(draft),
        finders=finders_of(draft),
        own_fields=own_fields(draft),
    )
    if file.tokens.phone_block:
        ruleset = replace(ruleset, phone_block=file.tokens.phone_block)
    return replace(ruleset, digest=digest_of(ruleset))


def digest_of(ruleset: Ruleset) -> Digest:
    """sha256 over the canonical form: files, order, comments and tests do not count."""
    plain = replace(ruleset, as_of=None, finders=tuple(replace(finder, yes=(), no=()) for finder in ruleset.finders))
    said = {**canonical(plain), "as_of": None}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Digest(hashlib.sha256(text.encode()).hexdigest())


def _refuse_twins(draft: Draft) -> None:
    """The same rule id twice."""
    counted = Counter(rule.id for rule in draft.file.rules)
    first: dict[str, int] = {}
    for number, rule in enumerate(draft.file.rules):
        if counted[rule.id] > 1 and first.setdefault(rule.id, number) != number:
            there = draft.mark(("rules", first[rule.id], "id"))
            what = f"rule '{rule.id}' is there twice (first at {there}): receipts could not tell them apart."
            draft.say("GW-R110", what, "rename one of them.", ("rules", number, "id"))


def _refuse_gaps(draft: Draft) -> None:
    """Questions that a deployment must answer."""
    file = draft.file
    if file.residence.unknown is None:
        mend = "add residence: {unknown: ru}, the region that a person of unknown residence is treated as."
        draft.say("GW-R310", "residence.unknown is not answered: nobody may guess it.", mend, ("residence",), key=True)
    for name in ("regions", "destinations", "routes"):
        if not getattr(file, name):
            mend = f"add {name}: … (docs/reference/rules.md), or mark a pack with pack: name."
            draft.say("GW-R310", f"no {name}: nothing could be forwarded or kept.", mend, (name,), key=True)
    for name, region in file.regions.items():
        _refuse_region_gaps(draft, name, region)


def _refuse_region_gaps(draft: Draft, name: str, region: RegionModel) -> None:
    loc: Loc = ("regions", name)
    if not region.countries:
        mend = "add countries: [RU]"
        draft.say("GW-R310", f"region {name} has no countries: nobody would live there.", mend, loc, key=True)
    if region.vault is None:
        mend = f'add vault: "sqlite:var/{name}.db"'
        draft.say("GW-R310", f"region {name} has no vault: its people's data could not be kept.", mend, loc, key=True)
    if region.key is None:
        mend = f'add key: "file:var/keys/{name}"'
        draft.say("GW-R411", f"region {name} has no key: nothing could be sealed.", mend, loc, key=True)
    if region.keep is None:
        what = f"region {name} keeps data forever: art. 5(7) of 152-FZ asks for a term (RET-01)."
        mend = 'add keep: {days: 365} or keep: {until: "account ends"}'
        draft.say("GW-R403", what, mend, loc, key=True)


def _region(name: str, model: RegionModel) -> RegionSpec:
    return RegionSpec(
        name=Region(name),
        countries=frozenset(model.countries or ()),
        law=model.law or "",
        vault=model.vault or "",
        key=model.key or "",
        keep_days=model.keep.days if model.keep else None,
        keep_until=model.keep.until if model.keep else None,
        key_store=model.key_store or "",
        files=model.files or "",
    )


def _residence(draft: Draft) -> ResidenceSpec:
    model = draft.file.residence
    if model.unknown is not None:
        draft.region(model.unknown, ("residence", "unknown"))
    evidence = {_evidence(draft, number, one) for number, one in enumerate(model.evidence or ())}
    return ResidenceSpec(
        subjects=tuple(sorted({parse_pattern(path) for path in model.subjects or ()})),
        evidence=tuple(sorted(evidence, key=_order)),
        unknown=Region(model.unknown) if model.unknown else None,
        inferred_may_relax=model.inferred_may_relax,
    )


def _order(evidence: Evidence) -> tuple[str, ...]:
    texts = (evidence.source, ".".join(evidence.path), evidence.claim, str(evidence.region), str(evidence.otherwise))
    return (*texts, *sorted(evidence.kinds), *sorted(evidence.values))


def _evidence(draft: Draft, number: int, model: EvidenceModel) -> Evidence:
    loc: Loc = ("residence", "evidence", number)
    for word, region in (("region", model.region), ("else", model.otherwise)):
        if region is not None:
            draft.region(region, (*loc, word))
    return Evidence(
        source=model.source,
        rank="declared" if model.source in _DECLARED else "document" if model.source == "document" else "inferred",
        region=Region(model.region) if model.region else None,
        otherwise=Region(model.otherwise) if model.otherwise else None,
        path=parse_pattern(model.path) if model.path else (),
        kinds=draft.kinds_of(many(model.kinds), (*loc, "kinds")),
        claim=model.name or "",
        values=frozenset(value.casefold() for value in many(model.values)),
    )


def _claims(draft: Draft) -> ClaimsSpec | None:
    model = draft.file.callers.claims
    if model is None:
        return None
    draft.refer("GW-R303", "kind", model.subject_kind, draft.kinds, ("callers", "claims", "subject_kind"))
    for name, kind in model.vouches.items():
        draft.refer("GW-R303", "kind", kind, draft.kinds, ("callers", "claims", "vouches", name))
    jwks = model.jwks
    if "://" not in jwks:  # beside the rules file, as packs are
        jwks = os.path.normpath(Path(draft.mark(("callers", "claims")).file).parent / jwks)
    vouches = {name: Kind(kind) for name, kind in model.vouches.items()}
    return ClaimsSpec(
        **{**model.model_dump(), "jwks": jwks, "subject_kind": Kind(model.subject_kind), "vouches": vouches}
    )


def _fields(draft: Draft) -> dict[str, Kind]:
    for name, kind in draft.file.fields.items():
        draft.refer("GW-R303", "kind", kind, draft.kinds, ("fields", name))
    return {name: Kind(kind) for name, kind in sorted(draft.file.fields.items())}

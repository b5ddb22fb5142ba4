"""A plan's drafts made into what the home store takes: sealed records, candidate names, blinded equal values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.blind import blind, normal_form
from gateway.core.material import Material
from gateway.core.naming import candidates, fits, is_alias, named_apart, record_id, stand_in
from gateway.core.plan import spec_of
from gateway.core.seal import SealedField, seal_record
from gateway.model.document import NUMBERS, Document, Span
from gateway.model.kept import Keep, KeepField, Seek
from gateway.model.names import Digest, Kind, Path, RecordId, Region, SubjectId, Token
from gateway.model.protection import FieldDraft, KeepDraft, Plan, SeekDraft
from gateway.model.rules import Ruleset
from gateway.model.swift import swift

CONSENT = Kind("consent")
CONSENT_FIELD = 255
"""A record's own number for the reference of its consent: no value of the message has it."""

_DAY_S = 86400

Held = Mapping[Path, Mapping[tuple[Kind, str], Token]]
"""Per person: the tokens that the person's own values (kind, text) have already."""

Shown = Mapping[Path, Mapping[tuple[Kind, str], str]]
"""Per person: the stand-ins that went out for the person's own values (kind, text) before."""


@swift
@dataclass(frozen=True, slots=True)
class Terms:
    """The outward facts of every record of one request. Times in Unix seconds."""

    route: str
    at: int
    expires: int | None = None
    versions: Mapping[SubjectId, int] = field(default_factory=dict)
    """The version that a record of a known person makes; 1 of anybody else."""
    consent: str | None = field(default=None, repr=False)
    """The reference of the consent that the request names."""
    held: Held = field(default_factory=dict, repr=False)
    shown: Shown = field(default_factory=dict, repr=False)


def enclose(document: Document, plan: Plan, ruleset: Ruleset, material: Material, terms: Terms) -> tuple[Keep, ...]:
    """One sealed Keep a draft, in order."""
    return tuple(_keep(document, draft, number, ruleset, material, terms) for number, draft in enumerate(plan.keeps))


def seek(document: Document, plan: Plan, ruleset: Ruleset, material: Material) -> tuple[Seek, ...]:
    """One Seek a draft, in order. A kind without index is sought under a blind that nothing was ever kept under."""
    return tuple(_seek(document, draft, number, ruleset, material) for number, draft in enumerate(plan.seeks))


def text_of(document: Document, leaf: int, span: Span) -> str:
    """The stretch of a leaf's text."""
    return document.leaves[leaf].text[span.start : span.end]


def stand_in_of(
    document: Document, draft: FieldDraft, record: RecordId, ruleset: Ruleset, material: Material
) -> str | None:
    """The valid value that goes out in place of one too small to name a record; None for every other shape.

    Drawn from the seed, which nobody outside knows: from a stand-in and its seed the original could be narrowed down.
    """
    if draft.shape != "stand_in":
        return None
    place = (record, draft.leaf, draft.span.start)
    known = material.stand_ins.get(place)
    if known is None:
        text = text_of(document, draft.leaf, draft.span)
        seed = material.draw(f"stand-in/{record}/{draft.index}", 16)
        known = stand_in(spec_of(ruleset, draft.kind), text, seed, today=material.day, keeps=draft.keeps)
        material.stand_ins[place] = known
    return known


def _as_before(
    document: Document,
    draft: FieldDraft,
    record: RecordId,
    ruleset: Ruleset,
    material: Material,
    shown: Mapping[tuple[Kind, str], str],
) -> None:
    """An unchanged value keeps its stand-in, as long as that keeps the facts it has to: people come of age."""
    if draft.shape != "stand_in":
        return
    text = text_of(document, draft.leaf, draft.span)
    before = shown.get((draft.kind, text))
    if before and fits(spec_of(ruleset, draft.kind), text, before, today=material.day, keeps=draft.keeps):
        material.stand_ins[record, draft.leaf, draft.span.start] = before


def _keep(
    document: Document, draft: KeepDraft, number: int, ruleset: Ruleset, material: Material, terms: Terms
) -> Keep:
    record, person = material.records[number], material.people[number]
    sealed, fields = [], []
    held, shown_before = terms.held.get(draft.about, {}), terms.shown.get(draft.about, {})
    for one in draft.fields:
        text = text_of(document, one.leaf, one.span)
        names = _names(document, one, record, ruleset, material) if one.named else ()
        _as_before(document, one, record, ruleset, material, shown_before)
        shown = stand_in_of(document, one, record, ruleset, material)
        spelt = names[:1] if names and not is_alias(one.shape) else ()
        sealed.append(SealedField(one.index, one.printed, one.kind, text, tuple(spelt), one.shape, shown))
        if one.named:
            as_number = _is_number(document, one.leaf)
            kept_as = (one.kind, text, draft.region, ruleset, material)
            index_blind = _blind(*kept_as, as_number=as_number) if one.equal else None
            before = None if as_number else held.get((one.kind, text))
            fields.append(KeepField(one.index, one.kind, names, index_blind, is_alias(one.shape), before))
    if terms.consent is not None:
        sealed.append(SealedField(CONSENT_FIELD, "", CONSENT, terms.consent, (), "opaque"))
    return Keep(
        record=record,
        region=draft.region,
        scope=draft.scope,
        subject=SubjectId(person.id),
        route=terms.route,
        sealed=seal_record(
            person,
            region=draft.region,
            scope=draft.scope,
            record=record,
            fields=sealed,
            nonce=material.draw("\0".join(["record", record, *(one.text for one in sealed)]), 12),
        ),
        fields=tuple(fields),
        at=terms.at,
        expires=_end(terms, draft),
        version=terms.versions.get(SubjectId(person.id), 1),
    )


def _end(terms: Terms, draft: KeepDraft) -> int | None:
    """The region's term or the rule's, whichever is the shorter."""
    ends = [terms.expires, terms.at + draft.ttl_days * _DAY_S if draft.ttl_days else None]
    return min((end for end in ends if end is not None), default=None)


def _names(
    document: Document, one: FieldDraft, record: RecordId, ruleset: Ruleset, material: Material
) -> Sequence[Token]:
    as_number = _is_number(document, one.leaf)
    by_chance = as_number or is_alias(one.shape)
    return candidates(
        spec_of(ruleset, one.kind),
        text_of(document, one.leaf, one.span),
        (record, one.index),
        material.draw(f"name/{record}/{one.index}", 64) if by_chance else b"",
        shape=one.shape,
        domain=material.domain,
        phone_block=material.phone_block,
        as_number=as_number,
    )


def _seek(document: Document, draft: SeekDraft, number: int, ruleset: Ruleset, material: Material) -> Seek:
    text = text_of(document, draft.leaf, draft.span)
    nowhere = record_id(draft.region, 0, material.draw(f"phantom/{number}", 7))
    one = FieldDraft(0, draft.leaf, draft.span, (), draft.kind, draft.shape, named=True, equal=False)
    phantom, *spare = _names(document, one, nowhere, ruleset, material)
    digest = _blind(draft.kind, text, draft.region, ruleset, material, as_number=_is_number(document, draft.leaf))
    return Seek(draft.kind, digest, material.scope, phantom, tuple(spare))


def _is_number(document: Document, leaf: int) -> bool:
    return document.leaves[leaf].spelling in NUMBERS


def _blind(kind: Kind, text: str, region: Region, ruleset: Ruleset, material: Material, *, as_number: bool) -> Digest:
    """One for a value as a text and as a JSON number, unless their names can't be the same."""
    spec = spec_of(ruleset, kind)
    known_as = Kind(f"{kind}#number") if as_number and named_apart(spec, text) else kind
    return blind(material.keys[region].index, known_as, normal_form(spec, text) or text)

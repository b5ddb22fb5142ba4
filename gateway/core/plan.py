"""A Decision turned into instructions: disjoint steps, and the records and look-ups they need first.

Overlapping findings of a leaf become one step over their union under the strictest ruling; a finding inside a JSON
number covers the number; a dropped finding drops its member.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from msgspec import Struct

from gateway.core.decide import TOKEN_TEXT
from gateway.core.judge import Judgement
from gateway.core.naming import shape_for, uuid_stretch
from gateway.core.once import once
from gateway.model.decision import Action, Refusal, Ruling
from gateway.model.document import NUMBERS, WHOLE, Document, Span, span_in
from gateway.model.kinds import KindSpec, Shape
from gateway.model.names import Kind, Path, Region, print_path
from gateway.model.protection import FieldDraft, KeepDraft, Plan, SeekDraft, Step
from gateway.model.rules import Ruleset

_MOST_FIELDS = 250
"""A field's number is one byte of its token; a person with more values gets several records."""

_MOST_PLANS = 64
_DRESS = re.compile(r"\s*+(?:\{|urn:)", re.IGNORECASE)

_TOKEN_TEXT_SPEC = KindSpec(TOKEN_TEXT, "personal", "opaque", title_en="text of a token that may not pass as one")


def make_plan(judgement: Judgement, ruleset: Ruleset) -> Plan | Refusal:
    """The plan, or the refusal of a look-up by a kind that has no index."""
    document, decision = judgement.reading.document, judgement.decision
    if not decision.alike or _is_dressed(document, decision.rulings):
        edits = _all_edits(document, decision.rulings)
        return _drawn_up(judgement, ruleset, edits, _shapes(document, edits, ruleset))
    known = _plans_of(decision.rulings)
    edits = known.edits = known.edits or _all_edits(document, decision.rulings)
    shapes = _shapes(document, edits, ruleset)
    plan = known.plans.get(shapes)
    if plan is None:
        if len(known.plans) >= _MOST_PLANS:
            known.plans.clear()
        plan = known.plans[shapes] = _drawn_up(judgement, ruleset, edits, shapes)
    return plan


def default_region(ruleset: Ruleset) -> Region:
    """The region whose vault keeps what belongs to no other: that of the unknown, else the first by name."""
    unknown = ruleset.residence.unknown
    return unknown if unknown in ruleset.regions and unknown is not None else min(ruleset.regions)


def spec_of(ruleset: Ruleset, kind: str) -> KindSpec:
    """The catalogue's entry, or that of the text of a token that may not pass as one."""
    return ruleset.kinds.get(Kind(kind), _TOKEN_TEXT_SPEC)


class _Edit(Struct, frozen=True, gc=False):
    """One stretch that changes, under its strictest ruling."""

    leaf: int
    span: Span
    ruling: Ruling


@dataclass(slots=True)
class _Plans:
    """What rulings that are alike come to: the edits, and a plan for each combination of the tokens' shapes."""

    edits: tuple[_Edit, ...] = ()
    plans: dict[tuple[Shape, ...], Plan | Refusal] = field(default_factory=dict)


@once
def _plans_of(_rulings: tuple[Ruling, ...]) -> _Plans:
    return _Plans()


def _is_dressed(document: Document, rulings: Sequence[Ruling]) -> bool:
    """True if a text may be a UUID with something around it that is to stay: then edits depend on texts."""
    texts = [document.leaves[ruling.finding.leaf].text for ruling in rulings]
    return any(_DRESS.match(text) for text in texts)


def _drawn_up(
    judgement: Judgement, ruleset: Ruleset, edits: Sequence[_Edit], shapes: Sequence[Shape]
) -> Plan | Refusal:
    """The plan for edits whose names have these shapes; it depends on no text."""
    decision, matched = judgement.decision, judgement.reading.matched
    draft = _Draft(ruleset, dict(decision.homes))
    if matched.intent == "look_up":
        for edit, shape in zip(edits, shapes, strict=True):
            if edit.ruling.treatment.action is Action.TOKENIZE and not draft.has_index(edit, matched.route.search):
                return _no_index(edit.ruling)
            draft.look_up(edit, shape)
    else:
        for edit, shape in zip(edits, shapes, strict=True):
            draft.collect(edit, shape)
        draft.ride_along(decision.rulings)
    scope = ruleset.destinations[matched.route.to].scope
    keeps = tuple(KeepDraft(one.about, one.region, scope, tuple(one.fields), one.ttl_days) for one in draft.records)
    return Plan(tuple(draft.steps), keeps, tuple(draft.seeks))


def _shapes(document: Document, edits: Sequence[_Edit], ruleset: Ruleset) -> tuple[Shape, ...]:
    """The shape of each edit's token; opaque where there is to be none."""
    return tuple([_shape(document, edit, ruleset) for edit in edits])


def _shape(document: Document, edit: _Edit, ruleset: Ruleset) -> Shape:
    """A stand-in only where it is all of its leaf: in the midst of a sentence nobody could find it again."""
    if edit.ruling.treatment.action is not Action.TOKENIZE:
        return "opaque"
    leaf, span = document.leaves[edit.leaf], edit.span
    spec, text = spec_of(ruleset, edit.ruling.finding.kind), leaf.text[span.start : span.end]
    shape = shape_for(spec, text, as_number=leaf.spelling in NUMBERS)
    return "opaque" if shape == "stand_in" and span != WHOLE and text.strip() != leaf.text.strip() else shape


@dataclass(frozen=True, slots=True)
class _Record:
    """One person's record while it is being drawn up."""

    about: Path = field(repr=False)
    region: Region
    fields: list[FieldDraft]
    ttl_days: int | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    """The plan while it is being drawn up."""

    ruleset: Ruleset
    homes: dict[Path, Region | None] = field(repr=False)
    steps: list[Step] = field(default_factory=list)
    records: list[_Record] = field(default_factory=list)
    seeks: list[SeekDraft] = field(default_factory=list)
    unfilled: dict[tuple[Path, int | None], int] = field(default_factory=dict, repr=False)
    """The record of a person that still takes fields."""

    def has_index(self, edit: _Edit, search: str) -> bool:
        """True if the back end could find it, or if nobody searches by it (a cookie, a header)."""
        kind, path = edit.ruling.finding.kind, edit.ruling.finding.path
        aside = search == "empty" or path[0] in ("headers", "cookies")
        return aside or kind == TOKEN_TEXT or spec_of(self.ruleset, kind).equal

    def look_up(self, edit: _Edit, shape: Shape) -> None:
        """A look-up writes nothing: what would be recorded is sought, the rest is as when collecting."""
        if edit.ruling.treatment.action is not Action.TOKENIZE:
            self.steps.append(_step(edit))
            return
        about, kind = edit.ruling.about, edit.ruling.finding.kind
        self.steps.append(_step(edit, seek=len(self.seeks)))
        self.seeks.append(SeekDraft(edit.leaf, edit.span, about, self._region(about), kind, shape))

    def collect(self, edit: _Edit, shape: Shape) -> None:
        """One edit; what can be restored is recorded first."""
        action = edit.ruling.treatment.action
        if action not in (Action.TOKENIZE, Action.ENCRYPT):
            self.steps.append(_step(edit))
            return
        record = self._record(edit.ruling.about, _days(edit.ruling.treatment.parameter("ttl_days")))
        self.steps.append(_step(edit, keep=record, number=len(self.records[record].fields)))
        self._add(record, edit, shape, named=action is Action.TOKENIZE)

    def ride_along(self, rulings: Iterable[Ruling]) -> None:
        """Attributes of a person whose record is written, and values that pass under a stated basis, are recorded
        too.
        """
        first_days = {one.about: one.ttl_days for one in reversed(self.records)}
        for ruling in rulings:
            if ruling.treatment.action is not Action.PASS:
                continue
            spec = spec_of(self.ruleset, ruling.finding.kind)
            attribute = spec.category == "attribute" and ruling.about in first_days
            if attribute or ruling.treatment.parameter("basis") is not None:
                edit = _Edit(ruling.finding.leaf, ruling.finding.span, ruling)
                ttl_days = first_days.setdefault(ruling.about, None)
                self._add(self._record(ruling.about, ttl_days), edit, "opaque", named=False)

    def _add(self, record: int, edit: _Edit, shape: Shape, *, named: bool) -> None:
        fields, finding = self.records[record].fields, edit.ruling.finding
        spec = spec_of(self.ruleset, finding.kind)
        named = named and shape != "stand_in"
        place = (edit.leaf, edit.span, finding.path, finding.kind)
        keeps = _texts(edit.ruling.treatment.parameter("keeps"))
        equal, printed = named and spec.equal, print_path(finding.path)
        fields.append(FieldDraft(len(fields), *place, shape, named=named, equal=equal, keeps=keeps, printed=printed))

    def _record(self, about: Path, ttl_days: int | None) -> int:
        at = self.unfilled.get((about, ttl_days))
        if at is None or len(self.records[at].fields) >= _MOST_FIELDS:
            at = self.unfilled[about, ttl_days] = len(self.records)
            self.records.append(_Record(about, self._region(about), [], ttl_days))
        return at

    def _region(self, about: Path) -> Region:
        home = self.homes.get(about)
        return home if home is not None and home in self.ruleset.regions else default_region(self.ruleset)


def _step(edit: _Edit, keep: int | None = None, number: int | None = None, seek: int | None = None) -> Step:
    finding = edit.ruling.finding
    return Step(edit.leaf, edit.span, finding.path, finding.kind, edit.ruling.treatment, keep, number, seek)


def _days(parameter: object) -> int | None:
    return parameter if isinstance(parameter, int) else None


def _texts(parameter: object) -> tuple[str, ...] | None:
    return tuple(str(one) for one in parameter) if isinstance(parameter, tuple) else None


def _all_edits(document: Document, rulings: Sequence[Ruling]) -> tuple[_Edit, ...]:
    return tuple([edit for leaf in _by_leaf(rulings) for edit in _edits(document, leaf)])


def _by_leaf(rulings: Sequence[Ruling]) -> Iterator[list[Ruling]]:
    ordered = sorted(rulings, key=lambda ruling: (ruling.finding.leaf, ruling.finding.span.start))
    for _, group in groupby(ordered, key=lambda ruling: ruling.finding.leaf):
        yield list(group)


def _edits(document: Document, rulings: Sequence[Ruling]) -> Iterator[_Edit]:
    """The disjoint edits of one leaf; rulings come in order of their spans."""
    leaf = document.leaves[rulings[0].finding.leaf]
    ordinal = rulings[0].finding.leaf
    strictest = _strictest(rulings)
    if strictest.treatment.action is Action.DROP or leaf.spelling in NUMBERS:
        groups = [(WHOLE, list(rulings))]
    else:
        groups = _overlapping(rulings)
    for span, group in groups:
        ruling = _strictest(group)
        if ruling.treatment.action is not Action.PASS:
            yield _Edit(ordinal, _to_be_named(leaf.text, span) if _names(ruling) else span, ruling)


def _names(ruling: Ruling) -> bool:
    return ruling.treatment.action is Action.TOKENIZE


def _to_be_named(text: str, span: Span) -> Span:
    """Of a UUID in braces or after ``urn:uuid:`` only itself: what stands around it comes back by itself."""
    inner = uuid_stretch(text[span.start : span.end])
    return span_in(text, span.start + inner.start, span.start + inner.end)


def _overlapping(rulings: Sequence[Ruling]) -> list[tuple[Span, list[Ruling]]]:
    groups: list[tuple[Span, list[Ruling]]] = []
    for ruling in rulings:
        span = ruling.finding.span
        if groups and groups[-1][0].overlaps(span):
            last, group = groups.pop()
            group.append(ruling)
            groups.append((last.union(span), group))
        else:
            groups.append((span, [ruling]))
    return groups


def _strictest(rulings: Sequence[Ruling]) -> Ruling:
    return rulings[0] if len(rulings) == 1 else max(rulings, key=_strictness)


def _strictness(ruling: Ruling) -> tuple[int, int, float]:
    """The strictest action first, then the longest stretch, then the surest finding: its kind names the union."""
    finding = ruling.finding
    return (ruling.treatment.action, finding.span.end - finding.span.start, finding.score)


def _no_index(ruling: Ruling) -> Refusal:
    says = (
        f"A look-up by {ruling.finding.kind} cannot be answered: the kind is tokenised and has no index. "
        "Mend: search by an equal kind (a step of the path is one if the route calls it so: /users/{login}), say "
        "`search: empty` on the route, or spell the step out in the route's path where it names nobody."
    )
    return Refusal(422, "GW-X422", says, ruling.because)

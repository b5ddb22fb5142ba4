"""A Decision turned into instructions: disjoint steps, and the records and look-ups they need first.

Overlapping findings of a leaf become one step over their union under the strictest ruling; a finding inside a JSON
number covers the number; a dropped finding drops its member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from gateway.core.decide import TOKEN_TEXT
from gateway.core.judge import Judgement
from gateway.core.naming import shape_for
from gateway.model.decision import Action, Refusal, Ruling
from gateway.model.document import Document, Span
from gateway.model.kinds import KindSpec, Shape
from gateway.model.names import Kind, Path, Region
from gateway.model.protection import FieldDraft, KeepDraft, Plan, SeekDraft, Step
from gateway.model.rules import Ruleset

_MOST_FIELDS = 250
"""A field's number is one byte of its token; a person with more values gets several records."""

_TOKEN_TEXT_SPEC = KindSpec(TOKEN_TEXT, "personal", "opaque", title_en="text of a token that may not pass as one")


def make_plan(judgement: Judgement, ruleset: Ruleset) -> Plan | Refusal:
    """The plan, or the refusal of a look-up by a kind that has no index."""
    document, decision, matched = judgement.reading.document, judgement.decision, judgement.reading.matched
    edits = [edit for leaf in _by_leaf(decision.rulings) for edit in _edits(document, leaf)]
    draft = _Draft(ruleset, document, dict(decision.homes))
    if matched.intent == "look_up":
        for edit in edits:
            if edit.ruling.treatment.action is Action.TOKENIZE and not draft.has_index(edit, matched.route.search):
                return _no_index(edit.ruling)
            draft.look_up(edit)
    else:
        for edit in edits:
            draft.collect(edit)
        draft.ride_along(decision.rulings)
    scope = ruleset.destinations[matched.route.to].scope
    keeps = tuple(KeepDraft(one.about, one.region, scope, tuple(one.fields)) for one in draft.records)
    return Plan(tuple(draft.steps), keeps, tuple(draft.seeks))


def default_region(ruleset: Ruleset) -> Region:
    """The region whose vault keeps what belongs to no other: that of the unknown, else the first by name."""
    unknown = ruleset.residence.unknown
    return unknown if unknown in ruleset.regions and unknown is not None else min(ruleset.regions)


def spec_of(ruleset: Ruleset, kind: str) -> KindSpec:
    """The catalogue's entry, or that of the text of a token that may not pass as one."""
    return ruleset.kinds.get(Kind(kind), _TOKEN_TEXT_SPEC)


@dataclass(frozen=True, slots=True)
class _Edit:
    """One stretch that changes, under its strictest ruling."""

    leaf: int
    span: Span
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class _Record:
    """One person's record while it is being drawn up."""

    about: Path
    region: Region
    fields: list[FieldDraft]


@dataclass(frozen=True, slots=True)
class _Draft:
    """The plan while it is being drawn up."""

    ruleset: Ruleset
    document: Document
    homes: dict[Path, Region | None]
    steps: list[Step] = field(default_factory=list)
    records: list[_Record] = field(default_factory=list)
    seeks: list[SeekDraft] = field(default_factory=list)

    def has_index(self, edit: _Edit, search: str) -> bool:
        """True if the back end could find it, or if nobody searches by it (a cookie, a header)."""
        kind, path = edit.ruling.finding.kind, edit.ruling.finding.path
        aside = search == "empty" or path[0] in ("headers", "cookies")
        return aside or kind == TOKEN_TEXT or spec_of(self.ruleset, kind).equal

    def look_up(self, edit: _Edit) -> None:
        """A look-up writes nothing: what would be recorded is sought, the rest is as when collecting."""
        if edit.ruling.treatment.action is not Action.TOKENIZE:
            self.steps.append(_step(edit))
            return
        about, kind = edit.ruling.about, edit.ruling.finding.kind
        shape = self._shape(edit, spec_of(self.ruleset, kind))
        self.steps.append(_step(edit, seek=len(self.seeks)))
        self.seeks.append(SeekDraft(edit.leaf, edit.span, about, self._region(about), kind, shape))

    def collect(self, edit: _Edit) -> None:
        """One edit; what can be restored is recorded first."""
        action = edit.ruling.treatment.action
        if action not in (Action.TOKENIZE, Action.ENCRYPT):
            self.steps.append(_step(edit))
            return
        record = self._record(edit.ruling.about)
        self.steps.append(_step(edit, keep=record, number=len(self.records[record].fields)))
        self._add(record, edit, named=action is Action.TOKENIZE)

    def ride_along(self, rulings: Iterable[Ruling]) -> None:
        """Attributes of a person whose record is written, and values that pass under a stated basis, are recorded
        too.
        """
        for ruling in rulings:
            if ruling.treatment.action is not Action.PASS:
                continue
            spec = spec_of(self.ruleset, ruling.finding.kind)
            attribute = spec.category == "attribute" and any(one.about == ruling.about for one in self.records)
            if attribute or ruling.treatment.parameter("basis") is not None:
                edit = _Edit(ruling.finding.leaf, ruling.finding.span, ruling)
                self._add(self._record(ruling.about), edit, named=False)

    def _add(self, record: int, edit: _Edit, *, named: bool) -> None:
        fields, finding = self.records[record].fields, edit.ruling.finding
        spec = spec_of(self.ruleset, finding.kind)
        shape = self._shape(edit, spec) if named else "opaque"
        named = named and shape != "stand_in"
        place = (edit.leaf, edit.span, finding.path, finding.kind)
        keeps = _texts(edit.ruling.treatment.parameter("keeps"))
        fields.append(FieldDraft(len(fields), *place, shape, named=named, equal=named and spec.equal, keeps=keeps))

    def _record(self, about: Path) -> int:
        for at, record in enumerate(self.records):
            if record.about == about and len(record.fields) < _MOST_FIELDS:
                return at
        self.records.append(_Record(about, self._region(about), []))
        return len(self.records) - 1

    def _region(self, about: Path) -> Region:
        home = self.homes.get(about)
        return home if home is not None and home in self.ruleset.regions else default_region(self.ruleset)

    def _shape(self, edit: _Edit, spec: KindSpec) -> Shape:
        leaf = self.document.leaves[edit.leaf]
        text = leaf.text[edit.span.start : edit.span.end]
        return shape_for(spec, text, as_number=leaf.spelling == "json_number")


def _step(edit: _Edit, keep: int | None = None, number: int | None = None, seek: int | None = None) -> Step:
    finding = edit.ruling.finding
    return Step(edit.leaf, edit.span, finding.path, finding.kind, edit.ruling.treatment, keep, number, seek)


def _texts(parameter: object) -> tuple[str, ...] | None:
    return tuple(str(one) for one in parameter) if isinstance(parameter, tuple) else None


def _by_leaf(rulings: Sequence[Ruling]) -> Iterator[list[Ruling]]:
    ordered = sorted(rulings, key=lambda ruling: (ruling.finding.leaf, ruling.finding.span.start))
    for _, group in groupby(ordered, key=lambda ruling: ruling.finding.leaf):
        yield list(group)


def _edits(document: Document, rulings: Sequence[Ruling]) -> Iterator[_Edit]:
    """The disjoint edits of one leaf; rulings come in order of their spans."""
    leaf = document.leaves[rulings[0].finding.leaf]
    ordinal = rulings[0].finding.leaf
    strictest = _strictest(rulings)
    if strictest.treatment.action is Action.DROP or leaf.spelling == "json_number":
        groups = [(Span(0, len(leaf.text)), list(rulings))]
    else:
        groups = _overlapping(rulings)
    for span, group in groups:
        ruling = _strictest(group)
        if ruling.treatment.action is not Action.PASS:
            yield _Edit(ordinal, span, ruling)


def _overlapping(rulings: Sequence[Ruling]) -> list[tuple[Span, list[Ruling]]]:
    groups: list[tuple[Span, list[Ruling]]] = []
    for ruling in rulings:
        span = ruling.finding.span
        if groups and groups[-1][0].overlaps(span):
            last, group = groups.pop()
            groups.append((last.union(span), [*group, ruling]))
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
        "Mend: search by an equal kind, or say `search: empty` on the route."
    )
    return Refusal(422, "GW-X422", says, ruling.because)

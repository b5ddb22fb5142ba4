"""What is to happen to each finding and leaf, and because of which rule.

The order of rules never matters: of all rules that match, those that a matching rule overrides fall away, and the
strictest of the rest wins. A leaf that no rule matches gets what its destination says of the unmatched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gateway.core.once import once
from gateway.core.paths import matches
from gateway.core.people import person
from gateway.core.transform import stricter
from gateway.model.decision import Action, Decision, Reason, Refusal, Ruling, Treatment
from gateway.model.document import WHOLE, Document, Leaf, Outline
from gateway.model.files import FILE
from gateway.model.finding import Finding
from gateway.model.names import Category, Intent, Kind, Path, Region, RuleId
from gateway.model.residency import Residence
from gateway.model.rules import Condition, Destination, Route, Rule, Ruleset

PASS = Treatment(Action.PASS)
DROP = Treatment(Action.DROP)
TOKENIZE = Treatment(Action.TOKENIZE)
UNMATCHED = Kind("unmatched")
TOKEN_TEXT = Kind("token_text")
"""A token that came in and may not pass as one: plain text of its sender, whatever the rules say."""

_NAMES_THINGS = ("path",)
"""Parts whose leaves choose the route: they are rewritten when something is found in them, never dropped as
unmatched."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule's ``when`` is asked about. ``kind`` None: a leaf in which nothing was found. ``path`` None: any
    place.
    """

    kind: Kind | None
    category: Category | None
    path: Path | None = field(repr=False)
    home: Region | None
    destination: Destination
    route: str
    purpose: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class Verdict:
    """The strictest treatment and every rule that asks for it; ``because`` empty means that no rule matched."""

    treatment: Treatment
    because: tuple[Reason, ...]
    observed: tuple[Reason, ...] = ()


def decide_one(ruleset: Ruleset, facts: Facts, today: date) -> Verdict:
    """The verdict on one finding or leaf; without a matching rule the destination's ``unmatched`` decides."""
    return _verdict(_speaking(ruleset, facts, today), facts)


def may_leave(
    kind: Kind, homes: Iterable[Region | None], ruleset: Ruleset, route: Route, intent: Intent, today: date
) -> bool:
    """True if the rules let a value of that kind pass wherever it stands, whichever of these it is of."""
    bench = _bench(ruleset, route, intent, today)
    return all(bench.verdict(kind, (), home).treatment.action is Action.PASS for home in homes)


def _verdict(speaking: Iterable[Rule], facts: Facts) -> Verdict:
    matching = sorted((rule for rule in speaking if _leaf_holds(rule.when, facts)), key=lambda rule: rule.id)
    enforced = _standing([rule for rule in matching if rule.mode == "enforce"])
    treatment = _strictest(rule.then for rule in enforced)
    if treatment is None:
        treatment = PASS if facts.destination.unmatched == "pass" else DROP
    return Verdict(
        treatment,
        tuple(_reason(rule) for rule in enforced if rule.then.action == treatment.action),
        tuple(_reason(rule) for rule in matching if rule.mode == "observe" and rule.then.action > treatment.action),
    )


def decide(
    document: Document,
    findings: Sequence[Finding],
    residences: Sequence[Residence],
    ruleset: Ruleset,
    route: Route,
    intent: Intent,
    today: date,
) -> Decision:
    """The whole verdict on a message: a ruling on every finding, and on every leaf that is to change without one."""
    homes = {residence.about: residence.region or ruleset.residence.unknown for residence in residences}
    bench = _bench(ruleset, route, intent, today)
    alike = document.outline is not None and all(finding.span is WHOLE for finding in findings)
    rulings = (bench.alike if alike else bench.rulings)(document, tuple(findings), homes)
    return Decision(
        to=bench.message.destination.name,
        residences=tuple(residences),
        homes=tuple(homes.items()),
        rulings=rulings,
        rules=ruleset.digest,
        refusal=_refusal(rulings),
        alike=alike,
    )


_Places = tuple[bool, ...]
"""For each rule that asks where a leaf stands: whether it stands there."""

_Alike = tuple[Outline | None, tuple[Finding, ...], tuple[tuple[Path, Region | None], ...]]
"""All that rulings depend on where every finding covers its leaf."""

_MOST_VERDICTS = 4096
_MOST_RULED = 1024


@dataclass(frozen=True, slots=True)
class _Bench:
    """The rules that speak of a route's requests on a day, and the verdicts that they have come to so far.

    A verdict depends on kind, place and home only, so it holds for every later request as well: 60 of 82 µs a message.
    """

    ruleset: Ruleset
    route: Route
    message: Facts
    today: date
    speaking: Sequence[Rule]
    placed: Sequence[Rule]
    """Those that ask where a leaf stands."""
    unmatched: Reason
    verdicts: dict[tuple[Kind | None, _Places, Region | None], Verdict] = field(default_factory=dict)
    ruled: dict[_Alike, tuple[Ruling, ...]] = field(default_factory=dict)

    def alike(
        self, document: Document, findings: tuple[Finding, ...], homes: Mapping[Path, Region | None]
    ) -> tuple[Ruling, ...]:
        """The rulings, worked out once for all messages with the same outline, findings and homes."""
        key = (document.outline, findings, tuple(homes.items()))
        known = self.ruled.get(key)
        if known is None:
            if len(self.ruled) >= _MOST_RULED:
                self.ruled.clear()
            known = self.ruled[key] = self.rulings(document, findings, homes)
        return known

    def rulings(
        self, document: Document, findings: tuple[Finding, ...], homes: Mapping[Path, Region | None]
    ) -> tuple[Ruling, ...]:
        judge = _Judge(self, homes)
        rulings = [judge.of_finding(finding) for finding in findings]
        rulings += judge.of_unmatched(document, rulings)
        return tuple(sorted(rulings, key=lambda one: (one.finding.leaf, one.finding.span.start, one.finding.kind)))

    def verdict(self, kind: Kind | None, path: Path, home: Region | None) -> Verdict:
        key = (kind, tuple([_stands_at(rule.when, path) for rule in self.placed]), home)
        known = self.verdicts.get(key)
        if known is None:
            if len(self.verdicts) >= _MOST_VERDICTS:
                self.verdicts.clear()
            category = self.ruleset.kinds[kind].category if kind else None
            facts = replace(self.message, kind=kind, category=category, path=path, home=home)
            known = self.verdicts[key] = _verdict(self.speaking, facts)
        return known


@once
def _benches(_ruleset: Ruleset, _route: Route) -> dict[Intent, _Bench]:
    """Those of one route, a day's at a time."""
    return {}


def _bench(ruleset: Ruleset, route: Route, intent: Intent, today: date) -> _Bench:
    benches = _benches(ruleset, route)
    known = benches.get(intent)
    if known is None or known.today != today:
        to = ruleset.destinations[route.to]
        message = Facts(None, None, None, None, to, route.name, route.purpose, intent)
        speaking = _speaking(ruleset, message, today)
        placed = [rule for rule in speaking if rule.when.paths]
        says = f"No rule speaks of it; destination {to.name} says unmatched: {to.unmatched}."
        unmatched = Reason(RuleId("unmatched"), route.at, says)
        known = benches[intent] = _Bench(ruleset, route, message, today, speaking, placed, unmatched)
    return known


@dataclass(frozen=True, slots=True)
class _Judge:
    bench: _Bench
    homes: Mapping[Path, Region | None] = field(repr=False)

    def of_finding(self, finding: Finding) -> Ruling:
        about = self._about(finding.path)
        if finding.kind == TOKEN_TEXT:
            return Ruling(finding, about, self._of_token_text(), (_TOKEN_REASON,))
        if finding.kind == FILE:
            return Ruling(finding, about, TOKENIZE, (_FILE_REASON,))
        return self._ruling(finding, about, self._verdict(finding.kind, finding.path, about))

    def of_unmatched(self, document: Document, ruled: Sequence[Ruling]) -> list[Ruling]:
        """Rulings on leaves that change although nothing in them, or not all of them, was found."""
        covered = _covered(document, ruled)
        rulings = []
        for ordinal, leaf in enumerate(document.leaves):
            if leaf.is_key or ordinal in covered or leaf.path[0] in _NAMES_THINGS:
                continue
            about = self._about(leaf.path)
            verdict = self._verdict(None, leaf.path, about)
            if verdict.treatment.action is not Action.PASS or verdict.observed:
                whole = Finding(ordinal, leaf.path, WHOLE, UNMATCHED, 0.0, "none")
                rulings.append(self._ruling(whole, about, verdict))
        if self.bench.message.destination.unmatched == "drop":
            rulings += self._of_keys(document, [*ruled, *rulings])
        return rulings

    def _of_keys(self, document: Document, ruled: Sequence[Ruling]) -> Iterator[Ruling]:
        """Names under which nothing stays go as well: a name without a value tells as much as a value."""
        gone = {ruling.finding.leaf for ruling in ruled if ruling.treatment.action >= Action.DROP}
        leaves = document.leaves
        values = [leaf for ordinal, leaf in enumerate(leaves) if not leaf.is_key and ordinal not in gone]
        staying = {leaf.path[:size] for leaf in values for size in range(1, len(leaf.path) + 1)}
        for ordinal, leaf in enumerate(leaves):
            if not leaf.is_key or ordinal in gone or leaf.path in staying or leaf.path[0] in _NAMES_THINGS:
                continue
            if ordinal + 1 in gone and leaves[ordinal + 1].path == leaf.path and not leaves[ordinal + 1].is_key:
                continue  # goes with its value
            about = self._about(leaf.path)
            verdict = self._verdict(None, leaf.path, about)
            if verdict.treatment.action is Action.DROP:
                name = Finding(ordinal, leaf.path, WHOLE, UNMATCHED, 0.0, "none")
                yield self._ruling(name, about, verdict)

    def _about(self, path: Path) -> Path:
        return person(path, self.bench.ruleset.residence, self.bench.route)

    def _verdict(self, kind: Kind | None, path: Path, about: Path) -> Verdict:
        return self.bench.verdict(kind, path, self.homes.get(about, self.bench.ruleset.residence.unknown))

    def _ruling(self, finding: Finding, about: Path, verdict: Verdict) -> Ruling:
        because = verdict.because or (self.bench.unmatched,)
        return Ruling(finding, about, verdict.treatment, because, verdict.observed)

    def _of_token_text(self) -> Treatment:
        role = self.bench.message.destination.role
        return TOKENIZE if role in ("application", "partner", "store") else DROP


_FILE_REASON = Reason(
    RuleId("file-kept"),
    "gateway/core/decide.py:1:1",
    "A file that is kept in the country goes out as a reference, whoever it is about.",
)
_TOKEN_REASON = Reason(
    RuleId("token-not-the-callers"),
    "gateway/core/decide.py:1:1",
    "A token that its sender does not hold, may not reveal and was not shown is plain text of its sender.",
)


def _speaking(ruleset: Ruleset, message: Facts, today: date) -> list[Rule]:
    """The rules in force whose facts about the message as a whole hold."""
    return [rule for rule in ruleset.rules if rule.in_force(today) and _message_holds(rule.when, message)]


def _message_holds(when: Condition, facts: Facts) -> bool:
    to = facts.destination
    return (
        (not when.routes or facts.route in when.routes)
        and (not when.purposes or facts.purpose in when.purposes)
        and (not when.intents or facts.intent in when.intents)
        and (not when.destination.names or to.name in when.destination.names)
        and (not when.destination.roles or to.role in when.destination.roles)
    )


def _leaf_holds(when: Condition, facts: Facts) -> bool:
    """The facts about one finding or leaf hold; kind and category need a finding."""
    return (
        (not when.kinds or facts.kind in when.kinds)
        and (not when.categories or facts.category in when.categories)
        and (not when.residences or (facts.home in when.residences) != when.residence_negated)
        and _region_holds(when, facts)
        and (not when.paths or (facts.path is not None and _stands_at(when, facts.path)))
    )


def _stands_at(when: Condition, path: Path) -> bool:
    return any(matches(pattern, path) for pattern in when.paths)


def _region_holds(when: Condition, facts: Facts) -> bool:
    wanted = when.destination
    regions = {str(facts.home) if region == "$residence" else region for region in wanted.regions}
    return not regions or (facts.destination.region in regions) != wanted.region_negated


def _standing(rules: Sequence[Rule]) -> list[Rule]:
    """The rules that no other standing rule overrides; an overridden rule overrides nothing."""
    overridden = {rule.id: [other for other in rules if rule.id in other.overrides] for rule in rules}
    stands: dict[RuleId, bool] = {}

    def standing(rule: Rule) -> bool:
        if rule.id not in stands:
            stands[rule.id] = not any(standing(other) for other in overridden[rule.id])
        return stands[rule.id]

    return [rule for rule in rules if standing(rule)]


def _strictest(treatments: Iterable[Treatment]) -> Treatment | None:
    """The strictest action; of equal actions the stricter parameters, of incomparable ones the first by text."""
    best: Treatment | None = None
    for treatment in sorted(treatments, key=repr):
        if best is None or treatment.action > best.action:
            best = treatment
        elif treatment.action == best.action:
            best = stricter(best, treatment) or best
    return best


def _reason(rule: Rule) -> Reason:
    return Reason(rule.id, rule.at, rule.why)


def _covered(document: Document, rulings: Sequence[Ruling]) -> set[int]:
    """Leaves wholly covered by findings that a rule speaks of: nothing of them is left unmatched."""
    reached: dict[int, int] = {}
    for ruling in sorted(rulings, key=lambda ruling: (ruling.finding.leaf, ruling.finding.span.start)):
        leaf = document.leaves[ruling.finding.leaf]
        at = reached.get(ruling.finding.leaf, 0)
        if not leaf.text[at : ruling.finding.span.start].strip():
            reached[ruling.finding.leaf] = max(at, ruling.finding.span.end)
    return {ordinal for ordinal, at in reached.items() if _nothing_after(document.leaves[ordinal], at)}


def _nothing_after(leaf: Leaf, at: int) -> bool:
    return not leaf.text[at:].strip()


def _refusal(rulings: Sequence[Ruling]) -> Refusal | None:
    blocking = [ruling for ruling in rulings if ruling.treatment.action is Action.BLOCK]
    if not blocking:
        return None
    because = tuple(dict.fromkeys(reason for ruling in blocking for reason in ruling.because))
    return Refusal(403, "GW-X403", f"Blocked by rule {because[0].rule}: {because[0].says}", because)

"""One request looked at: for every leaf what was found, whose it is, what happens, why, and what without that rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gateway.core.decide import UNMATCHED, Verdict
from gateway.core.judge import Judgement
from gateway.core.plan import make_plan
from gateway.core.route import find_route
from gateway.model.decision import Reason, Refusal, Ruling
from gateway.model.document import Leaf
from gateway.model.message import Request
from gateway.model.names import Path, RuleId, print_path
from gateway.model.residency import CALLER, Caller, Residence
from gateway.model.rules import Ruleset
from gateway.ruleset.problems import BadRulesError, Mark, Problem
from gateway.ruleset.quiet import quiet_verdicts
from gateway.ruleset.staging import Staged
from gateway.ruleset.summary import spoken


@dataclass(frozen=True, slots=True)
class Without:
    """What would happen if one rule were not there."""

    rule: RuleId
    then: str


@dataclass(frozen=True, slots=True)
class Explained:
    """One leaf, or one thing found in it. Never the text: only how long it is."""

    path: str
    length: int
    found: str
    detector: str
    whose: str
    then: str
    because: tuple[Reason, ...]
    without: tuple[Without, ...]
    observed: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Where one person of the message lives, by what evidence, and what that person is treated as."""

    whose: str
    lives_in: str
    rank: str
    signals: tuple[str, ...]
    treated_as: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole request: where it goes, who is in it, what happens to each leaf, and whether it is refused."""

    route: str
    at: str
    to: str
    intent: str
    people: tuple[Person, ...]
    leaves: tuple[Explained, ...]
    refusal: Refusal | None


def explain(
    ruleset: Ruleset, request: Request, today: date, caller: Caller, country: str | None = None
) -> Explanation | None:
    """The explanation; None where no route takes the request. Raises PayloadError."""
    matched = find_route(ruleset, request)
    if matched is None:
        return None
    staged = Staged(ruleset, request, matched, caller, country, {})
    judgement = staged.judged(today)
    plan = make_plan(judgement, ruleset)
    refusal = judgement.decision.refusal or (plan if isinstance(plan, Refusal) else None)
    people = tuple(_person(residence, judgement) for residence in judgement.residences)
    quiet = quiet_verdicts(judgement, ruleset, today)
    leaves = tuple(_leaves(judgement, quiet, _without(staged, judgement, quiet, today)))
    to = ruleset.destinations[matched.route.to]
    whither = f"{to.name} ({to.country}, {to.role})"
    if matched.route.outbound is not None:
        whither += f", with the originals of {matched.route.outbound.source}'s tokens"
    return Explanation(matched.route.name, matched.route.at, whither, matched.intent, people, leaves, refusal)


def parse_http(text: bytes, peer: str, file: str) -> Request:
    """An HTTP/1.1 request written as text; a blank line ends the headers. Raises BadRulesError (GW-R504)."""
    head, _, body = text.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = head.decode("ascii", "surrogateescape").split("\n")
    words = lines[0].split()
    if len(words) not in (2, 3) or not words[1].startswith(("/", "http://", "https://")):
        raise _unreadable(file, 1, "the first line is no request line.", "write it like POST /api/users HTTP/1.1.")
    headers = []
    for number, line in enumerate(lines[1:], 2):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise _unreadable(file, number, "a line is no header.", "write Name: value, then a blank line, the body.")
        headers.append((name.strip(), value.strip()))
    return Request(words[0].upper(), words[1], tuple(headers), body.removesuffix(b"\n"), peer)


def _unreadable(file: str, line: int, what: str, mend: str) -> BadRulesError:
    return BadRulesError([Problem("GW-R504", what, mend, Mark(file, line, 1))])


_Place = tuple[int, Path, str]
"""A finding's leaf, path and kind."""


def _place(ruling: Ruling) -> _Place:
    return ruling.finding.leaf, ruling.finding.path, ruling.finding.kind


_Others = Mapping[RuleId, Mapping[_Place, str]]
"""What would happen to each thing found, were a rule not there."""


def _without(staged: Staged, judgement: Judgement, quiet: Mapping[int, Verdict], today: date) -> _Others:
    """One more judgement for each rule that had a say."""
    rulings = judgement.decision.rulings
    reasons = [*(ruling.because for ruling in rulings), *(verdict.because for verdict in quiet.values())]
    spoke = {reason.rule for because in reasons for reason in because}
    return {rule.id: _judged_without(staged, rule.id, today) for rule in staged.ruleset.rules if rule.id in spoke}


def _judged_without(staged: Staged, rule: RuleId, today: date) -> Mapping[_Place, str]:
    rest = tuple(other for other in staged.ruleset.rules if other.id != rule)
    rulings = staged.judged(today, replace(staged.ruleset, rules=rest)).decision.rulings
    return {_place(ruling): spoken(ruling.treatment) for ruling in rulings}


def _leaves(judgement: Judgement, quiet: Mapping[int, Verdict], without: _Others) -> Iterator[Explained]:
    by_leaf: dict[int, list[Ruling]] = {}
    for ruling in judgement.decision.rulings:
        by_leaf.setdefault(ruling.finding.leaf, []).append(ruling)
    for ordinal, leaf in enumerate(judgement.reading.document.leaves):
        for ruling in by_leaf.get(ordinal, []):
            yield _explained(ruling, leaf, without)
        if ordinal in quiet:
            place = (ordinal, leaf.path, UNMATCHED)
            because = quiet[ordinal].because
            others = tuple(_others(place, because, without))
            yield Explained(print_path(leaf.path), len(leaf.text), "nothing", "", "", "pass", because, others, ())


def _others(place: _Place, because: Iterable[Reason], without: _Others) -> Iterator[Without]:
    for reason in because:
        if reason.rule in without:
            yield Without(reason.rule, without[reason.rule].get(place, "pass"))


def _explained(ruling: Ruling, leaf: Leaf, without: _Others) -> Explained:
    finding = ruling.finding
    return Explained(
        path=print_path(finding.path),
        length=min(finding.span.end, len(leaf.text)) - finding.span.start,
        found="nothing" if finding.kind == UNMATCHED else finding.kind,
        detector=finding.detector,
        whose=_whose(ruling.about),
        then=spoken(ruling.treatment),
        because=ruling.because,
        without=tuple(_others(_place(ruling), ruling.because, without)),
        observed=ruling.observed,
    )


def _whose(about: Path) -> str:
    if about == CALLER:
        return "the caller"
    return print_path(about) if about else "the message's person"


def _person(residence: Residence, judgement: Judgement) -> Person:
    home = judgement.decision.home(residence.about)
    return Person(
        whose=_whose(residence.about),
        lives_in=residence.region or "unknown",
        rank=residence.rank or "no evidence",
        signals=tuple(_signals(residence)),
        treated_as=home or "unknown",
    )


def _signals(residence: Residence) -> Sequence[str]:
    return [f"{signal.source} → {signal.region or 'a country that cannot be told'}" for signal in residence.signals]

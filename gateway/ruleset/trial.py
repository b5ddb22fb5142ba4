"""Tests beside the rules, run through the very core that judges requests: decode, classify, locate, decide, plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.core.decide import Verdict
from gateway.core.judge import Judgement
from gateway.core.paths import matches
from gateway.core.plan import make_plan
from gateway.model.decision import Action, Reason, Refusal, Ruling
from gateway.model.document import Leaf
from gateway.model.errors import PayloadError
from gateway.model.names import Path, RuleId, print_path
from gateway.model.residency import CALLER
from gateway.ruleset.own_kinds import examples
from gateway.ruleset.problems import Mark, Problem
from gateway.ruleset.quiet import quiet_verdicts
from gateway.ruleset.read import Loaded
from gateway.ruleset.schema.sentences import ACTIONS
from gateway.ruleset.schema.trials import ExpectedModel, ExpectModel, StageModel, TrialModel
from gateway.ruleset.schema.words import many, parse_pattern
from gateway.ruleset.staging import stage
from gateway.ruleset.tree import Loc

_GOES_OUT = ("query", "cookies", "body")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one test went, and which rules had a say in it."""

    it: str
    mark: Mark
    failures: tuple[Problem, ...]
    exercised: frozenset[RuleId]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What happened to the request of a test. ``judgement`` None: it could not even be inspected."""

    judgement: Judgement | None
    refusal: Refusal | None
    quiet: Mapping[int, Verdict]
    """What is said of the leaves that stay as they are."""

    @property
    def rulings(self) -> tuple[Ruling, ...]:
        return self.judgement.decision.rulings if self.judgement else ()

    def reasons(self) -> Iterator[Reason]:
        for ruling in self.rulings:
            yield from (*ruling.because, *ruling.observed)
        for verdict in self.quiet.values():
            yield from verdict.because
        if self.refusal:
            yield from self.refusal.because

    def leaves(self, path: str) -> list[tuple[int, Leaf]]:
        """The value leaves at a path, with their ordinals."""
        pattern = parse_pattern(path)
        leaves = self.judgement.reading.document.leaves if self.judgement else ()
        return [(at, leaf) for at, leaf in enumerate(leaves) if not leaf.is_key and matches(pattern, leaf.path)]

    def action(self, leaf: int) -> Action:
        return max((r.treatment.action for r in self.rulings if r.finding.leaf == leaf), default=Action.PASS)

    def because(self, leaf: int) -> tuple[Reason, ...]:
        """The reasons of the strictest rulings on a leaf."""
        if leaf in self.quiet:
            return self.quiet[leaf].because
        action = self.action(leaf)
        mine = [r for r in self.rulings if r.finding.leaf == leaf and r.treatment.action is action]
        return tuple(dict.fromkeys(reason for ruling in mine for reason in ruling.because))


def trial(loaded: Loaded) -> tuple[Outcome, ...]:
    """Every test's outcome: a pack's tests judge the pack alone, all others the whole; and that of every example of a
    kind of the operator's own.
    """
    tried = (Outcome(it, mark, failures, frozenset()) for it, mark, failures in examples(loaded.draft))
    return (*tried, *_outcomes(loaded))


def _outcomes(loaded: Loaded) -> Iterator[Outcome]:
    return (
        _outcome(rules, ("tests", number), model)
        for rules in (*loaded.packs, loaded)
        for number, model in enumerate(rules.draft.file.tests)
        if rules.draft.mark(("tests", number)).file in rules.tested
    )


def unexercised(loaded: Loaded, outcomes: Iterable[Outcome]) -> tuple[Problem, ...]:
    """Rules that had no say in any test."""
    exercised = {rule for outcome in outcomes for rule in outcome.exercised}
    return tuple(
        Problem(
            "GW-R502",
            f"no test exercises rule '{model.id}': nothing shows that it does what it says.",
            "add a test in which it is among the reasons.",
            loaded.draft.mark(("rules", number, "id")),
        )
        for number, model in enumerate(loaded.draft.file.rules)
        if model.id not in exercised
    )


def _outcome(loaded: Loaded, loc: Loc, model: TrialModel) -> Outcome:
    mark = loaded.draft.mark(loc)
    seen = _run(loaded, mark, model)
    if seen is None:
        says = "no route of these rules takes this request."
        return Outcome(model.it, mark, (_failure(loaded, (*loc, "given"), model, says),), frozenset())
    expect = (*loc, "expect")
    failures = [_failure(loaded, (*expect, *place), model, says) for place, says in _differences(model.expect, seen)]
    return Outcome(model.it, mark, tuple(failures), frozenset(reason.rule for reason in seen.reasons()))


def _failure(loaded: Loaded, loc: Loc, model: TrialModel, says: str) -> Problem:
    mend = "correct the rules or the test; pii-gateway rules explain shows why."
    return Problem("GW-R501", f"{model.it}: {says}", mend, loaded.draft.mark(loc))


def _run(loaded: Loaded, mark: Mark, model: TrialModel) -> _Seen | None:
    to = model.given.to
    unmatched = loaded.draft.file.unmatched.get(to.role, "drop") if isinstance(to, StageModel) else "drop"
    try:
        staged = stage(model.given, loaded.ruleset, str(mark), unmatched)
        if staged is None:
            return None
        day = loaded.day_of(mark.file)
        judgement = staged.judged(day)
    except PayloadError as error:
        return _Seen(None, Refusal(error.status, error.code, error.what), {})
    plan = make_plan(judgement, staged.ruleset)
    refused = plan if isinstance(plan, Refusal) else None
    return _Seen(judgement, judgement.decision.refusal or refused, quiet_verdicts(judgement, staged.ruleset, day))


_Difference = tuple[Loc, str]
"""Where in ``expect`` the test says otherwise, and what was wanted and is."""


def _differences(expect: ExpectModel, seen: _Seen) -> Iterator[_Difference]:
    yield from _of_refusal(expect, seen)
    if seen.judgement is None:
        return
    for path, wanted in expect.__pydantic_extra__.items():
        yield from (((path,), says) for says in _of_path(path, wanted, seen))
    for path in many(expect.drops):
        yield from ((("drops",), says) for says in _of_path(path, "drop", seen))
    yield from _of_message(expect, seen)


def _of_refusal(expect: ExpectModel, seen: _Seen) -> Iterator[_Difference]:
    refusal = seen.refusal
    if expect.refused is not None and (refusal is None or refusal.status != expect.refused):
        yield ("refused",), f"expected {expect.refused}, but it is {refusal.status if refusal else 'forwarded'}."
    blocks = any(_action_of(wanted) == "block" for wanted in expect.__pydantic_extra__.values())
    if refusal and expect.refused is None and not blocks:
        yield (), f"it is refused with {refusal.status} ({refusal.code}: {refusal.says})."


def _of_path(path: str, wanted: str | ExpectedModel, seen: _Seen) -> Iterator[str]:
    leaves = seen.leaves(path)
    if not leaves:
        yield f"nothing stands at {path}."
    for ordinal, leaf in leaves:
        action, because = seen.action(ordinal), seen.because(ordinal)
        if action is not ACTIONS[_action_of(wanted)]:
            rules = ", ".join(reason.rule for reason in because) or "no rule speaks of it"
            what = f"{print_path(leaf.path)} should be {_action_of(wanted)}, but is {action.name.lower()}"
            yield f"{what} ({rules})."
        missing = _missing(many(wanted.because) if isinstance(wanted, ExpectedModel) else [], because)
        if missing:
            yield f"{print_path(leaf.path)} is not {action.name.lower()} because of {missing}."


def _action_of(wanted: str | ExpectedModel) -> str:
    return wanted.action if isinstance(wanted, ExpectedModel) else wanted


def _missing(wanted: Iterable[str], because: Iterable[Reason]) -> str:
    return ", ".join(sorted(set(wanted) - {reason.rule for reason in because}))


def _of_message(expect: ExpectModel, seen: _Seen) -> Iterator[_Difference]:
    if missing := _missing(many(expect.because), seen.reasons()):
        yield ("because",), f"{missing} had no say in it."
    changed = [ruling for ruling in seen.rulings if ruling.treatment.action is not Action.PASS]
    if expect.unchanged and changed:
        first = changed[0]
        what = f"{print_path(first.finding.path)} is {first.treatment.action.name.lower()} ({first.because[0].rule})"
        yield ("unchanged",), f"it should go out byte for byte, but {what}."
    if expect.nothing and (left := next(_going_out(seen), None)):
        yield ("nothing",), f"nothing should go out, but {print_path(left)} does."
    for person, region in (expect.residence or {}).items():
        found = _residence(seen, person)
        if found != region:
            yield ("residence", person), f"{person} should live in {region}, but lives in {found}."


def _going_out(seen: _Seen) -> Iterator[Path]:
    leaves = seen.judgement.reading.document.leaves if seen.judgement else ()
    for ordinal, leaf in enumerate(leaves):
        if not leaf.is_key and leaf.path[0] in _GOES_OUT and seen.action(ordinal) is not Action.DROP:
            yield leaf.path


def _residence(seen: _Seen, person: str) -> str:
    """Where the caller, the message's person, or the person at a path lives."""
    about: Path = {"caller": CALLER, "message": ()}.get(person, ())
    for residence in seen.judgement.residences if seen.judgement else ():
        at_path = bool(residence.about) and residence.about != CALLER and print_path(residence.about) == person
        if at_path or (person in ("caller", "message") and residence.about == about):
            return residence.region or "unknown"
    return "unknown"

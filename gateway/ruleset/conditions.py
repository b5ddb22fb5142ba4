"""The ``when`` and ``then`` of a rule, from words to the compiled form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pydantic import BaseModel

from gateway.core.transform.parameters import problems as parameter_problems
from gateway.model.decision import Action, Treatment
from gateway.model.names import Category, DestinationName, Intent, Region, Role, RuleId
from gateway.model.rules import Condition, DestinationFilter, Rule
from gateway.ruleset.draft import Draft
from gateway.ruleset.schema.sentences import ACTIONS, DestinationFilterModel, RuleModel, ThenModel, WhenModel
from gateway.ruleset.schema.words import many, parse_pattern
from gateway.ruleset.tree import Loc

PERSONAL: frozenset[Category] = frozenset({"personal", "special", "biometric", "payment"})
"""What the word ``personal`` covers in a rule: all that says something of a person in clear."""

HOME = "$residence"


def rules_of(draft: Draft) -> tuple[Rule, ...]:
    """The rules, sorted by id."""
    rules = [_rule(draft, ("rules", number), model) for number, model in enumerate(draft.file.rules)]
    ids = {rule.id for rule in rules}
    for number, model in enumerate(draft.file.rules):
        for place, other in enumerate(model.overrides):
            draft.refer("GW-R304", "rule", other, ids, ("rules", number, "overrides", place))
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _rule(draft: Draft, loc: Loc, model: RuleModel) -> Rule:
    then = treatment_of(model.then)
    for problem in parameter_problems(then):
        draft.say("GW-R205", problem, "see docs/reference/rules.md for what an action takes.", (*loc, "then"))
    return Rule(
        id=RuleId(model.id),
        why=model.why,
        when=_condition(draft, (*loc, "when"), model.when),
        then=then,
        at=str(draft.mark((*loc, "id"))),
        overrides=frozenset(RuleId(other) for other in model.overrides),
        until=date.fromisoformat(model.until) if model.until else None,
        mode=model.mode,
    )


def treatment_of(then: str | ThenModel) -> Treatment:
    """An action with its parameters sorted by name; a list becomes a tuple."""
    if isinstance(then, str):
        return Treatment(ACTIONS[then])
    (word,) = then.model_fields_set
    given: BaseModel = getattr(then, word)
    parameters = given.model_dump(exclude_none=True)
    if parameters.get("basis") == "issued_there":
        parameters = {"issued_there": True}
    return Treatment(
        Action[word.rstrip("_").upper()],
        tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in sorted(parameters.items())),
    )


def _condition(draft: Draft, loc: Loc, when: WhenModel) -> Condition:
    categories = _categories(many(when.category))
    kinds = draft.kinds_of(many(when.kind), (*loc, "kind"))
    if when.kind is not None and categories and not any(draft.kinds[kind].category in categories for kind in kinds):
        what = "no kind is of that category: the rule would never speak."
        draft.say("GW-R308", what, "remove kind or category.", loc)
    residences, negated = _regions(draft, many(when.residence), (*loc, "residence"))
    intents: list[Intent] = many(when.intent)
    return Condition(
        kinds=kinds,
        categories=categories,
        residences=frozenset(Region(region) for region in residences),
        residence_negated=negated,
        paths=tuple(sorted({parse_pattern(path) for path in many(when.path)})),
        destination=_destination(draft, (*loc, "destination"), when),
        routes=frozenset(many(when.route)),
        purposes=frozenset(many(when.purpose)),
        intents=frozenset(intents),
    )


def _categories(words: Sequence[Category]) -> frozenset[Category]:
    return frozenset(words) | (PERSONAL if "personal" in words else frozenset())


def _regions(draft: Draft, words: Sequence[str], loc: Loc, *, countries: bool = False) -> tuple[frozenset[str], bool]:
    """The regions meant, and whether all others are."""
    negated = {word.startswith("not ") for word in words}
    if len(negated) > 1:
        what = "regions to include beside regions to leave out: 'not' already means all the others."
        draft.say("GW-R205", what, "write one or the other.", loc)
    names = [word.removeprefix("not ") for word in words]
    for number, name in enumerate(names):
        if name != HOME or not countries:
            draft.region(name, (*loc, number), countries=countries)
    return frozenset(names), True in negated


def _destination(draft: Draft, loc: Loc, when: WhenModel) -> DestinationFilter:
    given = when.destination
    if not isinstance(given, DestinationFilterModel):
        return DestinationFilter(names=_names(draft, many(given), loc))
    regions, negated = _regions(draft, many(given.region), (*loc, "region"), countries=True)
    roles: list[Role] = many(given.role)
    return DestinationFilter(
        names=_names(draft, many(given.name), (*loc, "name")),
        roles=frozenset(roles),
        regions=regions,
        region_negated=negated,
    )


def _names(draft: Draft, names: Iterable[str], loc: Loc) -> frozenset[DestinationName]:
    listed = list(names)
    for number, name in enumerate(listed):
        draft.refer("GW-R302", "destination", name, draft.file.destinations, (*loc, number))
    return frozenset(DestinationName(name) for name in listed)

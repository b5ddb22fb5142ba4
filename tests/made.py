"""Small whole values for tests of the core: a ruleset written in Python, documents built leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gateway.model.decision import Action, Treatment
from gateway.model.document import Document, Leaf, Part, Span
from gateway.model.finding import Finding
from gateway.model.kinds import KindSpec
from gateway.model.names import DestinationName, Digest, Kind, PartName, Path, Region, RuleId, Scope
from gateway.model.rules import (
    Condition,
    Destination,
    DestinationFilter,
    Evidence,
    PathPattern,
    RegionSpec,
    ResidenceSpec,
    Route,
    Rule,
    Ruleset,
)

RU = Region("ru")
CRM = DestinationName("crm")
METRICS = DestinationName("metrics")

KINDS = {
    spec.name: spec
    for spec in (
        KindSpec(Kind("email"), "personal", "email", "email", equal=True),
        KindSpec(Kind("phone"), "personal", "phone", "phone", equal=True),
        KindSpec(Kind("person.name"), "personal", "letters", "name"),
        KindSpec(Kind("birth_date"), "personal", "stand_in"),
        KindSpec(Kind("ru.passport"), "personal", "digits", "digits", equal=True),
        KindSpec(Kind("citizenship"), "attribute", "opaque"),
        KindSpec(Kind("cookie_id"), "technical", "opaque"),
        KindSpec(Kind("ip"), "technical", "opaque"),
        KindSpec(Kind("user_id"), "personal", "opaque", equal=True),
    )
}


def pattern(text: str) -> PathPattern:
    """``body.users.*`` as the rules write it."""
    return tuple(text.split("."))


def destination(name: str = "crm", **changes: object) -> Destination:
    made = Destination(
        name=DestinationName(name),
        url="http://127.0.0.1:1",
        region=Region("us"),
        country="US",
        role="application",
        unmatched="pass",
        scope=Scope(name),
        token_domain="t.example",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # tests name fields of the dataclass


def route(path: str = "**", to: str = "crm", **changes: object) -> Route:
    made = Route(
        name=f"{to}:{path}",
        path=tuple(step for step in path.split("/") if step) or ("",),
        methods=frozenset(),
        to=DestinationName(to),
        at="rules/x.yaml:1:1",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # tests name fields of the dataclass


def rule(name: str, then: Action | Treatment, **when: object) -> Rule:
    """A rule; ``overrides``, ``until`` and ``mode`` may stand among the conditions."""
    own = {key: when.pop(key) for key in ("overrides", "until", "mode") if key in when}
    to = {key: when.pop(key) for key in ("names", "roles", "regions", "region_negated") if key in when}
    condition = Condition(**when, destination=DestinationFilter(**to))  # type: ignore[arg-type]  # fields by name
    treatment = then if isinstance(then, Treatment) else Treatment(then)
    made = Rule(RuleId(name), f"why {name}", condition, treatment, f"rules/x.yaml:{len(name)}:3")
    return replace(made, **own)  # type: ignore[arg-type]  # tests name fields of the dataclass


EVIDENCE = (
    Evidence(
        "field", "declared", RU, Region("elsewhere"), path=pattern("**.citizenship"), values=frozenset({"ru", "рф"})
    ),
    Evidence("known_subject", "declared"),
    Evidence("document", "document", RU, kinds=frozenset({Kind("ru.passport")})),
    Evidence("claim", "declared", claim="country"),
    Evidence("phone", "inferred"),
    Evidence("geoip", "inferred"),
    Evidence("language", "inferred", RU, values=frozenset({"ru"})),
)


def ruleset(*rules: Rule, routes: Iterable[Route] = (), **changes: object) -> Ruleset:
    made = Ruleset(
        digest=Digest("d1"),
        files=("rules/x.yaml",),
        regions={RU: RegionSpec(RU, frozenset({"RU"}), "152-FZ", "memory:", "memory:", keep_days=365)},
        residence=ResidenceSpec((pattern("body"), pattern("body.users.*")), EVIDENCE, RU),
        destinations={
            CRM: destination(),
            METRICS: destination("metrics", role="analytics", unmatched="drop"),
        },
        routes=tuple(routes) or (route(),),
        rules=rules,
        kinds=KINDS,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # tests name fields of the dataclass


def leaf(path: str, text: str, *, is_key: bool = False) -> Leaf:
    """A leaf at a dotted path; a step of digits is an array index."""
    return Leaf(steps(path), text, Span(0, len(text)), "json_string", is_key)


def steps(path: str) -> Path:
    return tuple(int(step) if step.isdigit() else step for step in path.split("."))


def document(*leaves: Leaf, headers: str = "") -> Document:
    """A document whose parts hold the leaves by the first step of their paths."""
    names: tuple[PartName, ...] = ("path", "query", "cookies", "body")
    parts = [Part("headers", "headers", headers)]
    parts += [Part(name, "json", "", tuple(one for one in leaves if one.path[0] == name)) for name in names]
    return Document(tuple(parts))


def found(at: Document, path: str, kind: str, start: int = 0, end: int | None = None) -> Finding:
    """A finding over (a stretch of) the value leaf at a path."""
    ordinal = next(n for n, one in enumerate(at.leaves) if one.path == steps(path) and not one.is_key)
    text = at.leaves[ordinal].text
    return Finding(ordinal, steps(path), Span(start, len(text) if end is None else end), Kind(kind), 0.9, "made")

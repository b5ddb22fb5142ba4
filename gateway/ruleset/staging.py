"""A test's ``given`` as the core takes it: a request, the route it would take, and what was known before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from urllib.parse import quote, urlencode

from gateway.core.asked import Asked
from gateway.core.blind import blind, normal_form
from gateway.core.identity import identify
from gateway.core.judge import Judgement, judge
from gateway.core.reading import read
from gateway.core.route import Matched, find_route
from gateway.model.kept import Blinded, DirectoryEntry, Recalled
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import DestinationName, Kind, Region, SubjectId
from gateway.model.residency import Caller
from gateway.model.rules import Route, Ruleset
from gateway.model.secret import Secret
from gateway.ruleset.flow import made_up_destination
from gateway.ruleset.schema.trials import CallerModel, GivenModel, KnownModel, StageModel
from gateway.ruleset.schema.words import many

_KEY = Secret(b"the index key of tests, no secret")
_ROUTE = "test"


@dataclass(frozen=True, slots=True)
class Staged:
    """A made-up exchange up to the point where the store would be asked."""

    ruleset: Ruleset
    request: Request
    matched: Matched
    caller: Caller
    country: str | None
    known: Mapping[Blinded, DirectoryEntry]

    def judged(self, today: date, ruleset: Ruleset | None = None) -> Judgement:
        """What the core says of it, under these rules or others. Raises PayloadError."""
        rules = ruleset or self.ruleset
        reading = read(self.request, self.matched, rules, Limits())
        identities = identify(reading, rules, _KEY)
        recalled = Recalled(known={name: self.known[name] for name in identities.values() if name in self.known})
        return judge(reading, rules, Asked(today, self.caller, self.country, identities, recalled))


def stage(given: GivenModel, ruleset: Ruleset, at: str, unmatched: str) -> Staged | None:
    """The exchange that a test describes; None where no route takes the request.

    ``unmatched`` is the answer of a made-up destination whose test gives none. Raises PayloadError.
    """
    ruleset, to = _with_destination(given, ruleset, unmatched)
    request = _request(given, ruleset)
    matched = _matched(given, ruleset, request, to, at)
    if matched is None:
        return None
    caller = _caller(given.caller, given.peer)
    return Staged(ruleset, request, matched, caller, given.country, dict(_known(given.known, ruleset)))


def _with_destination(given: GivenModel, ruleset: Ruleset, unmatched: str) -> tuple[Ruleset, DestinationName | None]:
    if not isinstance(given.to, StageModel):
        return ruleset, DestinationName(given.to) if given.to else None
    made_up = made_up_destination(given.to.role, Region(given.to.region), given.to.unmatched or unmatched, ruleset)
    return replace(ruleset, destinations={**ruleset.destinations, made_up.name: made_up}), made_up.name


def _matched(
    given: GivenModel, ruleset: Ruleset, request: Request, to: DestinationName | None, at: str
) -> Matched | None:
    if given.route:
        ruleset = replace(ruleset, routes=tuple(route for route in ruleset.routes if route.name == given.route))
    if given.route or (given.path and not isinstance(given.to, StageModel)):
        found = find_route(ruleset, request)
        return found if found and to in (None, found.route.to) else None
    any_path = Route(name=_ROUTE, path=("**",), methods=frozenset(), to=to or DestinationName(""), at=at)
    return find_route(replace(ruleset, routes=(any_path,)), request)


def _request(given: GivenModel, ruleset: Ruleset) -> Request:
    route = next((route for route in ruleset.routes if route.name == given.route), None)
    path = given.path or ("/" + "/".join(_filled(route.path)) if route else "/")
    method = given.method if "method" in given.model_fields_set or not route else min(route.methods, default="POST")
    query = urlencode([(name, text) for name, texts in given.query.items() for text in many(texts)])
    target = path + ("?" + query if query else "")
    content_type, body = _body(given)
    return Request(method, target, tuple(_headers(given, content_type)), body, given.peer)


def _filled(path: Iterable[str]) -> Iterator[str]:
    """A path that a pattern fits."""
    for step in path:
        if step != "**":
            yield step.strip("{}*") or "any"


def _headers(given: GivenModel, content_type: str) -> Iterator[tuple[str, str]]:
    if content_type:
        yield "Content-Type", content_type
    for name, texts in given.headers.items():
        yield from ((name, _as_header(text)) for text in many(texts))
    if given.cookies:
        yield "Cookie", "; ".join(f"{name}={quote(text)}" for name, text in given.cookies.items())


def _as_header(text: str) -> str:
    """A header as it is received: bytes over 127 as surrogate escapes."""
    return text.encode().decode("ascii", "surrogateescape")


def _body(given: GivenModel) -> tuple[str, bytes]:
    if given.body is None:
        return given.type or "", b""
    if isinstance(given.body, str):
        return given.type or "text/plain; charset=utf-8", given.body.encode()
    if isinstance(given.body, dict) and (given.type or "").startswith("application/x-www-form-urlencoded"):
        return given.type or "", urlencode({name: str(value) for name, value in given.body.items()}).encode()
    return given.type or "application/json", _json(given.body).encode()


def _json(value: object) -> str:
    """JSON in which decimals keep their zeros."""
    match value:
        case Decimal():
            return str(value)
        case list():
            return f"[{','.join(_json(item) for item in value)}]"
        case dict():
            return "{" + ",".join(f"{_json(key)}:{_json(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _caller(model: CallerModel, peer: str) -> Caller:
    known = model.residence is not None
    return Caller(
        subject=_subject(model.subject) if model.subject else None,
        region=Region(model.residence) if model.residence else None,
        rank=model.rank if known else None,
        roles=frozenset(model.roles),
        country=model.country,
        address=peer,
    )


def _known(people: Iterable[KnownModel], ruleset: Ruleset) -> Iterator[tuple[Blinded, DirectoryEntry]]:
    for person in people:
        identifiers = person.__pydantic_extra__
        subject = _subject(person.person or "/".join(identifiers.values()))
        for name, text in identifiers.items():
            kind = Kind(name)
            digest = blind(_KEY, kind, normal_form(ruleset.kinds[kind], text))
            yield (kind, digest), DirectoryEntry(kind, digest, subject, Region(person.residence), person.rank)


def _subject(name: str) -> SubjectId:
    return SubjectId(hashlib.sha256(name.encode()).hexdigest()[:28])

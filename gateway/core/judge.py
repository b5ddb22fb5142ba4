"""Everything that is thought about a request before anything is done: read, identify, judge.

``read`` needs only the rules; ``identify`` needs the index key; ``judge`` needs what the home store recalled. The
exchange calls them around its one read of the store; inline tests and ``explain`` call them without one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from ipaddress import ip_address, ip_network
from types import MappingProxyType

from gateway.core.blind import blind, normal_form
from gateway.core.classify import classify
from gateway.core.codec import decode_request
from gateway.core.decide import TOKEN_TEXT, decide
from gateway.core.locate import Told, locate
from gateway.core.naming.recognise import sightings_in
from gateway.core.paths import matches
from gateway.core.people import person
from gateway.core.route import Matched
from gateway.model.decision import Decision
from gateway.model.document import Document, Span
from gateway.model.errors import PayloadError
from gateway.model.finding import Finding
from gateway.model.kept import Blinded, DirectoryEntry, Recalled, TokenFact
from gateway.model.kinds import KindSpec, Shape
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import Digest, Kind, Path, Token
from gateway.model.residency import CALLER, Caller, Residence
from gateway.model.rules import RevealTo, Route, Ruleset
from gateway.model.secret import Secret


@dataclass(frozen=True, slots=True)
class Sighting:
    """A stretch of a leaf that may be a token; only the store can tell."""

    leaf: int
    path: Path
    span: Span
    token: Token
    shape: Shape


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as the core sees it: its document, what was found in it, the tokens that may have come in."""

    matched: Matched
    document: Document
    findings: tuple[Finding, ...]
    sightings: tuple[Sighting, ...]


_CHECKED: tuple[Shape, ...] = ("opaque", "email", "letters")
"""Shapes with check characters: such a text is a token or was forged; other texts are tokens only if the store says
so."""

_OF_THE_MESSAGE = ("body", "query", "path")
"""Parts whose identifiers say whom the message is about; a header or cookie proves nothing."""

_GIVEN_OUT = (Kind("user_id"), Kind("login"))
"""Identifiers that every back end gives out on its own: 42 here is not 42 there."""

Identities = Mapping[Finding, Blinded]
"""The blinds of the findings of equal kinds, under one region's index key."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known beside the message when it is judged."""

    today: date
    caller: Caller = Caller()
    country: str | None = None
    identities: Identities = field(default_factory=dict)
    recalled: Recalled = field(default_factory=Recalled)
    reference: DirectoryEntry | None = None
    """Whom the back end's own id in the request (``subject_ref``) stands for."""
    own_cookies: frozenset[str] = frozenset()
    """Cookies that the destination has set itself, beside those its rules list."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict with all it rests on. ``owners``: the persons who are known subjects already."""

    reading: Reading
    findings: tuple[Finding, ...]
    residences: tuple[Residence, ...]
    owners: Mapping[Path, DirectoryEntry]
    decision: Decision
    by_reference: Path | None = None
    """The person of whom only the back end's own id says who it is: believed for protection, not for claims."""


def read(request: Request, matched: Matched, ruleset: Ruleset, limits: Limits) -> Reading:
    """Decode, find personal data and possible tokens. Raises PayloadError where the message cannot be inspected."""
    document = _decoded(request, matched, limits)
    destination = ruleset.destinations[matched.route.to]
    return Reading(
        matched,
        document,
        classify(document, ruleset),
        tokens_in(document, (destination.token_domain,), ruleset.phone_block),
    )


def tokens_in(
    document: Document,
    domains: Sequence[str],
    phone_block: str,
    known: Mapping[str, tuple[Token, Shape]] = MappingProxyType({}),
) -> tuple[Sighting, ...]:
    """Every stretch of every leaf that may be a token, in reading order.

    ``known``: texts of which it is known already that they are one from end to end; they are not looked into.
    """
    leaves = document.leaves
    texts = [leaf.text if leaf.text not in known else "" for leaf in leaves]
    found = [
        Sighting(ordinal, leaves[ordinal].path, *one)
        for ordinal, one in sightings_in(texts, domains=domains, phone_block=phone_block)
    ]
    if known:
        found += [
            Sighting(ordinal, leaf.path, Span(0, len(leaf.text)), *known[leaf.text])
            for ordinal, leaf in enumerate(leaves)
            if leaf.text in known
        ]
        found.sort(key=lambda sighting: sighting.leaf)
    return tuple(found)


def identify(reading: Reading, ruleset: Ruleset, index_key: Secret) -> Identities:
    """The blinds of the findings that identify somebody: of an equal kind, and the whole of their leaf.

    A phone number inside a comment, or in a field that only happens to hold one, is protected like any other; whose it
    is, it does not say. An id that a back end gives out is one of that back end.
    """
    blinds = {}
    for finding in reading.findings:
        if not finding.detector.startswith("field:"):
            continue
        spec = ruleset.kinds[finding.kind]
        whole = reading.document.leaves[finding.leaf].text
        text = whole[finding.span.start : finding.span.end]
        if spec.equal and text.strip() == whole.strip() and (normal := normal_form(spec, text)):
            blinds[finding] = identity(spec, normal, reading.matched.route.to, index_key)
    return blinds


def identity(spec: KindSpec, normal: str, destination: str, index_key: Secret) -> Blinded:
    """What the directory knows an identifier by."""
    kind = Kind(f"{spec.name}:{destination}") if spec.name in _GIVEN_OUT else spec.name
    return kind, blind(index_key, kind, normal)


def judge(reading: Reading, ruleset: Ruleset, asked: Asked) -> Judgement:
    """Whose data it is, where they live, and what happens to it."""
    route = reading.matched.route
    findings = tuple(f for f in _settle_tokens(reading, ruleset, asked) if not _comes_home(f, route, ruleset, asked))
    owners = _owners(reading, ruleset, asked, findings)
    caller = replace(asked.caller, region=None, rank=None) if _creates(route) else asked.caller
    told = Told(caller, asked.country, _known_persons(reading, ruleset, asked, findings, owners))
    located = tuple(finding for finding in findings if finding.kind != TOKEN_TEXT)
    residences = locate(reading.document, located, ruleset, route, told)
    decision = decide(reading.document, findings, residences, ruleset, route, reading.matched.intent, asked.today)
    return Judgement(reading, findings, residences, owners, decision, _by_reference(asked, owners))


def reference_blind(reading: Reading, index_key: Secret) -> Blinded | None:
    """The blind of the back end's own id that the route's ``subject_ref`` reads from the request, if it is there."""
    ref = reading.matched.route.subject_ref
    if ref is None or not ref.read:
        return None
    text = text_at(reading.document, reading.matched.locate(ref.read))
    return reference(ref.name, reading.matched.route.to, text, index_key) if text else None


def reference(name: str, destination: str, text: str, index_key: Secret) -> Blinded:
    """The blind of a destination's own id for a person."""
    kind = Kind(f"ref:{destination}:{name}")
    return kind, Digest(blind(index_key, kind, text))


def text_at(document: Document, pattern: tuple[str, ...]) -> str | None:
    """The one text of the value leaves at a path; None where there is none, or where they differ.

    Which of several a back end takes nobody knows.
    """
    found = {leaf.text for leaf in document.leaves if not leaf.is_key and matches(pattern, leaf.path)}
    return found.pop() if len(found) == 1 else None


def may_reveal(reveal_to: Sequence[RevealTo], caller: Caller) -> bool:
    """True if the caller may see anybody's originals on this route: by role, certificate or address."""
    return any(_admits(allowed, caller) for allowed in reveal_to)


def _admits(allowed: RevealTo, caller: Caller) -> bool:
    match allowed.what:
        case "role":
            return allowed.name in caller.roles
        case "certificate":
            return caller.certificate is not None and caller.certificate == allowed.name
        case "address":
            return bool(caller.address) and ip_address(caller.address) in ip_network(allowed.name)
        case _:  # the subject is judged token by token
            return False


def _decoded(request: Request, matched: Matched, limits: Limits) -> Document:
    try:
        return decode_request(request, limits)
    except PayloadError:
        if matched.route.opaque == "pass":
            return decode_request(request, limits, opaque=True)
        raise


def _settle_tokens(reading: Reading, ruleset: Ruleset, asked: Asked) -> tuple[Finding, ...]:
    """The findings, less those that are tokens which may pass, plus tokens that may not pass as such."""
    if not reading.sightings:
        return reading.findings
    scope = ruleset.destinations[reading.matched.route.to].scope
    passing: dict[int, list[Span]] = {}
    strangers = []
    for sighting in reading.sightings:
        fact = asked.recalled.tokens.get(sighting.token)
        if fact is not None and fact.scope == scope and _is_the_callers(fact, reading, asked.caller):
            passing.setdefault(sighting.leaf, []).append(sighting.span)
        elif fact is not None or sighting.shape in _CHECKED:
            strangers.append(sighting)
    kept = [f for f in reading.findings if not _within(f.span, passing.get(f.leaf, ()))]
    kept += [Finding(s.leaf, s.path, s.span, TOKEN_TEXT, 1.0, "token") for s in strangers]
    return tuple(sorted(kept, key=lambda finding: (finding.leaf, finding.span.start, finding.span.end)))


def _comes_home(finding: Finding, route: Route, ruleset: Ruleset, asked: Asked) -> bool:
    """True for the value of a cookie that goes back to where it came from, unless the value itself is personal."""
    if finding.path[0] != "cookies" or finding.kind not in ruleset.kinds:
        return False
    own = finding.path[1] in asked.own_cookies or finding.path[1] in ruleset.destinations[route.to].own_cookies
    return own and ruleset.kinds[finding.kind].category in ("technical", "credential")


def _is_the_callers(fact: TokenFact, reading: Reading, caller: Caller) -> bool:
    """The caller holds the token, may reveal it, or was shown it in this session."""
    return (
        fact.shown
        or (caller.subject is not None and caller.subject in fact.holders)
        or may_reveal(reading.matched.route.reveal_to, caller)
    )


def _within(span: Span, tokens: Sequence[Span]) -> bool:
    return any(token.start <= span.start and span.end <= token.end for token in tokens)


def _owners(
    reading: Reading, ruleset: Ruleset, asked: Asked, findings: Sequence[Finding]
) -> dict[Path, DirectoryEntry]:
    """The persons of the message who are known subjects.

    A verified caller is, except where the route creates a person: who fills in a registration may sit at somebody
    else's browser. Anybody else is if every identifier of the subtree is in the directory under one and the
    same subject: one shared identifier beside a new one proves nothing (spouses share a phone). The back end's own id
    (``subject_ref``) says whom the message is about.
    """
    route = reading.matched.route
    owners: dict[Path, DirectoryEntry] = {}
    for about, entries in _identified(reading, ruleset, asked, findings).items():
        first = entries[0]
        if first is not None and all(e is not None and e.subject == first.subject for e in entries):
            owners[about] = first
    if asked.reference is not None:
        owners[person(("body",), ruleset.residence, route)] = asked.reference
    if (caller := asked.caller).subject is not None and not _creates(route):
        owners[CALLER] = DirectoryEntry(Kind("caller"), Digest(""), caller.subject, caller.region, caller.rank)
    return owners


def _creates(route: Route) -> bool:
    """True if the route makes a new person, whose id its reply tells."""
    return route.subject_ref is not None and bool(route.subject_ref.learn)


def _identified(
    reading: Reading, ruleset: Ruleset, asked: Asked, findings: Sequence[Finding]
) -> dict[Path, list[DirectoryEntry | None]]:
    """What the directory says of each person's identifiers, None where it knows one not."""
    entries: dict[Path, list[DirectoryEntry | None]] = {}
    for finding in findings:
        if finding in asked.identities and finding.path[0] in _OF_THE_MESSAGE:
            about = person(finding.path, ruleset.residence, reading.matched.route)
            entries.setdefault(about, []).append(asked.recalled.known.get(asked.identities[finding]))
    return entries


def _known_persons(
    reading: Reading, ruleset: Ruleset, asked: Asked, findings: Sequence[Finding], owners: Mapping[Path, DirectoryEntry]
) -> dict[Path, tuple[DirectoryEntry, ...]]:
    """What was found before of each person: of the subject it is, and of any identifier that points home.

    A Russian's e-mail protects the message it stands in, whoever else is named there; a German's frees only a German.
    """
    known: dict[Path, tuple[DirectoryEntry, ...]] = {
        about: (owner,) for about, owner in owners.items() if about != CALLER or asked.caller.subject is None
    }
    for about, entries in _identified(reading, ruleset, asked, findings).items():
        at_home = tuple(entry for entry in entries if entry is not None and entry.region in ruleset.regions)
        known[about] = known.get(about, ()) + at_home
    return known


def _by_reference(asked: Asked, owners: Mapping[Path, DirectoryEntry]) -> Path | None:
    if asked.reference is None or asked.reference.subject == asked.caller.subject:
        return None
    return next((about for about, owner in owners.items() if owner is asked.reference), None)

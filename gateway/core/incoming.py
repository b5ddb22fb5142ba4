"""What of a request may pass as it came: tokens, encrypted fields, stand-ins near them, cookies on their way home."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from gateway.core.asked import Asked, may_reveal
from gateway.core.decide import TOKEN_TEXT
from gateway.core.encrypted import shown_as
from gateway.core.reading import Reading, Sighting
from gateway.core.stand_ins import StandIn, kinds_sent, objects_around, recognised
from gateway.model.document import Document, Span, span_in
from gateway.model.finding import Finding
from gateway.model.kinds import Shape
from gateway.model.names import Path, SubjectId, Token
from gateway.model.rules import Route, Ruleset

_CHECKED: tuple[Shape, ...] = ("opaque", "email", "letters")
"""Shapes with check characters: such a text is a token or was forged; other texts are tokens only if the store says
so."""

_MOST_HOLDERS = 8
_SCHEME = "urn:uuid:"
_WORDS = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)


def settle_tokens(reading: Reading, ruleset: Ruleset, asked: Asked) -> tuple[Finding, ...]:
    """The findings, less what may pass as it came: tokens, encrypted fields, and stand-ins near them.

    What looks like a token or encrypted field and may not pass is a finding of its own.
    """
    if not (reading.sightings or reading.sealed):
        return reading.findings
    passing, strangers = _sorted_out(reading, ruleset, asked)
    stand_ins = recognised(reading.document, _beside(passing, asked)) if asked.stand_ins else {}
    spans: dict[int, list[Span]] = defaultdict(list)
    for sighting in passing:
        spans[sighting.leaf].append(_with_its_scheme(sighting, reading.document))
    kept = [
        rest
        for finding in reading.findings
        if finding.leaf not in stand_ins
        for rest in _around(finding, spans.get(finding.leaf, ()), reading.document)
    ]
    kept += [Finding(s.leaf, s.path, s.span, TOKEN_TEXT, 1.0, "token") for s in strangers]
    return tuple(sorted(kept, key=lambda finding: (finding.leaf, finding.span.start, finding.span.end)))


def near_stand_ins(reading: Reading, ruleset: Ruleset, asked: Asked) -> tuple[tuple[Token, ...], tuple[SubjectId, ...]]:
    """The passing tokens near which something stands that may be a stand-in, and whose they are."""
    if not reading.sightings:
        return (), ()
    small = kinds_sent(ruleset)
    objects = {around for f in reading.findings if f.kind in small for around in objects_around(f.path)}
    if not objects:
        return (), ()
    passing, _ = _sorted_out(reading, ruleset, asked)
    tokens = dict.fromkeys(one.token for one in passing if one.path[:-1] in objects)
    persons = dict.fromkeys(subject for token in tokens for subject in _persons(token, asked))
    return tuple(tokens), tuple(persons)


def comes_home(finding: Finding, route: Route, ruleset: Ruleset, asked: Asked) -> bool:
    """True for the value of a cookie that goes back to where it came from, unless the value itself is personal."""
    if finding.path[0] != "cookies" or finding.kind not in ruleset.kinds:
        return False
    own = finding.path[1] in asked.own_cookies or finding.path[1] in ruleset.destinations[route.to].own_cookies
    return own and ruleset.kinds[finding.kind].category in ("technical", "credential")


def _sorted_out(reading: Reading, ruleset: Ruleset, asked: Asked) -> tuple[list[Sighting], list[Sighting]]:
    """What may pass, and what pretends to be something that could."""
    scope = ruleset.destinations[reading.matched.route.to].scope
    passing, strangers = [], []
    for sighting in reading.sightings:
        fact = asked.recalled.tokens.get(sighting.token)
        if fact is not None and fact.scope == scope and _is_the_callers(fact.holders, reading, asked, shown=fact.shown):
            passing.append(sighting)
        elif fact is not None or sighting.shape in _CHECKED:
            strangers.append(sighting)
    for sighting in reading.sealed:
        holder = asked.sealed.get(sighting.token)
        shown = shown_as(sighting.token) in asked.recalled.shown
        may_pass = holder is not None and _is_the_callers((holder,), reading, asked, shown=shown)
        (passing if may_pass else strangers).append(sighting)
    return passing, strangers


def _is_the_callers(holders: Collection[SubjectId], reading: Reading, asked: Asked, *, shown: bool) -> bool:
    """The caller holds it, may reveal it, or was shown it in this session."""
    caller = asked.caller
    own = caller.subject is not None and caller.subject in holders
    return shown or own or may_reveal(reading.matched.route.reveal_to, caller)


def _beside(passing: Iterable[Sighting], asked: Asked) -> dict[Path, list[StandIn]]:
    """By object, the stand-ins of everybody with a token in it."""
    persons = {(sighting.path[:-1], subject) for sighting in passing for subject in _persons(sighting.token, asked)}
    beside: dict[Path, list[StandIn]] = {}
    for around, subject in persons:
        beside.setdefault(around, []).extend(asked.stand_ins.get(subject, ()))
    return beside


def _persons(token: Token, asked: Asked) -> Collection[SubjectId]:
    """The caller, if the token is the caller's, else those who hold it, unless they are many: then it names nobody."""
    fact = asked.recalled.tokens.get(token)
    if fact is None:
        return ()
    own = asked.caller.subject
    if own is not None and own in fact.holders:
        return (own,)
    return fact.holders if len(fact.holders) <= _MOST_HOLDERS else ()


def _with_its_scheme(sighting: Sighting, document: Document) -> Span:
    """The token and, of a UUID, the ``urn:uuid:`` before it: that is how it is written, not a word beside it."""
    start = sighting.span.start
    before = document.leaves[sighting.leaf].text[max(0, start - len(_SCHEME)) : start]
    written = sighting.shape == "uuid" and before.lower() == _SCHEME
    return Span(start - len(_SCHEME), sighting.span.end) if written else sighting.span


def _around(finding: Finding, passing: Sequence[Span], document: Document) -> Iterator[Finding]:
    """What is left of a finding beside tokens that pass: the words, without what separates them from the tokens."""
    within = [span for span in passing if span.overlaps(finding.span)]
    if not within:
        yield finding
        return
    text = document.leaves[finding.leaf].text
    at, end = finding.span.start, min(finding.span.end, len(text))
    for start, after in (*sorted((span.start, span.end) for span in within), (end, end)):
        if words := _WORDS.search(text[at:start]):
            span = span_in(text, at + words.start(), at + words.end())
            yield Finding(finding.leaf, finding.path, span, finding.kind, finding.score, finding.detector)
        at = max(at, after)

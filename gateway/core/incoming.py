"""Which stretches that look like tokens are tokens and may pass; which cookies go back to where they came from."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.core.asked import Asked, may_reveal
from gateway.core.decide import TOKEN_TEXT
from gateway.core.reading import Reading
from gateway.model.document import Span
from gateway.model.finding import Finding
from gateway.model.kept import TokenFact
from gateway.model.kinds import Shape
from gateway.model.residency import Caller
from gateway.model.rules import Route, Ruleset

_CHECKED: tuple[Shape, ...] = ("opaque", "email", "letters")
"""Shapes with check characters: such a text is a token or was forged; other texts are tokens only if the store says
so."""


def settle_tokens(reading: Reading, ruleset: Ruleset, asked: Asked) -> tuple[Finding, ...]:
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


def comes_home(finding: Finding, route: Route, ruleset: Ruleset, asked: Asked) -> bool:
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

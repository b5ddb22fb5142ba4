"""A request as the core sees it before anything is asked: decoded, with what was found in it and what may be a token.

Needs the rules and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from msgspec import Struct

from gateway.core.classify import classify
from gateway.core.codec import decode_request
from gateway.core.files import with_tickets
from gateway.core.naming.recognise import sightings_in
from gateway.core.route import Matched
from gateway.core.seal import ENCRYPTED, ENCRYPTED_MARK
from gateway.core.targets import told
from gateway.model.credential import Opened
from gateway.model.document import WHOLE, Document, Span, span_in
from gateway.model.errors import PayloadError
from gateway.model.files import Files
from gateway.model.finding import Finding
from gateway.model.kinds import Shape
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import Path, Token
from gateway.model.rules import Ruleset
from gateway.model.swift import swift

_NO_FILES: Files = MappingProxyType({})


class Sighting(Struct, frozen=True, gc=False):
    """A stretch of a leaf that may be a token; only the store can tell."""

    leaf: int
    path: Path
    span: Span
    token: Token
    shape: Shape

    def __repr__(self) -> str:
        return f"Sighting(leaf={self.leaf}, span={self.span!r}, token={self.token!r}, shape={self.shape!r})"


@swift
@dataclass(frozen=True, slots=True)
class Reading:
    """A request as the core sees it: its document, what was found in it, the tokens that may have come in."""

    matched: Matched
    document: Document
    findings: tuple[Finding, ...]
    sightings: tuple[Sighting, ...]
    sealed: tuple[Sighting, ...] = ()
    """What may be an encrypted field of ours; only the key can tell."""
    credential: Opened | None = None
    """What stands in the message in place of the credential that came."""
    size: int = 0
    """Characters of all its texts."""
    unread: bool = False
    """Free text that a model was to read was not read in time, and the rules refuse to go without."""


def read(request: Request, matched: Matched, ruleset: Ruleset, limits: Limits, files: Files = _NO_FILES) -> Reading:
    """Decode, find personal data and possible tokens. Raises PayloadError where the message cannot be inspected."""
    return found_in(decoded(request, matched, limits, files), request, matched, ruleset, limits, files)


def found_in(
    document: Document, request: Request, matched: Matched, ruleset: Ruleset, limits: Limits, files: Files = _NO_FILES
) -> Reading:
    """The second half: what stands in a decoded request. Raises PayloadError (GW-P109) where it is too much."""
    destination = ruleset.destinations[matched.route.to]
    found = classify(document, ruleset, matched.route.learned)
    if len(found) > limits.max_leaves:
        raise PayloadError(
            "GW-P109",
            "more is found in the message than `limits.max_leaves` allows texts, so it was not forwarded.",
            "send smaller batches, or raise the limit.",
            status=413,
        )
    return Reading(
        matched,
        document,
        with_tickets(document, told(found, document, request, matched, ruleset), files),
        tokens_in(document, (destination.token_domain,), ruleset.phone_block),
        sealed_in(document),
        size=weight_of(document),
    )


def weight_of(document: Document) -> int:
    """Characters of all its texts: what thinking about them costs grows with that."""
    return sum([len(leaf.text) for leaf in document.leaves])


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
        Sighting(ordinal, leaves[ordinal].path, span_in(texts[ordinal], span.start, span.end), token, shape)
        for ordinal, (span, token, shape) in sightings_in(texts, domains=domains, phone_block=phone_block)
    ]
    if known:
        found += [
            Sighting(ordinal, leaf.path, WHOLE, *known[leaf.text])
            for ordinal, leaf in enumerate(leaves)
            if leaf.text in known
        ]
        found.sort(key=lambda sighting: sighting.leaf)
    return tuple(found)


def sealed_in(document: Document) -> tuple[Sighting, ...]:
    """Every stretch of every leaf that may be an encrypted field; such a field is its own token."""
    return tuple(
        Sighting(ordinal, leaf.path, span_in(leaf.text, *match.span()), Token(match[0]), "opaque")
        for ordinal, leaf in enumerate(document.leaves)
        if ENCRYPTED_MARK in leaf.text
        for match in ENCRYPTED.finditer(leaf.text)
    )


def decoded(request: Request, matched: Matched, limits: Limits, files: Files = _NO_FILES) -> Document:
    """The first half: the request as texts; opaque where the route lets pass what cannot be inspected."""
    try:
        return decode_request(request, limits, protobuf=matched.route.protobuf, files=files)
    except PayloadError:
        if matched.route.opaque == "pass":
            return decode_request(request, limits, opaque=True)
        raise

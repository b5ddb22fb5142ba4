"""What identifiers are known by: keyed blinds of equal values and of the back ends' own ids."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.core.blind import blind, normal_form
from gateway.core.paths import matches
from gateway.core.reading import Reading
from gateway.model.document import Document
from gateway.model.finding import Finding
from gateway.model.kept import Blinded
from gateway.model.kinds import KindSpec
from gateway.model.names import Digest, Kind
from gateway.model.rules import Ruleset
from gateway.model.secret import Secret

_GIVEN_OUT = (Kind("user_id"), Kind("login"))
"""Identifiers that every back end gives out on its own: 42 here is not 42 there."""


Identities = Mapping[Finding, Blinded]
"""The blinds of the findings of equal kinds, under one region's index key."""


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

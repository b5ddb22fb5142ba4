"""What is left to a model: the free texts of a message that no field name settles, and what its answers make of them.

A model adds to what the rules found, never takes away. A text that it did not read in time counts as somebody's name
from end to end where the rules say so (``hide``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.core.again import again, uncovered
from gateway.core.detect.model import DOUBT, MODEL, NAME, UNREAD, worth_reading
from gateway.model.document import WHOLE, Document, span_in
from gateway.model.finding import Finding
from gateway.model.free_text import Spotted

_READ = frozenset({"path", "query", "body"})
"""Headers and cookies are left to the rules: a browser's name is free text too, in every request."""


def free_texts(document: Document, findings: Sequence[Finding]) -> list[int]:
    """Ordinals of the leaves that a model is to read."""
    settled = {finding.leaf for finding in findings if finding.span == WHOLE}
    return [
        ordinal
        for ordinal, leaf in enumerate(document.leaves)
        if ordinal not in settled and leaf.path[0] in _READ and worth_reading(leaf.text)
    ]


def completed(
    document: Document, findings: Sequence[Finding], texts: Sequence[int], spotted: Sequence[Spotted]
) -> tuple[Finding, ...]:
    """The findings and those that a model adds; names that it found are looked for in the other free texts too."""
    more = uncovered(_added(document, texts, spotted), findings)
    if not more:
        return tuple(findings)
    known = [*findings, *more]
    return _in_order([*known, *again(document.leaves, known, texts)])


def hidden(document: Document, findings: Sequence[Finding], texts: Sequence[int]) -> tuple[Finding, ...]:
    """The findings, where each of the texts counts as a name from end to end."""
    whole = [Finding(ordinal, document.leaves[ordinal].path, WHOLE, NAME, DOUBT, UNREAD) for ordinal in texts]
    return _in_order([*findings, *whole])


def _added(document: Document, texts: Sequence[int], spotted: Sequence[Spotted]) -> Iterator[Finding]:
    """The answers that fit a text; a model that answers nonsense adds nothing."""
    for answer in spotted:
        if 0 <= answer.text < len(texts):
            leaf = document.leaves[texts[answer.text]]
            if 0 <= answer.start < answer.end <= len(leaf.text):
                span = span_in(leaf.text, answer.start, answer.end)
                yield Finding(texts[answer.text], leaf.path, span, NAME, round(answer.score, 3), MODEL)


def _in_order(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda finding: (finding.leaf, finding.span.start, finding.span.end)))

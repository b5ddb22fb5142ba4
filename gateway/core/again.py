"""The names of a message that stand in it once more, in another form and another place: «Иванов Пётр», «Петру Иванову».

Coreference without a model. A name that a field is called by, that was found in one text or by a model is looked for
in the texts that no name of a field has settled; declined forms count. Who is named in a message may be named by an
ordinary word too (Король, Smith): with a capital it counts, without one it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from gateway.core.detect.endings import bare
from gateway.core.detect.fold import Folded, fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.model import MODEL
from gateway.core.detect.roles import SPLIT, read
from gateway.model.document import NUMBERS, Leaf, span_in
from gateway.model.finding import Finding
from gateway.model.names import Kind

NAMES = frozenset(map(Kind, ("person.name", "person.first", "person.last", "person.middle")))
AGAIN = "person.again"

_NAME = Kind("person.name")
_SCORE = 0.6
_SURE = 0.75
"""What a name that rules found in a text has to score, so that it is looked for elsewhere: doubts don't multiply."""

_BELIEVED = frozenset({"field:weak", MODEL})

_SHORTEST = 4
_LONG = 6
"""Letters of a word of which four stay in all its forms; of shorter ones three do."""

_HEAD = 2
"""Letters that a word of these keeps in its stem, unless that has no more."""

_FEW = 64
"""Names that are looked for one by one in all texts together; of more, some would be there anyway."""

_LONGEST_NAME = 200
_CYRILLIC = "\u0400"
_NOBODY = frozenset(".Ndg")
"""Letters of words (``detect/roles.py``) that are nobody's name for being spelt alike."""

_FLEETING = {"павел": "павл"}


def again(leaves: Sequence[Leaf], findings: Sequence[Finding], where: Iterable[int]) -> list[Finding]:
    """Findings of names that are known from elsewhere, in the leaves with these ordinals; O(n) in their texts.

    Nearly every message has nothing to find: one look at all texts together says so.
    """
    texts = [one for one in where if " " in leaves[one].text and leaves[one].spelling not in NUMBERS]
    words = _words(leaves, findings) if texts else ()
    if not words:
        return []
    beginnings = {word[: 3 if len(word) < _LONG else 4] for word in words}
    shadow = fold("\n".join([leaves[ordinal].text for ordinal in texts]) + SENTINEL)
    if len(beginnings) <= _FEW and not [word for word in beginnings if word in shadow.lower]:
        return []
    stems = frozenset(map(_stem, words))
    known: dict[int, list[Finding]] = {}
    for finding in findings:
        known.setdefault(finding.leaf, []).append(finding)
    named: list[Finding] = []
    for ordinal in texts:
        leaf = leaves[ordinal]
        folded = fold(leaf.text + SENTINEL) if len(texts) > 1 else shadow
        alike = [_finding(leaf, ordinal, folded, start, end) for start, end in _alike(folded.lower, stems)]
        if alike and uncovered(alike, known.get(ordinal, ())):
            named += uncovered(_in_leaf(leaf, ordinal, folded, stems), known.get(ordinal, ()))
    return named


def _words(leaves: Sequence[Leaf], findings: Sequence[Finding]) -> Sequence[str]:
    """The words of all names, folded."""
    names = [
        leaves[finding.leaf].text[finding.span.start : finding.span.end][:_LONGEST_NAME]
        for finding in findings
        if finding.kind in NAMES and (finding.score >= _SURE or finding.detector in _BELIEVED)
    ]
    words = fold(" ".join(names)).lower.replace(",", " ").split()
    return [word for word in words if len(word) >= _SHORTEST and word.isalpha()]


def _stem(word: str) -> str:
    return _FLEETING.get(word) or bare(word) if word[0] >= _CYRILLIC else word


def _alike(lower: str, stems: frozenset[str]) -> list[tuple[int, int]]:
    """Where words stand that are spelt like the names. Few do, so that words are rarely read (``roles.read``)."""
    heads = {stem[:_HEAD] for stem in stems}
    short = any(len(stem) <= _HEAD for stem in stems)
    parts = SPLIT.split(lower)
    found = {
        2 * place + 1
        for place, word in enumerate(parts[1::2])
        if len(word) >= _SHORTEST and (word[:_HEAD] in heads or short) and _stem(word.removesuffix("'s")) in stems
    }
    ends = accumulate(map(len, parts)) if found else ()
    return [(end - len(parts[place]), end) for place, end in enumerate(ends) if place in found]


def _in_leaf(leaf: Leaf, ordinal: int, folded: Folded, stems: frozenset[str]) -> Iterator[Finding]:
    found = read(folded.cased, folded.lower)
    for place, spelt in enumerate(found.spelt):
        word = spelt.removesuffix("'s")
        if len(word) >= _SHORTEST and found.letters[2 * place] not in _NOBODY and _stem(word) in stems:
            first = found.starts[place]
            yield _finding(leaf, ordinal, folded, first, first + len(word))


def _finding(leaf: Leaf, ordinal: int, folded: Folded, start: int, end: int) -> Finding:
    return Finding(ordinal, leaf.path, span_in(leaf.text, *folded.origin(start, end)), _NAME, _SCORE, AGAIN)


def uncovered(found: Iterable[Finding], known: Sequence[Finding]) -> list[Finding]:
    """Those of the findings, in reading order, that lie in no known one; O(n log n)."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for finding in known:
        spans.setdefault(finding.leaf, []).append((finding.span.start, finding.span.end))
    for stretches in spans.values():
        stretches.sort(reverse=True)
    kept: list[Finding] = []
    reach: dict[int, int] = {}
    for one in sorted(found, key=lambda one: (one.leaf, one.span.start)):
        before = spans.get(one.leaf, [])
        while before and before[-1][0] <= one.span.start:
            reach[one.leaf] = max(reach.get(one.leaf, 0), before.pop()[1])
        if reach.get(one.leaf, 0) < one.span.end:
            kept.append(one)
    return kept

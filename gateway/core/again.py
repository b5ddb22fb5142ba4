"""The names of a message that stand in it once more, in another form and another place: «Иванов Пётр», «Петру Иванову».

Coreference without a model. A name that a field is called by, that was found in one text or by a model is looked for
in the texts that no name of a field has settled; declined forms count. Who is named in a message may be named by an
ordinary word too (Король, Smith): with a capital it counts, without one it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from gateway.core.detect.endings import bare
from gateway.core.detect.fold import fold
from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.model import MODEL
from gateway.core.detect.roles import WORD, read
from gateway.core.detect.scan import Page
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

_FEW = 64
"""Names that are looked for one by one in all texts together; of more, some would be there anyway."""

_LONGEST_NAME = 200
_CYRILLIC = "\u0400"
_NOBODY = frozenset(".Ndg")
"""Letters of words (``detect/roles.py``) that are nobody's name for being spelt alike."""

_FLEETING = {"павел": "павл"}
_BEHIND_FLEETING = frozenset("цкл")

_WORD = re.compile(WORD)
_WHOLE_WORD = re.compile(rf"(?<![^\W\d_])(?<![^\W\d_]['’\-]){WORD}")


def again(
    leaves: Sequence[Leaf], findings: Sequence[Finding], where: Sequence[int], page: Page | None = None
) -> list[Finding]:
    """Findings of names that are known from elsewhere, in the leaves with these ordinals; O(n) in their texts.

    ``page``: those leaves' texts, if they have been folded already. Nearly every message has nothing to find: one look
    at all texts together says so.
    """
    texts = {number for number, one in enumerate(where) if " " in leaves[one].text and _is_text(leaves[one])}
    words = _words(leaves, findings) if texts else ()
    if not words:
        return []
    page = page or Page([leaves[ordinal].text for ordinal in where])
    beginnings = {word[: 3 if len(word) < _LONG else 4] for word in words}
    if len(beginnings) <= _FEW and not [word for word in beginnings if word in page.folded.lower]:
        return []
    stems = frozenset(map(_stem, words))
    known: dict[int, list[Finding]] = {}
    for finding in findings:
        known.setdefault(finding.leaf, []).append(finding)
    alike: dict[int, list[Finding]] = {}
    for stretch in _alike(page.folded.lower, stems):
        number, start, end = page.place(*stretch)
        if number in texts:
            alike.setdefault(where[number], []).append(_finding(leaves, where[number], start, end))
    named: list[Finding] = []
    for ordinal, found in alike.items():
        if uncovered(found, known.get(ordinal, ())):
            named += uncovered(_in_leaf(leaves, ordinal, stems), known.get(ordinal, ()))
    return named


def _is_text(leaf: Leaf) -> bool:
    return leaf.spelling not in NUMBERS


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


def _alike(lower: str, stems: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Where words stand that are spelt like the names. Few do, so that words are rarely read (``roles.read``)."""
    for found in _beginning(lower, _roots(stems)) if len(stems) <= _FEW else _WORD.finditer(lower):
        word = found[0]
        if len(word) >= _SHORTEST and _stem(word.removesuffix("'s")) in stems:
            yield found.span()


def _roots(stems: Iterable[str]) -> list[str]:
    """What the words of these stems begin with, less a last letter that a fleeting vowel may stand before; none of them
    begins as another does.
    """
    roots: list[str] = []
    for root in sorted({stem[:-1] if stem[-1] in _BEHIND_FLEETING else stem for stem in stems}):
        if not roots or not root.startswith(roots[-1]):
            roots.append(root)
    return roots


def _beginning(lower: str, roots: Iterable[str]) -> Iterator[re.Match[str]]:
    """The words that begin so; looked for as strings, which is as good as nothing where they are not."""
    for root in roots:
        at = lower.find(root)
        while at >= 0:
            word = _WHOLE_WORD.match(lower, at)
            if word is not None:
                yield word
            at = lower.find(root, word.end() if word else at + 1)


def _in_leaf(leaves: Sequence[Leaf], ordinal: int, stems: frozenset[str]) -> Iterator[Finding]:
    folded = fold(leaves[ordinal].text + SENTINEL)
    found = read(folded.cased, folded.lower)
    for place, spelt in enumerate(found.spelt):
        word = spelt.removesuffix("'s")
        if len(word) >= _SHORTEST and found.letters[2 * place] not in _NOBODY and _stem(word) in stems:
            first = found.starts[place]
            yield _finding(leaves, ordinal, *folded.origin(first, first + len(word)))


def _finding(leaves: Sequence[Leaf], ordinal: int, start: int, end: int) -> Finding:
    leaf = leaves[ordinal]
    return Finding(ordinal, leaf.path, span_in(leaf.text, start, end), _NAME, _SCORE, AGAIN)


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

"""The two questions that outside judges ask: what is in this text, what is in a field of this name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best
from gateway.core.detect.detector import Hit
from gateway.core.detect.english_case import is_english
from gateway.core.detect.english_lines import Span
from gateway.core.detect.english_told import between, told, with_dates
from gateway.core.detect.firms import firms_in
from gateway.core.detect.fold import Folded
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.mentions import mentions_in
from gateway.core.detect.scan import Page
from gateway.core.detect.tagger import Weights, learned, tagged
from gateway.core.detect.traits import traits_in, with_years
from gateway.model.names import Kind

_WHOLE = frozenset({"DISEASE", "ORGANIZATION"})
"""Of these a longer stretch that the lists know goes before a shorter one."""

_HELD = frozenset({"PERSON", "LOCATION"})
"""What may stand inside an organisation."""

_WEAK = frozenset({"person.one", "person.titled"})
"""Readings of names that English reads better (``english``), where it is read."""

_NOTHING = frozenset(map(Kind, ("user_agent", "client_hint", "referer")))
"""What is nothing to a judge, and what stands in it neither."""

_HEAD = 400
_CYRILLIC, _LATIN = re.compile("[а-я]+"), re.compile("[a-z]+")
_NESTED = 4
"""How many stretches that begin before another are looked at: organisations are not nested deeper."""

TIERS = ("patterns", "words", "mentions")
"""Where a find comes from: a pattern of the catalogue, the reading of words, what is mentioned only."""


def detect_text(text: str, tiers: Collection[str] = TIERS, weights: Weights | None = None) -> list[Span]:
    """Half-open code-point offsets and type of what is found in a text, in reading order.

    One type a stretch, but for people and places inside an organisation, and a birth date in an English text, which is
    told as a date too. ``weights``: of the tagger, if not those that
    ship.
    """
    page = Page([text], None)
    hits = [hit for hit in scanner().hits(page) if _tier(hit) in tiers]
    if "mentions" not in tiers:
        return [span for span in map(_span, best(hits)) if span[2]]
    if not _in_russian(page.folded.lower):
        return _in_latin(page, text, hits)
    widened = [(start, _end(text, end, judge), judge) for start, end, judge in map(_span, best(hits)) if judge]
    words, folded = page.words, page.folded
    guessed = tagged(words, folded.cased, folded.lower, learned() if weights is None else weights)
    firms = list(firms_in(words, folded.cased, folded.lower))
    listed = _Taken(firms)
    taught = [span for span in guessed if folded.cased.count('"', *span[:2]) % 2 == 0 or not listed.touches(span)]
    rough = (*firms, *traits_in(words, folded.lower))
    return _with_mentions(page, widened, _unfolded(folded, taught), _unfolded(folded, rough))


def _in_latin(page: Page, text: str, hits: Sequence[Hit]) -> list[Span]:
    """What is in a text that is no Russian one."""
    folded = page.folded
    english = is_english(folded.cased)
    if english:
        hits = [hit for hit in hits if hit.detector.name not in _WEAK or not text[hit.start].isascii()]
    kept = [(_span(hit), hit.detector.kind) for hit in best(hits)]
    found = [(start, _end(text, end, judge), judge) for (start, end, judge), kind in kept if judge or kind in _NOTHING]
    mentioned = _unfolded(folded, mentions_in(page.words, folded.cased, folded.lower))
    places = [span for span in mentioned if not (english and span[2] == "LOCATION" and text[span[0]].isascii())]
    return [span for span in with_dates(text, between(told(folded, text, found), places)) if span[2]]


def _span(hit: Hit) -> Span:
    return hit.start, hit.end, KINDS[hit.detector.kind].judge


def _in_russian(lower: str) -> bool:
    """True if the beginning of a text has more Cyrillic letters than Latin ones."""
    head = lower[:_HEAD]
    return sum(map(len, _CYRILLIC.findall(head))) > sum(map(len, _LATIN.findall(head)))


def _end(text: str, end: int, judge: str) -> int:
    """Where a find ends for outside scorers: to them the years belong to an age."""
    return with_years(text, end) if judge == "AGE" else end


def _tier(hit: Hit) -> str:
    return "patterns" if hit.detector.reader is None else "words"


def _with_mentions(page: Page, found: Sequence[Span], told: Sequence[Span], rough: Sequence[Span]) -> list[Span]:
    """The finds, sharpened by what the tagger says, and what is mentioned between them.

    Where both name a person the tagger's word goes before the rules', unless it says less; its organisations may hold
    places and people.
    """
    folded, words = page.folded, page.words
    whole = [span for span in found if span[2] == "PERSON"]
    told = [span for span in told if span[2] != "PERSON" or span in whole or not _inside(span, whole)]
    people = _Taken(span for span in told if span[2] == "PERSON")
    kept = [span for span in found if span[2] != "PERSON" or not people.touches(span)]
    taken = _Taken(kept)
    holding = _Taken(span for span in kept if span[2] != "PERSON")
    kept += [span for span in told if not (holding if span[2] == "ORGANIZATION" else taken).touches(span)]
    kept = [span for span in kept if span[2] not in _WHOLE or not _inside(span, rough)]
    taken, holding = _Taken(kept), _Taken(span for span in kept if span[2] not in _HELD)
    mentioned = _unfolded(folded, mentions_in(words, folded.cased, folded.lower))
    for spans, where in ((rough, holding), (mentioned, taken)):
        for span in spans:
            if not (where if span[2] == "ORGANIZATION" else taken).touches(span):
                kept.append(span)
                taken.add(span)
                holding.add(span)
    return sorted(kept)


def _inside(span: Span, others: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end and kind == span[2] for start, end, kind in others)


def _unfolded(folded: Folded, spans: Iterable[Span]) -> list[Span]:
    """The spans as they are in the original text."""
    return [(*folded.origin(start, end), kind) for start, end, kind in spans]


class _Taken:
    """Stretches that are taken, for asking whether one touches any."""

    __slots__ = ("_ends", "_starts")

    def __init__(self, spans: Iterable[Span]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for span in sorted(spans):
            self.add(span)

    def add(self, span: Span) -> None:
        place = bisect_left(self._starts, span[0])
        self._starts.insert(place, span[0])
        self._ends.insert(place, span[1])

    def touches(self, span: Span) -> bool:
        place = bisect_left(self._starts, span[1])
        return any(end > span[0] for end in self._ends[max(0, place - _NESTED) : place])

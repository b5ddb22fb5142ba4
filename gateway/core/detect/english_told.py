"""What a text in Latin letters is told to hold beyond what the gateway acts on; for outside scorers only.

Later readings fill the gaps that the earlier ones leave: what is sure, dates and numbers, lines, and then guesses.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence

from gateway.core.detect.english import SURE, finds
from gateway.core.detect.english_dates import dates, dialled, postcodes
from gateway.core.detect.english_lines import Span, firms_between, laid_out, offices
from gateway.core.detect.fold import Folded

_CYRILLIC = re.compile("[\u0400-\u04ff]")


def told(folded: Folded, text: str, found: Sequence[Span]) -> list[Span]:
    """The finds, and what else the text names; a name inside a country's or a firm's is none."""
    origin = folded.origin
    english = finds(folded.cased, folded.lower)
    sure = [(*origin(find.start, find.end), find.type) for find in english if find.row in SURE]
    spans = _without(found, sure, "PERSON")
    spans = [part for span in spans for part in (span[2] == "ADDRESS" and laid_out(text, *span[:2])) or [span]]
    spans = between(spans, _typed("DATE", dates(folded.lower), origin))
    spans = between(spans, ((*span, "PHONE") for span in dialled(text)))
    spans = between(spans, _typed("ADDRESS", postcodes(folded.lower), origin))
    spans = between(spans, offices(text))
    firms = list(firms_between(text, spans))
    spans = between(between(_without(spans, firms), firms), sure)
    return between(spans, ((*origin(find.start, find.end), find.type) for find in english))


def with_dates(text: str, found: Sequence[Span]) -> list[Span]:
    """The finds, a birth date in an English text told as a date too: scorers of English know no other word for it."""
    if _CYRILLIC.search(text):
        return list(found)
    return [one for span in found for one in (((*span[:2], "DATE"), span) if span[2] == "BIRTH_DATE" else (span,))]


def between(found: Sequence[Span], more: Iterable[Span]) -> list[Span]:
    """The finds, and what lies between them."""
    spans = list(found)
    for span in more:
        place = bisect_left(spans, (span[0], span[1], ""))
        clear = place == len(spans) or spans[place][0] >= span[1]
        if clear and (not place or spans[place - 1][1] <= span[0]):
            spans.insert(place, span)
    return spans


def _typed(
    kind: str, spans: Iterable[tuple[int, int]], origin: Callable[[int, int], tuple[int, int]]
) -> Iterator[Span]:
    return ((*origin(start, end), kind) for start, end in spans)


def _without(found: Sequence[Span], wider: Sequence[Span], kind: str = "") -> list[Span]:
    """The finds, less those inside wider ones, which come in order; only of a kind if one is given."""
    starts = [span[0] for span in wider]
    kept: list[Span] = []
    for span in found:
        place = bisect_right(starts, span[0]) - 1
        inside = place >= 0 and span[1] <= wider[place][1]
        if not inside or (kind and span[2] != kind):
            kept.append(span)
    return kept

"""Running text: goes out at once, save the end that may be the beginning of a token.

What may be restored is judged by what stands before it, some of which has gone out already: so a little of that is kept
and read again. Text in which markup begins, or bytes that are no text, is restored no further: a page would have to be
known from its beginning, for a value to be written safely into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.naming import partial_tail
from gateway.core.reach import begins_as_url, url_begins
from gateway.core.stream.piece import Piece, Terms, as_it_came
from gateway.model.document import Document, Leaf, Part, Span

_UNSURE = re.compile("<[a-zA-Z/!?]|[\ud800-\udfff]")
_RUN = re.compile(r"""[^\s<>"'`]+""", re.ASCII)
_LAST_RUN = re.compile(r"""[^\s<>"'`]*\Z""", re.ASCII)
"""Stretches in which a URL goes on once it has begun: a no-break space ends none."""

_SEALED = re.compile(r"(?<![A-Za-z0-9_.-])x(?:1(?:\.(?:[A-Za-z0-9_-]{0,6}(?:\.[A-Za-z0-9_-]*+)?)?)?)?\Z")
"""The beginning of an encrypted field."""

_MOST_SEALED = 2**14
_MOST_RUN = 2**11
_NUMBER_REACH = 64
"""How far before a number its beginning can be that makes it another one, with room."""

_BEGUN = 48
_OPEN, _CUT = "\u2060", "ё"
"""Before the text that a piece is judged by: no letter at the very beginning of a stream, one that is in no token
further on. Neither is a number or a URL, which a text as a whole might be.
"""


class TextCutter:
    """``_before``: what has gone out and is still judged by. ``_gone``: how much of the run that it begins with is not
    kept any more, because that is too long; ``_url``: a URL may have begun in there; ``_closed``: nothing further is
    restored.
    """

    def __init__(self, charset: str, terms: Terms, *, closed: bool = False) -> None:
        self._charset = charset
        self._terms = terms
        self._before = _OPEN
        self._begun = ""
        self._gone = 0
        self._url = False
        self._closed = closed
        self.held = ""

    def feed(self, text: str) -> list[Piece]:
        if self._closed:
            return as_it_came(text)
        whole, self.held = self.held + text, ""
        unsure = _UNSURE.search(whole)
        if unsure is not None:
            self._closed = True
            return [*self._piece(whole[: unsure.start()]), Piece(whole[unsure.start() :])]
        size = self._held_back(whole)
        self.held = whole[len(whole) - size :]
        return self._piece(whole[: len(whole) - size], self.held)

    def end(self) -> list[Piece]:
        held, self.held = self.held, ""
        return self._piece(held)

    def _held_back(self, whole: str) -> int:
        seen = self._before + whole
        size = partial_tail(seen, domains=self._terms.domains, phone_block=self._terms.phone_block)
        if sealed := _SEALED.search(seen, max(0, len(seen) - _MOST_SEALED)):
            size = max(size, len(seen) - sealed.start())
        return min(max(size, whole.endswith("<")), len(whole))

    def _piece(self, text: str, ahead: str = "") -> list[Piece]:
        """``ahead``: what is known of the text behind it."""
        if not text:
            return []
        seen, start = self._before + text, len(self._before)
        barred = tuple(self._far_in_urls(seen))
        self._begun = self._begun if len(self._begun) >= _BEGUN else (self._begun + text).lstrip()
        self._remember(seen)
        if begins_as_url(self._begun[:_BEGUN]) or not self._terms.may_hold(seen):
            return [Piece(text)]
        judged = seen + ahead
        leaf = Leaf(("body",), judged, Span(0, len(judged)), "plain")
        document = Document((Part("body", "text", judged, (leaf,), b"", self._charset),))
        return [Piece(text, document, start=start, ahead=len(ahead), barred=barred)]

    def _far_in_urls(self, seen: str) -> Iterator[Span]:
        """Stretches so far behind the beginning of a URL that it may not be at hand when they come."""
        for run in _RUN.finditer(seen):
            gone, url = (self._gone, self._url) if run.start() == 0 else (0, False)
            begun = 0 if url else url_begins(run[0])
            if gone + len(run[0]) > _MOST_RUN and begun is not None:
                yield Span(run.start() + max(begun, _MOST_RUN - gone), run.end())

    def _remember(self, seen: str) -> None:
        run = _LAST_RUN.search(seen)
        start = run.start() if run is not None else len(seen)
        gone, url = (self._gone, self._url) if start == 0 else (0, False)
        if gone + len(seen) - start > _MOST_RUN:
            kept = len(seen) - _NUMBER_REACH
            self._gone, self._url = gone + kept - start - 1, url or url_begins(seen[start:]) is not None
        else:
            kept = max(0, min(start - 1, len(seen) - _NUMBER_REACH))
            self._gone, self._url = gone, url
        self._before = seen if kept <= 1 else _CUT + seen[kept:]

"""Event streams cut into events: each goes out when its blank line is here, all that is no data at once.

Lines end in CR, LF or CRLF, in any mixture. Only ``data`` is restored: the id comes back from the client, the rest is
not for people. Source: HTML, 9.2.6 (interpreting an event stream).
"""

from __future__ import annotations

import re

from gateway.core.stream.piece import Finish, Piece, Terms, as_it_came, message_piece

_LINE = re.compile(r"([^\r\n]*+)(\r\n?|\n)")
_DATA = re.compile("data(?::[ ]?|\\Z)")
_BREAK = re.compile(r"\r\n?|\n")


class EventCutter:
    """``_event``: lines of the event that has begun to have data; ``_passing``: one that is too large to be held."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._rest = ""
        self._event: list[tuple[str, str]] = []
        self._size = 0
        self._passing = False
        self._mid_line = False
        self._after_cr = False

    @property
    def held(self) -> str:
        return "".join(line + end for line, end in self._event) + self._rest

    def feed(self, text: str) -> list[Piece]:
        pieces = list[Piece]()
        if self._after_cr and text:
            self._after_cr = False
            if text[0] == "\n":
                pieces += self._late_line_feed()
                text = text[1:]
        self._rest, at = self._rest + text, 0
        while match := _LINE.match(self._rest, at):
            at = match.end()
            pieces += self._line(match[1], match[2])
        self._rest = self._rest[at:]
        if at:
            self._after_cr = text.endswith("\r")
        return [*pieces, *self._too_large()]

    def end(self) -> list[Piece]:
        """An event without its blank line is none: readers drop it."""
        held, self._event, self._rest = self.held, [], ""
        return as_it_came(held)

    def _late_line_feed(self) -> list[Piece]:
        """The second half of a CRLF whose first came before."""
        if not self._event:
            return [Piece("\n")]
        line, end = self._event[-1]
        self._event[-1] = line, end + "\n"
        return []

    def _line(self, line: str, end: str) -> list[Piece]:
        if self._passing:
            self._passing, self._mid_line = bool(line) or self._mid_line, False
            return [Piece(line + end)]
        if not self._event and not _DATA.match(line):
            return [Piece(line + end)]
        self._event.append((line, end))
        self._size += len(line)
        if line:
            return []
        event, size, self._event, self._size = self._event, self._size, [], 0
        return [_event_piece(event, self._terms, too_large=size > self._terms.limits.max_body_bytes)]

    def _too_large(self) -> list[Piece]:
        if self._size + len(self._rest) <= self._terms.limits.max_body_bytes:
            return []
        self._passing, self._mid_line, self._size = True, bool(self._rest), 0
        return self.end()


def _event_piece(event: list[tuple[str, str]], terms: Terms, *, too_large: bool) -> Piece:
    raw = "".join(line + end for line, end in event)
    if too_large:
        return Piece(raw)
    starts = [(at, match) for at, (line, _) in enumerate(event) if (match := _DATA.match(line))]
    data = "\n".join(event[at][0][match.end() :] for at, match in starts)
    return message_piece(data, terms, _writer(event, [(at, match[0]) for at, match in starts]), raw)


def _writer(event: list[tuple[str, str]], starts: list[tuple[int, str]]) -> Finish:
    """Line by line where the data has as many lines as before, else all of it where the first stood."""

    def write(data: str) -> str:
        values = _BREAK.split(data)
        new = {at: "" for at, _ in starts}
        if len(values) == len(starts):
            for (at, start), value in zip(starts, values, strict=True):
                new[at] = _spelt(start, value) + event[at][1]
        else:
            first, start = starts[0]
            new[first] = "".join(_spelt(start, value) + event[first][1] for value in values)
        return "".join(new.get(at, line + end) for at, (line, end) in enumerate(event))

    return write


def _spelt(start: str, value: str) -> str:
    """``data`` alone says that there is none; a value that begins with a blank needs another before it."""
    if not start.endswith((":", " ")):
        return start if not value else f"{start}: {value}"
    return f"{start} {value}" if start.endswith(":") and value.startswith(" ") else start + value

"""A multipart body cut while it arrives, so that a large file in it never lies in memory.

What is no content comes out as it came in: the strict reader (``multipart``) sees all of it, with a stand-in where each
file stood. Here only what it could not see any more is held to the rules: the boundary inside a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.core.codec.multipart import cut_differently
from gateway.core.codec.multipart_head import Head, read_head
from gateway.model.document import Span

_MOST_HEAD = 16 * 2**10


@dataclass(frozen=True, slots=True, repr=False)
class Between:
    """Bytes that are no content: delimiters, headers, what stands around all parts."""

    raw: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Begin:
    """A part's content begins."""

    head: Head


@dataclass(frozen=True, slots=True, repr=False)
class Piece:
    """Some of the content."""

    raw: bytes


class End:
    """The part's content has ended."""


Event = Between | Begin | Piece | End


class Splitter:
    """The state of one cutting. ``feed`` it all pieces, then ``finish``. Raises PayloadError (GW-P130, GW-P131)."""

    def __init__(self, boundary: str, *, form: bool) -> None:
        self._mark = ("--" + boundary).encode("latin-1")
        self._form = form
        self._buffer = b""
        self._step = self._before

    def feed(self, piece: bytes) -> Iterator[Event]:
        self._buffer += piece
        step = None
        while step != self._step:
            step = self._step
            yield from step()

    def finish(self) -> Iterator[Event]:
        if self._step != self._behind:
            raise cut_differently("has a delimiter that is none, or no end")
        yield Between(self._buffer)

    def _before(self) -> Iterator[Event]:
        at = self._buffer.find(self._mark)
        if at >= 0:
            yield Between(self._take(at + len(self._mark)))
            self._step = self._delimiter
        else:
            yield Between(self._take(max(0, len(self._buffer) - len(self._mark) + 1)))

    def _delimiter(self) -> Iterator[Event]:
        if len(self._buffer) >= 2:
            if self._buffer[:2] not in (b"\r\n", b"--"):
                raise cut_differently("has a delimiter that is none, or no end")
            self._step = self._head if self._buffer[:2] == b"\r\n" else self._behind
            if self._step == self._behind:
                yield Between(self._take(2))

    def _head(self) -> Iterator[Event]:
        """The buffer begins with the delimiter's own line break."""
        at = self._buffer.find(b"\r\n\r\n")
        if at < 0:
            if len(self._buffer) > _MOST_HEAD:
                raise cut_differently("has a part without a blank line behind its headers")
            return
        block = self._buffer[2:at].decode("latin-1")
        yield Between(self._take(at + 4))
        yield Begin(read_head(block, Span(0, len(block)), ("body",), "iso-8859-1", form=self._form))
        self._step = self._content

    def _content(self) -> Iterator[Event]:
        at = self._buffer.find(self._mark)
        if at < 0:
            if piece := self._take(max(0, len(self._buffer) - len(self._mark) - 1)):
                yield Piece(piece)
            return
        if self._buffer[at - 2 : at] != b"\r\n" or at < 2:
            raise cut_differently("holds its boundary in the midst of a line, or behind a bare line break")
        yield Piece(self._take(at - 2))
        yield End()
        yield Between(self._take(2 + len(self._mark)))
        self._step = self._delimiter

    def _behind(self) -> Iterator[Event]:
        yield Between(self._take(len(self._buffer)))

    def _take(self, size: int) -> bytes:
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

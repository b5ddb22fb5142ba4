"""One kept HTTP/1.1 connection on llhttp: a request is written, an answer read at the reader's pace.

Theory of operation. The transport pushes bytes into ``data_received``, llhttp turns them into head, body pieces and an
end, which are put into the Answer of the moment. The one coroutine that reads that answer waits on one future, which is
woken once per read from the socket. All that is true of one exchange stands in its Answer, because the connection may
serve the next one before the reader of the last has woken up.

llhttp knows nothing of the request's method, and httptools offers no way to tell it; so an answer to HEAD is ended here
at its headers, and the parser is replaced. It knows nothing of the close either, so a body without a length is ended by
``connection_lost``, if that was orderly.
"""

from __future__ import annotations

import asyncio
import re
import select
from collections.abc import Callable
from typing import cast

import httptools

from gateway.adapters.upstream import faults
from gateway.adapters.upstream.answer import HIGH_WATER, Http11Answer
from gateway.model.errors import WorldError
from gateway.model.limits import Patience
from gateway.model.message import Stream

_ONE_WRITE = 2**16
_MOST_UNWRITTEN = 2**20
_KEEP_ALIVE = re.compile(rb"timeout\s*=\s*(\d{1,6})")


class ClosedEarly(Exception):  # noqa: N818 - a state of the connection, handled by the pool, never seen outside
    """The connection ended before a single byte of an answer."""


class Connection(asyncio.Protocol):
    """One connection to one origin; at most one exchange at a time.

    ``on_free`` is told when it can take the next request, ``on_closed`` when it is gone. ``keep_s`` is how long it may
    wait unused: what we keep, or a second less than what the other side says it keeps.
    """

    def __init__(
        self,
        name: str,
        patience: Patience,
        max_head_bytes: int,
        on_free: Callable[[Connection], None],
        on_closed: Callable[[Connection], None],
    ) -> None:
        self.used = 0
        self.free_since = 0.0
        self.keep_s = patience.keep_s
        self._name = name
        self._patience = patience
        self._max_head_bytes = max_head_bytes
        self._on_free = on_free
        self._on_closed = on_closed
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._poll = select.poll()
        self._parser = httptools.HttpResponseParser(self)
        self._answer: Http11Answer | None = None
        self._pouring = False
        self._reason = b""
        self._headers: list[tuple[bytes, bytes]] = []

    # -------------------------------------------------------------------------------------------- for the pool

    @property
    def open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def fresh(self) -> bool:
        """True if the other side has neither closed nor sent anything unasked: asked of the kernel, not of the loop.

        Nothing has been written yet, so a connection that fails here costs no doubt about who read what.
        """
        return self.open and not self._poll.poll(0)

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def exchange(
        self, head: bytes, body: bytes, *, stream: Stream | None = None, head_only: bool
    ) -> Http11Answer:
        """Write a request; the answer once its head is here. ClosedEarly, or WorldError."""
        transport = self._transport
        if transport is None or transport.is_closing():
            raise ClosedEarly
        self.used += 1
        self._answer = answer = Http11Answer(self, self._loop.time() + self._patience.total_s, head_only=head_only)
        if len(body) <= _ONE_WRITE:
            transport.write(head + body)
        else:
            transport.write(head)
            transport.write(body)
        answer.unwritten = transport.get_write_buffer_size()
        try:
            if stream is not None:
                await self._pour(answer, transport, stream)
            while not answer.started:
                await self._wait(answer, self._patience.idle_s if answer.unwritten else self._patience.first_byte_s)
        except BaseException:
            # Cancelled or timed out: what still comes on this wire belongs to nobody.
            self.abandon(answer)
            raise
        return answer

    async def _pour(self, answer: Http11Answer, transport: asyncio.Transport, stream: Stream) -> None:
        """Write a body piece by piece, as fast as it is taken; less of it where the answer comes first.

        The exchange's own time begins when all is written: how long that takes is the pieces' and the taker's affair.
        """
        self._pouring = True
        answer.deadline = float("inf")
        async for piece in stream.pieces():
            if answer.started or self._answer is not answer:
                return
            transport.write(piece)
            while (unwritten := transport.get_write_buffer_size()) > _MOST_UNWRITTEN and not answer.started:
                answer.unwritten = unwritten
                await self._wait(answer, self._patience.idle_s)
        self._pouring = False
        answer.unwritten = transport.get_write_buffer_size()
        answer.deadline = self._loop.time() + self._patience.total_s

    def resume_writing(self) -> None:
        if self._pouring and self._answer is not None:
            self._answer.wake()

    # ------------------------------------------------------------------------------------------ for the answer

    async def more(self, answer: Http11Answer) -> None:
        """Wait until something happens to the answer; WorldError if it has failed or fails."""
        await self._wait(answer, self._patience.stream_idle_s if answer.lingers else self._patience.idle_s)

    def read_on(self, answer: Http11Answer) -> None:
        if answer.paused and self._answer is answer and self._transport is not None:
            answer.paused = False
            self._transport.resume_reading()

    def abandon(self, answer: Http11Answer) -> None:
        if self._answer is answer:
            self._answer = None
            self.abort()

    # --------------------------------------------------------------------------------------------- for the loop

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A cast, not a check: uvloop's transports are no subclasses of asyncio's.
        self._transport = cast("asyncio.Transport", transport)
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN | select.POLLRDHUP)

    def data_received(self, data: bytes) -> None:
        answer = self._answer
        if answer is None:
            # An answer that nobody asked for: whatever follows on this wire would be taken for another's.
            self.abort()
            return
        answer.head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._garbage(answer)
        if not answer.complete and answer.head_bytes > self._max_head_bytes:
            # Of a head, or of trailers and chunk extensions, which the parser would collect without end.
            self._fail(answer, faults.large_head(self._name, self._max_head_bytes))
        answer.wake()
        if answer.complete and self._answer is answer:
            self._finish(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        answer, self._answer = self._answer, None
        if answer is not None:
            if answer.started and answer.until_close and exc is None:
                answer.complete = True
            elif answer.started:
                answer.failure = faults.truncated(self._name)
            elif answer.head_bytes:
                answer.failure = faults.broken(self._name)
            answer.wake()
        self._on_closed(self)

    # ------------------------------------------------------------------------------------------- for the parser

    def on_message_begin(self) -> None:
        self._reason = b""
        self._headers = []
        if self._answer is not None and self._answer.complete:
            self._answer.reusable = False

    def on_status(self, reason: bytes) -> None:
        self._reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value.rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        answer = self._answer
        if answer is not None and status < 100:
            # No class of status: what llhttp takes for its body would stand before that of the next answer.
            self._fail(answer, faults.broken(self._name))
        if status < 200 or answer is None or answer.started:
            # 100, 102 and 103 announce an answer; the head limit counts them with it.
            return
        answer.status = status
        answer.reason = self._reason.decode("ascii", "surrogateescape")
        answer.headers = tuple(
            (name.decode("ascii", "surrogateescape"), value.decode("ascii", "surrogateescape"))
            for name, value in self._headers
        )
        answer.started = True
        self._learn_framing(answer)
        answer.complete = answer.head_only

    def on_body(self, body: bytes) -> None:
        answer = self._answer
        if answer is None:
            return
        answer.head_bytes = 0
        if answer.complete:
            answer.reusable = False
        elif answer.put(body) > HIGH_WATER and not answer.paused and self._transport is not None:
            answer.paused = True
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        if self._answer is not None and self._answer.started:
            self._answer.complete = True

    # ---------------------------------------------------------------------------------------------------- inside

    def _learn_framing(self, answer: Http11Answer) -> None:
        """Whether the body ends with the connection, and whether the connection outlives the answer."""
        size = 0
        coding: bytes | None = None
        measured = closes = False
        for name, value in self._headers:
            size += len(name) + len(value) + 4
            match name.lower():
                case b"content-length":
                    measured = True
                case b"transfer-encoding":
                    coding = value.lower() if coding is None else b"twice"
                case b"connection":
                    closes = closes or b"close" in value.lower()
                case b"keep-alive":
                    self._keep_as_told(value)
        bodiless = answer.head_only or answer.status in (204, 304)
        answer.until_close = not bodiless and coding is None and not measured
        answer.reusable = self._parser.should_keep_alive() or (answer.head_only and not closes)
        if coding not in (None, b"chunked"):
            self._fail(answer, faults.broken(self._name))
        elif size > self._max_head_bytes:
            self._fail(answer, faults.large_head(self._name, self._max_head_bytes))

    def _keep_as_told(self, value: bytes) -> None:
        if told := _KEEP_ALIVE.search(value.lower()):
            self.keep_s = min(self._patience.keep_s, max(0.0, int(told[1]) - 1.0))

    def _garbage(self, answer: Http11Answer) -> None:
        """Bytes that are no HTTP: fatal inside an answer, a spoilt connection behind one."""
        if answer.complete:
            answer.reusable = False
        elif answer.started:
            self._fail(answer, faults.truncated(self._name))
        else:
            self._fail(answer, faults.broken(self._name))

    def _fail(self, answer: Http11Answer, failure: WorldError) -> None:
        answer.failure = answer.failure or failure
        self.abandon(answer)

    def _finish(self, answer: Http11Answer) -> None:
        """Hand the connection back: its answer is off the wire."""
        self._answer = None
        transport = self._transport
        unread = self._pouring or (transport is not None and transport.get_write_buffer_size())
        if transport is None or unread or not answer.reusable or transport.is_closing():
            # An answer before the request was written (413, say) leaves the rest of that request unread.
            self.abort()
            return
        if answer.head_only:
            self._parser = httptools.HttpResponseParser(self)
        if answer.paused:
            transport.resume_reading()
        self._on_free(self)

    async def _wait(self, answer: Http11Answer, patience_s: float) -> None:
        """Wait for the next event; WorldError after ``patience_s`` of silence or at the deadline of the exchange."""
        if self._answer is answer:
            waiter = answer.waiter = self._loop.create_future()
            timer = self._loop.call_at(
                min(self._loop.time() + patience_s, answer.deadline), self._lose_patience, answer
            )
            try:
                await waiter
            finally:
                timer.cancel()
                answer.waiter = None
        if answer.failure is not None:
            raise answer.failure
        if self._answer is not answer and not answer.started:
            raise ClosedEarly

    def _lose_patience(self, answer: Http11Answer) -> None:
        if self._answer is not answer:
            return
        unwritten = self._transport.get_write_buffer_size() if self._transport is not None else 0
        written, answer.unwritten = answer.unwritten - unwritten, unwritten
        if not (written and self._loop.time() < answer.deadline):
            late = answer.started or unwritten
            patience = self._patience
            self._fail(
                answer,
                faults.stalled(self._name, patience.idle_s)
                if late
                else faults.slow_to_answer(self._name, patience.first_byte_s),
            )
        answer.wake()

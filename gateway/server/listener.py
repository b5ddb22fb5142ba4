"""aiohttp's low-level server, with its loose ends tied: slow heads, large heads, parse errors, drain.

The stock protocol answers a broken request with a text that quotes it and logs it with a traceback; both would carry
personal data. Here it answers with a problem document and reports the class of the error only.

The handler is not cancelled because the client went away: by then the upstream may have acted, and what it answers
decides which records stay (SEMANTICS.md, "Kept is the default"); a half-done exchange would know neither. Only what is
settled already, a stream that nobody hears any more, ends with its listener (``present``).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.http_parser import HttpRequestParserPy
from aiohttp.streams import StreamReader

from gateway.model.errors import PayloadError
from gateway.model.limits import ClientPatience, Limits
from gateway.ports import Sink
from gateway.server.framing import reply_bytes
from gateway.server.problem import problem
from gateway.server.refusals import head_too_large, malformed, too_slow

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

_LLHTTP_METHODS = frozenset(
    b"GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND"
    b" REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PURGE MKCALENDAR LINK"
    b" UNLINK SOURCE QUERY PRI".split()
)
_MAX_HEADERS = 128
_READ_BUFFER = 2**16


class Written(web.StreamResponse):
    """What a handler returns that has written its reply to the transport itself."""

    def __init__(self, *, keep_alive: bool) -> None:
        super().__init__()
        self._keep_alive = keep_alive

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing is left to write."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""


KEPT = Written(keep_alive=True)
CLOSED = Written(keep_alive=False)


class Connection(web.RequestHandler):
    """One client connection."""

    __slots__ = (
        "_endless",
        "_eof",
        "_fed",
        "_head_bytes",
        "_head_timer",
        "_limits",
        "_listener",
        "_newest_body",
        "_presence",
        "_writable",
    )

    def __init__(self, listener: Listener, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        super().__init__(
            listener,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]  # None is aiohttp's own way to switch it off
            auto_decompress=False,
            max_line_size=limits.max_header_bytes,
            max_field_size=limits.max_header_bytes,
            max_headers=_MAX_HEADERS,
            read_bufsize=_READ_BUFFER,
            keepalive_timeout=listener.patience.keep_s,
        )
        self._listener = listener
        self._limits = limits
        self._fed = False
        self._eof = False
        self._newest_body: StreamReader | None = None
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._writable: asyncio.Future[None] | None = None
        self._presence: asyncio.Timeout | None = None
        self._endless = False

    @property
    def waits_for_request(self) -> bool:
        """True between two requests, the first part of a head included.

        Before the first one too, when uvloop may read bytes before aiohttp's task has begun to wait for them.
        """
        if self._waiter is None:
            return not self._request_count
        return not self._waiter.done()

    @property
    def said_all(self) -> bool:
        """True if the client has closed its half of the connection and no other request of it is queued."""
        return self._eof and not self._messages

    def data_received(self, data: bytes) -> None:
        waited = self.waits_for_request
        if data and not self._fed:
            # Only here is it certain that no other parser holds the beginning of what these bytes continue.
            self._fed = True
            self._accept_any_method(data)
        super().data_received(data)
        if self._messages:
            self._newest_body = self._messages[-1][1]
        if not waited or self.transport is None:
            self._tell_reader_of_broken_body()
        elif self.waits_for_request:
            self._watch_head(len(data))
        else:
            self._stop_watching()

    def eof_received(self) -> bool | None:  # type: ignore[override]  # aiohttp narrows asyncio's own signature
        """Keep a half-closed connection open until whole requests are answered; TLS and WebSocket know no halves."""
        whole = self._newest_body is not None and self._newest_body.is_eof()
        if self.waits_for_request or not whole or self.ssl_context is not None or self._payload_parser is not None:
            return None
        self._eof = True
        if self._endless:
            self._leave()
        if self.said_all:
            self.close()
        return True

    async def drained(self, patience_s: float) -> None:
        """Wait until the client has read enough; ConnectionResetError if it reads nothing for that long, or leaves.

        aiohttp's own drain can't be timed: what cancels it leaves a cancelled future behind for the next one to meet.
        """
        while self.writing_paused and (transport := self.transport) is not None:
            unread = transport.get_write_buffer_size()
            waiter = self._writable = self._loop.create_future()
            timer = self._loop.call_later(patience_s, self._wake_writer)
            try:
                await waiter
            finally:
                timer.cancel()
            if transport.get_write_buffer_size() >= unread:
                transport.abort()
                raise ConnectionResetError
        if self.transport is None:
            raise ConnectionResetError

    @asynccontextmanager
    async def present(self, *, endless: bool) -> AsyncIterator[None]:
        """Ended by ConnectionResetError as soon as the client has left; for what nobody else would need any more.

        A client that closes its half of the connection may still want the reply; of an ``endless`` one it wants no
        more.
        """
        self._endless = endless
        if self.transport is None or (endless and self._eof):
            raise ConnectionResetError
        try:
            async with asyncio.timeout(None) as self._presence:
                yield
        except TimeoutError:
            raise ConnectionResetError from None
        finally:
            self._presence, self._endless = None, False

    def resume_writing(self) -> None:
        super().resume_writing()
        self._wake_writer()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)
        self._wake_writer()
        self._leave()

    def _leave(self) -> None:
        if self._presence is not None:
            self._presence.reschedule(self._loop.time())

    def _wake_writer(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be parsed. Anything else means that the client left or a reply was half written."""
        if not isinstance(exc, HttpProcessingError):
            self._report(exc)
            raise ConnectionResetError
        large = isinstance(exc, LineTooLong) or message == "Too many headers received"
        self._refuse(head_too_large(self._limits) if large else malformed("the request"))
        return CLOSED

    def log_exception(self, *args: object, **kw: object) -> None:
        self._report(kw.get("exc_info"))

    def _report(self, error: object) -> None:
        if not isinstance(error, ConnectionError):
            self._listener.sink.emit("connection_failed", error=type(error).__name__)

    def _accept_any_method(self, data: bytes) -> None:
        """Hand a connection that uses a method outside llhttp's fixed list to aiohttp's own Python parser.

        Slower, equally strict, and for the rest of the connection: the parser is chosen by its first bytes.
        """
        method, blank, _ = data.partition(b" ")
        if blank and method not in _LLHTTP_METHODS and method.isalpha() and method.isupper():
            self._parser = HttpRequestParserPy(
                self,
                self._loop,
                _READ_BUFFER,
                max_line_size=self.max_line_size,
                max_field_size=self.max_field_size,
                max_headers=self.max_headers,
                payload_exception=web.RequestPayloadError,
                auto_decompress=False,
                max_msg_queue_size=self._max_msg_queue_size,
            )

    def _tell_reader_of_broken_body(self) -> None:
        """Wake the reader of a body in which the parser met an error: it queues that as the next request's."""
        broken = self._messages and isinstance(getattr(self._messages[-1][0], "exc", None), HttpProcessingError)
        if broken and self._current_request is not None and not self._current_request.content.is_eof():
            self._current_request.content.set_exception(web.RequestPayloadError())

    def _watch_head(self, size: int) -> None:
        """A head that has begun must end in time and within the limit (slowloris)."""
        self._head_bytes += size
        if self._head_bytes > self._limits.max_header_bytes:
            self._refuse_head(head_too_large(self._limits))
        elif self._head_timer is None and self._head_bytes:
            head_s = self._listener.patience.head_s
            self._head_timer = self._loop.call_later(head_s, self._refuse_head, too_slow("the request's head", head_s))

    def _stop_watching(self) -> None:
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse_head(self, error: PayloadError) -> None:
        self._refuse(error)
        self.force_close()

    def _refuse(self, error: PayloadError) -> None:
        if self.transport is not None:
            request_id = self._listener.name_request()
            self._listener.sink.emit("refused", request=request_id, code=error.code, status=error.status)
            reply = problem(error, request_id)
            self.transport.write(reply_bytes(reply, "GET", close=True, date=self._listener.date()))


class Listener(web.Server):
    """The factory of connections, and how to part with them."""

    def __init__(
        self,
        handler: Handler,
        *,
        limits: Limits,
        patience: ClientPatience,
        sink: Sink,
        name_request: Callable[[], str],
        date: Callable[[], str],
    ) -> None:
        super().__init__(handler)
        self.patience = patience
        self.sink = sink
        self.name_request = name_request
        self.date = date
        self._limits = limits

    def __call__(self) -> web.RequestHandler:
        return Connection(self, self._loop, self._limits)

    def close_idle(self) -> None:
        """Close the connections on which no request is being handled."""
        for connection in self.connections:
            if isinstance(connection, Connection) and connection.waits_for_request:
                connection.force_close()

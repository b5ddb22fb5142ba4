"""No log line can hold personal data, by whatever way it comes."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import select
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest
from structlog.typing import FilteringBoundLogger

from gateway.adapters.sink_log import LogSink
from gateway.adapters.sink_memory import MemorySink
from gateway.server.telemetry import LineWriter, join_standard_logging, loop_errors, make_log

CANARY = "anna.canary@example.org"


class Book:
    """A log that can be read."""

    def __init__(self, *, columns: bool = False) -> None:
        self._stream = io.BytesIO()
        self._writer = LineWriter(self._stream)
        self.log: FilteringBoundLogger = make_log(self._writer, lambda: {"GET /api/users/{id}", "crm"}, columns=columns)

    def text(self) -> str:
        self._writer.close()
        return self._stream.getvalue().decode()

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def joined() -> Iterator[Book]:
    book = Book()
    root, level = logging.getLogger(), logging.getLogger().level
    handlers, hooks = root.handlers, (sys.excepthook, sys.unraisablehook, threading.excepthook)
    logging.captureWarnings(capture=False)  # whoever captured before may have been undone by half
    join_standard_logging(book.log)
    yield book
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks


def test_line_holds_what_is_on_the_list() -> None:
    book = Book()
    LogSink(book.log).emit(
        "exchange",
        request="00ff",
        route="GET /api/users/{id}",
        destination="crm",
        residence="elsewhere ru",
        status=201,
        n_tokenize=3,
    )
    (line,) = book.lines()
    del line["timestamp"]
    assert line == {
        "level": "info",
        "event": "exchange",
        "request": "00ff",
        "route": "GET /api/users/{id}",
        "destination": "crm",
        "residence": "elsewhere ru",
        "status": 201,
        "n_tokenize": 3,
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("email", CANARY),
        ("route", CANARY),
        ("route", "GET /api/users/79000000000"),
        ("destination", "anna"),
        ("route", "+7 900 000-00-01"),
        ("route", "Анна"),
        ("residence", "Анна Иванова"),
        ("code", CANARY),
        ("request", "79000000000-1"),
        ("error", "ValueError: anna"),
        ("where", CANARY),
        ("status", CANARY),
        ("age_days", "79000000001"),
        ("n_79000000001", 77777),
        ("passport", 4510123456),
    ],
)
def test_what_is_not_on_the_list_or_has_not_its_form_is_withheld(key: str, value: str | int) -> None:
    book = Book()
    LogSink(book.log).emit("exchange", **{key: value})
    (line,) = book.lines()
    assert (key in line, str(value) in str(line), line["withheld"]) == (False, False, 1)


def test_event_that_is_a_sentence_is_withheld() -> None:
    book = Book()
    sentence = f"cannot tokenize {CANARY}"
    book.log.info(sentence)
    assert CANARY not in book.text()


def test_trouble_is_told_on_its_own_level() -> None:
    book = Book()
    LogSink(book.log).emit("reveal_failed", code="GW-V101")
    LogSink(book.log).emit("internal_error", error="KeyError")
    assert [line["level"] for line in book.lines()] == ["warning", "error"]


def test_columns_hold_no_more_than_json() -> None:
    book = Book(columns=True)
    book.log.info("exchange", route=CANARY, status=200)
    text = book.text()
    assert (CANARY in text, "exchange" in text, "200" in text) == (False, True, True)


def test_records_of_libraries_lose_their_message_and_keep_their_place(joined: Book) -> None:
    logging.getLogger("aiohttp.server").error("bad request %s", CANARY)
    (line,) = joined.lines()
    assert (line["logger"], str(line["place"])[:18], CANARY in str(line)) == (
        "aiohttp.server",
        "test_telemetry.py:",
        False,
    )


def test_traceback_of_a_library_is_only_its_class(joined: Book) -> None:
    try:
        raise LookupError(CANARY)
    except LookupError:
        logging.getLogger("aiohttp.server").exception("Error handling request")
    (line,) = joined.lines()
    assert (line["error"], CANARY in str(line)) == ("LookupError", False)


def test_warnings_lose_their_text(joined: Book) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(CANARY, stacklevel=1)
    text = joined.text()
    assert ("py.warnings" in text, CANARY in text) == (True, False)


def test_error_that_nobody_caught_is_only_its_class(joined: Book) -> None:
    sys.excepthook(LookupError, LookupError(CANARY), None)
    known: dict[str, str] = {}
    thread = threading.Thread(target=lambda: known[CANARY])
    thread.start()
    thread.join()
    assert [line.get("error") for line in joined.lines()] == ["LookupError", "KeyError"]


async def test_error_of_the_event_loop_is_only_its_class() -> None:
    sink = MemorySink()
    loop_errors(sink)(asyncio.get_running_loop(), {"message": CANARY, "exception": LookupError(CANARY)})
    assert sink.events == [("loop_error", {"error": "LookupError"})]


def test_full_pipe_delays_nobody_and_is_counted() -> None:
    release = threading.Event()

    class Stuck(io.BytesIO):
        def write(self, data: object, /) -> int:
            release.wait()
            return 0

    writer = LineWriter(Stuck(), most=2)
    for _ in range(10):
        writer.msg("x")
    lost = writer.lost
    release.set()
    writer.close()
    assert lost >= 7


def test_closed_pipe_is_counted() -> None:
    stream = io.BytesIO()
    stream.close()
    writer = LineWriter(stream)
    writer.msg("x")
    writer.close()
    assert writer.lost == 1


def test_lines_are_written_in_pieces_that_a_pipe_takes_whole() -> None:
    """So no line of another process gets in between."""
    pieces: list[bytes] = []
    begun, release = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def write(self, data: object, /) -> int:
            begun.set()
            release.wait()
            pieces.append(bytes(data))  # type: ignore[call-overload]  # any buffer
            return len(pieces[-1])

    writer = LineWriter(Slow())
    writer.msg("first")
    begun.wait()
    for number in range(200):
        writer.msg(f"{number:060}")
    release.set()
    writer.close()
    assert b"".join(pieces).count(b"\n") == 201
    assert all(len(piece) <= select.PIPE_BUF and piece.endswith(b"\n") for piece in pieces)

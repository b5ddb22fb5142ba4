"""Log lines that can't leak: each key is on a list, each value has the form its key allows, no exception has its text.

Everything goes through one chain, the standard library's and aiohttp's records too; those keep their logger, level and
place in the source, and lose their message, since foreign messages quote what they choke on. JSON to a file or a pipe,
columns to a terminal. Lines are written by a thread of their own, so that a full pipe delays no request; what it can't
take is counted as lost.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import re
import select
import sys
import threading
from collections.abc import Callable, Collection, Mapping, MutableMapping
from pathlib import PurePath
from typing import Any, BinaryIO, Literal

import orjson
import structlog
from structlog.typing import FilteringBoundLogger, Processor

from gateway.model.rules import Ruleset
from gateway.ports import Sink

Form = Literal["auto", "json", "console"]
EventDict = MutableMapping[str, object]

_NAME = re.compile(r"[A-Za-z_][\w.:/-]{0,119}", re.ASCII)
_NAMES = re.compile(r"([A-Za-z_][\w.-]{0,39} ?){0,10}", re.ASCII)
_SENTENCE = re.compile(r"[A-Za-z][A-Za-z ,:;.'-]{0,199}")
_CODE = re.compile(r"GW-[A-Z]\d{3}")
_HEX = re.compile(r"[0-9a-f]{1,64}")
_WORD = re.compile(r"[A-Za-z_]{1,64}")
_PLACE = re.compile(r"[\w.-]{1,80}:\d{1,6}|elsewhere", re.ASCII)
_ADDRESS = re.compile(r"\[?[0-9A-Za-z.:-]{1,80}\]?:\d{1,5}")
_STAMP = re.compile(r"[0-9TZ:.+-]{1,40}")
_FILE = re.compile(r"[^\s@\x00-\x1f]{1,300}")

KEYS: Mapping[str, re.Pattern[str] | None] = {
    "action": _WORD,
    "actions": None,
    "address": _ADDRESS,
    "age_days": None,
    "answer": _WORD,
    "at": _FILE,
    "code": _CODE,
    "count": None,
    "echoed": None,
    "error": _NAME,
    "event": _NAME,
    "file": _FILE,
    "held": None,
    "intent": _WORD,
    "kept": None,
    "kind": _NAME,
    "level": _WORD,
    "logger": _NAME,
    "lost": None,
    "mend": _SENTENCE,
    "mode": _WORD,
    "ms": None,
    "outcome": _NAME,
    "pid": None,
    "place": _PLACE,
    "reason": _WORD,
    "refused": None,
    "region": _NAME,
    "request": _HEX,
    "residence": _NAMES,
    "restored": None,
    "routes": None,
    "rows": None,
    "rule": _NAME,
    "rules": _HEX,
    "status": None,
    "store": _WORD,
    "texts": None,
    "timestamp": _STAMP,
    "version": _NAME,
    "what": _WORD,
    "where": _PLACE,
    "why": _WORD,
    "worker": None,
}
"""Every key that a line may have, and the form of its text; None: a number. An e-mail, a phone or a path has none."""


NAMED = frozenset({"destination", "route"})
"""Keys whose text has to be a name that stands in the rules, letter for letter: a route's is often its path pattern,
which no form could tell from a path."""

COUNTS = re.compile(r"n_[a-z_]{1,40}")
"""Keys of numbers beside those: how many findings met an action (``n_tokenize``)."""


def withholding(names: Callable[[], Collection[str]]) -> Processor:
    """A processor that takes out what is not on the list, and says how much that was under ``withheld``."""

    def withhold(_: object, __: str, line: EventDict) -> EventDict:
        known = names()
        allowed: EventDict = {
            key: value
            for key, value in line.items()
            if (value in known if key in NAMED and isinstance(value, str) else _allows(key, value))
        }
        if len(allowed) < len(line):
            allowed["withheld"] = len(line) - len(allowed)
        return allowed

    return withhold


def _allows(key: str, value: object) -> bool:
    if isinstance(value, str):
        form = KEYS.get(key)
        return form is not None and form.fullmatch(value) is not None
    return isinstance(value, int | float) and (KEYS.get(key, _NAME) is None or COUNTS.fullmatch(key) is not None)


class LineWriter:
    """Writes lines from a thread of its own; more than ``most`` waiting ones are lost, and counted."""

    def __init__(self, stream: BinaryIO, most: int = 10_000) -> None:
        self.lost = 0
        self._stream = stream
        self._waiting: queue.Queue[bytes | None] = queue.Queue(most)
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def msg(self, line: str | bytes) -> None:
        """Take a line. Named as structlog calls its innermost logger."""
        try:
            self._waiting.put_nowait(line.encode() if isinstance(line, str) else line)
        except queue.Full:
            self.lost += 1

    debug = info = warning = error = critical = msg

    def close(self, patience_s: float = 5.0) -> None:
        """Write what waits, and end; a reader that takes nothing is not waited for longer."""
        try:
            self._waiting.put(None, timeout=patience_s)
        except queue.Full:
            return
        self._thread.join(patience_s)

    def _run(self) -> None:
        ended = False
        while not ended:
            lines = [self._waiting.get()]
            while not self._waiting.empty():
                lines.append(self._waiting.get_nowait())
            ended = None in lines
            self._write([line for line in lines if line is not None])

    def _write(self, lines: list[bytes]) -> None:
        """In pieces that a pipe takes whole, so that no line of another process gets in between."""
        piece = b""
        for line in lines:
            if piece and len(piece) + len(line) >= select.PIPE_BUF:
                self._put(piece)
                piece = b""
            piece += line + b"\n"
        self._put(piece)

    def _put(self, piece: bytes) -> None:
        try:
            self._stream.write(piece)
            self._stream.flush()
        except (OSError, ValueError):
            self.lost += piece.count(b"\n")


def make_log(
    writer: LineWriter, names: Callable[[], Collection[str]] = tuple, *, columns: bool = False
) -> FilteringBoundLogger:
    """The logger of the process. ``names`` are those of routes and destinations in the rules in force.

    ``columns`` for a person at a terminal, else one JSON object a line.
    """
    render: Processor = structlog.dev.ConsoleRenderer(colors=True) if columns else _as_json
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        withholding(names),
        render,
    ]
    logger: FilteringBoundLogger = structlog.wrap_logger(
        writer, processors=processors, wrapper_class=structlog.make_filtering_bound_logger(logging.INFO)
    )
    return logger


class Vocabulary:
    """The names that a line may hold: those of the rules in force."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._names: frozenset[str] = frozenset()
        self.learn(ruleset)

    def __call__(self) -> frozenset[str]:
        return self._names

    def learn(self, ruleset: Ruleset) -> None:
        self._names = frozenset([*ruleset.destinations, *(route.name for route in ruleset.routes)])


def join_standard_logging(log: FilteringBoundLogger) -> None:
    """Lead the standard library's records and warnings, and what nobody caught, through the same chain."""
    root = logging.getLogger()
    root.handlers = [_StandardRecords(log)]
    root.setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = lambda kind, _error, _place: log.error("uncaught", error=kind.__name__)
    sys.unraisablehook = lambda told: log.error("uncaught", error=told.exc_type.__name__)
    threading.excepthook = lambda told: log.error("uncaught", error=told.exc_type.__name__)


def loop_errors(sink: Sink) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """An event loop's exception handler that tells the class of an error and nothing else."""

    def handler(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        sink.emit("loop_error", error=type(context.get("exception")).__name__)

    return handler


class _StandardRecords(logging.Handler):
    """Records of the standard library without their message."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        facts = {"logger": record.name, "place": f"{PurePath(record.pathname).name}:{record.lineno}"}
        if record.exc_info and record.exc_info[0] is not None:
            facts["error"] = record.exc_info[0].__name__
        (self._log.error if record.levelno >= logging.ERROR else self._log.warning)("library", **facts)


def _as_json(_: object, __: str, line: EventDict) -> bytes:
    first = {key: line.pop(key) for key in ("timestamp", "level", "event") if key in line}
    return orjson.dumps(first | dict(line))

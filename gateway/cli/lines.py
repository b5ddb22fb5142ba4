"""The log of a process: lines to the error stream, in the form that the settings name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from gateway.adapters.sink_log import LogSink
from gateway.model.errors import GatewayError
from gateway.server.telemetry import LineWriter, join_standard_logging, make_log
from gateway.settings import LogSettings


def in_columns(settings: LogSettings) -> bool:
    """For a person at a terminal."""
    return settings.form == "console" or (settings.form == "auto" and sys.stderr.isatty())


@contextmanager
def log_lines(names: Callable[[], Collection[str]], *, columns: bool, worker: int = 0) -> Iterator[LogSink]:
    """The standard library's records go there too. ``names``: as for ``make_log``; ``worker`` is told in each line."""
    writer = LineWriter(sys.stderr.buffer)
    log = make_log(writer, names, columns=columns)
    if worker:
        log = log.bind(worker=worker)
    join_standard_logging(log)
    try:
        yield LogSink(log)
    finally:
        failed = sys.exc_info()[0]
        if failed is not None and not issubclass(failed, (GatewayError, SystemExit, KeyboardInterrupt)):
            log.error("uncaught", error=failed.__name__)  # later hooks would write to a closed log
        writer.close()

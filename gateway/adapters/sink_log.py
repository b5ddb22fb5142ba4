"""Events as log lines."""

from __future__ import annotations

from typing import Protocol

_LEVELS = {
    "internal_error": "error",
    "loop_error": "error",
    "incident": "error",
    "worker_died": "error",
    "rules_differ": "error",
    "reveal_failed": "warning",
    "settle_failed": "warning",
    "reply_unreadable": "warning",
    "relay_broken": "warning",
    "connection_failed": "warning",
    "claims_refused": "warning",
    "jwks_refresh_failed": "warning",
    "geoip_stale": "warning",
    "model_failed": "warning",
    "names_unread": "warning",
    "observe_failed": "warning",
}


class Log(Protocol):
    """What is used of a structlog logger."""

    def info(self, event: str, **facts: str | float) -> None: ...

    def warning(self, event: str, **facts: str | float) -> None: ...

    def error(self, event: str, **facts: str | float) -> None: ...


class LogSink:
    """Implements ``ports.Sink`` over a logger, whose processors judge what a line may hold."""

    def __init__(self, log: Log) -> None:
        self._info = log.info
        self._by_level = {"warning": log.warning, "error": log.error}

    def emit(self, event: str, **facts: str | float) -> None:
        level = _LEVELS.get(event)
        (self._by_level[level] if level else self._info)(event, **facts)

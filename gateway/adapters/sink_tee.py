"""One event to several sinks; one that fails keeps nothing from the others."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.ports import Sink


class TeeSink:
    """Passes every event on, and counts what a sink lost by raising."""

    def __init__(self, sinks: Sequence[Sink]) -> None:
        self._sinks = tuple(sinks)
        self.lost = 0

    def emit(self, event: str, **facts: str | float) -> None:
        for sink in self._sinks:
            try:
                sink.emit(event, **facts)
            except (OSError, ValueError, RuntimeError):
                # A full disk or a closed pipe under a log must not fail the exchange that it tells of.
                self.lost += 1

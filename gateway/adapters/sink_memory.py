"""Events kept in memory: for tests, and for ``verify``, which reads them for canaries."""

from __future__ import annotations

Event = tuple[str, dict[str, str | float]]


class MemorySink:
    """The last ``most`` events."""

    def __init__(self, most: int = 10_000) -> None:
        self.events: list[Event] = []
        self._most = most

    def emit(self, event: str, **facts: str | float) -> None:
        self.events.append((event, facts))
        del self.events[: -self._most]

    def named(self, event: str) -> list[dict[str, str | float]]:
        """The facts of every event of one name, in order."""
        return [facts for name, facts in self.events if name == event]

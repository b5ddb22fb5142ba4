"""Events go to everybody who listens, and fail nobody."""

from __future__ import annotations

from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.sink_tee import TeeSink


class Broken:
    def emit(self, event: str, **facts: str | float) -> None:
        raise OSError


def test_every_sink_is_told() -> None:
    one, other = MemorySink(), MemorySink()
    TeeSink([one, other]).emit("started", pid=1)
    assert (one.events, other.events) == ([("started", {"pid": 1})], [("started", {"pid": 1})])


def test_sink_that_fails_keeps_nothing_from_the_others() -> None:
    other = MemorySink()
    tee = TeeSink([Broken(), other])
    tee.emit("started")
    assert (len(other.events), tee.lost) == (1, 1)


def test_memory_keeps_the_latest() -> None:
    sink = MemorySink(most=2)
    for number in range(5):
        sink.emit("tick", number=number)
    assert [facts["number"] for facts in sink.named("tick")] == [3, 4]

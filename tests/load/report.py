"""The figures of a bench: medians over rounds, ratios to the naive proxy and to the direct upstream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median

COLUMNS = ("", "requests/s", "x naive", "x direct", "CPU us/request", "x naive", "p50 ms", "p99 ms", "plaintext seen")


@dataclass(frozen=True, slots=True)
class Sample:
    """One round against one server. ``cpu_s`` is the server's own; ``leaks`` are requests, as the upstream saw them."""

    requests: int
    elapsed_s: float
    cpu_s: float
    p50_ms: float
    p99_ms: float
    leaks: int
    received: int
    unattributed: int
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the rounds of one server."""

    rate: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    leaks: int
    received: int


def figures(samples: Sequence[Sample]) -> Figures:
    """Medians; leaks and received messages are summed, one leak in one round counts."""
    return Figures(
        rate=median(sample.requests / sample.elapsed_s for sample in samples),
        cpu_us=median(sample.cpu_s / sample.requests * 1e6 for sample in samples),
        p50_ms=median(sample.p50_ms for sample in samples),
        p99_ms=median(sample.p99_ms for sample in samples),
        leaks=sum(sample.leaks for sample in samples),
        received=sum(sample.received for sample in samples),
    )


def table(rounds: Mapping[str, Sequence[Sample]]) -> str:
    """A Markdown table, one server a row."""
    every = {name: figures(samples) for name, samples in rounds.items()}
    rows = [COLUMNS, tuple("---" for _ in COLUMNS)]
    rows += [_row(name, its, every) for name, its in every.items()]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(name: str, its: Figures, every: Mapping[str, Figures]) -> tuple[str, ...]:
    naive, direct = every["naive"], every["direct"]
    return (
        name,
        f"{its.rate:,.0f}",
        f"{its.rate / naive.rate:.2f}",
        f"{its.rate / direct.rate:.2f}",
        f"{its.cpu_us:,.0f}" if name != "direct" else "-",
        f"{its.cpu_us / naive.cpu_us:.2f}" if name != "direct" else "-",
        f"{its.p50_ms:.2f}",
        f"{its.p99_ms:.2f}",
        f"{its.leaks:,} of {its.received:,}",
    )


def facts(rounds: Mapping[str, Sequence[Sample]]) -> dict[str, object]:
    """The same for machines."""
    return {name: asdict(figures(samples)) | {"rounds": len(samples)} for name, samples in rounds.items()}

"""The bench works and means what it says; figures are never judged here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.bench import sample, verdict
from tests.load.client import numbers
from tests.load.gateway import gateway
from tests.load.programs import Program, module, running
from tests.load.report import Sample, figures, table
from tests.load.stages import Watch, stage_costs


@pytest.fixture(scope="module")
def upstream() -> Iterator[Program]:
    with running(module("tests.load.upstream")) as program:
        yield program


async def test_the_upstream_sees_all_plaintext_that_a_naive_proxy_lets_through(upstream: Program) -> None:
    with running(module("tests.load.naive", f"http://127.0.0.1:{upstream.port}")) as naive:
        seen = await sample(naive, upstream, start=1, seconds=0.2, connections=4)
    assert seen.received == seen.leaks == seen.requests > 0


async def test_the_gateway_lets_no_plaintext_through_and_gives_every_original_back(
    upstream: Program, tmp_path: Path
) -> None:
    with gateway(tmp_path, f"http://127.0.0.1:{upstream.port}") as ours:
        seen = await sample(ours, upstream, start=1, seconds=0.5, connections=4)
    assert seen.requests > 0
    assert (seen.leaks, seen.unattributed, seen.values) == (0, 0, {})


async def test_every_stage_of_a_request_is_timed(upstream: Program, tmp_path: Path) -> None:
    costs = await stage_costs(tmp_path, f"http://127.0.0.1:{upstream.port}", requests=5)
    assert [stage for stage, cost in costs.items() if cost == 0 and stage != "settle"] == []


def test_a_stage_is_not_charged_for_the_stages_it_calls() -> None:
    watch = Watch()
    watch.begin()
    with watch.timing("outer"), watch.timing("inner"):
        pass
    spent = watch.requests[0]
    assert set(spent) == {"outer", "inner"}
    assert watch.inner == [pytest.approx(spent["outer"] + spent["inner"])]


def test_one_request_in_ten_is_about_a_person_seen_before() -> None:
    numbered = numbers(1000)
    turns = [next(numbered) for _ in range(100)]
    assert len(turns) - len(set(turns)) == 10


def test_ratios_are_to_the_naive_proxy_and_to_the_direct_upstream() -> None:
    def round_of(requests: int, cpu_s: float) -> Sample:
        return Sample(requests, 1.0, cpu_s, 1.0, 2.0, 0, requests, 0, {})

    rows = table({"direct": [round_of(4000, 0)], "naive": [round_of(1000, 0.2)], "gateway": [round_of(2000, 0.2)]})
    assert "| gateway | 2,000 | 2.00 | 0.50 | 100 | 0.50 |" in rows


def test_one_leak_in_one_round_is_not_lost_in_a_median() -> None:
    samples = [Sample(10, 1.0, 0.1, 1.0, 2.0, leaks, 10, 0, {}) for leaks in (0, 0, 1)]
    assert figures(samples).leaks == 1


def test_an_upstream_that_misses_what_a_naive_proxy_lets_through_is_no_witness() -> None:
    def rounds(leaks: int) -> list[Sample]:
        return [Sample(10, 1.0, 0.1, 1.0, 2.0, leaks, 10, 0, {})]

    wrong = verdict({"direct": rounds(10), "naive": rounds(9), "gateway": rounds(0)})
    assert wrong == ["the upstream missed plaintext that naive lets through: its silence means nothing"]

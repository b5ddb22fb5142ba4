from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from gateway.verify.outcome import Result, Sight, Word
from gateway.verify.plant import Place
from gateway.verify.report import as_json, bad, print_report, summary
from tests.verify.test_run import probe


def seen(*sights: Sight, direct: Word = "LEAK", place: Place = "deep JSON", **facts: object) -> Result:
    result = Result(probe(place=place), status=200, passed_on=True)
    result.sights.extend(sights)
    result.direct = direct
    for name, value in facts.items():
        setattr(result, name, value)
    return result


def printed(*results: Result, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_report(results, ["kinds without a canary: none"], console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


LEAK = Sight("arrived at crm", "as it is")


def test_the_table_says_value_where_direct_and_through_the_gateway() -> None:
    row = next(line for line in printed(seen(came_back=True)).splitlines() if "e-mail" in line)
    assert row.split() == ["e-mail", "J", "LEAK", "restored"]


def test_what_differs_from_place_to_place_says_where() -> None:
    results = [seen(came_back=True), seen(came_back=True), seen(place="cookie")]
    assert "restored, clean C" in printed(*results, width=120)


def test_a_leak_says_where_even_if_it_is_everywhere() -> None:
    assert "LEAK J" in printed(seen(LEAK))


def test_it_fits_eighty_columns() -> None:
    assert max(len(line) for line in printed(seen(LEAK), seen(came_back=True), seen()).splitlines()) <= 80


def test_a_leak_is_told_with_where_and_how() -> None:
    assert "LEAK e-mail of a Russian in deep JSON towards crm: arrived at crm" in printed(seen(LEAK))


def test_what_was_left_out_is_said() -> None:
    assert "Not covered: kinds without a canary: none" in printed(seen())


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (seen(LEAK), True),
        (seen(direct="blind"), True),
        (seen(passed_on=False, status=503), True),
        (seen(), False),
        (seen(came_back=True), False),
        (seen(passed_on=False, status=403), False),
    ],
)
def test_a_leak_blindness_and_a_broken_gateway_are_bad(result: Result, expected: bool) -> None:
    assert bad([result]) is expected


def test_the_sum_names_no_leaks_where_there_are_none() -> None:
    assert summary([seen()]).endswith("Direct: 1 LEAK. Through the gateway: 0 LEAK, 1 clean.")


def test_json_holds_every_probe() -> None:
    told = json.loads(as_json([seen(LEAK), seen()], ["x"]))
    assert (told["leak"], [one["through"] for one in told["probes"]], told["not_covered"]) == (
        True,
        ["LEAK", "clean"],
        ["x"],
    )

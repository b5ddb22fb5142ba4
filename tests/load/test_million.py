"""The table of customers is what it says it is, and the command that imports and measures it works; figures are never
judged here.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from tests.load.crm import HEAD, customer, rows, write
from tests.load.million import main


def test_the_same_number_is_the_same_customer() -> None:
    assert [customer(n) for n in (1, 77, 999_999)] == [customer(n) for n in (1, 77, 999_999)]


def test_the_table_is_csv_with_twelve_columns() -> None:
    file = io.StringIO(newline="")
    write(file, 300)
    head, *table = csv.reader(io.StringIO(file.getvalue()))
    assert (tuple(head), len(HEAD)) == (HEAD, 12)
    assert [tuple(row) for row in table] == [tuple(one) for one in rows(300)]


def test_four_in_five_are_russians_and_some_share_a_phone() -> None:
    people = list(rows(5000))
    assert 0.75 < sum(one.russian for one in people) / 5000 < 0.85
    assert len({one.email for one in people}) == 5000
    assert len({one.snils for one in people if one.russian}) == sum(one.russian for one in people)
    shared = sum(count - 1 for count in Counter(one.phone for one in people if one.russian).values())
    assert 50 < shared < 200


@pytest.mark.slow
def test_an_import_is_measured_from_its_beginning_to_the_gateway_over_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = ("--rows", "3000", "--few", "500", "--rounds", "1", "--seconds", "0.5", "--folder", str(tmp_path))
    assert main([*sizes, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    many = told["many"]
    assert (many["rows"], many["cost"]["cpu_s"] > 0, many["look_up_p99_us"] > 0) == (3000, True, True)
    assert all(many["size"][name] > 0 for name in ("vault", "ledger", "key_store", "twin"))
    assert [load["leaks"] for load in told["loads"]] == [0, 0]
    assert all(load["cpu_us"] > 0 for load in told["loads"])
    before = (tmp_path / "3000" / "cost.json").read_text()
    assert main(sizes) == 0
    assert "| | 500 rows | 3,000 rows |" in capsys.readouterr().out
    assert (tmp_path / "3000" / "cost.json").read_text() == before, "what was imported is only measured again"

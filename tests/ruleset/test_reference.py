"""The reference shows only what the language understands, and misses no key of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.ruleset.load import wrong_with
from gateway.ruleset.problems import errors
from gateway.ruleset.read import read
from gateway.ruleset.report import keys_at, validate
from gateway.ruleset.source import parse
from tests.ruleset.written import write

PAGE = (Path(__file__).parent.parent.parent / "docs" / "reference" / "rules.md").read_text()
BLOCKS = re.findall(r"(?ms)^```yaml\n(.*?)^```$", PAGE)


@pytest.mark.parametrize("block", BLOCKS)
def test_an_example_is_in_the_language(block: str) -> None:
    text = block if "version:" in block else "version: 1\n" + block
    root, problems = parse("rules.md", text.encode())
    assert root is not None
    assert [*problems, *validate(root)[1]] == []


def test_the_whole_file_passes_its_check(tmp_path: Path) -> None:
    assert errors(wrong_with(read([write(tmp_path, BLOCKS[0])]))) == ()


@pytest.mark.parametrize(
    "loc",
    [
        (),
        ("regions", "ru"),
        ("residence",),
        ("residence", "evidence", 0),
        ("destinations", "crm"),
        ("routes", 0),
        ("routes", 0, "match"),
        ("rules", 0),
        ("rules", 0, "when"),
        ("rules", 0, "then"),
        ("rules", 0, "then", "pass"),
        ("rules", 0, "then", "generalize"),
        ("kinds", "loyalty"),
        ("callers",),
        ("callers", "claims"),
        ("tests", 0, "given"),
        ("tests", 0, "expect"),
    ],
)
def test_every_key_is_explained(loc: tuple[str | int, ...]) -> None:
    assert [key for key in keys_at(loc) if not re.search(rf"\b{key}\b", PAGE)] == []

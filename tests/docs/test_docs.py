"""What the documents say is there is there, and what they show runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.docs.blocks import LINK, ROOT, Block, blocks, pages, prose
from tests.docs.commands import misunderstood
from tests.docs.pages import DRAWN

LANGUAGES = {"console", "http", "ini", "json", "nginx", "python", "sql", "text", "yaml"}
FOREIGN_COMMANDS = {
    "cat",
    "cd",
    "curl",
    "docker",
    "git",
    "journalctl",
    "psql",
    "ls",
    "nginx",
    "openssl",
    "pip",
    "python",
    "systemctl",
}
STATUS = re.compile(r"(built: `test_\w+(`, `test_\w+)*`|planned)(; .+ later)?|later|never")


def named(block: Block) -> str:
    return block.at


def commands(block: Block) -> list[str]:
    """The lines typed at a prompt, continued lines joined, settings of the environment left out."""
    joined = block.text.replace("\\\n", " ")
    typed = [line.removeprefix("$ ") for line in joined.splitlines() if line.startswith("$ ")]
    return [re.sub(r"^([A-Z_]+=\S+ +)+", "", line) for line in typed]


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of a page's headings."""
    headings = re.findall(r"(?m)^#+ (.+)$", page.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def targets() -> set[str]:
    return set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for match in LINK.finditer(prose(page)):
        address, _, anchor = match["target"].partition("#")
        if "://" in address or address.startswith("mailto:"):
            continue
        there = (page.parent / address).resolve() if address else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            lost.append(match["target"])
    assert lost == []


@pytest.mark.parametrize("block", blocks(), ids=named)
def test_a_code_block_says_what_language_it_is_in(block: Block) -> None:
    assert block.language in LANGUAGES


@pytest.mark.parametrize("block", blocks("console"), ids=named)
def test_a_command_shown_is_a_command_that_exists(block: Block) -> None:
    for line in commands(block):
        word, _, rest = line.partition(" ")
        match word.rpartition("/")[2]:
            case "make":
                assert {part for part in rest.split() if "=" not in part} <= targets(), line
            case "pii-gateway":
                assert misunderstood(line) == ""
            case _:
                assert word.rpartition("/")[2] in FOREIGN_COMMANDS, line


def test_python_examples_run() -> None:
    for block in blocks("python"):
        exec(compile(block.text, block.at, "exec"), {"__name__": block.at})


def test_json_examples_are_json() -> None:
    for block in blocks("json"):
        json.loads(block.text)


def test_yaml_examples_are_one_document_without_the_traps() -> None:
    for block in blocks("yaml"):
        assert "AliasEvent" not in {type(event).__name__ for event in yaml.parse(block.text)}, block.at
        assert yaml.compose(block.text) is not None, block.at


@pytest.mark.parametrize("drawn", DRAWN, ids=lambda drawn: drawn.PAGE.name)
def test_what_is_drawn_from_the_source_is_current(drawn: ModuleType) -> None:
    assert drawn.PAGE.read_text() == drawn.page(), "run `make pages`"


def test_every_scenario_has_a_status_and_a_built_one_names_a_test_that_exists() -> None:
    rows = [line.strip("| ").split(" | ") for line in (ROOT / "docs/semantics.md").read_text().splitlines()]
    scenarios = {row[0]: row[2] for row in rows if len(row) == 3 and row[0] != "scenario"}
    tests = set(re.findall(r"def (test_\w+)", "".join(path.read_text() for path in ROOT.glob("tests/**/test_*.py"))))
    unclear = {scenario: status for scenario, status in scenarios.items() if not STATUS.fullmatch(status)}
    claimed = {name for status in scenarios.values() for name in re.findall(r"test_\w+", status)}
    assert unclear == {}
    assert claimed - tests == set()


def test_every_decision_is_listed() -> None:
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text()))
    assert listed == {page.name for page in (ROOT / "docs/decisions").glob("0*.md")}


def test_the_readme_is_honest_about_what_it_is_not() -> None:
    text = re.sub(r"[>*\s]+", " ", (ROOT / "README.md").read_text())
    assert (
        "Not certified by FSTEC or FSB; contains no certified СКЗИ. Using it does not by itself satisfy 152-FZ. "
        "Pseudonymised data remain personal data."
    ) in text

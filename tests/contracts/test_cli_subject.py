"""``pii-gateway subject`` as an operator types it, over a SQLite vault that a gateway has filled."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from gateway.adapters.sink_memory import MemorySink
from gateway.cli import main
from gateway.core.blind import blind, normal_form
from gateway.model.kept import Batch, DirectoryEntry, Keep
from gateway.model.names import Kind, Region, Scope, SubjectId
from gateway.ruleset.load import load
from gateway.settings import Settings
from gateway.wiring import at_home
from tests.contracts.people import record

RU, EMAIL = Region("ru"), Kind("email")
RULES = """\
version: 1
regions:
  ru: {{countries: [RU], law: "152-FZ", vault: "sqlite:ru.db", key: "file:keys", keep: {{days: 365}}}}
residence: {{unknown: ru}}
destinations:
  crm: {{url: "https://crm.example", region: us, role: application, unmatched: pass}}
routes:
  - {{match: {{path: "/api/**"}}, to: crm}}
rules:
  - id: stay
    why: They stay.
    when: {{category: personal, residence: ru, destination: {{role: application, region: not $residence}}}}
    then: tokenize
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Rules beside a vault in which Anna and Boris are known."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULES.format())
    asyncio.run(_fill(path))
    return path


async def _fill(rules: Path) -> None:
    ruleset = load([rules])
    async with at_home(ruleset, Settings(rules=(rules,), state_dir=rules.parent), MemorySink(10)) as home:
        keys = await home.world.keys.region_keys(RU)
        for number, email in enumerate(("anna@example.ru", "boris@example.ru")):
            [key] = await home.world.keys.fresh(RU, 1)
            whose = SubjectId(key.id)
            normal = normal_form(ruleset.kinds[EMAIL], email)
            assert normal
            entry = DirectoryEntry(EMAIL, blind(keys.index, EMAIL, normal), whose, RU, "declared")
            kept = Keep(record(number), RU, Scope("crm"), whose, "POST /api", b"sealed", (), 1_790_000_000)
            await home.vaults[RU].keep(Batch((kept,), directory=(entry,)))


def typed(rules: Path, *words: str, read: str | None = None) -> Result:
    environment = {"PII_GATEWAY_STATE_DIR": str(rules.parent)}
    return CliRunner(env=environment).invoke(main, ["subject", *words, "--rules", str(rules)], input=read)


def shown(rules: Path, email: str = "anna@example.ru") -> dict[str, object]:
    result = typed(rules, "show", "--kind", "email", "--by", "dpo", "--json", read=email)
    assert result.exit_code == 0, result.output
    [told] = json.loads(result.output)
    assert isinstance(told, dict)
    return told


def test_a_person_is_found_by_an_identifier_on_standard_input(rules: Path) -> None:
    result = typed(rules, "show", "--kind", "email", "--by", "dpo", read="Anna@example.ru\n")
    assert result.exit_code == 0, result.output
    assert "1 record of crm by POST /api" in result.output
    assert "anna" not in result.output.lower()


def test_a_hold_is_told_with_who_and_why(rules: Path) -> None:
    result = typed(rules, "hold", "--kind", "email", "--by", "dpo", "--why", "case A40-1/2026", read="anna@example.ru")
    assert result.exit_code == 0, result.output
    result = typed(rules, "show", "--id", str(shown(rules)["subject"]), "--by", "dpo")
    assert "by dpo, case A40-1/2026" in result.output


def test_a_block_begins_and_ends(rules: Path) -> None:
    order = ("--kind", "email", "--by", "dpo", "--why", "request 7")
    typed(rules, "block", *order, read="anna@example.ru")
    assert shown(rules)["blocked"] is not None
    typed(rules, "unblock", *order, read="anna@example.ru")
    assert shown(rules)["blocked"] is None


def test_a_merge_is_undone_by_the_merged_ones_identifier(rules: Path) -> None:
    anna = str(shown(rules)["subject"])
    order = ("--kind", "email", "--by", "dpo", "--why", "request 7")
    assert typed(rules, "merge", *order, "--into", anna, read="boris@example.ru").exit_code == 0
    assert shown(rules, "boris@example.ru")["subject"] == anna
    assert typed(rules, "unmerge", *order, read="boris@example.ru").exit_code == 0
    assert shown(rules, "boris@example.ru")["subject"] != anna


def test_an_order_that_makes_no_sense_is_told_by_its_code(rules: Path) -> None:
    result = typed(rules, "release", "--kind", "email", "--by", "dpo", "--why", "case 1", read="anna@example.ru")
    assert (result.exit_code, "GW-V131" in result.output) == (1, True)


def test_of_somebody_unknown_nothing_is_told(rules: Path) -> None:
    assert typed(rules, "show", "--kind", "email", "--by", "dpo", read="nobody@example.ru").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--by", "dpo"),
        ("--by", "dpo", "--id", "anna"),
        ("--by", "dpo", "--kind", "nothing"),
        ("--by", "a person", "--kind", "email"),
    ],
)
def test_a_command_line_that_names_nobody_is_refused(rules: Path, words: tuple[str, ...]) -> None:
    assert typed(rules, "show", *words, read="x").exit_code == 2


def test_a_reference_may_hold_no_address(rules: Path) -> None:
    words = ("hold", "--kind", "email", "--by", "dpo", "--why", "anna@example.ru asked")
    assert typed(rules, *words, read="anna@example.ru").exit_code == 2

"""``pii-gateway keys`` and ``pii-gateway ledger`` over the files that a gateway leaves."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_wrapped import WrappedKeys
from gateway.adapters.sink_memory import MemorySink
from gateway.catalog import Site, keys_of, vault_of
from gateway.cli import main
from gateway.model.kept import Batch
from gateway.ruleset.load import load
from tests.contracts.people import ANNA, RU, entry, known

RULES = """\
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence:
  subjects: [body]
destinations:
  crm: {url: "http://127.0.0.1:9001", region: us, role: application, unmatched: pass, token_domain: id.example}
routes:
  - {match: {path: /api/users, method: POST}, to: crm, purpose: account, whose: caller, reveal_to: [subject]}
"""


@dataclass
class Place:
    """A folder with rules, and the command line used in it."""

    folder: Path

    @property
    def rules(self) -> Path:
        return self.folder / "rules.yaml"

    @property
    def keys(self) -> Path:
        return self.folder / "home" / "keys" / "ru.data-keys.db"

    @property
    def root(self) -> Path:
        [path] = (self.folder / "home" / "keys" / "root").iterdir()
        return path

    @property
    def vault(self) -> Path:
        return self.folder / "home" / "ru.db"

    def run(self, *arguments: str) -> Result:
        environment = {"PII_GATEWAY_STATE_DIR": str(self.folder)}
        return CliRunner(env=environment).invoke(main, [*arguments, "--rules", str(self.rules)])

    def told(self, *arguments: str) -> Any:  # noqa: ANN401 - JSON of ours
        return json.loads(self.run(*arguments, "--json").stdout)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "rules.yaml").write_text(RULES)
    return Place(tmp_path)


@pytest.fixture
def used(place: Place) -> Place:
    """A place where a gateway has kept something and written three entries."""

    async def keep() -> None:
        site = Site(load([place.rules]).regions[RU], place.folder, SystemClock(), MemorySink())
        kit = vault_of(site)
        await kit.vault.start()
        keys = keys_of(site, kit.vault)
        await keys.start()
        await keys.keys.fresh(RU, 1)
        ledger = kit.ledger(await keys.keys.region_keys(RU))
        ledger.start()
        await kit.vault.keep(Batch(directory=(known("anna", ANNA),), entries=(entry("a"), entry("b"))))
        ledger.tally(entry("c", actor="address"))
        ledger.tally(entry("d", actor="address"))
        await ledger.close()
        await keys.close()
        await kit.vault.close()

    asyncio.run(keep())
    return place


# --------------------------------------------------------------------------------------------------------------- keys


def test_new_keys_are_made_with_advice(place: Place) -> None:
    result = place.run("keys", "new")
    assert (result.exit_code, place.root.exists(), "HSM" in result.stdout) == (0, True, True)


def test_the_index_key_turns_and_what_was_entered_is_still_known(used: Place) -> None:
    result = used.run("keys", "rotate", "index")
    assert (result.exit_code, result.stdout) == (0, "ru: index rotated, the vault is named by generation 2\n")
    [status] = used.told("keys", "status")
    assert status["index"] == "index key 2"
    with sqlite3.connect(used.vault) as connection:
        assert [len(row[0]) for row in connection.execute("SELECT blind FROM names")] == [34]
    connection.close()


def test_a_key_store_from_before_a_turn_of_the_index_key_is_told_and_nothing_starts_over_it(used: Place) -> None:
    older = used.keys.read_bytes()
    used.run("keys", "rotate", "index")
    used.keys.write_bytes(older)
    [status] = used.told("keys", "status")
    assert (status["ok"], "GW-K119" in status["says"]) == (False, True)
    started = used.run("subject", "show", "--id", "01" * 14, "--by", "dpo")
    assert (started.exit_code, "GW-K119" in started.output) == (1, True)


def test_a_turn_that_was_stopped_is_told_and_goes_on_with_the_same_key(used: Place) -> None:
    async def stop_early() -> None:
        site = Site(load([used.rules]).regions[RU], used.folder, SystemClock(), MemorySink())
        kit = vault_of(site)
        await kit.vault.start()
        keys = keys_of(site, kit.vault)
        await keys.start()
        assert isinstance(keys.keys, WrappedKeys)
        await keys.keys.tending.grow("index")
        await kit.vault.turn_index(2)
        await keys.close()
        await kit.vault.close()

    asyncio.run(stop_early())
    [status] = used.told("keys", "status")
    assert status["index"] == "index key 1 turns to 2: rows get their next names, 0% of the way"
    assert "rows get their next names" in used.run("keys", "status").stdout
    used.run("keys", "rotate", "index")
    assert [one["version"] for one in used.told("keys", "list") if one["key"] == "index"] == ["1", "2"]
    assert used.told("keys", "status")[0]["index"] == "index key 2"


def test_an_index_key_for_a_vault_that_is_not_there_yet_makes_none(place: Place) -> None:
    place.run("keys", "new")
    result = place.run("keys", "rotate", "index")
    assert (result.exit_code, place.vault.exists(), place.told("keys", "status")[0]["index"]) == (0, False, "")


def test_new_keys_are_not_made_twice(place: Place) -> None:
    place.run("keys", "new")
    before, result = place.told("keys", "list"), place.run("keys", "new")
    assert (result.exit_code, "GW-K107" in result.stderr, place.told("keys", "list")) == (1, True, before)


def test_new_keys_are_not_made_for_a_filled_vault(used: Place) -> None:
    used.keys.unlink()
    result = used.run("keys", "new")
    assert (result.exit_code, "GW-K101" in result.stderr) == (1, True)


def test_new_keys_are_not_made_over_data_keys(used: Place) -> None:
    connection = sqlite3.connect(used.keys, isolation_level=None)
    connection.execute("DELETE FROM key_set")
    connection.close()
    used.vault.unlink()
    assert "GW-K101" in used.run("keys", "new").stderr


def test_keys_are_listed_without_a_key(used: Place) -> None:
    text = used.run("keys", "list").stdout
    assert [line.split()[1] for line in text.splitlines()] == ["root", "index", "field", "pseudonym", "epoch"]
    assert text.count("in force") == 5
    assert used.root.read_text()[:8] not in text


def test_keys_are_listed_for_machines(used: Place) -> None:
    told = {one["key"]: one for one in used.told("keys", "list")}
    assert (told["epoch"]["region"], told["epoch"]["version"], told["epoch"]["in_force"]) == ("ru", "1", True)


def test_keys_that_are_missing_are_not_listed(place: Place) -> None:
    result = place.run("keys", "list")
    assert (result.exit_code, "GW-K101" in result.stderr, place.keys.exists()) == (1, True, False)


@pytest.mark.parametrize("key", ["field", "pseudonym", "epoch"])
def test_a_rotated_key_is_in_force_beside_the_old_one(used: Place, key: str) -> None:
    result = used.run("keys", "rotate", key)
    versions = [(one["version"], one["in_force"]) for one in used.told("keys", "list") if one["key"] == key]
    assert (result.exit_code, versions) == (0, [("1", False), ("2", True)])


def test_a_rotated_root_wraps_the_key_set(used: Place) -> None:
    used.run("keys", "rotate", "root")
    roots = [one["in_force"] for one in used.told("keys", "list") if one["key"] == "root"]
    assert roots == [False, True]


def test_a_rotated_epoch_wraps_every_data_key_anew(used: Place) -> None:
    assert "ru: epoch rotated, 1 data keys wrapped anew" in used.run("keys", "rotate", "epoch").stdout
    assert used.told("keys", "status")[0]["stale"] == 0


def test_the_ledger_is_whole_after_the_field_key_was_rotated(used: Place) -> None:
    used.run("keys", "rotate", "field")
    assert used.run("ledger", "verify").exit_code == 0


def test_keys_of_a_place_that_was_never_started_are_not_rotated(place: Place) -> None:
    result = place.run("keys", "rotate", "epoch")
    assert (result.exit_code, "GW-K101" in result.stderr) == (1, True)


def test_status_before_the_first_start_is_good(place: Place) -> None:
    result = place.run("keys", "status")
    assert (result.exit_code, "no keys yet" in result.stdout, "no data keys yet" in result.stdout) == (0, True, True)


def test_status_counts_the_data_keys(used: Place) -> None:
    text = used.run("keys", "status").stdout
    assert ("epoch 1 in force" in text, "1 data keys" in text) == (True, True)


def test_status_of_a_missing_key_store_is_bad(used: Place) -> None:
    used.keys.unlink()
    result = used.run("keys", "status")
    assert (result.exit_code, "GW-K101" in result.stdout) == (1, True)


def test_status_of_an_open_root_key_file_is_bad(used: Place) -> None:
    used.root.chmod(0o644)
    told = used.told("keys", "status")
    assert (told[0]["ok"], "GW-K102" in told[0]["says"]) == (False, True)


def test_a_root_key_may_stand_in_the_environment(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.rules.write_text(RULES.replace("file:home/keys", "env:ROOT_OF_RU"))
    monkeypatch.setenv("ROOT_OF_RU", "ab" * 32)
    assert place.run("keys", "new").exit_code == 0
    assert place.told("keys", "status")[0]["store"] == str(place.folder / "keys" / "ru.data-keys.db")
    monkeypatch.setenv("ROOT_OF_RU", "cd" * 32)
    assert "GW-K109" in place.run("keys", "status").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["--region", "kz"], "no region 'kz', but ru"), ([], "no region of the rules has keys that are kept")],
)
def test_a_region_whose_keys_are_not_kept_is_a_wrong_command_line(
    place: Place, arguments: list[str], says: str
) -> None:
    place.rules.write_text(RULES.replace("file:home/keys", "memory:"))
    result = place.run("keys", "status", *arguments)
    assert (result.exit_code, says in result.stderr) == (2, True)


def test_rules_have_to_be_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["keys", "status"])
    assert (result.exit_code, "--rules FILE" in result.stderr) == (2, True)


# ------------------------------------------------------------------------------------------------------------- ledger


def test_an_untouched_ledger_is_whole(used: Place) -> None:
    result = used.run("ledger", "verify")
    assert result.exit_code == 0
    assert result.stdout == "ru: 1 chains, 2 blocks, 3 entries, 1 anchors\n  whole: nothing was changed\n"


def test_a_touched_ledger_is_told(used: Place) -> None:
    connection = sqlite3.connect(used.vault, isolation_level=None)
    connection.execute("UPDATE ledger SET entries = replace(entries, 'POST', 'GET') WHERE seq = 0")
    connection.close()
    result = used.run("ledger", "verify")
    assert (result.exit_code, "block altered" in result.stdout, "1 problems" in result.stdout) == (1, True, True)


def test_a_verdict_is_told_to_machines(used: Place) -> None:
    told = used.told("ledger", "verify", "--region", "ru")
    assert told["ru"]["entries"] == 3


def test_the_last_entries_are_shown_oldest_first(used: Place) -> None:
    lines = used.run("ledger", "tail").stdout.splitlines()
    assert lines == [
        "2026-09-21 14:13:20 collect POST /register to crm by nobody",
        "    email tokenize 1; ok",
        "2026-09-21 14:13:20 collect POST /register to crm by nobody",
        "    email tokenize 1; ok",
        "2026-09-21 14:13:20 collect ×2 POST /register to crm by address",
        "    email tokenize 2; ok",
    ]


def test_no_more_entries_are_shown_than_asked_for(used: Place) -> None:
    told = used.run("ledger", "tail", "-n", "2", "--json").stdout.splitlines()
    assert [json.loads(line)["times"] for line in told] == [1, 2]


@pytest.mark.parametrize("command", ["verify", "tail"])
def test_a_ledger_that_is_not_there_is_told(place: Place, command: str) -> None:
    place.run("keys", "new")
    result = place.run("ledger", command)
    assert (result.exit_code, "GW-L103" in result.stderr) == (1, True)


@pytest.mark.parametrize("group", ["keys", "ledger"])
def test_help_fits_on_eighty_columns(group: str) -> None:
    result = CliRunner().invoke(main, [group, "--help"])
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80

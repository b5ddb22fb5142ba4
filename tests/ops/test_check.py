"""``pii-gateway vault check`` finds each kind of fault that somebody plants behind the gateway's back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest

from tests.ops.homes import Home

FIRST = "(SELECT id FROM record ORDER BY id LIMIT 1)"
HOLDING = "(SELECT record FROM names WHERE scope <> '' ORDER BY blind LIMIT 1)"
"""A record that a value came with first."""
SOMEBODY = "(SELECT subject FROM names WHERE scope = '' AND kind = 'email' ORDER BY blind LIMIT 1)"
LAST = "(SELECT id FROM record ORDER BY id DESC LIMIT 1)"
NOBODY = "decode('{0}', 'hex')"
SHORT = "(SELECT token FROM alias WHERE record IS NOT NULL ORDER BY token LIMIT 1)"


@dataclass(frozen=True)
class Plant:
    """One fault: what is told of it, and the statement. ``{nobody}``: a person's id without a data key."""

    wrong: str
    sql: str
    in_keys: bool = False


PLANTS = [
    Plant("blind of another generation", "UPDATE names SET blind = {late} WHERE scope <> ''"),
    Plant(
        "seal does not open",
        f"UPDATE record SET sealed = (SELECT sealed FROM record WHERE id = {LAST}) WHERE id = {FIRST}",
    ),
    Plant("names can't be read", f"UPDATE record SET names = 'nonsense' WHERE id = {FIRST}"),
    Plant("name without a value", f"""UPDATE record SET names = '[[98,"tk","email",null]]' WHERE id = {FIRST}"""),
    Plant("token leads nowhere", f"DELETE FROM alias WHERE token = {SHORT}"),
    Plant("value is not in the index", f"DELETE FROM names WHERE scope <> '' AND record = {HOLDING}"),
    Plant("index has another token", f"UPDATE names SET token = 'tk' WHERE scope <> '' AND record = {HOLDING}"),
    Plant("index row without its record", f"DELETE FROM record WHERE id = {HOLDING}"),
    Plant(
        "index row of another person", "UPDATE names SET subject = {nobody} WHERE scope <> '' AND record = " + HOLDING
    ),
    Plant("holder is missing", "DELETE FROM holder"),
    Plant("holder without its record", "UPDATE holder SET field = 98"),
    Plant("alias without its record", f"UPDATE alias SET field = 98 WHERE token = {SHORT}"),
    Plant(
        "identifier of nobody",
        f"DELETE FROM person WHERE subject = {SOMEBODY}",
    ),
    Plant("identifier without a data key", "UPDATE names SET subject = {nobody} WHERE scope = ''"),
    Plant("person without a data key", "INSERT INTO person (subject) VALUES ({nobody})"),
    Plant("session without a data key", "INSERT INTO session (id, subject, expires) VALUES ({nobody}, {nobody}, 9)"),
    Plant("record has no data key", "DELETE FROM data_key", in_keys=True),
    Plant("data key does not open", "UPDATE data_key SET wrapped = (SELECT max(wrapped) FROM data_key)", in_keys=True),
]


def nobody(home: Home) -> str:
    """A person of this region who has no data key, as each store spells bytes."""
    code = bytes(home.rows("SELECT id FROM record LIMIT 1")[0][0])[:1].hex()
    identity = code + 26 * "0"
    return f"x'{identity}'" if home.vault.startswith("sqlite:") else f"'\\x{identity}'::bytea"


def late(home: Home) -> str:
    """A blind as the ninth index key would have made it."""
    return "CAST(blind || x'0009' AS BLOB)" if home.vault.startswith("sqlite:") else "blind || '\\x0009'::bytea"


def test_a_vault_that_nobody_touched_is_whole(home: Home) -> None:
    told = home.run("vault", "check")
    assert (told.exit_code, "whole: nothing is wrong" in told.output) == (0, True), told.output


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.wrong)
def test_a_planted_fault_is_found(home: Home, plant: Plant) -> None:
    home.execute(plant.sql.replace("{nobody}", nobody(home)).replace("{late}", late(home)), keys=plant.in_keys)
    told = home.run("vault", "check", "--json")
    [found] = json.loads(told.stdout)
    assert told.exit_code == 1
    assert plant.wrong in found["faults"], found["faults"]
    assert {one["wrong"] for one in found["told"]} == found["faults"].keys()


def test_a_blind_that_is_not_the_values_is_found(home: Home) -> None:
    """The record's own list and the index agree with each other, and not with what is sealed."""
    [(names,)] = home.rows(f"SELECT names FROM record WHERE id = {FIRST}")
    index, token, kind, blind = next(one for one in json.loads(names) if one[3])
    other = blind[:-2] + ("00" if blind[-2:] != "00" else "01")
    spelt = "x'{}'" if home.vault.startswith("sqlite:") else "'\\x{}'::bytea"
    home.execute(
        f"UPDATE record SET names = replace(names, '{blind}', '{other}');"
        f"UPDATE names SET blind = {spelt.format(other)} WHERE scope <> '' AND blind = {spelt.format(blind)}"
    )
    [found] = home.told("check")
    assert found["faults"].keys() == {"blind is not the value's"}
    assert found["told"][0]["field"] == index
    assert (token in str(found), blind in str(found), kind) == (False, False, kind)


def test_a_vault_whose_index_key_was_turned_is_whole(home: Home) -> None:
    assert home.run("keys", "rotate", "index").exit_code == 0
    assert "whole: nothing is wrong" in home.run("vault", "check").output


def test_an_edited_ledger_is_found(home: Home) -> None:
    home.execute("UPDATE ledger SET entries = '[]'")
    [found] = home.told("check")
    assert (found["whole"], found["ledger"][0].partition(":")[0]) == (False, "block altered")


def test_a_file_that_contradicts_itself_is_found(on_files: Home) -> None:
    on_files.execute(
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'IS NOT NULL', 'IS NULL')"
        " WHERE name = 'record_by_expiry';"
    )
    [found] = on_files.told("check")
    assert (found["whole"], found["damage"] > 0) == (False, True)


def test_no_value_is_printed(home: Home) -> None:
    for plant in PLANTS:
        if plant.wrong in ("seal does not open", "value is not in the index"):
            home.execute(plant.sql)
    told = home.run("vault", "check")
    assert "seal does not open: 1" in told.output
    assert not any(word in told.output for word in ("example.org", "Канар", "+7", "Hans"))


def test_a_check_goes_on_where_another_one_stopped(home: Home) -> None:
    [whole] = home.told("check")
    [rest] = home.told("check", "--from", "names")
    assert (rest["rows"]["key"], rest["rows"]["record"]) == (0, 0)
    assert rest["rows"]["names"] == whole["rows"]["names"] > 0


def test_a_check_goes_on_behind_one_row(home: Home) -> None:
    record = home.rows("SELECT id FROM record ORDER BY id LIMIT 1")[0][0].hex()
    [whole], [rest] = home.told("check"), home.told("check", "--from", f"record:{record}")
    assert rest["rows"]["record"] == whole["rows"]["record"] - 1


def test_a_check_that_breaks_off_tells_what_it_found_and_where_to_go_on(home: Home) -> None:
    home.execute(next(plant.sql for plant in PLANTS if plant.wrong == "seal does not open"))
    home.execute("ALTER TABLE session RENAME COLUMN id TO di")
    broken = home.run("vault", "check")
    home.execute("ALTER TABLE session RENAME COLUMN di TO id")
    assert (broken.exit_code, "error GW-" in broken.output) == (1, True), (broken.output, broken.exception)
    assert "seal does not open: 1" in broken.output
    assert "whole" not in broken.output
    [place] = re.findall(r"go on with --from (\S+)", broken.output)
    [rest] = home.told("check", "--from", place)
    assert (rest["rows"]["record"], rest["rows"]["session"], rest["faults"]) == (0, 0, {})


def test_a_position_that_is_none_is_told(on_files: Home) -> None:
    told = on_files.run("vault", "check", "--from", "nowhere:1")
    assert (told.exit_code, "is no position" in told.output) == (2, True)


def test_a_vault_that_is_not_there_is_told(on_files: Home) -> None:
    on_files.file.unlink()
    assert "GW-V108" in on_files.run("vault", "check").output

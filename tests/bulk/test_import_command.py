"""``pii-gateway import`` as an operator runs it: real processes, a real SQLite vault, kill -9."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.bulk.people import HEAD, command, environment, ran, rows, shape, started, written

IMPORT = ("import", "users.csv", "--to", "crm", "--id", "id")


def counted(folder: Path) -> dict[str, int]:
    """What the vault holds, by table."""
    with sqlite3.connect(f"file:{folder / 'home' / 'ru.db'}?mode=ro", uri=True) as vault:
        names = ("record", "names", "alias", "person", "holder")
        found = {name: int(vault.execute(f"SELECT count(*) FROM {name}").fetchone()[0]) for name in names}
    vault.close()
    return found


def marks(folder: Path) -> int:
    journal = folder / "users.twin.csv.journal"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_an_import_says_what_it_did_and_no_value(tmp_path: Path) -> None:
    written(tmp_path, 40)
    done = ran(tmp_path, *IMPORT)
    assert done.returncode == 0, done.stderr
    assert "40 rows, 0 rejected" in done.stdout
    assert not any(word in done.stdout + done.stderr for word in ("example.org", "Канар", "Hans", "+7"))


def test_the_report_is_there_for_machines(tmp_path: Path) -> None:
    written(tmp_path, 40)
    facts = json.loads(ran(tmp_path, *IMPORT, "--json").stdout)
    assert (facts["done"], facts["rows"]) == (True, 40)
    assert facts["rows_by_residence"] == {"ru": 30, "elsewhere": 10}
    assert facts["persons"] == {"ru": 28, "elsewhere": 10}
    assert facts["fields"]["email:tokenize"] == 30


def test_no_file_at_home_holds_a_russians_value(tmp_path: Path) -> None:
    written(tmp_path, 40)
    ran(tmp_path, *IMPORT)
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    made = [*kept, tmp_path / "users.twin.csv", tmp_path / "users.twin.csv.journal"]
    assert [path.name for path in made if b"canary" in path.read_bytes()] == []


@pytest.mark.parametrize("address", ["postgresql://me:a-word@db/crm", "postgresql://me@db/crm?password=a-word"])
def test_a_password_on_the_command_line_is_refused_and_not_repeated(tmp_path: Path, address: str) -> None:
    written(tmp_path, 1)
    done = ran(tmp_path, "import", address, "--to", "crm", "--query", "SELECT 1 ORDER BY 1", "--out", "twin.jsonl")
    assert (done.returncode, "PGPASSWORD" in done.stderr, "a-word" in done.stdout + done.stderr) == (2, True, False)


def test_rejects_are_told_by_line_and_code(tmp_path: Path) -> None:
    written(tmp_path, 3)
    with (tmp_path / "users.csv").open("a") as table:
        table.write("4,RU,too short\n")
    done = ran(tmp_path, *IMPORT)
    assert (tmp_path / "users.twin.csv.rejects.csv").read_text() == "line,code\n5,GW-I101\n"
    assert "GW-I101: 1 rows" in done.stdout


@pytest.mark.slow
def test_an_import_that_is_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """kill -9 after every few marks; the twin, and all that the vault holds, is as if nothing had been."""
    written(tmp_path, 300)
    kills, resume = 0, list[str]()
    while kills < 4:
        before = marks(tmp_path)
        process = started(tmp_path, *IMPORT, "--batch", "10", *resume)
        while process.poll() is None and marks(tmp_path) < max(before, 2) + 3:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills, resume = kills + 1, ["--resume"]
    assert ran(tmp_path, *IMPORT, "--resume").returncode == 0
    whole = tmp_path / "whole"
    whole.mkdir()
    written(whole, 300)
    ran(whole, *IMPORT, "--batch", "10")
    twins = [(folder / "users.twin.csv").read_text().splitlines() for folder in (tmp_path, whole)]
    assert shape(twins[0]) == shape(twins[1])
    assert counted(tmp_path) == counted(whole)


@pytest.mark.slow
def test_ctrl_c_ends_behind_a_whole_batch(tmp_path: Path) -> None:
    written(tmp_path, 400)
    process = started(tmp_path, *IMPORT, "--batch", "5")
    while process.poll() is None and marks(tmp_path) < 5:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    assert process.wait() == 130
    last = json.loads((tmp_path / "users.twin.csv.journal").read_text().splitlines()[-1])
    assert (tmp_path / "users.twin.csv").stat().st_size == last["twin"]
    assert (last["done"], last["rows"] % 5) == (False, 0)
    assert ran(tmp_path, *IMPORT, "--resume").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("import", "users.csv", "--to", "crm", "--resume"), "GW-I111"),
        (("import", "users.csv", "--to", "nowhere"), "GW-I121"),
        (("import", "users.csv", "--to", "crm", "--columns", "x=body.x"), "GW-I114"),
        (("import", "users.csv"), "GW-I121"),
        (("import", "none.csv", "--to", "crm"), "there is no file"),
        (("import", "users", "--to", "crm"), "--format"),
        (("import", "postgresql://db/crm", "--to", "crm"), "--out"),
        (("import", "postgresql://db/crm", "--to", "crm", "--out", "x"), "--query"),
        (("import", "users.csv", "--to", "crm", "--columns", "x"), "COLUMN=PLACE"),
        (("import", "x.jsonl", "--to", "crm", "--columns", "x=body.y"), "CSV"),
    ],
)
def test_what_can_not_be_meant_is_told_before_anything_is_made(
    tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    written(tmp_path, 1)
    done = ran(tmp_path, *arguments)
    assert done.returncode in (1, 2)
    assert says in done.stderr
    assert not (tmp_path / "home").exists()


def test_another_table_is_not_gone_on_with(tmp_path: Path) -> None:
    written(tmp_path, 2)
    ran(tmp_path, *IMPORT)
    (tmp_path / "users.csv").write_text(HEAD + "".join(rows(3)))
    assert "GW-I112" in ran(tmp_path, *IMPORT, "--resume").stderr


def test_a_finished_import_is_not_done_twice(tmp_path: Path) -> None:
    written(tmp_path, 4)
    ran(tmp_path, *IMPORT)
    before = counted(tmp_path)
    assert ran(tmp_path, *IMPORT, "--resume").returncode == 0
    assert "GW-I110" in ran(tmp_path, *IMPORT).stderr
    assert counted(tmp_path) == before


def test_lines_of_json_keep_every_byte_that_no_rule_touches(tmp_path: Path) -> None:
    written(tmp_path, 1)
    (tmp_path / "users.jsonl").write_text(
        '{"id":1, "citizenship":"RU","email":"anna@example.org", "big":12345678901234567890.10 }\n'
        '{"id":2, "citizenship":"DE","email":"hans@example.org"}\n'
        "{not json}\n"
    )
    ran(tmp_path, "import", "users.jsonl", "--to", "crm", "--id", "id")
    one, two = (tmp_path / "users.twin.jsonl").read_text().splitlines()
    token = json.loads(one)["email"]
    assert one == '{"id":1, "citizenship":"RU","email":"' + token + '", "big":12345678901234567890.10 }'
    assert token.endswith("@t.example")
    assert two == '{"id":2, "citizenship":"DE","email":"hans@example.org"}'
    assert (tmp_path / "users.twin.jsonl.rejects.csv").read_text().startswith("line,code\n3,GW-P")


def test_enforcing_is_refused_before_the_import_and_allowed_after(tmp_path: Path) -> None:
    """The ladder's guard: GW-S018 while the directory is empty."""
    written(tmp_path, 4)
    enforcing = (tmp_path / "rules.yaml").read_text().replace("mode: observe", "mode: enforce")
    (tmp_path / "enforce.yaml").write_text(enforcing)
    listen = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--rules", str(tmp_path / "enforce.yaml"))
    serve = [*command(tmp_path, "serve", *listen)[:-2]]

    def served() -> tuple[str, str]:
        process = subprocess.Popen(
            serve, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        return first, process.communicate()[1]

    assert "GW-S018" in served()[1]
    ran(tmp_path, *IMPORT)
    assert served()[0].startswith("listening on")

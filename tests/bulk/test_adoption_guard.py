"""The ladder's guard, with real processes: nobody enforces look-ups over the half of a table."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.bulk.people import command, environment, ran, shape, started, written

IMPORT = ("import", "users.csv", "--to", "crm", "--id", "id", "--batch", "10")


def served(folder: Path, rules: str) -> str:
    """The first words of ``serve``, or why it does not."""
    listen = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--rules", str(folder / rules))
    with subprocess.Popen(
        command(folder, "serve", *listen)[:-2],
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        return first or process.communicate()[1]


def rows_marked(folder: Path) -> int:
    journals = [*folder.glob("users.twin.csv*.journal")]
    return sum(path.read_bytes().count(b"\n") for path in journals)


def killed(folder: Path, *more: str, marks: int = 12) -> None:
    """The import, begun and killed with everything it has started once it is under way."""
    process = started(folder, *IMPORT, *more)
    before = time.monotonic()
    while process.poll() is None and rows_marked(folder) < marks:
        assert time.monotonic() - before < 100
        time.sleep(0.002)
    assert process.poll() is None, "it ended before it was killed"
    process.send_signal(signal.SIGKILL)
    process.wait()


def begun_at(folder: Path) -> Path:
    written(folder, 400)
    rules = (folder / "rules.yaml").read_text()
    (folder / "enforce.yaml").write_text(rules.replace("mode: observe", "mode: enforce"))
    return folder


def unfinished(folder: Path) -> list[dict[str, str]]:
    """What ``vault status`` says of imports."""
    told = json.loads(ran(folder, "vault", "status", "--json").stdout)
    found: list[dict[str, str]] = next(one["imports"] for one in told if one["store"] == "vault")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("more", [(), ("--workers", "2")])
def test_a_killed_import_keeps_serve_from_enforcing_until_it_is_done(tmp_path: Path, more: tuple[str, ...]) -> None:
    folder = begun_at(tmp_path)
    killed(folder, *more)
    refused = served(folder, "enforce.yaml")
    assert "GW-S020" in refused
    assert "--resume" in refused
    assert served(folder, "rules.yaml").startswith("listening on")
    assert [one["to"] for one in unfinished(folder)] == ["crm"]
    assert "is not done" in ran(folder, "vault", "status").stdout
    looked = {one["name"]: one for one in json.loads(ran(folder, "doctor", "--json").stdout)["checks"]}
    assert looked["directory"]["verdict"] == "warn"
    done = ran(folder, *IMPORT, "--resume")
    assert "400 rows, 0 rejected" in done.stdout, done.stderr
    assert served(folder, "enforce.yaml").startswith("listening on")
    assert unfinished(folder) == []


@pytest.mark.slow
def test_an_import_by_several_processes_ends_as_one_by_one_process(tmp_path: Path) -> None:
    """Killed and resumed on the way; persons who are in the table twice stand one behind the other, in one part."""
    alone, several = tmp_path / "alone", tmp_path / "several"
    for folder in (alone, several):
        folder.mkdir()
        written(folder, 400)
    ran(alone, *IMPORT)
    killed(several, "--workers", "3")
    done = ran(several, *IMPORT, "--workers", "3", "--resume", "--json")
    facts = json.loads(done.stdout)
    assert (facts["rows"], facts["rows_by_residence"]) == (400, {"ru": 300, "elsewhere": 100})
    twins = [(folder / "users.twin.csv").read_text().splitlines() for folder in (alone, several)]
    assert shape(twins[0]) == shape(twins[1])
    assert [path.name for path in several.glob("*.part*")] == []
    again = ran(several, *IMPORT, "--resume")
    assert "400 rows, 0 rejected" in again.stdout, again.stderr


@pytest.mark.slow
def test_a_worker_that_is_killed_ends_all_of_them(tmp_path: Path) -> None:
    written(tmp_path, 400)
    process = started(tmp_path, *IMPORT, "--workers", "2")
    while rows_marked(tmp_path) < 12:
        assert process.poll() is None
        time.sleep(0.002)
    psutil.Process(process.pid).children()[0].kill()
    assert process.wait(100) == 137
    assert "400 rows" in ran(tmp_path, *IMPORT, "--resume").stdout


@pytest.mark.slow
def test_an_import_that_nobody_will_finish_can_be_ended(tmp_path: Path) -> None:
    folder = begun_at(tmp_path)
    killed(folder)
    [one] = unfinished(folder)
    ended = ran(folder, "vault", "end-import", one["name"])
    assert (ended.returncode, served(folder, "enforce.yaml")[:12]) == (0, "listening on"), ended.stderr
    assert ran(folder, "vault", "end-import", one["name"]).returncode == 1


@pytest.mark.slow
def test_the_same_table_begun_anew_is_the_same_import(tmp_path: Path) -> None:
    folder = begun_at(tmp_path)
    killed(folder)
    assert ran(folder, *IMPORT, "--out", "anew.csv").returncode == 0
    assert served(folder, "enforce.yaml").startswith("listening on")


@pytest.mark.slow
def test_a_catch_up_keeps_nobody_out(tmp_path: Path) -> None:
    folder = begun_at(tmp_path)
    killed(folder, "--catch-up")
    assert served(folder, "enforce.yaml").startswith("listening on")


def test_several_processes_are_for_files(tmp_path: Path) -> None:
    written(tmp_path, 1)
    asked = ("--to", "crm", "--query", "SELECT 1", "--workers", "2", "--out", "twin.jsonl")
    done = ran(tmp_path, "import", "postgresql://nobody@127.0.0.1/none", *asked)
    assert (done.returncode, "--workers is for files" in done.stderr) == (2, True)

"""The demo as a newcomer sees it: real processes, and the report over the files they left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from gateway.demo.people import PEOPLE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
ENVIRONMENT = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT)}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    directory = tmp_path_factory.mktemp("demo")
    return directory, run("gateway", "demo", "--dir", str(directory))


@pytest.fixture
def files(demo: tuple[Path, object], tmp_path: Path) -> Path:
    """A copy of what the demo left, to be tampered with."""
    copy = tmp_path / "demo"
    shutil.copytree(demo[0], copy)
    for rules in (copy / "rules").glob("*.yaml"):
        rules.write_text(rules.read_text().replace(str(demo[0]), str(copy)))
    return copy


def report(files: Path) -> subprocess.CompletedProcess[str]:
    return run("gateway.demo.report", "--dir", str(files))


def rows(output: str, title: str) -> list[list[str]]:
    """The cells of the lines under a title, told apart by two blanks."""
    table = output.partition(title)[2].partition("─\n")[2].partition("\n\n")[0]
    return [re.split(r" {2,}", line.strip()) for line in table.splitlines()]


def test_it_ends_well(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    assert (demo[1].returncode, demo[1].stderr) == (0, "")


def test_nothing_leaked(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    assert len(re.findall(r"^0 leaks in everything", demo[1].stdout, re.MULTILINE)) == 2


def test_every_step_was_answered(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    statuses = re.findall(r" (\d{3}) ", demo[1].stdout.partition("What each caller got back")[2].partition("Why")[0])
    assert {status for status in statuses if status >= "400"} == set()


def test_every_field_of_a_russian_is_sealed_at_home(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    output = demo[1].stdout
    assert output.count(" sealed ") + output.count(" ended ") >= sum(
        len(p.values()) - len(p.later) for p in PEOPLE if p.home == "ru"
    )
    assert ("missing" in output, "PLAIN" in output, "not there" in output, "recorded" in output) == (False,) * 4


def test_the_attacker_sees_the_characters_he_pasted(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    line = next(
        line
        for line in demo[1].stdout.splitlines()
        if "reads it back" in line and "Мстислав" in line and " 200  " in line
    )
    assert re.split(r" {2,}", line.strip())[-2:] == ["Мстислав", "Анна"]


def test_it_says_why_with_file_and_line(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    assert re.search(r"russians-stay-home.*\n +rules/ru\.yaml:\d+", demo[1].stdout)


def test_it_fits_a_hundred_columns(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    assert max(len(line) for line in demo[1].stdout.splitlines()) <= 100


def test_the_report_says_the_same_again(files: Path) -> None:
    assert report(files).returncode == 0


@pytest.mark.parametrize("file", ["abroad/crm/crm.http", "abroad/metrics/metrics.http", "home/gateway.log"])
def test_the_report_counts_a_leak_that_was_planted(files: Path, file: str) -> None:
    with (files / file).open("a") as place:
        place.write("8 (900) 000-01-17")
    seen = report(files)
    assert (seen.returncode, "1 leaks in everything" in seen.stdout, "LEAK phone of Анна" in seen.stdout) == (
        1,
        True,
        True,
    )


def test_the_report_shows_a_value_that_stands_plain_in_the_crm(files: Path) -> None:
    import sqlite3  # noqa: PLC0415 - only here

    database = sqlite3.connect(files / "abroad/crm/crm.db", isolation_level=None)
    database.execute("update people set last_name = 'Смирнова' where id = 1")
    database.close()
    seen = report(files)
    assert (seen.returncode, "PLAIN Смирнова" in seen.stdout) == (1, True)


def test_the_report_misses_what_is_not_in_the_vault(files: Path) -> None:
    import sqlite3  # noqa: PLC0415 - only here

    (vault,) = (files / "home").glob("*.db")
    database = sqlite3.connect(vault, isolation_level=None)
    database.execute("delete from record")
    database.close()
    seen = report(files)
    assert (seen.returncode, "missing" in seen.stdout, "LOST email of Анна" in seen.stdout) == (1, True, True)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_kept_it_runs_until_it_is_stopped_and_leaves_nothing_running(tmp_path: Path, how: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "gateway", "demo", "--keep", "--dir", str(tmp_path)],
        cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    invited = next(line for line in process.stdout if line.startswith("curl"))
    process.send_signal(how)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(30) == 0
    assert ("/api/register" in invited, "ended" in rest) == (True, True)
    log = (tmp_path / "home" / "gateway.log").read_text()
    assert '"event":"stopped"' in log
    lines = [" ".join(child.info["cmdline"] or []) for child in psutil.process_iter(["cmdline"])]
    assert [line for line in lines if str(tmp_path) in line] == []

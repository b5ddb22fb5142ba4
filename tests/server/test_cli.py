"""The command line: what it says, how it starts, how it ends."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner

from gateway.cli import COMMANDS, block, main
from gateway.cli.serving import settle_memory
from gateway.model.errors import GatewayError, RulesError
from tests.server.certificates import authority, server_files
from tests.server.mmdb import write_mmdb
from tests.server.scene import write_rules

ROOT = Path(__file__).parents[2]


@dataclass
class Served:
    """A gateway process; ``url`` and ``admin`` are what it said when it listened."""

    process: subprocess.Popen[str]
    url: str
    admin: str

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, list[dict[str, object]]]:
        """Its exit status and its log lines."""
        self.process.send_signal(number)
        _, log = self.process.communicate(timeout=30)
        return self.process.returncode, [json.loads(line) for line in log.splitlines() if line.startswith("{")]


@contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Served]:
    command = [
        sys.executable,
        "-m",
        "gateway",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        *arguments,
    ]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    ) as process:
        try:
            assert process.stdout is not None
            first, second = process.stdout.readline(), process.stdout.readline()
            assert first.startswith("listening on "), process.communicate()
            yield Served(process, first.split()[2], second.split()[2])
        finally:
            process.kill()


def status_of(url: str) -> int:
    try:
        with urlopen(url, timeout=10) as reply:
            return int(reply.status)
    except HTTPError as error:
        with error:
            return error.code


def doctor(folder: Path, *arguments: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit status, and verdict and text by name."""
    environment = {"PII_GATEWAY_STATE_DIR": str(folder)}
    free = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    result = CliRunner(env=environment).invoke(main, ["doctor", "--json", *free, *arguments])
    told = json.loads(result.stdout)
    return result.exit_code, {check["name"]: (check["verdict"], check["says"]) for check in told["checks"]}


def test_gateway_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with serving(tmp_path, "--rules", str(write_rules(tmp_path))) as served:
        assert (status_of(served.url + "/nowhere"), status_of(served.admin + "/ready")) == (404, 200)
        status, log = served.stop()
    events = [line["event"] for line in log]
    assert (status, events[-2:], "started" in events) == (0, ["stopping", "stopped"], True)


def test_what_lives_as_long_as_the_process_is_no_work_for_the_collector() -> None:
    before = gc.get_threshold()
    try:
        settle_memory()
        assert (gc.get_freeze_count() > 10_000, gc.get_threshold()[0]) == (True, 20_000)
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_interrupt_ends_it_in_good_order(tmp_path: Path) -> None:
    with serving(tmp_path, "--rules", str(write_rules(tmp_path))) as served:
        assert served.stop(signal.SIGINT)[0] == 0


def test_rules_are_read_again_on_hangup(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    with serving(tmp_path, "--rules", str(rules)) as served:
        before = status_of(served.url + "/api/me")
        rules.write_text(rules.read_text() + "  - {match: {path: /api/me}, to: crm, purpose: account}\n")
        served.process.send_signal(signal.SIGHUP)
        while status_of(served.url + "/api/me") == before:
            pass
        _, log = served.stop()
    assert "rules_reloaded" in [line["event"] for line in log]


def test_bad_rules_leave_the_old_ones_in_force(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    with serving(tmp_path, "--rules", str(rules)) as served:
        digest = json.load(urlopen(served.admin + "/rules", timeout=10))["digest"]
        rules.write_text("version: 2\n")
        served.process.send_signal(signal.SIGHUP)
        assert served.process.stderr is not None
        while "rules_kept" not in served.process.stderr.readline():
            pass
        assert json.load(urlopen(served.admin + "/rules", timeout=10))["digest"] == digest
        served.stop()


def test_log_holds_nothing_of_a_request(tmp_path: Path) -> None:
    with serving(tmp_path, "--rules", str(write_rules(tmp_path))) as served:
        status_of(served.url + "/anna@example.org?phone=79000000001")
        _, log = served.stop()
    assert [word for word in ("anna", "7900") if word in str(log)] == []


@pytest.mark.parametrize(
    "arguments", [["serve"], ["serve", "--listen", "nowhere"], ["serve", "--rules", "none.yaml"], ["x"]]
)
def test_wrong_command_line_is_a_usage_error(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_wrong_rules_are_shown_with_their_line_and_end_in_one(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("version: 7\n")
    result = CliRunner().invoke(main, ["serve", "--rules", str(tmp_path / "rules.yaml")])
    assert (result.exit_code, "rules.yaml:1:" in result.stderr, "Traceback" in result.output) == (1, True, False)


def test_wrong_settings_are_told_in_one_block(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_text("prot = 1\n")
    result = CliRunner().invoke(main, ["serve", "--settings", str(tmp_path / "gateway.toml")])
    assert (result.exit_code, "error GW-S010" in result.stderr, "docs/errors/GW-S010.md" in result.stderr) == (
        1,
        True,
        True,
    )


def test_error_block_fits_a_terminal() -> None:
    told = block(RulesError("GW-S999", "a long sentence " * 20, "another long sentence " * 10))
    assert max(map(len, told.splitlines())) <= 80


def test_error_without_a_mend_has_no_mend() -> None:
    assert "mend" not in block(GatewayError("GW-S999", "what"))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_fits_a_terminal_and_shows_examples(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"], terminal_width=80)
    assert (result.exit_code, max(map(len, result.output.splitlines())) <= 80, "Examples:" in result.output) == (
        0,
        True,
        True,
    )


def test_help_lists_the_commands_in_the_order_a_newcomer_needs_them() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    places = [output.index(f"\n  {name} ") for name in COMMANDS]
    assert places == sorted(places)


def test_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.startswith("pii-gateway ")


def test_every_command_is_a_command() -> None:
    context = click.Context(main)
    assert all(isinstance(main.get_command(context, name), click.Command) for name in COMMANDS)


# --------------------------------------------------------------------------------------------------------- doctor


def test_fresh_machine_is_fit_and_nothing_is_made_on_it(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    status, checks = doctor(tmp_path, "--rules", str(rules))
    assert (status, {verdict for verdict, _ in checks.values()} <= {"ok", "warn"}) == (0, True)
    assert list(tmp_path.iterdir()) == [rules]


def test_machine_that_has_run_is_fit(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    with serving(tmp_path, "--rules", str(rules)) as served:
        served.stop()
    status, checks = doctor(tmp_path, "--rules", str(rules))
    assert (status, checks["vault ru"][0], checks["keys ru"][0]) == (0, "ok", "ok")


def test_missing_key_beside_a_vault_is_found(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    with serving(tmp_path, "--rules", str(rules)) as served:
        served.stop()
    (tmp_path / "home" / "keys" / "ru.data-keys.db").unlink()
    status, checks = doctor(tmp_path, "--rules", str(rules))
    assert (status, checks["keys ru"][0]) == (1, "fail")


def test_key_that_others_can_read_is_found(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    with serving(tmp_path, "--rules", str(rules)) as served:
        served.stop()
    [root] = (tmp_path / "home" / "keys" / "root").iterdir()
    root.chmod(0o644)
    status, checks = doctor(tmp_path, "--rules", str(rules))
    assert (status, checks["keys ru"][0], "GW-K102" in checks["keys ru"][1]) == (1, "fail", True)


def test_vault_that_is_none_is_found(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "ru.db").write_text("not a database, whatever its name says")
    assert doctor(tmp_path, "--rules", str(rules))[1]["vault ru"][0] == "fail"


@pytest.mark.parametrize("vault", ["sqlite:home/ru.db", "memory:"])
def test_directory_that_would_lock_users_out_is_found(tmp_path: Path, vault: str) -> None:
    rules = write_rules(tmp_path, **{"backend: new": "backend: adopted", "sqlite:home/ru.db": vault})
    status, checks = doctor(tmp_path, "--rules", str(rules))
    assert (status, checks["directory"][0], "GW-S018" in checks["directory"][1]) == (1, "fail", True)


def test_directory_of_a_vault_that_knows_nobody_is_found(tmp_path: Path) -> None:
    with serving(tmp_path, "--rules", str(write_rules(tmp_path))) as served:
        served.stop()
    rules = write_rules(tmp_path, **{"backend: new": "backend: adopted"})
    assert doctor(tmp_path, "--rules", str(rules))[1]["directory"][0] == "fail"


@pytest.mark.parametrize(("client_ca", "found"), [("ca.pem", False), ("none.pem", True)])
def test_client_authorities_that_cannot_be_used_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client_ca: str, *, found: bool
) -> None:
    server_files(tmp_path)
    authority(tmp_path)
    for name, file in (("TLS_CERT", "cert.pem"), ("TLS_KEY", "key.pem"), ("CLIENT_CA", client_ca)):
        monkeypatch.setenv(f"PII_GATEWAY_LISTEN__{name}", str(tmp_path / file))
    assert ("tls files" in doctor(tmp_path, "--rules", str(write_rules(tmp_path)))[1]) is found


def test_port_that_is_taken_is_found(tmp_path: Path) -> None:
    rules = str(write_rules(tmp_path))
    with serving(tmp_path, "--rules", rules) as served:
        taken = served.url.removeprefix("http://")
        status, checks = doctor(tmp_path, "--rules", rules, "--listen", taken)
        served.stop()
    assert (status, checks["listener"][0]) == (1, "fail")


@pytest.mark.parametrize(("text", "verdict"), [(None, "fail"), ("version: 7\n", "fail")])
def test_rules_that_cannot_be_used_are_found(tmp_path: Path, text: str | None, verdict: str) -> None:
    arguments = []
    if text is not None:
        (tmp_path / "rules.yaml").write_text(text)
        arguments = ["--rules", str(tmp_path / "rules.yaml")]
    status, checks = doctor(tmp_path, *arguments)
    assert (status, checks["rules"][0]) == (1, verdict)


@pytest.mark.parametrize(("built", "verdict"), [(1, "warn"), (4_000_000_000, "ok"), (None, "fail")])
def test_age_of_the_geoip_file_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: int | None, verdict: str
) -> None:
    path = tmp_path / "geo.mmdb"
    if built is not None:
        write_mmdb(path, {"198.51.100.0/24": {"country_code": "DE"}}, built=built)
    monkeypatch.setenv("PII_GATEWAY_GEOIP__FILES", str(path))
    assert doctor(tmp_path, "--rules", str(write_rules(tmp_path)))[1]["geoip"][0] == verdict


def test_clock_that_is_behind_the_rules_is_found(tmp_path: Path) -> None:
    rules = write_rules(tmp_path)
    os.utime(rules, (4_000_000_000, 4_000_000_000))
    assert doctor(tmp_path, "--rules", str(rules))[1]["clock"][0] == "fail"


def test_table_is_for_people(tmp_path: Path) -> None:
    free = ["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    result = CliRunner(env={"PII_GATEWAY_STATE_DIR": str(tmp_path)}).invoke(main, ["doctor", *free])
    assert (result.exit_code, "fail  rules" in result.output, "mend: say --rules FILE" in result.output) == (
        1,
        True,
        True,
    )

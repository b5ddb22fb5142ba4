"""No command, refusal or log line prints a password that stands in an address of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.ruleset.load import load
from tests.bulk.people import RULES

CANARY = "cAnAry-5up3r-s3cret"
PLACES = {
    "in the address": f"postgresql://pii:{CANARY}@127.0.0.1:9/vaults?schema=pii_vault",
    "beside it": f"postgresql://pii@127.0.0.1:9/vaults?schema=pii_vault&password={CANARY}",
    "escaped": f"postgresql://pii:{CANARY}%40@127.0.0.1:9/vaults",
    "in what is no address": f"postgresql://pii:{CANARY}@[127.0.0.1:9/vaults?pool=many",
    "of an unknown scheme": f"postgres://pii:{CANARY}@127.0.0.1:9/vaults",
    "in place of a port": f"postgresql://pii:{CANARY}/vaults",
    "of a wrong port": f"postgresql://pii:{CANARY}@127.0.0.1:nine/vaults",
}
COMMANDS = {
    "rules show": ("rules", "show", "{rules}"),
    "rules show canonical": ("rules", "show", "{rules}", "--json"),
    "rules check": ("rules", "check", "{rules}"),
    "rules test": ("rules", "test", "{rules}"),
    "rules diff": ("rules", "diff", "{other}", "{rules}"),
    "vault status": ("vault", "status", "--rules", "{rules}"),
    "vault status for machines": ("vault", "status", "--rules", "{rules}", "--json"),
    "vault check": ("vault", "check", "--rules", "{rules}"),
    "vault migrate": ("vault", "migrate", "--rules", "{rules}"),
    "vault compact": ("vault", "compact", "--rules", "{rules}"),
    "vault backup": ("vault", "backup", "{folder}/copy", "--rules", "{rules}"),
    "vault restore": ("vault", "restore", "--accept-gap", "--rules", "{rules}"),
    "keys status": ("keys", "status", "--rules", "{rules}"),
    "keys list": ("keys", "list", "--rules", "{rules}"),
    "ledger verify": ("ledger", "verify", "--rules", "{rules}"),
    "ledger tail": ("ledger", "tail", "--rules", "{rules}"),
    "subject show": ("subject", "show", "--rules", "{rules}", "--id", "01" * 14, "--by", "dpo"),
    "subject erase": ("subject", "erase", "--rules", "{rules}", "--id", "01" * 14, "--by", "dpo", "--why", "case 1"),
    "import": ("import", "{folder}/users.csv", "--to", "crm", "--id", "id", "--rules", "{rules}"),
    "export": ("export", "{folder}/out.jsonl", "--rules", "{rules}"),
    "doctor": ("doctor", "--rules", "{rules}"),
    "serve": ("serve", "--rules", "{rules}"),
}


@pytest.fixture(params=[*PLACES])
def rules(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Rules whose vault and key store have a password in their addresses, and a server that is not there."""
    address = PLACES[request.param]
    path = tmp_path / "rules.yaml"
    text = RULES.replace("sqlite:ru.db", address).replace("mode: observe\n", "backend: new\n")
    keys = address.replace("//pii", "//keeper").replace("vaults", "keys")
    path.write_text(text.replace('key: "file:keys/ru"', f'key: "file:keys/ru", key_store: "{keys}"'))
    (tmp_path / "other.yaml").write_text(RULES)
    (tmp_path / "users.csv").write_text("id,email\n1,anna@example.ru\n")
    return path


def said(rules: Path, command: tuple[str, ...]) -> Iterator[str]:
    facts = {"rules": str(rules), "other": str(rules.with_name("other.yaml")), "folder": str(rules.parent)}
    runner = CliRunner(env={"PII_GATEWAY_STATE_DIR": str(rules.parent)})
    done = runner.invoke(main, [word.format(**facts) for word in command])
    yield done.output
    yield done.stderr
    yield repr(done.exception)


@pytest.mark.parametrize("fault", ["kepe: {days: 3}", "keep: {days: many}", "law: 3"])
def test_a_problem_in_the_line_of_an_address_shows_the_line_without_the_password(rules: Path, fault: str) -> None:
    rules.write_text(rules.read_text().replace("keep: {days: 30}", fault))
    told = "".join(said(rules, ("rules", "check", "{rules}")))
    assert ("GW-R" in told, CANARY in told) == (True, False)


@pytest.mark.parametrize("rules", ["in the address", "beside it", "escaped"], indirect=True)
def test_a_region_prints_no_address(rules: Path) -> None:
    [spec] = load([rules]).regions.values()
    assert CANARY in spec.vault
    assert CANARY not in repr(spec)


@pytest.mark.parametrize("command", [*COMMANDS])
def test_no_password_of_an_address_is_printed(rules: Path, command: str) -> None:
    told = "".join(said(rules, COMMANDS[command]))
    assert CANARY not in told.replace("\n", "")

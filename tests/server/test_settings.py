"""Settings are typed, documented, and wrong ones are told all at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.model.errors import RulesError
from gateway.model.limits import ClientPatience, Limits, Patience
from gateway.settings import every_setting, load

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def toml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_setting_stands_in_the_reference_with_its_default() -> None:
    rows = set(re.findall(r"(?m)^\| `([\w.]+)` \| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8")))
    assert rows == {(name, shown(default), description) for name, default, description in every_setting()}


def shown(default: object) -> str:
    if default is None or default == ():
        return "none"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def test_defaults_of_settings_are_those_of_the_model() -> None:
    settings = load()
    assert settings.limits.limits() == Limits()
    assert settings.upstream.patience() == Patience()
    assert settings.listen.patience() == ClientPatience()


def test_file_overrides_defaults_environment_the_file_and_the_command_line_all(tmp_path: Path) -> None:
    file = toml(tmp_path, "shutdown_grace_s = 1\n[listen]\nhost = '127.0.0.2'\nport = 1\nkeep_s = 9\n")
    environment = {"PII_GATEWAY_LISTEN__PORT": "2", "PII_GATEWAY_LISTEN__HOST": "127.0.0.3"}
    settings = load(file, environment, {"listen.port": 3})
    listen = settings.listen
    assert (settings.shutdown_grace_s, listen.keep_s, listen.host, listen.port) == (1, 9, "127.0.0.3", 3)


def test_lists_are_separated_by_commas_in_the_environment() -> None:
    settings = load(None, {"PII_GATEWAY_RULES": "a.yaml, b.yaml", "PII_GATEWAY_GEOIP__FILES": "x.mmdb"})
    assert (settings.rules, settings.geoip.files) == ((Path("a.yaml"), Path("b.yaml")), (Path("x.mmdb"),))


def test_names_that_an_orchestrator_puts_beside_ours_are_ignored() -> None:
    assert load(None, {"PII_GATEWAY_SERVICE_HOST": "10.0.0.1", "PII_GATEWAY_PORT": "tcp://10.0.0.1:80"}) == load()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[listen]\nprot = 1", "listen.prot: there is no such setting, did you mean listen.port?"),
        ("zzzzzzzzzzzzz = 1", "zzzzzzzzzzzzz: there is no such setting."),
        ("[listen]\nport = 70000", "listen.port: Input should be less than or equal to 65535"),
        ("[listen]\nport = 'x'\n[admin]\nport = 'y'", "admin.port"),
        ("[listen]\ntls_cert = 'c.pem'", "tls_cert and tls_key come together"),
        ("[keys]\nerase_grace_days = 1\nepoch_hours = 12", "less than two epochs"),
        ("[keys]\nerase_grace_days = 31", "less than or equal to 30"),
        ("[listen]\nclient_ca = 'ca.pem'", "client_ca needs tls_cert"),
        ("[listen]\nclient_certificate = 'required'", "needs client_ca"),
        ("[limits]\nmax_depth = 257", "limits.max_depth: Input should be less than or equal to 256"),
        ("[admin]\nhost = '0.0.0.0'", "the admin listener has no password"),
        ("[admin]\nhost = 'example.org'", "the admin listener has no password"),
        ("listen = 1", "listen: Input should be a valid dictionary"),
        ("[listen", "is not TOML"),
        ("workers = 0", "workers: write a number from 1 to 256, or auto."),
        ("workers = 'many'", "workers: write a number from 1 to 256, or auto."),
    ],
)
def test_wrong_setting_is_told_with_its_name(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RulesError) as caught:
        load(toml(tmp_path, text))
    assert caught.value.code == "GW-S010"
    assert told in str(caught.value)


def test_misspelt_variable_is_told() -> None:
    with pytest.raises(RulesError, match=r"listen\.prot: there is no such setting"):
        load(None, {"PII_GATEWAY_LISTEN__PROT": "1"})


def test_variable_below_something_else_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="listen: Input should be"):
        load(toml(tmp_path, "listen = 1"), {"PII_GATEWAY_LISTEN__PORT": "1"})


def test_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="can't be read"):
        load(tmp_path / "none.toml")


def test_file_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    (tmp_path / "gateway.toml").write_bytes(b"\xff")
    with pytest.raises(RulesError, match="not UTF-8"):
        load(tmp_path / "gateway.toml")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_admin_listens_on_loopback(host: str) -> None:
    assert load(None, {}, {"admin.host": host}).admin.host == host


def test_admin_listens_elsewhere_only_if_told_that_it_is_guarded() -> None:
    assert load(None, {}, {"admin.host": "0.0.0.0", "admin.beyond_loopback": True}).admin.host == "0.0.0.0"


@pytest.mark.parametrize(("told", "meant"), [("3", 3), ("auto", "auto")])
def test_workers_are_a_number_or_one_a_core(told: str, meant: object) -> None:
    assert load(None, {"PII_GATEWAY_WORKERS": told}).workers == meant

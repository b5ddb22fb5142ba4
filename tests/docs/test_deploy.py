"""What an operator copies out of deploy/ holds together."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.docs.blocks import ROOT
from tests.docs.commands import misunderstood

UNIT = (ROOT / "deploy/pii-gateway.service").read_text()
DOCKERFILE = re.sub(r"\\\n", " ", (ROOT / "deploy/Dockerfile").read_text())
NGINX = (ROOT / "deploy/nginx.conf").read_text()
COMMAND = "/opt/pii-gateway/bin/pii-gateway"


def tool(name: str) -> str:
    """The path of a program of the machine; skips the test where it is missing."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    return path or pytest.skip(f"{name} is not on this machine")


def instructions(word: str) -> list[str]:
    return re.findall(rf"(?m)^{word}\s+(.+)$", DOCKERFILE)


def test_the_unit_is_one_that_systemd_accepts(tmp_path: Path) -> None:
    unit = tmp_path / "pii-gateway.service"
    unit.write_text(UNIT.replace(COMMAND, "/bin/true"))
    said = subprocess.run([tool("systemd-analyze"), "verify", unit], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")


def test_the_unit_is_hardened() -> None:
    path = ROOT / "deploy/pii-gateway.service"
    command = [tool("systemd-analyze"), "security", "--offline=yes", "--threshold=15", str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout[-200:]


@pytest.mark.parametrize("line", re.findall(r"(?m)^ExecStart\w*=(.+)$", UNIT))
def test_the_unit_starts_commands_that_exist(line: str) -> None:
    assert misunderstood(line) == ""


def test_the_unit_reloads_by_the_signal_on_which_rules_are_read_again() -> None:
    assert re.findall(r"(?m)^ExecReload=(.+)$", UNIT) == ["/bin/kill -HUP $MAINPID"]


def test_the_image_starts_a_command_that_exists() -> None:
    words = [
        word for text in (*instructions("ENTRYPOINT"), *instructions("CMD")) for word in re.findall(r'"([^"]+)"', text)
    ]
    assert misunderstood(shlex.join(words)) == ""


def test_the_image_copies_what_is_there() -> None:
    sources = [word for line in instructions("COPY") if "--from=" not in line for word in line.split()[:-1]]
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_installs_nothing_unchecked() -> None:
    installs = re.findall(r"pip install ([^&\n]+)", DOCKERFILE)
    assert installs
    assert [line for line in installs if "--require-hashes" not in line and "--no-index" not in line] == []


def test_the_image_does_not_run_as_root() -> None:
    assert instructions("USER") == ["10001:10001"]


def test_the_front_is_one_that_nginx_accepts(tmp_path: Path) -> None:
    program = tool("nginx")
    certificate, key = self_signed(tmp_path)
    site = re.sub(r"ssl_certificate +\S+;", f"ssl_certificate {certificate};", NGINX)
    site = re.sub(r"ssl_certificate_key +\S+;", f"ssl_certificate_key {key};", site)
    site = site.replace("/var/log/nginx", str(tmp_path))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\n{site}\n}}\n")
    said = subprocess.run([program, "-t", "-c", whole, "-p", tmp_path], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr


def test_the_front_logs_no_address_and_no_query() -> None:
    logged = re.search(r"log_format \w+ '([^']+)'", NGINX)
    assert logged is not None
    assert not {"$request", "$request_uri", "$uri", "$args", "$remote_addr", "$http_referer", "$http_user_agent"} & set(
        logged[1].split()
    )


def self_signed(folder: Path) -> tuple[Path, Path]:
    """A certificate and its key for app.example.ru, in files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "app.example.ru")])
    begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    files = folder / "front.crt", folder / "front.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files

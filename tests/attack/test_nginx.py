"""Where does a request end? What nginx and we both take for one request is the same at the back end."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.attack.hostile import hostile
from tests.attack.run import RULES, ground
from tests.attack.wire import Recording, recording, say

pytestmark = pytest.mark.slow
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")


CONFIG = """
daemon off; master_process off; worker_processes 1; pid FOLDER/nginx.pid; error_log FOLDER/error.log;
events {}
http {
  access_log off; client_max_body_size 8m; keepalive_timeout 1s; client_header_timeout 2s; client_body_timeout 2s;
  client_body_temp_path FOLDER/body; proxy_temp_path FOLDER/proxy; fastcgi_temp_path FOLDER/f;
  uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;
  server {
    listen 127.0.0.1:PORT;
    location / { proxy_pass http://127.0.0.1:BEHIND; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}
"""
WATCHING = RULES.partition("routes:")[0] + 'routes:\n  - {match: {path: "/**"}, to: crm, mode: observe}\n'
"""Rules under which nothing is rewritten: framing alone is compared."""


@asynccontextmanager
async def nginx(folder: Path) -> AsyncIterator[tuple[int, Recording]]:
    """nginx as a reverse proxy on a free port, with a recording back end of its own; skips where there is none."""
    program = PROGRAM or pytest.skip("nginx is not on this machine")
    async with recording() as behind:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        text = CONFIG.replace("FOLDER", str(folder)).replace("PORT", str(port)).replace("BEHIND", str(behind.port))
        (folder / "nginx.conf").write_text(text)
        started = await asyncio.create_subprocess_exec(
            program, "-p", str(folder), "-c", str(folder / "nginx.conf"), stderr=asyncio.subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(10):
                while True:
                    try:
                        _, writer = await asyncio.open_connection("127.0.0.1", port)
                    except OSError:
                        await asyncio.wait([asyncio.ensure_future(started.wait())], timeout=0.05)
                    else:
                        writer.close()
                        break
            yield port, behind
        finally:
            started.terminate()
            await started.wait()


def seen(behind: Recording) -> list[tuple[bytes, bytes, bytes]]:
    """Method, target and body of each request that arrived, chunks joined."""
    found = []
    for request in behind.requests:
        head, _, body = request.partition(b"\r\n\r\n")
        method, target, _ = head.split(b"\r\n")[0].split(b" ", 2)
        found.append((method, target, body if b"transfer-encoding: chunked" not in head.lower() else joined(body)))
    return found


def joined(chunks: bytes) -> bytes:
    whole = b""
    while (size := int(chunks.partition(b"\r\n")[0] or b"0", 16)) > 0:
        at = chunks.index(b"\r\n") + 2
        whole, chunks = whole + chunks[at : at + size], chunks[at + size + 2 :]
    return whole


async def test_what_both_forward_is_the_same_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "n").mkdir()
    (tmp_path / "g").mkdir()
    differ: dict[str, object] = {}
    both = only_nginx = only_gateway = neither = 0
    async with nginx(tmp_path / "n") as (port, theirs), ground(tmp_path / "g", WATCHING) as on:
        for one in hostile():
            theirs.forget()
            on.behind.forget()
            async with asyncio.TaskGroup() as group:
                group.create_task(say(port, one.wire, end=one.end, patience_s=4))
                group.create_task(say(on.port, one.wire, end=one.end, patience_s=4))
            their, our = seen(theirs), seen(on.behind)
            both += bool(their and our)
            only_nginx += bool(their and not our)
            only_gateway += bool(our and not their)
            neither += not (their or our)
            if their[: len(our)] != our[: len(their)]:
                differ[f"{one.sort}/{one.name}"] = (their, our)
    with capsys.disabled():
        print(f"\nforwarded by both {both}, by nginx alone {only_nginx}, by us alone {only_gateway}, by none {neither}")
    assert differ == {}, differ
    assert both > 20

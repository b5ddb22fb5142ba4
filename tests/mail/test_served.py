"""The command as operators start it: mail by STARTTLS on the loop that serves, an end in good order, a clean log."""

from __future__ import annotations

import asyncio
import json
import os
import smtplib
import socket
import ssl
import sys
from pathlib import Path

import pytest

from tests.contracts.upstream.server import certify, destination
from tests.mail.post_office import ANNA, CANARIES, RULES, SENDER, echoing, smart_host
from tests.server.wire import talk

ROOT = Path(__file__).parents[2]


async def hand_in(port: int, trusting: ssl.SSLContext, to: str, subject: str) -> object:
    def work() -> object:
        client = smtplib.SMTP("127.0.0.1", port, timeout=30)
        client.starttls(context=trusting)
        try:
            return client.sendmail(SENDER, [to], f"Subject: {subject}\r\n\r\nx\r\n".encode())
        except smtplib.SMTPException as error:
            return type(error).__name__
        finally:
            client.close()

    return await asyncio.to_thread(work)


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
async def test_served_mail_is_finished_before_the_end_and_in_no_log(tmp_path: Path, workers: str) -> None:
    _, trusting = certify(tmp_path)
    abroad = list[bytes]()
    async with smart_host() as (host, port, _), destination(echoing(abroad)) as crm:
        rules = RULES.replace("CRM", crm.url).replace("MAIL", f"smtp://127.0.0.1:{port}").replace("MORE", "")
        (tmp_path / "rules.yaml").write_text(rules.replace("CALLERS", '"address:127.0.0.1/32"'), encoding="utf-8")
        own = {"PORT": "0" if workers == "1" else str(_free_port()), "TLS_CERT": str(tmp_path / "cert.pem"),
               "TLS_KEY": str(tmp_path / "key.pem")}  # fmt: skip
        environment = {f"PII_GATEWAY_MAIL__{name}": value for name, value in own.items()}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gateway", "serve", "--rules", "rules.yaml", "--listen", "127.0.0.1:0", "--admin",
            "127.0.0.1:0", "--workers", workers, cwd=tmp_path, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        )  # fmt: skip
        assert process.stdout is not None
        try:
            http = int((await process.stdout.readline()).split()[2].rpartition(b":")[2])
            await process.stdout.readline()
            smtp = int(own["PORT"]) or int((await process.stdout.readline()).rpartition(b":")[2])
            raw = json.dumps(ANNA).encode()
            head = "POST /api/users HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Type: application/json\r\n"
            await talk(http, f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw)
            tokens = json.loads(abroad[-1].partition(b"\r\n\r\n")[2])
            assert await hand_in(smtp, trusting, tokens["email"], f"For {tokens['last_name']}") == {}
            assert await hand_in(smtp, trusting, "nobody@id.example", "x") == "SMTPRecipientsRefused"
            host.wait = asyncio.Event()
            host.reached.clear()
            async with asyncio.TaskGroup() as tasks:
                last = tasks.create_task(hand_in(smtp, trusting, tokens["email"], "last"))
                await host.reached.wait()
                process.terminate()
                host.wait.set()
                assert await last == {}
            told, log = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert [one.to for one in host.mails] == [[ANNA["email"]]] * 2
        assert ANNA["last_name"] in str(host.mails[0].parsed()["Subject"])
        said = (told + log).decode()
        assert [one for one in (*CANARIES, "shop.example", tokens["email"]) if one in said] == []
        assert process.returncode == 0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])

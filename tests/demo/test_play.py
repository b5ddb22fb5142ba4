from __future__ import annotations

import io
import json
from pathlib import Path

import jwt
import pytest
from rich.console import Console

from gateway.demo import badge, sdk
from gateway.demo.layout import Layout
from gateway.demo.people import ANNA, PEOPLE
from gateway.demo.show import heading, step_line
from gateway.demo.stage import Stage, Step
from gateway.verify import wire
from gateway.verify.processes import DidNotStartError, free_port, running
from gateway.verify.recorder import Recorder
from gateway.verify.search import find


def shown(received: str, reply: bytes, status: int = 200) -> str:
    console = Console(file=io.StringIO(), width=100)
    heading(console)
    message = wire.Message(f"HTTP/1.1 {status} X", (), reply, reply)
    step_line(Step("Anna", "registers", received, message), console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()[1]


def test_a_step_is_one_line_of_three_columns() -> None:
    line = shown('POST /api HTTP/1.1\r\n\r\n{"email": "tk1@id.example", "x": 1}', b'{"email": "anna@example.ru"}', 201)
    assert line.split() == ["Anna", "registers", "tk1@id.example", "201", "anna@example.ru"]


def test_what_did_not_arrive_is_nothing() -> None:
    assert "nothing" in shown("", b'{"title": "refused"}', 403)


def test_a_request_without_a_body_is_shown_by_its_target() -> None:
    assert "GET /users?x=@" in shown("GET /api/users?x=%40 HTTP/1.1\r\nHost: x\r\n\r\n", b"<html>")


def test_an_image_is_not_printed() -> None:
    console = Console(file=io.StringIO(), width=100)
    step_line(
        Step("a", "b", "", wire.Message("HTTP/1.1 200 X", (("Content-Type", "image/gif"),), b"GIF89a", b"")), console
    )
    assert isinstance(console.file, io.StringIO)
    assert console.file.getvalue().split()[-2:] == ["an", "image"]


def test_people_of_a_list_are_shown() -> None:
    assert "a@x · b@x" in shown("", b'{"users": [{"email": "a@x", "phone": null}, {"email": "b@x"}]}')


@pytest.mark.parametrize("shape", [sdk.segment, sdk.mixpanel, sdk.matomo])
def test_an_sdk_reports_who_is_looking(shape: object) -> None:
    assert callable(shape)
    method, target, headers, body = shape(ANNA.fields)
    sent = wire.request_bytes(method, target, headers, body, "x")
    assert {hit.text for hit in find([ANNA.fields["email"], ANNA.fields["last_name"]], sent)} == {
        ANNA.fields["email"],
        ANNA.fields["last_name"],
    }


def test_a_badge_is_verified_by_the_keys_beside_it(tmp_path: Path) -> None:
    token = badge.issue(tmp_path / "jwks.json", 1795000000)
    (key,) = jwt.PyJWKSet.from_json((tmp_path / "jwks.json").read_text()).keys
    claims = jwt.decode(token, key.key, algorithms=["ES256"], options={"verify_exp": False, "verify_iat": False})
    assert claims["roles"] == ["support"]


def test_people_are_told_apart_by_every_value() -> None:
    values = [value for person in PEOPLE for _, value in person.values()]
    assert len(values) == len(set(values))


async def test_a_step_is_written_down_with_what_arrived_meanwhile(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for directory in (layout.clients, layout.crm):
        directory.mkdir(parents=True)
    steps: list[Step] = []
    cookie = [("Set-Cookie", "sid=1; Path=/")]
    async with Recorder(layout.crm / "crm.http", lambda request: wire.reply_bytes(200, cookie, b"{}")) as crm:
        stage = Stage(crm.port, layout, steps.append)
        await stage.step("Anna", "logs in", "POST", "/api/login", body={"a": 1}, address="192.0.2.1")
        await stage.step("Anna", "looks", "GET", "/api/me")
    assert "Cookie: sid=1" in steps[1].received
    assert "X-Forwarded-For: 192.0.2.1" in json.loads(layout.played.read_text().splitlines()[0])["sent"]


async def test_a_process_that_ends_at_once_did_not_start(tmp_path: Path) -> None:
    with pytest.raises(DidNotStartError, match="it ended with 3"):
        async with running(
            ["-c", "raise SystemExit(3)"], port=free_port(0), output=tmp_path / "out", directory=tmp_path
        ):
            pass


async def test_a_process_ends_with_the_block(tmp_path: Path) -> None:
    port = free_port(0)
    arguments = ["-m", "gateway.demo.collector", "--port", str(port), "--dir", str(tmp_path)]
    async with running(arguments, port=port, output=tmp_path / "out", directory=Path.cwd()) as process:
        caller = wire.Caller(port)
        pixel = await caller.call("GET", "/matomo.php?x=1")
        thanks = await caller.call("POST", "/v1/i", body=b"{}")
        await caller.close()
    assert (process.returncode, pixel.header("Content-Type"), thanks.body) == (0, "image/gif", b'{"success": true}')


def test_a_taken_port_is_passed_over() -> None:
    import socket  # noqa: PLC0415 - only here

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert free_port(taken.getsockname()[1]) != taken.getsockname()[1]

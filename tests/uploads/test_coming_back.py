"""A kept file comes back where its reference would stand, to those who may see it, and ends with its person."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web
from click.testing import CliRunner

from gateway.adapters.sink_memory import MemorySink
from gateway.cli import main
from gateway.model.kept import Fetch
from gateway.model.names import Region, Token
from gateway.ruleset.load import load as load_rules
from gateway.settings import load as load_settings
from gateway.wiring import at_home
from tests.uploads.stage import PNG, Stage, a_stage

KEEP = '[{type: "image/*", do: keep}]'
LARGE = PNG + bytes(5 * 2**20) + b"end"


def reference(stage: Stage, field: str = "avatar") -> str:
    """What the back end was sent for the file."""
    (part,) = [one for one in stage.back_end.body.split(b"\r\n--") if f'name="{field}"'.encode() in one]
    return part.rpartition(b"\r\n\r\n")[2].decode()


async def kept(stage: Stage, content: bytes = PNG) -> str:
    """Anna's file is kept, and she is logged in; the reference that the back end was sent."""
    stage.back_end.answer = lambda _: web.Response(status=201, headers={"Set-Cookie": "sid=annas-session; Path=/"})
    assert await stage.post(("avatar", "me.png", content, "image/png")) == (201, "")
    return reference(stage)


async def asked(stage: Stage, body: str, session: str = "annas-session") -> tuple[bytes, dict[str, str]]:
    """What a caller gets where the back end answers with this body."""
    stage.back_end.answer = lambda _: web.Response(
        body=body.encode(), content_type="image/png", headers={"X-Version": "1"}
    )
    async with stage.client.get(stage.url + "/avatars/7", headers={"Cookie": f"sid={session}"}) as reply:
        return await reply.read(), dict(reply.headers)


@pytest.mark.parametrize("content", [PNG, LARGE, PNG[:16]])
async def test_who_sent_a_file_gets_it_back_where_its_reference_would_stand(tmp_path: Path, content: bytes) -> None:
    async with a_stage(tmp_path, KEEP) as stage:
        body, headers = await asked(stage, await kept(stage, content))
    assert body == content
    assert (headers["Content-Length"], headers["Content-Type"]) == (str(len(content)), "image/png")
    assert (headers["Cache-Control"], headers["X-Version"]) == ("private", "1")


async def test_nobody_else_gets_it(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP) as stage:
        token = await kept(stage)
        body, headers = await asked(stage, token, "somebody-elses")
    assert (body.decode(), headers["X-Version"]) == (token, "1")


async def test_in_other_replies_the_reference_stays_and_no_key_is_told(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP) as stage:
        token = await kept(stage)
        stage.back_end.answer = lambda _: web.json_response({"avatar": token})
        async with stage.client.get(stage.url + "/me", headers={"Cookie": "sid=annas-session"}) as reply:
            assert await reply.json() == {"avatar": token}


async def test_the_reply_to_the_upload_holds_no_key_either(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP) as stage:
        stage.back_end.answer = lambda _: web.json_response({"avatar": reference(stage)}, status=201)
        async with stage.client.put(stage.url + "/avatar", data=b"", headers={"Content-Type": "image/png"}):
            pass
        stage.back_end.answer = lambda _: web.json_response({"avatar": stage.back_end.body.decode()}, status=201)
        async with stage.client.put(stage.url + "/avatar", data=PNG, headers={"Content-Type": "image/png"}) as reply:
            told = await reply.json()
    assert told == {"avatar": stage.back_end.body.decode()}


async def test_an_altered_object_is_not_handed_out(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP) as stage:
        token = await kept(stage, LARGE)
        (stored,) = stage.objects
        raw = bytearray(stored.read_bytes())
        raw[-1] ^= 1
        stored.write_bytes(raw)
        with pytest.raises(Exception, match=r"payload|Connection|Response"):
            await asked(stage, token)
        assert stage.sink.named("relay_broken")[0]["code"] == "GW-F103"


def test_an_operator_fetches_a_file_and_sweeps_what_nobody_has(tmp_path: Path) -> None:
    token = asyncio.run(_filled(tmp_path))
    rules, settings = tmp_path / "rules.yaml", tmp_path / "settings.toml"
    settings.write_text(f'state_dir = "{tmp_path}"\n')
    where = ["--rules", str(rules), "--settings", str(settings)]
    run = CliRunner()
    got = run.invoke(main, ["files", "get", *where, "--out", str(tmp_path / "out.png")], input=token)
    assert (got.exit_code, (tmp_path / "out.png").read_bytes()) == (0, PNG), got.output
    swept = run.invoke(main, ["files", "sweep", *where, "--older-than", "0", "--json"])
    assert json.loads(swept.output) == {"named": 1, "deleted": 0}
    asyncio.run(_erased(tmp_path, token))
    again = run.invoke(main, ["files", "get", *where, "--out", str(tmp_path / "again.png")], input=token)
    assert (again.exit_code, "GW-F102" in again.output) == (1, True)
    swept = run.invoke(main, ["files", "sweep", *where, "--older-than", "0", "--json"])
    assert json.loads(swept.output) == {"named": 0, "deleted": 1}
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


async def _filled(folder: Path) -> str:
    async with a_stage(folder, KEEP) as stage:
        return await kept(stage)


async def _erased(folder: Path, token: str) -> None:
    """What the erasure of a person comes to: the data key is gone."""
    ruleset, settings = load_rules([folder / "rules.yaml"]), load_settings(None, {}, {"state_dir": str(folder)})
    async with at_home(ruleset, settings, MemorySink()) as home:
        found = await home.world.vaults[Region("ru")].fetch(Fetch(tokens=(Token(token),)))
        persons = [one.subject for one in found.records.values()]
        keys = home.world.keys
        provider = keys._of(Region("ru"))  # type: ignore[attr-defined] # what holds the region's keys
        assert await provider.erase(Region("ru"), persons) == 1

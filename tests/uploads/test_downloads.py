"""A route of the gateway's own hands kept files out, and replies name their place there."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp import web

from tests.uploads.stage import PNG, Stage, a_stage
from tests.uploads.test_coming_back import KEEP, kept

DOWNLOADS = """
version: 1
routes:
  - {match: {path: "/files/{reference}", method: GET}, to: crm, downloads: true, reveal_to: [subject]}
"""


async def told(stage: Stage, body: str, kind: str, session: str = "annas-session") -> str:
    stage.back_end.answer = lambda _: web.Response(text=body, content_type=kind)
    async with stage.client.get(stage.url + "/me", headers={"Cookie": f"sid={session}"}) as reply:
        return await reply.text()


async def download(stage: Stage, path: str, session: str = "annas-session") -> tuple[int, bytes, str]:
    before = len(stage.back_end.requests)
    async with stage.client.get(stage.url + path, headers={"Cookie": f"sid={session}"}) as reply:
        body = await reply.read()
    assert len(stage.back_end.requests) == before
    return reply.status, body, reply.headers.get("Content-Type", "")


async def test_a_reply_says_where_the_file_is_and_there_it_is(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=DOWNLOADS) as stage:
        token = await kept(stage)
        shown = json.loads(await told(stage, json.dumps({"avatar": token, "id": 7}), "application/json"))
        assert shown == {"avatar": f"/files/{token}", "id": 7}
        assert await download(stage, shown["avatar"]) == (200, PNG, "image/png")
        page = await told(stage, f'<p>{token}</p><a href="/x/{token}">x</a>', "text/html")
        assert page == f'<p>/files/{token}</p><a href="/x/{token}">x</a>'


async def test_nobody_else_is_told_or_gets_it(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=DOWNLOADS) as stage:
        token = await kept(stage)
        body = json.dumps({"avatar": token})
        assert await told(stage, body, "application/json", "somebody-elses") == body
        assert (await download(stage, f"/files/{token}", "somebody-elses"))[0] == 404
        for nothing in ("", "nothing", token[:-1], f"x{token}"):
            assert (await download(stage, f"/files/{nothing or 'x'}"))[0] == 404


async def test_in_a_url_of_the_back_ends_own_the_reference_stays(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=DOWNLOADS) as stage:
        token = await kept(stage)
        body = json.dumps({"avatar": f"{stage.url}/avatars/{token}"})
        assert await told(stage, body, "application/json") == body


async def test_what_is_sent_back_as_it_was_told_stays_a_token_abroad(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=DOWNLOADS) as stage:
        token = await kept(stage)
        raw = json.dumps({"avatar": f"/files/{token}"}).encode()
        headers = {"Cookie": "sid=annas-session", "Content-Type": "application/json"}
        async with stage.client.put(stage.url + "/avatar", data=raw, headers=headers) as reply:
            assert reply.status == 201
        assert stage.back_end.body == raw


async def test_no_outbound_call_tells_the_key_of_a_file(tmp_path: Path) -> None:
    """A courier in the region is sent a file's reference: what that stands for is no text for it."""
    also = """
version: 1
routes:
  - {match: {path: /out, method: POST}, from: crm, to: home, callers: ["address:127.0.0.0/8"]}
"""
    async with a_stage(tmp_path, KEEP, also=also) as stage:
        token = await kept(stage)
        before = len(stage.back_end.requests)
        status, code = await stage.send("POST", "/out", json.dumps({"file": token}).encode(), "application/json")
        assert (status, code) == (422, "GW-X441")
        assert stage.back_end.requests[before:] == []


async def test_a_stream_says_where_the_file_is_too(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, also=DOWNLOADS) as stage:
        token = await kept(stage)
        line = json.dumps({"avatar": token, "page": f"{stage.url}/a/{token}"}) + "\n"
        shown = await told(stage, line, "application/x-ndjson")
        assert json.loads(shown) == {"avatar": f"/files/{token}", "page": f"{stage.url}/a/{token}"}

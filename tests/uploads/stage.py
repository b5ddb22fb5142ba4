"""A gateway over real stores in a folder, a back end that keeps what it is sent, and a real client's multipart."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import aiohttp
from aiohttp import web
from aiohttp.test_utils import RawTestServer

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.settings import load as load_settings
from gateway.wiring import Gateway, running

RULES = """
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru: {{vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {{until: account ends}}, files: "{files}"}}
residence:
  subjects: [body]
destinations:
  crm: {{url: "{upstream}", region: us, role: application, unmatched: pass, token_domain: id.example}}
  home: {{url: "{upstream}", region: ru, country: RU, role: application, unmatched: pass}}
routes:
  - match: {{path: /users, method: POST}}
    to: crm
    whose: caller
    session: {{cookie: sid, starts_on: {{status: 201}}, subject: body.email}}
    reveal_to: [subject]
    files: {said}
  - {{match: {{path: /avatar, method: PUT}}, to: crm, whose: caller, reveal_to: [subject], files: {said}}}
  - {{match: {{path: /said, method: POST}}, to: crm}}
  - {{match: {{path: /home, method: POST}}, to: home}}
  - {{match: {{path: "/**", method: GET}}, to: crm, reveal_to: [subject]}}
"""
TWO_REGIONS = """
version: 1
regions:
  kz:
    countries: [KZ]
    law: 94-V
    vault: "sqlite:home/kz.db"
    key: "file:home/keys-kz"
    keep: {until: account ends}
    files: "dir:store-kz"
residence:
  evidence:
    - {from: field, path: "**.citizenship", is: [KZ], region: kz}
rules:
  - id: kazakhs-stay-home
    why: Law 94-V, article 12.
    when: {category: [personal, special, biometric, payment], residence: kz, destination: {region: not $residence}}
    then: tokenize
"""
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
ANNA = ("citizenship", "RU"), ("email", "anna@example.org")


@dataclass
class BackEnd:
    """What arrived, newest last; ``answer`` makes the reply of a request."""

    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    sizes: list[tuple[int, str]] = field(default_factory=list)
    answer: Callable[[web.BaseRequest], web.StreamResponse] = lambda _: web.Response(status=201)
    early: bool = False
    """Answer without reading."""

    @property
    def body(self) -> bytes:
        return self.requests[-1][2]

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.early:
            return web.Response(status=413, headers={"Connection": "close"})
        digest, size, kept = hashlib.sha256(), 0, bytearray()
        async for piece in request.content.iter_any():
            digest.update(piece)
            size += len(piece)
            if size < 2**24:
                kept += piece
        self.sizes.append((size, digest.hexdigest()))
        self.requests.append((f"{request.method} {request.path}", dict(request.headers), bytes(kept)))
        return self.answer(request)


@dataclass
class Stage:
    gateway: Gateway
    back_end: BackEnd
    folder: Path
    client: aiohttp.ClientSession
    sink: MemorySink

    @property
    def url(self) -> str:
        return f"http://{self.gateway.address}"

    @property
    def objects(self) -> list[Path]:
        return [path for path in (self.folder / "store").rglob("*") if path.is_file()]

    async def post(
        self, *parts: tuple[str, str, bytes, str], fields: Sequence[tuple[str, str]] = ANNA, path: str = "/users"
    ) -> tuple[int, str]:
        """Fields, then files: (field, filename, content, type). Status, and the code of a problem."""
        form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
        for name, value in fields:
            form.add_field(name, value)
        for name, filename, content, kind in parts:
            form.add_field(name, io.BytesIO(content), filename=filename, content_type=kind)
        return await self.send("POST", path, form)

    async def send(self, method: str, path: str, data: object, kind: str = "") -> tuple[int, str]:
        headers = {"Content-Type": kind} if kind else {}
        body = io.BytesIO(data) if isinstance(data, bytes) else data
        async with self.client.request(method, self.url + path, data=body, headers=headers) as reply:
            told = await reply.json() if reply.content_type == "application/problem+json" else {}
            return reply.status, told.get("code", "")


def rules_in(folder: Path, upstream: str, said: str, files: str = "dir:store") -> Path:
    path = folder / "rules.yaml"
    path.write_text(RULES.format(upstream=upstream, said=said, files=files), encoding="utf-8")
    return path


@asynccontextmanager
async def a_stage(
    folder: Path,
    said: str = "[]",
    *,
    files: str = "dir:store",
    also: str = "",
    more: Mapping[str, object] = MappingProxyType({}),
) -> AsyncIterator[Stage]:
    """``said``: what the routes say of files, in YAML; ``more``: settings, dotted; ``also``: more rules."""
    back_end, sink = BackEnd(), MemorySink()
    async with RawTestServer(back_end) as server, aiohttp.ClientSession() as client:
        paths = [rules_in(folder, str(server.make_url("")).rstrip("/"), said, files)]
        if also:
            paths.append(folder / "also.yaml")
            paths[-1].write_text(also, encoding="utf-8")
        ruleset = load_rules(paths)
        given = {"state_dir": str(folder), "listen.port": 0, "admin.port": 0, **more}
        async with running(ruleset, load_settings(None, {}, given), sink) as gateway:
            yield Stage(gateway, back_end, folder, client, sink)

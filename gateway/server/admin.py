"""What operators and orchestrators ask: alive, ready, counts, rules. A listener of its own, on loopback by default.

It answers without looking at any request but its path, so it needs no limits of its own beyond aiohttp's; it has no
password, which is why it refuses to listen anywhere but on loopback unless told that something guards it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import orjson
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from gateway.model.credential import Tokens
from gateway.model.errors import GatewayError
from gateway.model.rules import Ruleset

Probe = Callable[[], Awaitable[None]]
"""Raises a GatewayError while something that a request needs is not there."""


class Metrics(Protocol):
    """Whatever can print itself in Prometheus' text form."""

    def render(self) -> str: ...


class Told(Protocol):
    """What an admin listener tells: of one gateway, or of several that share a port (``crew.Crew``)."""

    async def checks(self) -> Mapping[str, str]:
        """What a request needs by name: ``ok``, or the code of what is wrong."""
        ...

    async def metrics(self) -> str: ...

    async def rules(self) -> Mapping[str, object]: ...

    async def jwks(self) -> Mapping[str, object]:
        """The public keys by which JWTs that the gateway signs are checked."""
        ...


class OneGateway:
    """What the gateway of this process tells. A probe that takes longer than ``probe_s`` is one that failed."""

    def __init__(
        self,
        probes: Mapping[str, Probe],
        metrics: Metrics,
        rules: Callable[[], Ruleset],
        probe_s: float = 3.0,
        *,
        tokens: Tokens | None = None,
    ) -> None:
        self._tokens = tokens
        self._probe_s = probe_s
        self._probes = dict(probes)
        self._metrics = metrics
        self._rules = rules

    async def checks(self) -> Mapping[str, str]:
        async with asyncio.TaskGroup() as tasks:
            asked = {name: tasks.create_task(_ask(probe, self._probe_s)) for name, probe in self._probes.items()}
        return {name: task.result() for name, task in asked.items()}

    async def metrics(self) -> str:
        return self._metrics.render()

    async def rules(self) -> Mapping[str, object]:
        ruleset = self._rules()
        return {
            "digest": ruleset.digest,
            "files": list(ruleset.files),
            "mode": ruleset.mode,
            "routes": [route.name for route in ruleset.routes],
        }

    async def jwks(self) -> Mapping[str, object]:
        specs = [to.credentials for to in self._rules().destinations.values()]
        references = [spec.key for spec in specs if spec and spec.key]
        return self._tokens.published(references) if self._tokens else {"keys": []}


class _Connection(web.RequestHandler):
    """One connection, on which nothing of a broken request is quoted or logged."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        refusal = web.Response(status=status, text="The request is not well-formed HTTP/1.1.\n")
        refusal.force_close()
        return refusal


class _Listener(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, access_log=None)  # type: ignore[arg-type]  # None is aiohttp's own


class Admin:
    """The handler of the admin listener."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._draining = False

    def server(self) -> web.Server:
        """The connection factory to listen with."""
        return _Listener(self)

    def drain(self) -> None:
        """From now on not ready, so that a balancer sends nothing more; still alive."""
        self._draining = True

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in ("GET", "HEAD"):
            return web.Response(status=405, headers={"Allow": "GET, HEAD"})
        match request.path:
            case "/live":
                return web.json_response({"live": True})
            case "/ready":
                return await self._ready()
            case "/metrics":
                return web.Response(text=await self._told.metrics(), content_type="text/plain")
            case "/rules":
                return web.json_response(await self._told.rules())
            case "/jwks":
                return await self._jwks()
            case _:
                return web.json_response({"paths": ["/live", "/ready", "/metrics", "/rules", "/jwks"]}, status=404)

    async def _jwks(self) -> web.Response:
        try:
            return web.json_response(await self._told.jwks())
        except GatewayError as error:
            return web.json_response({"code": error.code}, status=503)

    async def _ready(self) -> web.Response:
        found = dict(await self._told.checks())
        if self._draining:
            found["serving"] = "draining"
        ready = all(answer == "ok" for answer in found.values())
        return web.json_response(
            {"ready": ready, "checks": found},
            status=200 if ready else 503,
            dumps=lambda data: orjson.dumps(data).decode(),
        )


async def _ask(probe: Probe, patience_s: float) -> str:
    """``ok``, or the code of what is wrong."""
    try:
        async with asyncio.timeout(patience_s):
            await probe()
    except GatewayError as error:
        return error.code
    except TimeoutError:
        return "too slow"
    return "ok"

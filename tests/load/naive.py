"""The yardstick: the reverse proxy one writes with aiohttp in ten minutes. It inspects nothing."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.load.serving import serve

HOP_BY_HOP = frozenset({"connection", "content-length", "date", "host", "keep-alive", "server", "transfer-encoding"})


def forwarder(upstream: str, session: aiohttp.ClientSession) -> web.Application:
    """An Application with one handler for everything."""

    async def forward(request: web.Request) -> web.Response:
        headers = [pair for pair in request.headers.items() if pair[0].lower() not in HOP_BY_HOP]
        async with session.request(
            request.method,
            upstream + request.raw_path,
            headers=headers,
            data=await request.read(),
            allow_redirects=False,
        ) as reply:
            passed = [pair for pair in reply.headers.items() if pair[0].lower() not in HOP_BY_HOP]
            answer = web.Response(status=reply.status, body=await reply.read())
            answer.headers.extend(passed)
            return answer

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", forward)
    return application


@asynccontextmanager
async def listening() -> AsyncIterator[asyncio.Server]:
    """A proxy to the address given on the command line, on a free loopback port."""
    async with aiohttp.ClientSession(auto_decompress=False, connector=aiohttp.TCPConnector(limit=0)) as session:
        runner = web.AppRunner(forwarder(sys.argv[1], session), access_log=None)
        await runner.setup()
        assert runner.server is not None
        yield await asyncio.get_running_loop().create_server(runner.server, "127.0.0.1", 0)
        await runner.cleanup()


if __name__ == "__main__":
    serve(listening)

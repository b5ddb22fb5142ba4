"""An analytics vendor's collector: thanks for everything, keeps everything (``metrics.http``)."""

from __future__ import annotations

import argparse
import asyncio
import base64
import signal
from pathlib import Path

from gateway.verify.recorder import Recorder
from gateway.verify.wire import Message, reply_bytes

_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def thanks(request: Message) -> bytes:
    """A pixel for GET, as image trackers want it; JSON for everything else."""
    if request.method == "GET":
        return reply_bytes(200, [("Content-Type", "image/gif")], _PIXEL)
    return reply_bytes(200, [("Content-Type", "application/json")], b'{"success": true}')


async def serve(port: int, directory: Path) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Recorder(directory / "metrics.http", thanks, port):
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="The demo's analytics collector.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--dir", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.dir))


if __name__ == "__main__":
    main()

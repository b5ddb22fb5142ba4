"""Each file is read by a fresh interpreter: a hostile one can crash it or hold it up, and the gateway loses nothing.

A start costs about 0.2 s; such files are rare beside messages. At most as many run as there are cores.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from gateway.adapters.extractor.formats import known
from gateway.ports import Sink

_PATIENCE_S = 20.0


class ProcessExtractor:
    """Implements ``ports.Extractor``."""

    def __init__(self, sink: Sink, patience_s: float = _PATIENCE_S) -> None:
        self._sink = sink
        self._patience_s = patience_s
        self._room = asyncio.Semaphore(os.cpu_count() or 1)

    async def texts(self, media_type: str, body: bytes) -> tuple[str, ...] | None:
        if not known(body):
            return None
        async with self._room:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-sP", "-m", "gateway.adapters.extractor.child",
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(sys.path)},
            )  # fmt: skip
            try:
                async with asyncio.timeout(self._patience_s):
                    told, _ = await process.communicate(body)
            except TimeoutError:
                self._sink.emit("extractor_failed", media_type=media_type, error="TimeoutError")
                return None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode != 0:
            self._sink.emit("extractor_failed", media_type=media_type, error=f"exit {process.returncode}")
            return None
        texts = json.loads(told)
        return None if texts is None else tuple(texts)

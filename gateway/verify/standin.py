"""A recording stand-in for a destination: it answers with what it was sent, so that what went out can come back."""

from __future__ import annotations

import json
from pathlib import Path

from gateway.verify import wire
from gateway.verify.recorder import Recorder

_JSON = ("Content-Type", "application/json")
_OF_THE_BODY = frozenset({"content-type", "content-encoding"})


class StandIn(Recorder):
    """Echoes a body in its media type, a request without one as its target and headers in JSON; or says ``instead``."""

    def __init__(self, record: Path) -> None:
        super().__init__(record, self._echo)
        self.instead: bytes | None = None

    def _echo(self, request: wire.Message) -> bytes:
        if self.instead is not None:
            return wire.reply_bytes(200, [_JSON], self.instead)
        if len(request.body) > len(b"{}"):
            kept = [(name, value) for name, value in request.headers if name.lower() in _OF_THE_BODY]
            return wire.reply_bytes(200, kept, request.body)
        told = {"target": request.target, "headers": request.headers}
        return wire.reply_bytes(200, [_JSON], json.dumps(told).encode())

"""One step of the play: a caller's request through the gateway, what the far side received, what came back; on
record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gateway.demo.layout import Layout
from gateway.verify import wire


@dataclass(frozen=True, slots=True)
class Step:
    """``received`` is what the witnesses abroad wrote down meanwhile, as text."""

    who: str
    does: str
    received: str
    reply: wire.Message


@dataclass(slots=True)
class Stage:
    """The gateway's port, the files around it, and whom to show each step to."""

    port: int
    layout: Layout
    show: Callable[[Step], None]
    cookies: dict[str, str] = field(default_factory=dict)
    _read_up_to: dict[Path, int] = field(default_factory=dict)

    async def step(
        self,
        who: str,
        does: str,
        method: str,
        target: str,
        *,
        body: object = None,
        headers: wire.Headers = (),
        address: str = "",
    ) -> wire.Message:
        """Send, wait, write down, show. ``body`` is sent as JSON unless it is bytes; a session cookie is kept by
        ``who``.
        """
        sent_headers, payload = self._request(who, body, headers, address)
        caller = wire.Caller(self.port)
        try:
            reply = await caller.call(method, target, sent_headers, payload)
        finally:
            await caller.close()
        if session := reply.header("Set-Cookie"):
            self.cookies[who] = session.partition(";")[0]
        received = self._received()
        self._write_down(who, does, wire.request_bytes(method, target, sent_headers, payload, "shop.example"), reply)
        self.show(Step(who, does, received, reply))
        return reply

    def _request(self, who: str, body: object, headers: wire.Headers, address: str) -> tuple[wire.Headers, bytes]:
        sent = [*headers]
        if address:
            sent.append(("X-Forwarded-For", address))
        if who in self.cookies:
            sent.append(("Cookie", self.cookies[who]))
        if isinstance(body, bytes) or body is None:
            return tuple(sent), body or b""
        return (("Content-Type", "application/json"), *sent), json.dumps(body, ensure_ascii=False).encode()

    def _received(self) -> str:
        """What was written since the last step into the witnesses' files."""
        new = b""
        for file in (self.layout.crm / "crm.http", self.layout.metrics / "metrics.http"):
            data = file.read_bytes() if file.exists() else b""
            new += data[self._read_up_to.get(file, 0) :]
            self._read_up_to[file] = len(data)
        return new.decode("utf-8", "replace")

    def _write_down(self, who: str, does: str, sent: bytes, reply: wire.Message) -> None:
        line = {
            "who": who,
            "does": does,
            "status": reply.status,
            "sent": sent.decode("utf-8", "surrogateescape"),
            "got": reply.raw.decode("utf-8", "surrogateescape"),
        }
        with self.layout.played.open("a") as file:
            file.write(json.dumps(line) + "\n")

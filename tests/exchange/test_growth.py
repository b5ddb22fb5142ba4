"""What a message costs grows no faster than the message: not with how much is found in it, nor where it stands."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import time
from collections.abc import Callable

import pytest

from gateway.model.decision import Refusal
from gateway.model.message import Request
from tests.exchange.scenes import echo, world_rules
from tests.exchange.stage import Stage

RULES = world_rules()
SMALL, TIMES = 2**14, 24
"""Bytes of the small message, and how many times larger the large one is."""

LINEAR = 2.5
"""What is linear costs as many times more as it is larger; less than this times as much is left to chance."""


def full(of: str | bytes, size: int) -> bytes:
    raw = of.encode() if isinstance(of, str) else of
    return (raw * (size // len(raw) + 1))[:size]


def people(size: int) -> bytes:
    one = {"name": "Анна", "citizenship": "RU", "sex": "f", "country": "RU"}
    users = [one | {"email": f"anna{number}@example.ru"} for number in range(size // 150)]
    return json.dumps({"users": users}, ensure_ascii=False).encode()


TEXT, JSON = "text/plain", "application/json"
BODIES: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "contacts": (TEXT, lambda size: full("anna@example.ru ", size)),
    "other contacts": (TEXT, lambda size: b" ".join(b"a%d@example.ru" % number for number in range(size // 16))),
    "contacts that begin alike": (
        TEXT,
        lambda size: b" ".join(b"aaaaaaaa%d@example.ru aaaaaaaaa" % number for number in range(size // 34)),
    ),
    "documents": (TEXT, lambda size: full("СНИЛС 112-233-445 95 ", size)),
    "people": (JSON, people),
    "packed": (TEXT, lambda size: base64.b64encode(gzip.compress(full("anna@example.ru ", size)))),
    "brackets": (TEXT, lambda size: full("[", size)),
    "tags": ("text/html", lambda size: full("<a ", size)),
    "boundaries": ("multipart/form-data; boundary=b0", lambda size: full("--b0", size)),
    "escapes": ("application/x-www-form-urlencoded", lambda size: full("%25", size)),
    "words": (TEXT, lambda size: full("=?utf-8?q?a?= ", size)),
}


def cost_s(media: str, body: bytes) -> float:
    """Of the whole exchange with an echo, the processor's seconds."""
    stage = Stage(RULES, respond=echo)
    begun = time.process_time()
    outcome = asyncio.run(stage.send(Request("POST", "/api/notes", (("Host", "gw"), ("Content-Type", media)), body)))
    spent = time.process_time() - begun
    assert not isinstance(outcome, Refusal)
    return spent


@pytest.mark.slow
@pytest.mark.parametrize("name", BODIES)
def test_cost_is_linear(name: str) -> None:
    media, of = BODIES[name]
    small = min(cost_s(media, of(SMALL)) for _ in range(3))
    most = (small + 0.01) * TIMES * LINEAR
    assert cost_s(media, of(SMALL * TIMES)) < most or cost_s(media, of(SMALL * TIMES)) < most

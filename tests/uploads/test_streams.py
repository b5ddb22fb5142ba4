"""Clients of large uploads: those that wait for a word, break off, or are too slow."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.uploads.stage import PNG, Stage, a_stage

KEEP = '[{type: "image/*", do: keep}]'
SMALL = {"limits.max_body_bytes": 2**16}
SIZE = 2**20


async def spoken(stage: Stage, *pieces: bytes, kind: str = "image/png", half: bool = False) -> bytes:
    """What a client reads that writes these pieces behind the head of an upload; ``half``: and then leaves."""
    host, _, port = stage.gateway.address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"PUT /avatar HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {SIZE}\r\nExpect: 100-continue\r\n"
    )
    writer.write(head.encode() + b"Connection: close\r\n\r\n")
    said = await reader.readuntil(b"\r\n\r\n")
    if b"100 Continue" in said:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if half:
            writer.close()
            await writer.wait_closed()
            return said
    said += await reader.read()
    writer.close()
    return said


async def test_a_client_that_waits_for_a_word_gets_it_once_the_rules_take_the_file(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, more=SMALL) as stage:
        said = await spoken(stage, PNG, bytes(SIZE - len(PNG)))
        assert (said[:25], b"201 Created" in said) == (b"HTTP/1.1 100 Continue\r\n\r\n", True)
        refused = await spoken(stage, kind="application/json")
        assert refused.startswith(b"HTTP/1.1 413")
        assert len(stage.back_end.requests) == 1


async def test_a_client_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, more=SMALL) as stage:
        await spoken(stage, PNG, half=True)
    assert (stage.back_end.requests, stage.objects) == ([], [])


async def test_a_client_that_is_too_slow_is_told(tmp_path: Path) -> None:
    async with a_stage(tmp_path, KEEP, more={**SMALL, "listen.body_s": 0.3}) as stage:
        said = await spoken(stage, PNG)
        assert b"HTTP/1.1 408" in said
        assert (stage.back_end.requests, stage.objects) == ([], [])


async def test_a_back_end_that_answers_before_all_is_written_is_heard(tmp_path: Path) -> None:
    """It closes the door in the midst of a passing upload: its answer is the client's, or a 502; nothing hangs."""
    async with a_stage(tmp_path, '[{type: "image/*", do: pass}]', more=SMALL) as stage:
        stage.back_end.early = True
        status, _ = await stage.send("PUT", "/avatar", PNG + bytes(8 * 2**20), "image/png")
        assert status in (413, 502)

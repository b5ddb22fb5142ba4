"""kill -9 and the order of writes, with the counts that the scripts print."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gateway.core.naming import opaque
from gateway.model.names import RecordId
from tests.crash.kill9 import crash
from tests.crash.ordering import calls, judged, traced

pytestmark = pytest.mark.slow

NEEDS_STRACE = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.mark.timeout(900)
async def test_fifty_kills_lose_nothing_that_was_acknowledged_or_sent(tmp_path: Path) -> None:
    tally = await crash(50, 152, tmp_path)
    print(tally)
    assert tally.acknowledged > 500
    assert tally.clean


@NEEDS_STRACE
async def test_every_write_upstream_follows_the_fdatasync_of_its_record() -> None:
    verdict = await traced("gateway")
    assert verdict.tokens > 200
    assert verdict.early == set()


@NEEDS_STRACE
async def test_synchronous_off_fails_that_check() -> None:
    verdict = await traced("tests.crash.careless")
    assert verdict.early


def test_a_call_cut_in_two_by_another_thread_is_put_together() -> None:
    log = '7 pwrite64(3, "\\x41" <unfinished ...>\n8 write(4, "\\x42", 1) = 1\n7 <... pwrite64 resumed>, 1, 0) = 1\n'
    assert [(call.name, call.fd, call.data, call.begun, call.ended) for call in calls(log)] == [
        ("write", 4, b"B", 1, 1),
        ("pwrite64", 3, b"A", 0, 2),
    ]


def test_a_send_without_a_sync_before_it_is_early() -> None:
    token = opaque.token((RecordId("ab" * 14), 0))
    send = "".join(f"\\x{byte:02x}" for byte in f"POST /api/x HTTP/1.1 {token}".encode())
    row = "\\xab" * 14
    written = f'7 pwrite64(3, "{row}", 14, 0) = 14\n'
    sync, sent = "7 fdatasync(3) = 0\n", f'7 write(9, "{send}", 9) = 9\n'
    assert judged(written + sync + sent).early == set()
    assert judged(written + sent + sync).early == {token}

"""Does every upstream write that carries a token follow the fdatasync of its record? Asked of the kernel, by strace.

    python -m tests.crash.ordering            # exit 0: it always does
    python -m tests.crash.ordering --careless # synchronous=OFF: exit 1

The gateway runs under ``strace -f`` while people register. For each token in each write to the upstream the bytes that
name it (the record's id, or an alias's digits) must have been written to a file, and that file fdatasynced, before.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from gateway.core.naming import ref_of
from gateway.model.names import Token
from tests.crash.home import tokens_of
from tests.crash.receiver import receiving
from tests.load.gateway import rules_file
from tests.load.people import body, person
from tests.load.programs import module, running

PEOPLE, CONNECTIONS = 40, 8
CALLS = "pwrite64,write,writev,sendto,sendmsg,fdatasync,fsync"

_LINE = re.compile(r"^(\d+) +(?:<\.\.\. (\w+) resumed>|(\w+)\((\d+))(.*)$")
_BYTES = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Call:
    """One finished or begun system call, in the order of the log."""

    name: str
    fd: int
    data: bytes
    begun: int
    ended: int


@dataclass
class Verdict:
    """``early``: tokens that left before their record was on the disk."""

    sends: int = 0
    tokens: int = 0
    early: set[Token] = field(default_factory=set)

    def __str__(self) -> str:
        rows = {"upstream writes": self.sends, "tokens in them": self.tokens, "left too early": len(self.early)}
        return "\n".join(f"{name:20} {value}" for name, value in rows.items())


def calls(log: str) -> Iterator[Call]:
    """The calls of a strace log with their places in it; those cut in two by another thread are put together."""
    open_calls: dict[str, tuple[int, str, int, str]] = {}
    for place, line in enumerate(log.splitlines()):
        match = _LINE.match(line)
        if match is None:
            continue
        pid, resumed, name, fd, rest = match.groups()
        if resumed:
            begun, name, number, first = open_calls.pop(pid)
            yield Call(name, number, _data(first + rest), begun, place)
        elif rest.endswith("<unfinished ...>"):
            open_calls[pid] = (place, name, int(fd), rest)
        else:
            yield Call(name, int(fd), _data(rest), place, place)


def _data(text: str) -> bytes:
    return b"".join(bytes.fromhex(part.replace("\\x", "")) for part in _BYTES.findall(text))


def judged(log: str) -> Verdict:
    """What the log proves."""
    done = sorted(calls(log), key=lambda call: call.ended)
    syncs = [call for call in done if call.name in ("fdatasync", "fsync")]
    writes = [call for call in done if call.name == "pwrite64"]
    verdict = Verdict()
    seen: set[Token] = set()
    for send in sorted(done, key=lambda call: call.begun):
        if send.name not in ("write", "writev", "sendto", "sendmsg") or b"POST /api/" not in send.data:
            continue
        fresh = tokens_of(send.data) - seen
        verdict.sends += 1
        verdict.tokens += len(fresh)
        verdict.early |= {token for token in fresh if not _is_home(token, send, writes, syncs)}
        seen |= fresh
    return verdict


def _is_home(token: Token, send: Call, writes: list[Call], syncs: list[Call]) -> bool:
    """True if a write of what names the token was followed by a sync of that file before the send began."""
    ref = ref_of(token)
    name = bytes.fromhex(ref[0]) if ref else token.encode()
    for write in writes:
        if name in write.data and write.ended < send.begun:
            return any(sync.fd == write.fd and write.ended < sync.begun and sync.ended < send.begun for sync in syncs)
    return False


async def traced(launcher: str) -> Verdict:
    """Register people through a traced gateway."""
    with tempfile.TemporaryDirectory() as folder:
        state, log = Path(folder), Path(folder) / "strace.log"
        async with receiving() as (url, _):
            trace = ["strace", "-f", "-qq", "-xx", "-s", "1048576", "-e", f"trace={CALLS}", "-o", str(log)]
            listen = ("--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
            serve = module(launcher, "serve", "--rules", str(rules_file(state, url)), *listen)
            with running([*trace, *serve], {"PII_GATEWAY_STATE_DIR": folder}) as program:
                await _register(program.port)
                for traced_process in program.process.children(recursive=True):
                    traced_process.terminate()  # strace itself does not listen to signals
        return judged(log.read_text("ascii", "replace"))


async def _register(port: int) -> None:
    numbers = iter(range(1, PEOPLE + 1))

    async def one_after_another(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            async with session.post("/api/customers", data=body(number, person(number))) as reply:
                reply.raise_for_status()

    async with aiohttp.ClientSession(base_url=f"http://127.0.0.1:{port}") as session:
        await asyncio.gather(*(one_after_another(session) for _ in range(CONNECTIONS)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--careless", action="store_true", help="with synchronous=OFF")
    arguments = parser.parse_args()
    verdict = asyncio.run(traced("tests.crash.careless" if arguments.careless else "gateway"))
    print(verdict)
    return 1 if verdict.early or not verdict.tokens else 0


if __name__ == "__main__":
    sys.exit(main())

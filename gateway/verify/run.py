"""Both journeys of every probe: straight to a stand-in, then through the gateway; then everything left behind is
read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from gateway.model.names import DestinationName
from gateway.model.rules import Ruleset
from gateway.verify import wire
from gateway.verify.outcome import Result, Sight, how, sighted
from gateway.verify.probes import Probe
from gateway.verify.recorder import seen
from gateway.verify.search import find
from gateway.verify.standin import StandIn

StandIns = Mapping[DestinationName, StandIn]
Progress = Callable[[int, int], None]

_NO_REPLY = (wire.BrokenError, OSError, TimeoutError, asyncio.IncompleteReadError)


async def start_stand_ins(stack: AsyncExitStack, ruleset: Ruleset, directory: Path) -> dict[DestinationName, StandIn]:
    """One recording stand-in a destination; each keeps its requests in ``<destination>.http`` of that directory."""
    return {name: await stack.enter_async_context(StandIn(directory / f"{name}.http")) for name in ruleset.destinations}


async def send_directly(results: Sequence[Result], stand_ins: StandIns) -> None:
    """Each probe straight to its destination: what would leak without a gateway, and whether verify can see at all."""
    callers = {name: wire.Caller(stand_in.port) for name, stand_in in stand_ins.items()}
    try:
        for result in results:
            probe = result.probe
            arrived = len(stand_ins[probe.to].requests)
            await _call(callers[probe.to], probe)
            received = b"".join(seen(request) for request in stand_ins[probe.to].requests[arrived:])
            if sighted(probe.canary, received):
                result.direct = "LEAK" if probe.must_stay else "plain"
    finally:
        for caller in callers.values():
            await caller.close()


async def send_through(results: Sequence[Result], stand_ins: StandIns, port: int, progress: Progress) -> None:
    """Each probe through the gateway on that port, and read back by somebody else who has no business to see it."""
    caller = wire.Caller(port)
    try:
        for done, result in enumerate(results):
            progress(done, len(results))
            received = await _one_through(result, stand_ins, caller)
            if received and result.probe.must_stay and not result.sights:
                await _read_by_a_stranger(result, stand_ins, received, port)
    finally:
        await caller.close()


async def _one_through(result: Result, stand_ins: StandIns, caller: wire.Caller) -> Sequence[wire.Message]:
    probe = result.probe
    before = {name: len(stand_in.requests) for name, stand_in in stand_ins.items()}
    reply = await _call(caller, probe)
    result.status = reply.status if reply else 0
    received: list[wire.Message] = []
    for name, stand_in in stand_ins.items():
        requests = stand_in.requests[before[name] :]
        received += requests
        if spelt := sighted(probe.canary, b"".join(seen(request) for request in requests)):
            result.arrived = True
            if probe.must_stay:
                result.sights.append(Sight(f"arrived at {name}", spelt))
    result.passed_on = bool(received)
    result.came_back = bool(reply and sighted(probe.canary, reply.raw))
    return received


async def _read_by_a_stranger(result: Result, stand_ins: StandIns, received: Sequence[wire.Message], port: int) -> None:
    """Another client asks, and the destination answers with all that it was told by the first."""
    probe = result.probe
    if probe.read_at is None:
        return
    stand_in = stand_ins[probe.to]
    stand_in.instead = received[-1].body or received[-1].target.encode()
    stranger = wire.Caller(port)
    try:
        hosts = tuple(pair for pair in probe.sent.headers if pair[0] == "Host")
        reply = await stranger.call("GET", probe.read_at, hosts)
        if spelt := sighted(probe.canary, reply.raw):
            result.sights.append(Sight("shown to a stranger", spelt))
    except _NO_REPLY:
        pass
    finally:
        stand_in.instead = None
        await stranger.close()


async def _call(caller: wire.Caller, probe: Probe) -> wire.Message | None:
    try:
        return await caller.call(probe.sent.method, probe.sent.target, probe.sent.headers, probe.sent.body)
    except _NO_REPLY:
        await caller.close()
        return None


def read_what_is_left(results: Iterable[Result], files: Iterable[Path], *, outward: bool) -> None:
    """Look into whole files for every canary that must not be there.

    ``outward`` files are what destinations received: there only what must stay counts, and only if its own request
    did not tell already. The gateway's own files must hold nobody's value, wherever that person lives. Weak values
    are not looked for here: they would be met by chance.
    """
    wanted = {
        result.probe.canary.telling: result
        for result in results
        if not result.probe.canary.sort.weak and (result.probe.must_stay or not outward)
    }
    for file in files:
        for hit in find(wanted, file.read_bytes()):
            result, sight = wanted[hit.text], Sight(f"lies in {file.name}", how(hit))
            if sight not in result.sights and not (outward and result.sights):
                result.sights.append(sight)

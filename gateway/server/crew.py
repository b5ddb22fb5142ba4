"""What several gateways on one port tell together: counts summed, and which of them is not as it should be.

Each is asked on its own admin listener, a Unix socket in a directory that only we may enter.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import orjson

from gateway.model.errors import WorldError
from gateway.server.admin import Metrics

_PATIENCE_S = 5.0
"""Longer than a worker takes to call a probe too slow."""


@dataclass(frozen=True, slots=True)
class _Counts:
    """Series with their values, and the types of their families."""

    series: Counter[str]
    types: Mapping[str, str]


class Crew:
    """Implements ``admin.Told``. ``sockets`` by worker number; ``own`` are the counts of the process that asks."""

    def __init__(self, sockets: Mapping[int, Path], own: Metrics) -> None:
        self._sockets = dict(sockets)
        self._own = own
        self._last: dict[int, _Counts] = {}
        self._gone: list[_Counts] = []

    def ended(self, number: int) -> None:
        """A worker is no more. What it had counted when it was last asked stays in the sums: counters never fall."""
        if (last := self._last.pop(number, None)) is not None:
            self._gone = [_sum([*self._gone, last])]

    # --------------------------------------------------------------------------------------------- as the admin asks

    async def checks(self) -> Mapping[str, str]:
        answers = await self._asked("/ready")
        return {f"worker {number}": _state(answers.get(number)) for number in self._sockets}

    async def metrics(self) -> str:
        answers = await self._asked("/metrics")
        self._last |= {number: _counts(text.decode()) for number, text in answers.items()}
        every = _sum([*self._gone, *self._last.values(), _counts(self._own.render())])
        return _rendered(every) + f"# TYPE pii_gateway_workers gauge\npii_gateway_workers {len(answers)}\n"

    async def jwks(self) -> Mapping[str, object]:
        """Every key that any worker signs by: while a key is being replaced they are not one.

        Raises WorldError where no worker tells any: who was told that there are none would trust no signature.
        """
        told = [orjson.loads(text) for _, text in sorted((await self._asked("/jwks")).items())]
        listed = [one["keys"] for one in told if "keys" in one]
        if not listed:
            code = next((str(one["code"]) for one in told if "code" in one), "GW-S030")
            raise WorldError(code, "no worker can read the keys that it signs by", "see what /ready says of each")
        keys = [key for own in listed for key in own]
        return {"keys": [key for number, key in enumerate(keys) if key not in keys[:number]]}

    async def rules(self) -> Mapping[str, object]:
        """Those of the first that answers; ``workers`` has the digest of each, ``differ`` says if they are not one."""
        told = {number: orjson.loads(text) for number, text in sorted((await self._asked("/rules")).items())}
        digests = {f"worker {number}": rules["digest"] for number, rules in told.items()}
        first = next(iter(told)) if told else 0
        return {**told.get(first, {}), "workers": digests, "differ": len(set(digests.values())) > 1}

    # ------------------------------------------------------------------------------------------------------- details

    async def _asked(self, path: str) -> dict[int, bytes]:
        """What the workers answer; one that does not is missing."""
        async with asyncio.TaskGroup() as tasks:
            asked = {number: tasks.create_task(_ask(socket, path)) for number, socket in self._sockets.items()}
        return {number: found for number, task in asked.items() if (found := task.result()) is not None}


async def _ask(socket: Path, path: str) -> bytes | None:
    try:
        async with (
            asyncio.timeout(_PATIENCE_S),
            aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(socket))) as session,
            session.get(f"http://worker{path}") as reply,
        ):
            return await reply.read()
    except (aiohttp.ClientError, OSError, TimeoutError):
        return None


def _state(ready: bytes | None) -> str:
    """``ok``, or what is wrong by name and code."""
    if ready is None:
        return "no answer"
    wrong = [f"{name} {code}" for name, code in orjson.loads(ready)["checks"].items() if code != "ok"]
    return ", ".join(wrong) or "ok"


def _counts(text: str) -> _Counts:
    """Prometheus' text form, read. Source: its exposition format, version 0.0.4."""
    series: Counter[str] = Counter()
    types: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ", 3)
            types[name] = kind
        elif line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            series[name] += int(value) if value.isdecimal() else float(value)  # type: ignore[assignment]  # a Counter of either
    return _Counts(series, types)


def _sum(every: list[_Counts]) -> _Counts:
    series: Counter[str] = Counter()
    types: dict[str, str] = {}
    for one in every:
        series.update(one.series)
        types |= one.types
    return _Counts(series, types)


def _rendered(counts: _Counts) -> str:
    lines: list[str] = []
    families: dict[str, list[str]] = {}
    for name in sorted(counts.series):
        families.setdefault(name.partition("{")[0], []).append(f"{name} {counts.series[name]}")
    for family, its in sorted(families.items()):
        lines += [f"# TYPE {family} {counts.types.get(family, 'untyped')}", *its]
    return "".join(f"{line}\n" for line in lines)

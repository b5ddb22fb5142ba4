"""A stage for exchanges: real memory adapters, a programmable upstream, every effect written down, any one of them
failing.

Every port of the World is wrapped by a recorder that appends one line an effect (``keep 1``, ``send crm`` …) and raises
WorldError at the effect numbered ``fail_at``. The place in ``gateway/service`` whose await failed is noted, so that the
suite can tell which awaits were never seen failing.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import shake_128
from pathlib import PurePath

from gateway.adapters.keys_memory import MemoryKeys
from gateway.adapters.ledger_memory import MemoryLedger
from gateway.adapters.secrets_local import LocalSecrets
from gateway.adapters.spool_file import SpoolFile
from gateway.adapters.vault_memory import MemoryVault
from gateway.core.naming import ref_of
from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError, WorldError
from gateway.model.kept import Batch, Fetch, Fetched, Kept, Recall, Recalled, Settlement
from gateway.model.ledger import Entry
from gateway.model.limits import Limits
from gateway.model.marks import Dossier, Instruction
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import Region, SubjectId
from gateway.model.residency import Claims
from gateway.model.rules import Destination, Ruleset
from gateway.model.secret import DataKey, RegionKeys
from gateway.ports import Answer, Relay
from gateway.service.exchange import Exchange
from gateway.service.filing import Filing
from gateway.service.live_rules import LiveRules
from gateway.service.name_reader import NameReader
from gateway.service.world import World

Respond = Callable[[Request], Reply]


@dataclass
class Script:
    """What happened, in order; ``fail_at`` numbers the effect that fails (None: none)."""

    effects: list[str] = field(default_factory=list)
    fail_at: int | None = None
    failed_in: set[tuple[str, int]] = field(default_factory=set)

    def effect(self, line: str) -> None:
        """Write an effect down, or fail in its place."""
        if self.fail_at == len(self.effects):
            self.effects.append(f"{line} FAILS")
            self.failed_in.add(_awaiting_line())
            raise WorldError("GW-V503", "the script makes this effect fail.", "none; it is a test.")
        self.effects.append(line)


def _awaiting_line() -> tuple[str, int]:
    """File and line of the innermost frame of gateway/service: the await that met the failure."""
    frame = sys._getframe()
    while frame is not None:
        path = PurePath(frame.f_code.co_filename)
        if path.parent.name == "service" and path.parent.parent.name == "gateway":
            return path.name, frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]  # the loop's own condition
    raise AssertionError("an effect outside gateway/service")


@dataclass
class RecordingVault:
    script: Script
    inner: MemoryVault

    async def recall(self, query: Recall) -> Recalled:
        self.script.effect("recall")
        return await self.inner.recall(query)

    async def keep(self, batch: Batch) -> Kept:
        self.script.effect(f"keep {len(batch.keeps)}" if batch.keeps or batch.directory else "seek")
        return await self.inner.keep(batch)

    async def fetch(self, query: Fetch) -> Fetched:
        self.script.effect("fetch")
        return await self.inner.fetch(query)

    async def settle(self, outcome: Settlement) -> None:
        self.script.effect("settle")
        await self.inner.settle(outcome)

    async def dossier(self, subject: SubjectId) -> Dossier | None:
        self.script.effect("dossier")
        return await self.inner.dossier(subject)

    async def instruct(self, order: Instruction) -> None:
        self.script.effect(f"{order.mark.what} persons")
        await self.inner.instruct(order)


@dataclass
class RecordingKeys:
    script: Script
    inner: MemoryKeys

    async def region_keys(self, region: Region) -> RegionKeys:
        self.script.effect("region keys")
        return await self.inner.region_keys(region)

    async def fresh(self, region: Region, count: int) -> Sequence[DataKey]:
        self.script.effect("fresh keys")
        return await self.inner.fresh(region, count)

    async def open(self, region: Region, subjects: Sequence[SubjectId]) -> dict[SubjectId, DataKey]:
        self.script.effect("open keys")
        return await self.inner.open(region, subjects)

    async def erase(self, region: Region, subjects: Sequence[SubjectId]) -> int:
        self.script.effect("erase keys")
        return await self.inner.erase(region, subjects)


@dataclass
class RecordingLedger:
    script: Script
    inner: MemoryLedger

    async def append(self, entries: Sequence[Entry]) -> None:
        self.script.effect("ledger")
        await self.inner.append(entries)

    def tally(self, entry: Entry) -> None:
        self.inner.tally(entry)


@dataclass
class ScriptedAnswer:
    script: Script
    reply: Reply
    bite: int = 100
    taken: int = 0
    status: int = field(init=False)
    reason: str = field(init=False)
    headers: Headers = field(init=False)

    def __post_init__(self) -> None:
        self.status, self.reason, self.headers = self.reply.status, self.reply.reason, self.reply.headers

    async def read(self, most: int, within_s: float | None = None) -> tuple[bytes, bool]:
        self.script.effect("read")
        self.taken = most
        return self.reply.body[:most], len(self.reply.body) <= most

    def linger(self) -> None:
        """There is no clock to stop."""

    async def rest(self) -> AsyncIterator[bytes]:
        for at in range(self.taken, len(self.reply.body), self.bite):
            self.script.effect("rest")
            yield self.reply.body[at : at + self.bite]

    async def aclose(self) -> None:
        self.script.effects.append("close")


@dataclass
class ScriptedUpstream:
    script: Script
    respond: Respond
    received: list[Request] = field(default_factory=list)

    async def send(self, destination: Destination, request: Request) -> Answer:
        self.script.effect(f"send {destination.name}")
        self.received.append(request)
        return ScriptedAnswer(self.script, self.respond(request))


@dataclass
class ScriptedClaims:
    script: Script
    claims: Claims | None = None

    async def verify(self, headers: Headers) -> Claims | None:
        return self.claims if any(name == "Authorization" for name, _ in headers) else None

    async def payload(self, headers: Headers) -> Mapping[str, object] | None:
        return None


@dataclass
class Countries:
    """Addresses whose country is known."""

    table: dict[str, str] = field(default_factory=dict)

    def country(self, address: str) -> str | None:
        return self.table.get(address)


@dataclass
class TestClock:
    """A clock that stands still and counts its random bytes, so that runs are alike."""

    __test__ = False
    at_ms: int = 1_795_312_800_000
    drawn: int = 0

    def now_ms(self) -> int:
        return self.at_ms

    def random(self, size: int) -> bytes:
        self.drawn += 1
        return shake_128(self.drawn.to_bytes(8, "big")).digest(size)


@dataclass
class Events:
    emitted: list[tuple[str, dict[str, str | int | float]]] = field(default_factory=list)

    def emit(self, event: str, **facts: str | float) -> None:
        self.emitted.append((event, facts))

    def names(self) -> list[str]:
        return [name for name, _ in self.emitted]


async def heard(relay: Relay) -> Reply:
    """A relay listened to until its end; one that breaks off says so in its reason."""
    body, reason = relay.head, relay.reason
    try:
        async for piece in relay.answer.rest():
            body += piece
    except GatewayError as error:
        reason = error.code
    await relay.answer.aclose()
    return Reply(relay.status, relay.headers, body, reason)


@dataclass
class Stage:
    """One gateway over memory adapters. ``script`` is fresh for every request; what was kept stays."""

    ruleset: Ruleset
    respond: Respond = field(default=lambda _: Reply(200, (("Content-Type", "application/json"),), b"{}"))
    claims: Claims | None = None
    environment: dict[str, str] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)
    clock: TestClock = field(default_factory=TestClock)
    vaults: dict[Region, MemoryVault] = field(init=False)
    keys: MemoryKeys = field(init=False)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    events: Events = field(default_factory=Events)
    script: Script = field(default_factory=Script)
    received: list[Request] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    names: NameReader | None = None
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        self.vaults = {one: MemoryVault(one, clock=self.clock, ref_of=ref_of) for one in self.ruleset.regions}
        self.keys = MemoryKeys(self.clock)

    async def send(self, request: Request, *, fail_at: int | None = None) -> Reply | Refusal | GatewayError:
        """The outcome of one request; a raised GatewayError is an outcome here."""
        self.script = Script(fail_at=fail_at)
        upstream = ScriptedUpstream(self.script, self.respond, self.received)
        world = World(
            vaults={region: RecordingVault(self.script, vault) for region, vault in self.vaults.items()},
            keys=RecordingKeys(self.script, self.keys),
            ledger=RecordingLedger(self.script, self.ledger),
            upstream=upstream,
            signals=Countries(self.countries),
            clock=self.clock,
            sink=self.events,
            claims=ScriptedClaims(self.script, self.claims),
            files=Filing(
                {region: RecordingObjects(self.script, self.objects) for region in self.vaults},
                SpoolFile,
                NoExtractor(),
            ),
            registries={region: RecordingVault(self.script, vault) for region, vault in self.vaults.items()},
            secrets=LocalSecrets(self.environment),
            names=self.names,
            limits=self.limits,
        )
        try:
            outcome = await Exchange(LiveRules(self.ruleset), world).handle(request, request_id="r1")
        except GatewayError as error:
            return error
        return await heard(outcome) if isinstance(outcome, Relay) else outcome

    @property
    def last_sent(self) -> Request:
        return self.received[-1]


@dataclass
class RecordingObjects:
    """An object store in memory."""

    script: Script
    inner: dict[str, bytes]

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        raw = b"".join([piece async for piece in pieces])
        self.script.effect("put")
        self.inner[name] = raw

    async def read(self, name: str) -> AsyncIterator[bytes]:
        yield self.inner[name]

    async def delete(self, names: Sequence[str]) -> None:
        for name in names:
            self.inner.pop(name, None)

    async def names(self) -> AsyncIterator[tuple[str, int]]:
        for name in self.inner:
            yield name, 0

    async def aclose(self) -> None:
        """Memory is not closed."""


class NoExtractor:
    async def texts(self, media_type: str, body: bytes) -> tuple[str, ...] | None:
        return None

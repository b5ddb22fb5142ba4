"""Where the time of one request goes: the exchange in one process, one request at a time, its stages timed from inside.

Every stage is a function or a port of the gateway, replaced by one that notes how long it ran, less the stages it
called itself. Vault and upstream are the real ones, so `keep` holds a whole commit and `forward` a whole hop.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from inspect import iscoroutinefunction
from operator import attrgetter
from pathlib import Path
from statistics import median
from typing import ParamSpec, TypeVar

from gateway.adapters.sink_memory import MemorySink
from gateway.model.message import Reply, Request
from gateway.ruleset.load import load
from gateway.settings import Settings
from gateway.wiring import running
from tests.load.client import numbers
from tests.load.gateway import rules_file
from tests.load.people import body, person

P = ParamSpec("P")
R = TypeVar("R")

STAGES = {
    "decode": ("gateway.core.reading", "decode_request"),
    "classify": ("gateway.core.reading", "classify"),
    "find tokens": ("gateway.core.reading", "tokens_in"),
    "blind": ("gateway.service.recall", "identify"),
    "recall": ("gateway.adapters.vault_sqlite.vault", "SqliteVault.recall"),
    "locate": ("gateway.core.judge", "locate"),
    "decide": ("gateway.core.judge", "decide"),
    "plan": ("gateway.service.exchange", "make_plan"),
    "seal": ("gateway.service.collect", "enclose"),
    "keep": ("gateway.adapters.vault_sqlite.vault", "SqliteVault.keep"),
    "apply": ("gateway.service.exchange", "apply"),
    "encode": ("gateway.service.exchange", "encode_request"),
    "prove": ("gateway.service.proved", "prove"),
    "forward": ("gateway.adapters.upstream.http11", "Http11Upstream.send"),
    "decode the reply": ("gateway.service.exchange", "decode_reply"),
    "reveal": ("gateway.service.exchange", "disclose"),
    "settle": ("gateway.service.exchange", "settle"),
}
"""Each by the module that calls it, or the class whose method it is, in the order of a request."""

WARM_UP = 50


@dataclass(slots=True)
class Watch:
    """Microseconds of each stage, a sum a request; what nested stages took is taken off the outer one."""

    requests: list[dict[str, float]] = field(default_factory=list)
    inner: list[float] = field(default_factory=list)

    def begin(self) -> None:
        """A new request."""
        self.requests.append({})
        self.inner = [0.0]

    @contextmanager
    def timing(self, stage: str) -> Iterator[None]:
        self.inner.append(0.0)
        began = time.perf_counter()
        try:
            yield
        finally:
            took = (time.perf_counter() - began) * 1e6
            spent = self.requests[-1]
            spent[stage] = spent.get(stage, 0.0) + took - self.inner.pop()
            self.inner[-1] += took

    def timed(self, stage: str, function: Callable[P, R]) -> Callable[P, R]:
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.timing(stage):
                return function(*args, **kwargs)

        return call

    def awaited(self, stage: str, function: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        async def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.timing(stage):
                return await function(*args, **kwargs)

        return call

    def medians(self) -> dict[str, float]:
        """Microseconds of each stage in the order of a request, then of all that is no stage."""
        warm = self.requests[WARM_UP:] or self.requests
        return {stage: median(request.get(stage, 0.0) for request in warm) for stage in (*STAGES, "the rest")}


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """The stages replaced by timed ones for a while."""
    with ExitStack() as stack:
        for stage, (module, dotted) in STAGES.items():
            path, _, name = dotted.rpartition(".")
            owner = attrgetter(path)(import_module(module)) if path else import_module(module)
            original = getattr(owner, name)
            wrap = watch.awaited if iscoroutinefunction(original) else watch.timed
            setattr(owner, name, wrap(stage, original))
            stack.callback(setattr, owner, name, original)
        yield


async def stage_costs(folder: Path, upstream: str, requests: int) -> dict[str, float]:
    """Medians over requests about fresh and returning people, one after another."""
    settings = Settings.model_validate({"state_dir": folder, "listen": {"port": 0}, "admin": {"port": 0}})
    watch = Watch()
    async with running(load([rules_file(folder, upstream)]), settings, MemorySink()) as gateway:
        with watching(watch):
            for _, number in zip(range(requests + WARM_UP), numbers(900_000), strict=False):
                sent = _request(number)
                watch.begin()
                with watch.timing("the rest"):
                    reply = await gateway.exchange.handle(sent, request_id="bench")
                assert isinstance(reply, Reply), reply
                assert reply.body == sent.body
    return watch.medians()


def _request(number: int) -> Request:
    message = body(number, person(number))
    headers = (("Host", "bench"), ("Content-Type", "application/json"), ("Content-Length", str(len(message))))
    return Request("POST", "/api/customers", headers, message, peer="127.0.0.1")


def stage_table(costs: dict[str, float], columns: Sequence[str] = ("stage", "us", "share")) -> str:
    """A Markdown table with the sum in its last row."""
    whole = sum(costs.values())
    rows = [(stage, f"{cost:,.0f}", f"{cost / whole:.0%}") for stage, cost in costs.items()]
    lines = [columns, tuple("---" for _ in columns), *rows, ("one request", f"{whole:,.0f}", "100%")]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)

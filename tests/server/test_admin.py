"""What the admin listener says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.adapters.sink_counters import CountingSink
from gateway.model.errors import WorldError
from gateway.model.names import Digest, Region
from gateway.model.rules import ResidenceSpec, Ruleset
from gateway.server.admin import Admin, OneGateway, Probe
from tests.server.wire import body, lines, talk

RULES = Ruleset(Digest("00ff"), ("rules/ru.yaml",), {}, ResidenceSpec((), (), Region("ru")), {}, (), (), {})


async def fine() -> None:
    pass


async def down() -> None:
    raise WorldError("GW-V101", "vault '/srv/ru.db' is locked")


async def stuck() -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def listening(admin: Admin) -> AsyncIterator[int]:
    server = admin.server()
    listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await server.shutdown(1)
        await listener.wait_closed()


def an_admin(sink: CountingSink | None = None, **probes: Probe) -> Admin:
    return Admin(OneGateway(probes, sink or CountingSink(), lambda: RULES))


async def asked(admin: Admin, path: str, method: str = "GET") -> tuple[str, str]:
    async with listening(admin) as port:
        wire = await talk(port, f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    return lines(wire)[0].decode()[9:12], body(wire).decode()


async def test_it_is_alive_while_it_answers() -> None:
    assert (await asked(an_admin(vault=down), "/live"))[0] == "200"


async def test_it_is_ready_when_everything_a_request_needs_is_there() -> None:
    status, text = await asked(an_admin(vault=fine, keys=fine), "/ready")
    assert (status, json.loads(text)) == ("200", {"ready": True, "checks": {"vault": "ok", "keys": "ok"}})


async def test_it_is_not_ready_while_something_is_down_and_says_what_by_code() -> None:
    status, text = await asked(an_admin(vault=down, keys=fine), "/ready")
    assert (status, json.loads(text)["checks"], "/srv" in text) == ("503", {"vault": "GW-V101", "keys": "ok"}, False)


async def test_probe_that_hangs_does_not_hang_the_answer() -> None:
    status, text = await asked(
        Admin(OneGateway({"vault": stuck}, CountingSink(), lambda: RULES, probe_s=0.01)), "/ready"
    )
    assert (status, json.loads(text)["checks"]) == ("503", {"vault": "too slow"})


async def test_it_is_alive_but_not_ready_while_it_drains() -> None:
    admin = an_admin(vault=fine)
    admin.drain()
    assert ((await asked(admin, "/ready"))[0], (await asked(admin, "/live"))[0]) == ("503", "200")


async def test_rules_in_force_are_named_by_digest_and_files() -> None:
    assert json.loads((await asked(an_admin(), "/rules"))[1]) == {
        "digest": "00ff",
        "files": ["rules/ru.yaml"],
        "mode": "enforce",
        "routes": [],
    }


async def test_metrics_are_in_prometheus_text_form() -> None:
    sink = CountingSink()
    for status in (200, 200, 503):
        sink.emit("exchange", request="00ff", route="register", destination="crm", status=status, kept=1, restored=2)
    sink.emit("refused", code="GW-C004", status=413, request="00ff")
    sink.emit("unheard-of", email="anna@example.org")
    assert (await asked(an_admin(sink), "/metrics"))[1] == (
        "# TYPE pii_gateway_exchange_total counter\n"
        'pii_gateway_exchange_total{route="register",destination="crm",status="200"} 2\n'
        'pii_gateway_exchange_total{route="register",destination="crm",status="503"} 1\n'
        "# TYPE pii_gateway_kept_total counter\n"
        'pii_gateway_kept_total{route="register"} 3\n'
        "# TYPE pii_gateway_refused_total counter\n"
        'pii_gateway_refused_total{code="GW-C004",status="413"} 1\n'
        "# TYPE pii_gateway_restored_total counter\n"
        'pii_gateway_restored_total{route="register"} 6\n'
        "# TYPE pii_gateway_unheard_of_total counter\n"
        "pii_gateway_unheard_of_total 1\n"
    )


async def test_actions_are_counted_by_route() -> None:
    sink = CountingSink()
    sink.emit("exchange", route="r", destination="crm", status=200, n_tokenize=3, n_drop=1)
    assert 'pii_gateway_actions_total{route="r",action="tokenize"} 3\n' in sink.render()


async def test_metrics_do_not_grow_without_bound() -> None:
    sink = CountingSink(most_series=2)
    for code in range(5):
        sink.emit("refused", code=f"GW-C{code:03}", status=400)
    assert "pii_gateway_uncounted_series_total 3\n" in sink.render()


async def test_label_is_escaped() -> None:
    sink = CountingSink()
    sink.emit("reveal_failed", code='a"b\\c\nd')
    assert r'code="a\"b\\c\nd"' in sink.render()


async def test_unknown_path_lists_the_known_ones() -> None:
    status, text = await asked(an_admin(), "/x")
    assert (status, json.loads(text)["paths"]) == ("404", ["/live", "/ready", "/metrics", "/rules", "/jwks"])


async def test_nothing_can_be_changed_here() -> None:
    assert (await asked(an_admin(), "/ready", "POST"))[0] == "405"

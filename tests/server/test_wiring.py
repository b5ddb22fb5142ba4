"""Rules and settings become a gateway that serves, reloads, drains and closes."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from gateway.adapters.sink_memory import MemorySink
from gateway.core.detect.catalog import scanner
from gateway.model.errors import GatewayError, RulesError
from gateway.ruleset.load import load as load_rules
from gateway.settings import Settings
from gateway.settings import load as load_settings
from gateway.wiring import Gateway, running
from tests.contracts.upstream.server import OK, Behaviour, Peer, certify, destination
from tests.server.certificates import server_files
from tests.server.mmdb import write_mmdb
from tests.server.scene import REGISTRATION, post, write_rules
from tests.server.wire import body, client, head_of, lines, talk


def settings_in(folder: Path, more: Mapping[str, object]) -> Settings:
    return load_settings(None, {}, {"state_dir": str(folder), "listen.port": 0, "admin.port": 0, **more})


@asynccontextmanager
async def a_gateway(
    folder: Path,
    upstream: str = "http://127.0.0.1:9",
    more: Mapping[str, object] = MappingProxyType({}),
    sink: MemorySink | None = None,
) -> AsyncIterator[Gateway]:
    ruleset = load_rules([write_rules(folder, upstream)])
    async with running(ruleset, settings_in(folder, more), sink or MemorySink()) as gateway:
        yield gateway


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


async def ask(address: str, path: str) -> tuple[bytes, dict[str, object]]:
    wire = await talk(port_of(address), f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
    return lines(wire)[0][9:12], json.loads(body(wire))


def echoing(requests: list[bytes]) -> Behaviour:
    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            requests.append(request)
            content = request.partition(b"\r\n\r\n")[2]
            head = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            await peer.send(head % len(content) + content)

    return behave


async def test_russian_registration_goes_abroad_as_tokens_and_comes_back_as_it_was(tmp_path: Path) -> None:
    requests: list[bytes] = []
    async with destination(echoing(requests)) as crm, a_gateway(tmp_path, crm.url) as gateway:
        wire = await talk(port_of(gateway.address), post())
    assert (b"anna" in requests[0], body(wire)) == (False, REGISTRATION)


@pytest.mark.parametrize("upstream_client", ["http11", "session"])
async def test_either_client_reaches_the_destination(tmp_path: Path, upstream_client: str) -> None:
    async def behave(peer: Peer) -> None:
        while await peer.request():
            await peer.send(OK)

    async with (
        destination(behave) as crm,
        a_gateway(tmp_path, crm.url, {"upstream.client": upstream_client}) as gateway,
    ):
        wire = await talk(port_of(gateway.address), post())
    assert body(wire) == b"hello"


async def test_it_is_ready_when_stores_answer(tmp_path: Path) -> None:
    async with a_gateway(tmp_path) as gateway:
        status, told = await ask(gateway.admin_address, "/ready")
    assert (status, told["checks"]) == (b"200", {"vault ru": "ok", "keys ru": "ok", "ledger": "ok"})


async def test_it_is_not_ready_and_forwards_nothing_while_the_vault_is_away_and_recovers_by_itself(
    tmp_path: Path,
) -> None:
    requests: list[bytes] = []
    async with destination(echoing(requests)) as crm, a_gateway(tmp_path, crm.url) as gateway:
        home = tmp_path / "home"
        for path in home.glob("ru.db*"):
            path.rename(path.with_suffix(path.suffix + ".away"))
        refused = await talk(port_of(gateway.address), post())
        away, _ = await ask(gateway.admin_address, "/ready")
        assert (lines(refused)[0][9:12], b"Retry-After" in refused, away, requests) == (b"503", True, b"503", [])
        for path in home.glob("ru.db*.away"):
            path.rename(path.with_suffix(""))
        again = await talk(port_of(gateway.address), post())
        back, _ = await ask(gateway.admin_address, "/ready")
    assert (lines(again)[0][9:12], back) == (b"201", b"200")


async def test_counts_are_on_the_admin_listener(tmp_path: Path) -> None:
    async with a_gateway(tmp_path) as gateway:
        await talk(port_of(gateway.address), b"GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        wire = await talk(
            port_of(gateway.admin_address), b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        )
    assert b'pii_gateway_refused_total{code="GW-X404",status="404"} 1' in wire


async def test_keys_and_vault_survive_a_restart(tmp_path: Path) -> None:
    requests: list[bytes] = []
    async with destination(echoing(requests)) as crm:
        for _ in range(2):
            async with a_gateway(tmp_path, crm.url) as gateway:
                while b"503" in lines(await talk(port_of(gateway.address), post()))[0]:
                    pass  # the machine stood still: stores are waited for no longer than two seconds
    first, second = (request.partition(b"\r\n\r\n")[2] for request in requests)
    assert first == second


async def test_request_under_way_finishes_before_the_stores_close(tmp_path: Path) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow(peer: Peer) -> None:
        await peer.request()
        arrived.set()
        await go_on.wait()
        await peer.send(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok")

    async with destination(slow) as crm, asyncio.TaskGroup() as tasks:
        leave = asyncio.Event()
        opened: asyncio.Future[Gateway] = asyncio.get_running_loop().create_future()

        async def serve() -> None:
            async with a_gateway(tmp_path, crm.url) as gateway:
                opened.set_result(gateway)
                await leave.wait()

        serving = tasks.create_task(serve())
        gateway = await opened
        asked = tasks.create_task(talk(port_of(gateway.address), post()))
        await arrived.wait()
        leave.set()
        while not await refuses(port_of(gateway.address)):
            pass
        status, told = await ask(gateway.admin_address, "/ready")
        go_on.set()
        wire = await asked
        await serving
    assert (status, told["checks"]) == (
        b"503",
        {"vault ru": "ok", "keys ru": "ok", "ledger": "ok", "serving": "draining"},
    )
    assert body(wire) == b"ok"


async def refuses(port: int) -> bool:
    try:
        async with client(port):
            return False
    except OSError:
        return True


async def test_request_that_outlasts_the_grace_period_is_cut_off(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    async def deaf(peer: Peer) -> None:
        await peer.request()
        arrived.set()
        await peer.gone()

    sink = MemorySink()
    async with (
        destination(deaf) as crm,
        a_gateway(tmp_path, crm.url, {"shutdown_grace_s": 0.05}, sink) as gateway,
        client(port_of(gateway.address)) as (_, writer),
    ):
        writer.write(post())
        await arrived.wait()
    assert sink.named("cut_off") == [{}]


async def test_rules_are_swapped_while_it_runs(tmp_path: Path) -> None:
    async with a_gateway(tmp_path) as gateway:
        gateway.reload(replace(gateway.rules.current, routes=()))
        wire = await talk(port_of(gateway.address), post())
    assert lines(wire)[0][9:12] == b"404"


async def test_rules_that_need_other_stores_are_not_swapped(tmp_path: Path) -> None:
    async with a_gateway(tmp_path) as gateway:
        with pytest.raises(RulesError, match="GW-S016"):
            gateway.reload(replace(gateway.rules.current, regions={}))
        assert gateway.rules.current.regions


async def test_stale_geoip_file_is_told(tmp_path: Path) -> None:
    sink = MemorySink()
    old = write_mmdb(tmp_path / "geo.mmdb", {"198.51.100.0/24": {"country_code": "DE"}}, built=1)
    async with a_gateway(tmp_path, more={"geoip.files": str(old)}, sink=sink):
        pass
    assert sink.named("geoip_stale")[0]["file"] == str(old)


async def test_clients_may_come_in_over_tls(tmp_path: Path) -> None:
    _, trusting = certify(tmp_path)
    tls = {"listen.tls_cert": str(tmp_path / "cert.pem"), "listen.tls_key": str(tmp_path / "key.pem")}
    async with a_gateway(tmp_path, more=tls) as gateway:
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(gateway.address), ssl=trusting)
        writer.write(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
        assert (await head_of(reader)).startswith(b"HTTP/1.1 404 ")
        writer.close()


async def test_old_tls_is_refused(tmp_path: Path) -> None:
    _, trusting = certify(tmp_path)
    tls = {"listen.tls_cert": str(tmp_path / "cert.pem"), "listen.tls_key": str(tmp_path / "key.pem")}
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        trusting.maximum_version = ssl.TLSVersion.TLSv1_1
    async with a_gateway(tmp_path, more=tls) as gateway:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port_of(gateway.address), ssl=trusting)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"listen.tls_cert": "none.pem", "listen.tls_key": "none.pem"}, "GW-S013"),
        ({"upstream.ca_file": "none.pem"}, "GW-S013"),
        ({"listen.client_ca": "none.pem"}, "GW-S013"),
        ({"geoip.files": "none.mmdb"}, "GW-S012"),
        ({"listen.host": "192.0.2.1"}, "GW-S014"),
    ],
)
async def test_what_cannot_start_says_why_and_leaves_nothing_open(
    tmp_path: Path, more: Mapping[str, object], code: str
) -> None:
    own, _ = server_files(tmp_path)
    with pytest.raises(RulesError) as caught:
        async with a_gateway(tmp_path, more={**own, **more}):
            pass
    assert caught.value.code == code
    async with a_gateway(tmp_path) as gateway:
        assert (await ask(gateway.admin_address, "/ready"))[0] == b"200"


@pytest.mark.parametrize(
    ("vault", "key", "code"),
    [("oracle:x", "file:keys", "GW-S015"), ("sqlite:ru.db", "paper:x", "GW-S015"), ("memory:", "memory:", "")],
)
async def test_stores_are_chosen_by_their_scheme(tmp_path: Path, vault: str, key: str, code: str) -> None:
    ruleset = load_rules([write_rules(tmp_path)])
    regions = {name: replace(spec, vault=vault, key=key) for name, spec in ruleset.regions.items()}
    told = ""
    try:
        async with running(replace(ruleset, regions=regions), settings_in(tmp_path, {}), MemorySink()) as gateway:
            assert (await ask(gateway.admin_address, "/ready"))[0] == b"200"
    except GatewayError as error:
        told = error.code
    assert told == code


async def test_url_that_names_no_server_is_told_at_the_start(tmp_path: Path) -> None:
    ruleset = load_rules([write_rules(tmp_path)])
    bad = {name: replace(to, url="http://127.0.0.1:9001/?q") for name, to in ruleset.destinations.items()}
    with pytest.raises(RulesError, match="GW-U012"):
        async with running(replace(ruleset, destinations=bad), settings_in(tmp_path, {}), MemorySink()):
            pass


async def test_rules_without_a_region_have_nowhere_to_keep_data(tmp_path: Path) -> None:
    ruleset = replace(load_rules([write_rules(tmp_path)]), regions={})
    with pytest.raises(RulesError, match="GW-S017"):
        async with running(ruleset, settings_in(tmp_path, {}), MemorySink()):
            pass


async def test_look_ups_are_not_enforced_over_an_empty_directory(tmp_path: Path) -> None:
    ruleset = load_rules([write_rules(tmp_path, **{"backend: new": "backend: adopted"})])
    with pytest.raises(RulesError, match="GW-S018"):
        async with running(ruleset, settings_in(tmp_path, {}), MemorySink()):
            pass


async def test_look_ups_are_enforced_once_the_directory_knows_people(tmp_path: Path) -> None:
    async with destination(echoing([])) as crm:
        async with a_gateway(tmp_path, crm.url) as gateway:
            await talk(port_of(gateway.address), post())
        ruleset = load_rules([write_rules(tmp_path, crm.url, **{"backend: new": "backend: adopted"})])
        async with running(ruleset, settings_in(tmp_path, {}), MemorySink()) as gateway:
            assert (await ask(gateway.admin_address, "/ready"))[0] == b"200"


async def test_observing_does_not_end_over_an_empty_directory(tmp_path: Path) -> None:
    observing = load_rules([write_rules(tmp_path, **{"backend: new": "mode: observe"})])
    async with running(observing, settings_in(tmp_path, {}), MemorySink()) as gateway:
        with pytest.raises(RulesError, match="GW-S018"):
            gateway.reload(replace(observing, mode="enforce"))
        assert gateway.rules.current.mode == "observe"


async def test_no_client_waits_for_the_detectors_to_be_built(tmp_path: Path) -> None:
    ruleset = load_rules([write_rules(tmp_path)])
    scanner.cache_clear()
    async with running(ruleset, settings_in(tmp_path, {}), MemorySink()):
        assert scanner.cache_info().currsize == 1

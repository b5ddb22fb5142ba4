"""The Root port over every keeper of root keys: files, environment, a SoftHSM token, an OpenBao transit engine."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pkcs11 import Attribute, KeyType

from gateway.adapters.keys_wrapped import Pace, WrappedKeys
from gateway.adapters.root_local import EnvironmentRoot, FileRoot
from gateway.adapters.root_pkcs11 import Pkcs11Root
from gateway.adapters.root_transit import TransitRoot
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.model.errors import RulesError, WorldError
from gateway.model.limits import KeyPace
from gateway.model.names import SubjectId
from gateway.ports import Root
from tests.contracts.people import RU, HandClock
from tests.contracts.roots import PIN, TOKEN, Bao, Hsm, bao, hsm

SECRET, BOUND = b"s" * 32, b"bound to this"
SLOW = [pytest.param("pkcs11", marks=pytest.mark.slow), pytest.param("transit", marks=pytest.mark.slow)]
YEAR_MS = 365 * 86_400_000

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hsm]:
    with hsm(tmp_path_factory.mktemp("hsm")) as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bao]:
    with bao(tmp_path_factory.mktemp("bao")) as made:
        yield made


Maker = Callable[[], Root]


def maker_of(kind: str, request: pytest.FixtureRequest, folder: Path, clock: HandClock) -> Maker:
    """Makes roots of one kind over one key; every call stands for another process."""
    key = f"pii-ru-{next(_numbers)}"
    match kind:
        case "file":
            return lambda: FileRoot(folder / "root", RU, clock)
        case "env":
            return lambda: EnvironmentRoot("ROOT", RU, {"ROOT": "ab" * 32}, clock)
        case "pkcs11":
            at = request.getfixturevalue("token").address(key)
            return lambda: Pkcs11Root(at, RU, {"PIN": PIN}, clock)
        case _:
            at = request.getfixturevalue("server").address(key)
            return lambda: TransitRoot(at, RU, {"TOKEN": TOKEN}, 5.0)


@pytest.fixture(params=["file", "env", *SLOW])
async def root(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncGenerator[Root]:
    """With one generation."""
    made = maker_of(request.param, request, tmp_path, clock)()
    if made.turns:
        await made.turn()
    yield made
    await made.aclose()


@pytest.fixture(params=["file", *SLOW])
async def turning(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncGenerator[Root]:
    """Without a generation yet."""
    made = maker_of(request.param, request, tmp_path, clock)()
    yield made
    await made.aclose()


async def turned(root: Root, clock: HandClock) -> str:
    clock.pass_s(1)
    return await root.turn()


# ----------------------------------------------------------------------------------------------------------- the port


async def test_what_was_wrapped_is_opened(root: Root) -> None:
    generation, wrapped = await root.wrap(SECRET, BOUND)
    assert await root.unwrap(generation, wrapped, BOUND) == SECRET


async def test_what_was_wrapped_tells_nothing(root: Root) -> None:
    (_, one), (_, other) = await root.wrap(SECRET, BOUND), await root.wrap(SECRET, BOUND)
    assert (SECRET[:8] in one, one == other) == (False, False)


async def test_it_opens_only_with_what_it_was_bound_to(root: Root) -> None:
    generation, wrapped = await root.wrap(SECRET, BOUND)
    with pytest.raises(WorldError, match="GW-K109"):
        await root.unwrap(generation, wrapped, b"bound to that")


async def test_it_opens_only_untouched(root: Root) -> None:
    generation, wrapped = await root.wrap(SECRET, BOUND)
    with pytest.raises(WorldError, match="GW-K109"):
        await root.unwrap(generation, wrapped[:-8] + b"AAAAAAAA", BOUND)


async def test_a_generation_that_never_was_opens_nothing(root: Root) -> None:
    _, wrapped = await root.wrap(SECRET, BOUND)
    with pytest.raises(WorldError, match="GW-K109"):
        await root.unwrap("0123456789abcdef", wrapped.replace(b"vault:v1", b"vault:v9"), BOUND)


async def test_its_generation_is_among_those_that_exist(root: Root) -> None:
    generation, _ = await root.wrap(SECRET, BOUND)
    assert list(await root.generations()) == [generation]


async def test_at_first_there_is_no_generation(turning: Root) -> None:
    assert await turning.generations() == {}
    made = await turning.turn()
    assert list(await turning.generations()) == [made]


async def test_the_youngest_generation_wraps_and_the_older_still_opens(turning: Root, clock: HandClock) -> None:
    await turning.turn()
    before = await turning.wrap(SECRET, BOUND)
    younger = await turned(turning, clock)
    assert (await turning.wrap(SECRET, BOUND))[0] == younger != before[0]
    assert await turning.unwrap(*before, BOUND) == SECRET


async def test_a_destroyed_generation_opens_nothing(turning: Root, clock: HandClock) -> None:
    await turning.turn()
    before = await turning.wrap(SECRET, BOUND)
    keep = await turned(turning, clock)
    after = await turning.wrap(SECRET, BOUND)
    younger = await turned(turning, clock)
    assert await turning.destroy_before(clock.now_ms() + YEAR_MS, keep) == 1
    assert sorted(await turning.generations()) == [keep, younger]
    assert await turning.unwrap(*after, BOUND) == SECRET
    with pytest.raises(WorldError, match="GW-K109"):
        await turning.unwrap(*before, BOUND)


async def test_a_generation_that_is_not_old_enough_stays(turning: Root, clock: HandClock) -> None:
    first = await turning.turn()
    keep = await turned(turning, clock)
    made = await turning.generations()
    assert await turning.destroy_before(made[first] - 1, keep) == 0
    assert await turning.generations() == made


@pytest.mark.parametrize("kind", SLOW)
async def test_a_regions_keys_turn_over_a_real_keeper(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock
) -> None:
    make = maker_of(kind, request, tmp_path, clock)
    async with region_keys(tmp_path, clock, make()) as first:
        [key] = await first.fresh(RU, 1)
        clock.pass_s(86_400)
        assert (await first.tend_once()).rewrapped == 8
        async with region_keys(tmp_path, clock, make()) as second:
            opened = await second.open(RU, [SubjectId(key.id)])
            assert opened[SubjectId(key.id)].secret.expose() == key.secret.expose()
            assert first.ring.root_generation == second.ring.root_generation


@asynccontextmanager
async def region_keys(folder: Path, clock: HandClock, root: Root) -> AsyncIterator[WrappedKeys]:
    store = SqliteDataKeys(folder / "ru.data-keys.db", RU, clock=clock)
    store.start()
    pace = Pace(ahead=8, keys=KeyPace())
    keys = WrappedKeys(RU, root=root, store=store, filled=lambda: False, clock=clock, sink=MemorySink(), pace=pace)
    await keys.start()
    yield keys
    await keys.close()
    store.close()


# ----------------------------------------------------------------------------------------------------------- the files


def test_an_environment_without_a_root_key_is_told(clock: HandClock) -> None:
    for text in ("", "ab", "zz" * 32, f"{'ab' * 32} ab"):
        with pytest.raises(WorldError, match="GW-K112"):
            EnvironmentRoot("ROOT", RU, {"ROOT": text}, clock)


async def test_a_root_of_the_environment_is_turned_by_its_owner(clock: HandClock) -> None:
    root = EnvironmentRoot("ROOT", RU, {"ROOT": "ab" * 32}, clock)
    for call in (root.turn(), root.destroy_before(0, "")):
        with pytest.raises(WorldError, match="GW-K117"):
            await call


async def test_a_folder_without_a_root_key_wraps_nothing(tmp_path: Path, clock: HandClock) -> None:
    with pytest.raises(WorldError, match="GW-K104"):
        await FileRoot(tmp_path, RU, clock).wrap(SECRET, BOUND)


async def test_a_destroyed_root_key_file_is_overwritten_first(tmp_path: Path, clock: HandClock) -> None:
    root = FileRoot(tmp_path, RU, clock)
    await root.turn()
    [path] = tmp_path.iterdir()
    linked = tmp_path / "second name"
    linked.hardlink_to(path)
    await root.destroy_before(clock.now_ms(), await turned(root, clock))
    assert (path.exists(), set(linked.read_text())) == (False, {"0"})


# ----------------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("pkcs11:token=home?module-path=/m.so&pin-source=file:/p", "names no object"),
        ("pkcs11:object=k?module-path=/m.so&pin-source=file:/p", "no token"),
        ("pkcs11:token=home;object=k?pin-source=file:/p", "no module-path"),
        ("pkcs11:token=home;object=k?module-path=/m.so", "pin-source"),
        ("pkcs11:token=home;object=k?module-path=/m.so&pin-value=4711", "'pin-value' is not known"),
        ("pkcs11:token=home;object=k;slot-id=3?module-path=/m.so&pin-source=file:/p", "'slot-id' is not known"),
    ],
)
def test_a_pkcs11_address_that_can_not_be_used_is_told_without_a_pin(clock: HandClock, address: str, says: str) -> None:
    with pytest.raises(RulesError, match="GW-K113") as caught:
        Pkcs11Root(address, RU, {}, clock)
    assert (says in str(caught.value), "4711" in str(caught.value)) == (True, False)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("transit:bao.example.org/transit/key", "https://host/mount/key"),
        ("transit:https://bao.example.org", "https://host/mount/key"),
        ("transit:https://somebody:secret@bao.example.org/key", "https://host/mount/key"),
        ("transit:http://bao.example.org:8200/transit/key", "plain http"),
        ("transit:https://bao.example.org/transit/key?tok=env:T", "'tok' is not known"),
        ("transit:https://bao.example.org/transit/key?token=hvs.secret", "neither file:PATH nor env:NAME"),
    ],
)
def test_a_transit_address_that_can_not_be_used_is_told_without_a_token(address: str, says: str) -> None:
    with pytest.raises(RulesError, match="GW-K113") as caught:
        TransitRoot(address, RU, {}, 1.0)
    assert (says in str(caught.value), "secret" in str(caught.value)) == (True, False)


# ------------------------------------------------------------------------------------------------------------- PKCS#11


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "pins", "says"),
    [
        ({"token": "nowhere"}, {"PIN": PIN}, "NoSuchToken"),
        ({"module": "/nowhere.so"}, {"PIN": PIN}, "can't be loaded"),
        ({}, {}, "no PIN in 'env:PIN'"),
        ({"pin": "file:/nowhere/pin"}, {}, "FileNotFoundError"),
    ],
)
async def test_a_token_that_can_not_be_used_is_told(
    token: Hsm, clock: HandClock, changes: dict[str, str], pins: dict[str, str], says: str
) -> None:
    root = Pkcs11Root(token.address("k", **changes), RU, pins, clock)
    with pytest.raises(WorldError, match="GW-K114") as caught:
        await root.generations()
    await root.aclose()
    assert says in str(caught.value)


@pytest.mark.slow
async def test_a_pin_that_was_refused_is_not_tried_again(token: Hsm, clock: HandClock, tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text("0000")
    root = Pkcs11Root(token.address("k", pin=f"file:{pin}"), RU, {}, clock)
    for says in ("PinIncorrect", "not tried again", "not tried again"):
        with pytest.raises(WorldError, match=says):
            await root.generations()
    pin.write_text(PIN)
    assert await root.generations() == {}
    await root.aclose()


@pytest.mark.slow
async def test_two_regions_may_share_a_token(token: Hsm, clock: HandClock) -> None:
    one, other = (Pkcs11Root(token.address(f"share-{n}"), RU, {"PIN": PIN}, clock) for n in range(2))
    await one.turn()
    await other.turn()
    wrapped = await other.wrap(SECRET, BOUND)
    await one.aclose()
    assert await other.unwrap(*wrapped, BOUND) == SECRET
    await other.aclose()


@pytest.mark.slow
async def test_a_root_key_in_a_token_can_not_be_taken_out(token: Hsm, clock: HandClock) -> None:
    root = Pkcs11Root(token.address("stays"), RU, {"PIN": PIN}, clock)
    await root.turn()
    [key] = (await root._line.call(root._objects)).values()
    told = {name: key[name] for name in (Attribute.SENSITIVE, Attribute.EXTRACTABLE)}  # type: ignore[index]  # stubs
    await root.aclose()
    assert told == {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}


@pytest.mark.slow
async def test_keys_of_others_under_the_same_label_are_left_alone(token: Hsm, clock: HandClock) -> None:
    root = Pkcs11Root(token.address("shared"), RU, {"PIN": PIN}, clock)
    await root._line.call(lambda session: session.generate_key(KeyType.AES, 256, id=b"\1", label="shared", store=True))
    assert await root.generations() == {}
    await root.aclose()


# ------------------------------------------------------------------------------------------------------------- transit


@pytest.mark.slow
@pytest.mark.parametrize("tokens", [{"TOKEN": "wrong"}, {}])
async def test_an_engine_that_refuses_is_told_without_the_token(server: Bao, tokens: dict[str, str]) -> None:
    root = TransitRoot(server.address("k"), RU, tokens, 5.0)
    with pytest.raises(WorldError, match="GW-K116") as caught:
        await root.wrap(SECRET, BOUND)
    await root.aclose()
    assert "wrong" not in str(caught.value)


@pytest.mark.slow
async def test_a_token_in_a_file_is_read_anew_for_every_call(server: Bao, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("wrong")
    root = TransitRoot(server.address("renewed", f"token=file:{file}"), RU, {}, 5.0)
    with pytest.raises(WorldError, match="GW-K116"):
        await root.generations()
    file.write_text(f"{TOKEN}\n")
    assert await root.generations() == {}
    await root.aclose()


@pytest.mark.slow
async def test_a_destroyed_version_is_gone_from_the_engine(server: Bao, clock: HandClock) -> None:
    root = TransitRoot(server.address("trimmed"), RU, {"TOKEN": TOKEN}, 5.0)
    await root.turn()
    before = await root.wrap(SECRET, BOUND)
    keep = await root.turn()
    await root.destroy_before(clock.now_ms() + YEAR_MS, keep)
    with pytest.raises(OSError, match="400"):
        server.post("transit/keys/trimmed/config", min_decryption_version=1)
    with pytest.raises(WorldError, match="GW-K109"):
        await root.unwrap(*before, BOUND)
    await root.aclose()


@asynccontextmanager
async def answering(reply: bytes | None) -> AsyncIterator[str]:
    """A server that gives one answer to everybody, or none."""
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        if reply is None:
            await reader.read()
        else:
            writer.write(reply)
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        yield f"transit:http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/transit/key?token=env:TOKEN"
        await asyncio.wait([task for task in serving if task])


def replied(status: str, body: bytes) -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (status.encode(), len(body), body)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (None, "GW-K115"),
        (b"", "GW-K115"),
        (b"no HTTP\r\n\r\n", "GW-K115"),
        (replied("503 Sealed", b'{"errors": ["Vault is sealed"]}'), "GW-K116"),
        (replied("307 Elsewhere", b""), "GW-K116"),
        (replied("200 OK", b"<html>"), "GW-K116"),
        (replied("200 OK", b'{"data": {"ciphertext": "plain"}}'), "GW-K116"),
        (replied("200 OK", b"[]"), "GW-K116"),
    ],
)
async def test_what_is_no_engine_is_told(reply: bytes | None, code: str) -> None:
    async with answering(reply) as address:
        root = TransitRoot(address, RU, {"TOKEN": TOKEN}, 0.2)
        with pytest.raises(WorldError, match=code):
            await root.wrap(SECRET, BOUND)
        await root.aclose()


async def test_a_key_of_another_type_is_told() -> None:
    async with answering(replied("200 OK", b'{"data": {"keys": {"1": {"name": "rsa"}}}}')) as address:
        root = TransitRoot(address, RU, {"TOKEN": TOKEN}, 2.0)
        with pytest.raises(WorldError, match="GW-K116"):
            await root.generations()
        await root.aclose()


async def test_an_engine_that_is_not_there_is_told() -> None:
    root = TransitRoot("transit:http://127.0.0.1:1/transit/key?token=env:TOKEN", RU, {"TOKEN": TOKEN}, 2.0)
    with pytest.raises(WorldError, match="GW-K115"):
        await root.generations()
    await root.aclose()

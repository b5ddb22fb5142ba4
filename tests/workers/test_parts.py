"""The parts of which a parent is made, each by itself."""

from __future__ import annotations

import asyncio
import fcntl
import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.keys_wrapped import WrappedKeys
from gateway.adapters.root_local import FileRoot
from gateway.adapters.secrets_local import LocalSecrets
from gateway.adapters.sink_counters import CountingSink
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.tokens_jwt import JwtTokens
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.adapters.vault_sqlite.turn import Turn
from gateway.cli.cores import usable_cores
from gateway.cli.orders import NewRules, Reading, Said, Start, line, new_rules, said, started
from gateway.model.errors import RulesError, WorldError
from gateway.model.names import Digest, Region
from gateway.model.rules import CredentialsSpec, ResidenceSpec, Ruleset
from gateway.ruleset.load import load
from gateway.ruleset.problems import BadRulesError
from gateway.server.admin import Admin, OneGateway
from gateway.server.binding import bind_path, hold_port
from gateway.server.crew import Crew
from tests.load.paths import ROOT, RULES
from tests.made import destination

# ----------------------------------------------------------------------------------------------------------- the port


def test_a_held_port_leads_no_client_anywhere() -> None:
    held, port = hold_port("127.0.0.1", 0)
    try:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port)).close()
    finally:
        for one in held:
            one.close()


def test_a_held_port_is_shared_by_those_who_say_so() -> None:
    held, port = hold_port("127.0.0.1", 0)
    with listening(port), listening(port):
        for one in held:
            one.close()


def test_nobody_else_gets_a_held_port() -> None:
    held, port = hold_port("127.0.0.1", 0)
    try:
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with pytest.raises(OSError, match="in use"):
                other.bind(("127.0.0.1", port))
        with pytest.raises(RulesError, match="GW-S014"):
            hold_port("127.0.0.1", port)
    finally:
        for one in held:
            one.close()


def test_a_port_that_others_share_already_is_not_joined() -> None:
    with listening() as other, pytest.raises(RulesError, match="GW-S014"):
        hold_port("127.0.0.1", other.getsockname()[1])


def listening(port: int = 0) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    made.listen()
    return made


# ---------------------------------------------------------------------------------------------------------- the cores


@pytest.mark.parametrize(
    ("group", "above", "cores"), [("50000 100000", None, 1), ("max 100000", "50000 100000", 1), (None, "garbage", None)]
)
def test_the_quota_of_a_control_group_or_one_above_it_counts(
    tmp_path: Path, group: str | None, above: str | None, cores: int | None
) -> None:
    inner = tmp_path / "groups" / "service"
    inner.mkdir(parents=True)
    for place, text in ((inner, group), (inner.parent, above)):
        if text is not None:
            (place / "cpu.max").write_text(text + "\n")
    (tmp_path / "own").write_text("0::/service\n")
    assert usable_cores(inner.parent, tmp_path / "own") == (cores or usable_cores(tmp_path, tmp_path / "none"))


# --------------------------------------------------------------------------------------------------------- the orders


@pytest.mark.parametrize("order", [Start(2, "{}", "/run/2.sock", columns=False, texts={"a.yaml": "é"}), NewRules(None)])
def test_an_order_arrives_as_it_was_given(order: Start | NewRules) -> None:
    assert (started if isinstance(order, Start) else new_rules)(line(order)) == order


def test_what_is_no_answer_is_nobodys() -> None:
    assert said(line(Said("kept", rules="00"))) == Said("kept", rules="00")
    assert [said(text) for text in (b"hello\n", b"{}\n", b"[]\n")] == [None, None, None]


def test_rules_that_were_read_once_are_the_same_when_the_disk_has_others(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_bytes(RULES.read_bytes())
    reading = Reading()
    there = load([file], reading)
    file.write_text("version: 7\n")
    again = load(list(reading.texts), Reading(reading.texts))
    assert again == there


def test_a_text_that_was_not_given_is_a_file_that_is_not_there() -> None:
    with pytest.raises(BadRulesError, match="GW-R100"):
        load(["none.yaml"], Reading({}))


# ----------------------------------------------------------------------------------------------------- what they tell


def rules_of(digest: str, key: str = "") -> Ruleset:
    crm = destination(credentials=CredentialsSpec(key=key)) if key else destination()
    return Ruleset(Digest(digest), (), {}, ResidenceSpec((), (), Region("ru")), {crm.name: crm}, (), (), {})


def a_key(path: Path) -> Path:
    path.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


async def locked() -> None:
    raise WorldError("GW-V101", "vault is locked")


@asynccontextmanager
async def answering(
    path: Path, digest: str, counts: int, *, broken: bool = False, keys: Path | None = None
) -> AsyncIterator[None]:
    """A worker's admin listener; ``keys``: the file whose key it signs by."""
    sink = CountingSink()
    for _ in range(counts):
        sink.emit("refused", code="GW-C004", status=413)
    tokens = JwtTokens(LocalSecrets({})) if keys else None
    ruleset = rules_of(digest, f"file:{keys}" if keys else "")
    made = Admin(OneGateway({"vault ru": locked} if broken else {}, sink, lambda: ruleset, tokens=tokens)).server()
    server = await bind_path(made, path)
    try:
        yield
    finally:
        server.close()
        await made.shutdown(1)


async def test_counts_are_summed(tmp_path: Path) -> None:
    crew = Crew({1: tmp_path / "1", 2: tmp_path / "2"}, CountingSink())
    async with answering(tmp_path / "1", "00", 2), answering(tmp_path / "2", "00", 3):
        text = await crew.metrics()
    assert text == (
        "# TYPE pii_gateway_refused_total counter\n"
        'pii_gateway_refused_total{code="GW-C004",status="413"} 5\n'
        "# TYPE pii_gateway_workers gauge\npii_gateway_workers 2\n"
    )


async def test_counts_never_fall_when_a_worker_ends_and_another_begins(tmp_path: Path) -> None:
    crew = Crew({1: tmp_path / "1"}, CountingSink())
    async with answering(tmp_path / "1", "00", 2):
        await crew.metrics()
    assert '413"} 2\n' in await crew.metrics()
    crew.ended(1)
    async with answering(tmp_path / "1", "00", 1):
        assert '413"} 3\n' in await crew.metrics()


async def test_what_is_wrong_is_told_by_worker(tmp_path: Path) -> None:
    crew = Crew({number: tmp_path / str(number) for number in (1, 2, 3)}, CountingSink())
    async with answering(tmp_path / "1", "00", 0), answering(tmp_path / "2", "00", 0, broken=True):
        found = await crew.checks()
    assert found == {"worker 1": "ok", "worker 2": "vault ru GW-V101", "worker 3": "no answer"}


async def test_rules_that_differ_are_told(tmp_path: Path) -> None:
    crew = Crew({1: tmp_path / "1", 2: tmp_path / "2"}, CountingSink())
    async with answering(tmp_path / "1", "00", 0), answering(tmp_path / "2", "ff", 0):
        found = await crew.rules()
    assert (found["digest"], found["differ"], found["workers"]) == ("00", True, {"worker 1": "00", "worker 2": "ff"})


async def published(crew: Crew) -> list[str]:
    told = (await crew.jwks())["keys"]
    assert isinstance(told, list)
    return [key["x"] for key in told]


async def test_the_keys_of_all_workers_are_told_each_once(tmp_path: Path) -> None:
    first, second = a_key(tmp_path / "a.pem"), a_key(tmp_path / "b.pem")
    crew = Crew({number: tmp_path / str(number) for number in (1, 2, 3)}, CountingSink())
    async with answering(tmp_path / "1", "00", 0, keys=first), answering(tmp_path / "2", "00", 0, keys=first):
        (one,) = await published(crew)
        async with answering(tmp_path / "3", "00", 0, keys=second):
            told = await published(crew)
    assert (len(told), told[0]) == (2, one)
    token = JwtTokens(LocalSecrets({})).signed({"sub": "1"}, f"file:{second}")
    key = jwt.PyJWK({"kty": "OKP", "crv": "Ed25519", "x": told[1]})
    assert jwt.decode(token, key, algorithms=["EdDSA"]) == {"sub": "1"}


async def test_a_worker_that_cannot_read_its_key_hides_no_others(tmp_path: Path) -> None:
    key = a_key(tmp_path / "a.pem")
    crew = Crew({1: tmp_path / "1", 2: tmp_path / "2"}, CountingSink())
    async with (
        answering(tmp_path / "1", "00", 0, keys=tmp_path / "none.pem"),
        answering(tmp_path / "2", "00", 0, keys=key),
    ):
        assert len(await published(crew)) == 1


async def test_who_asks_for_keys_that_no_worker_can_read_is_not_told_that_there_are_none(tmp_path: Path) -> None:
    crew = Crew({1: tmp_path / "1", 2: tmp_path / "2"}, CountingSink())
    async with answering(tmp_path / "1", "00", 0, keys=tmp_path / "none.pem"):
        with pytest.raises(WorldError, match="GW-S030"):
            await crew.jwks()
    with pytest.raises(WorldError, match="GW-S030"):
        await crew.jwks()


async def test_workers_that_sign_by_no_key_tell_of_none(tmp_path: Path) -> None:
    crew = Crew({1: tmp_path / "1"}, CountingSink())
    async with answering(tmp_path / "1", "00", 0):
        assert await crew.jwks() == {"keys": []}


# ----------------------------------------------------------------------------------------------------------- the turn


def test_who_has_just_written_writes_again_only_after_whoever_waited(tmp_path: Path) -> None:
    order: list[str] = []
    turn, others = Turn(tmp_path / "a.db"), Turn(tmp_path / "a.db")

    def other() -> None:
        with others.taken():
            order.append("other")

    with turn.taken():
        thread = threading.Thread(target=other)
        thread.start()
        while not is_locked(tmp_path / "a.db-queue"):
            pass
    with turn.taken():
        order.append("first again")
    thread.join()
    turn.close()
    others.close()
    assert order == ["other", "first again"]


def is_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_a_turn_is_given_up_with_the_process(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from gateway.adapters.vault_sqlite.turn import Turn\n"
        "with Turn(Path(sys.argv[1])).taken(): print('has it', flush=True); os.kill(os.getpid(), 9)"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path / "a"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"has it\n"
    turn = Turn(tmp_path / "a")
    with turn.taken():
        pass
    turn.close()


@pytest.mark.parametrize("missing", ["a.db-queue", "a.db-turn"])
def test_where_there_is_no_place_for_turns_writers_go_on_without(tmp_path: Path, missing: str) -> None:
    (tmp_path / missing).mkdir()
    with Turn(tmp_path / "a.db").taken():
        pass


@contextmanager
def writers(folder: Path, processes: int) -> Iterator[list[dict[str, int]]]:
    """What each has done in three seconds; they still have the vault open inside the block."""
    command = [sys.executable, "-m", "tests.workers.writer", str(folder), "3"]
    pipe = subprocess.PIPE
    with ExitStack() as stack:
        them = [
            stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT))
            for _ in range(processes)
        ]
        for one in them:
            assert said_by(one) == "ready\n"
        for one in them:
            print(file=one.stdin, flush=True)
        yield [json.loads(said_by(one)) for one in them]
        for one in them:
            one.communicate("\n")


def said_by(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@pytest.mark.slow
def test_processes_that_write_without_a_break_have_equal_shares_and_none_is_refused(tmp_path: Path) -> None:
    with writers(tmp_path, 4) as told:
        kept = [one["kept"] for one in told]
    assert [one["refused"] for one in told] == [0, 0, 0, 0]
    assert min(kept) > max(kept) / 2


@pytest.mark.slow
def test_the_log_stays_short_while_two_processes_write_without_a_break(tmp_path: Path) -> None:
    with writers(tmp_path, 2) as told:
        size = (tmp_path / "ru.db-wal").stat().st_size
    assert size < 32 * 2**20, told


# ----------------------------------------------------------------------------------------------------------- the keys


def keys_in(folder: Path, filled: Callable[[], bool]) -> WrappedKeys:
    store = SqliteDataKeys(folder / "keys.db", Region("ru"), clock=SystemClock())
    store.start()
    root, clock = FileRoot(folder / "root", Region("ru"), SystemClock()), SystemClock()
    return WrappedKeys(Region("ru"), root=root, store=store, filled=filled, clock=clock, sink=MemorySink())


async def test_keys_that_another_process_made_in_the_meantime_are_taken_over(tmp_path: Path) -> None:
    first = keys_in(tmp_path, lambda: False)

    def another_is_faster() -> bool:
        thread = threading.Thread(target=lambda: asyncio.run(first.start()))
        thread.start()
        thread.join()
        return False

    second = keys_in(tmp_path, another_is_faster)
    await second.start()
    mine, others = await second.region_keys(Region("ru")), await first.region_keys(Region("ru"))
    assert mine.index.expose() == others.index.expose()
    await second.close()

"""Keys that turn while they are used, and what that means for copies of vault and key store."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.adapters.keys_wrapped import Pace, WrappedKeys, Wrapping
from gateway.adapters.root_local import EnvironmentRoot, FileRoot
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_sqlite import SqliteDataKeys, SqliteVault
from gateway.core.encrypted import EncryptedField, decrypted, encrypted
from gateway.core.seal import SealedField, open_record, seal_record
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Fetch, SealedRecord
from gateway.model.limits import KeyPace
from gateway.model.names import Kind, RecordId, SubjectId
from gateway.model.secret import DataKey
from gateway.ports import Clock, Root
from tests.contracts.people import CRM, PHONE, RU, HandClock, keep, phone, phone_name, record, ref_of

DAY_S = 86_400
FEW = Pace(ahead=8)


class House:
    """A provider with its store over a root, as one process has them."""

    def __init__(self, folder: Path, clock: Clock, *, root: Root | None = None, pace: Pace = FEW) -> None:
        self.folder = folder
        self.clock = clock
        self.sink = MemorySink()
        self.store = SqliteDataKeys(folder / "ru.data-keys.db", RU, clock=clock)
        self.root = root or FileRoot(folder / "root", RU, clock)
        self.keys = WrappedKeys(
            RU, root=self.root, store=self.store, filled=lambda: False, clock=clock, sink=self.sink, pace=pace
        )

    async def start(self) -> House:
        self.store.start()
        await self.keys.start()
        return self

    async def close(self) -> None:
        await self.keys.close()
        self.store.close()

    @property
    def epochs(self) -> list[str]:
        return sorted(self.keys.ring.keys.lines["epoch"])


Opener = Callable[..., House]


@pytest.fixture
async def opened(tmp_path: Path, clock: HandClock) -> AsyncGenerator[Opener]:
    """Makes houses, and closes them at the end."""
    made: list[House] = []

    def make(**more: object) -> House:
        made.append(House(tmp_path, clock, **more))  # type: ignore[arg-type]  # of House's own parameters
        return made[-1]

    yield make
    for one in reversed(made):
        await one.close()


@pytest.fixture
async def house(opened: Opener) -> House:
    return await opened().start()


async def a_person(house: House) -> SubjectId:
    [key] = await house.keys.fresh(RU, 1)
    return SubjectId(key.id)


async def secret_of(house: House, who: SubjectId) -> bytes:
    return (await house.keys.open(RU, [who]))[who].secret.expose()


# ------------------------------------------------------------------------------------------------------------- epochs


async def test_an_epoch_lasts_a_day(house: House, clock: HandClock) -> None:
    clock.pass_s(DAY_S - 1)
    assert not (await house.keys.tend_once()).turned
    clock.pass_s(1)
    assert (await house.keys.tend_once()).turned
    assert house.epochs == ["1", "2"]


async def test_an_epoch_lasts_as_long_as_the_settings_say(opened: Opener, clock: HandClock) -> None:
    house = await opened(pace=replace(FEW, keys=KeyPace(epoch_hours=1))).start()
    clock.pass_s(3600)
    assert (await house.keys.tend_once()).turned


async def test_a_new_epoch_wraps_every_data_key_anew(house: House, clock: HandClock) -> None:
    who = await a_person(house)
    before = await secret_of(house, who)
    clock.pass_s(DAY_S)
    assert (await house.keys.tend_once()).rewrapped == 8
    house.keys._opened.clear()
    assert (house.store.versions(), await secret_of(house, who)) == ({"2": 8}, before)


async def test_a_new_epoch_has_a_root_key_of_its_own(house: House, clock: HandClock) -> None:
    old = house.keys.ring.root_generation
    clock.pass_s(DAY_S)
    await house.keys.tend_once()
    assert sorted(await house.root.generations()) == [old, house.keys.ring.root_generation]


async def test_a_root_that_is_not_to_turn_stays(opened: Opener, clock: HandClock) -> None:
    house = await opened(pace=replace(FEW, keys=KeyPace(turn_root=False))).start()
    clock.pass_s(DAY_S)
    await house.keys.tend_once()
    assert (house.epochs, len(await house.root.generations())) == (["1", "2"], 1)


async def test_a_root_key_that_a_stopped_process_left_unused_is_used(house: House, clock: HandClock) -> None:
    clock.pass_s(DAY_S)
    left = await house.root.turn()
    await house.keys.tend_once()
    assert (house.keys.ring.root_generation, len(await house.root.generations())) == (left, 2)


async def test_wrapping_anew_goes_on_where_a_stopped_process_left_it(house: House, opened: Opener) -> None:
    await house.keys.tending.grow("epoch")
    wrapping = Wrapping(house.keys.ring.keys, RU, house.clock)
    house.store.rewrap(wrapping.renewed(house.store.stale("2", SubjectId(""), 3)))
    assert house.store.versions() == {"1": 5, "2": 3}
    other = await opened().start()
    assert (await other.keys.tending.rewrap(), other.store.versions()) == (5, {"2": 16})


async def test_an_erased_data_key_does_not_come_back_by_wrapping_anew(house: House) -> None:
    who = await a_person(house)
    await house.keys.tending.grow("epoch")
    wrapping = Wrapping(house.keys.ring.keys, RU, house.clock)
    rows = wrapping.renewed(house.store.stale("2", SubjectId(""), 100))
    await house.keys.erase(RU, [who])
    assert (house.store.rewrap(rows), await house.keys.open(RU, [who])) == (7, {})


async def test_a_data_key_that_does_not_open_stops_nobody_elses(house: House, clock: HandClock) -> None:
    house.store.add([(SubjectId("ff" * 14), "1", b"damaged" * 9)])
    clock.pass_s(DAY_S)
    assert (await house.keys.tend_once()).rewrapped == 8


async def test_only_one_process_at_a_time_wraps_anew(house: House, opened: Opener, clock: HandClock) -> None:
    other = await opened().start()
    clock.pass_s(DAY_S)
    assert house.store.lease("somebody", clock.now_ms(), 30_000)
    assert [(await one.keys.tend_once()).turned for one in (house, other)] == [False, False]
    clock.pass_s(30)
    assert [(await one.keys.tend_once()).turned for one in (house, other)] == [True, False]
    assert (house.epochs, other.epochs) == (["1", "2"], ["1", "2"])


async def test_processes_that_turn_at_once_turn_once(house: House, opened: Opener) -> None:
    other = await opened().start()
    done = await asyncio.gather(house.keys.tending.turn_epoch(), other.keys.tending.turn_epoch())
    await house.keys.ring.follow()
    assert (sorted(done), house.epochs, other.epochs) == ([False, True], ["1", "2"], ["1", "2"])


async def test_a_data_key_of_an_epoch_that_another_process_began_opens(house: House, opened: Opener) -> None:
    other = await opened().start()
    await other.keys.tending.grow("epoch")
    [key] = Wrapping(other.keys.ring.keys, RU, other.clock).make(1)
    other.store.add([key[1]])
    assert await secret_of(house, SubjectId(key[0].id)) == key[0].secret.expose()


# ----------------------------------------------------------------------------------------------------- other keys turn


async def test_a_running_gateway_notices_a_new_version_within_a_second(house: House, opened: Opener) -> None:
    other = await opened().start()
    task = asyncio.ensure_future(house.keys.tend())
    assert await other.keys.tending.grow("field")
    async with asyncio.timeout(1):
        while (await house.keys.region_keys(RU)).version != "2":
            await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task])


async def test_what_an_old_field_key_sealed_still_opens(house: House) -> None:
    field = EncryptedField(Kind("email"), SubjectId(""), "anna@example.org")
    text = encrypted(field, await house.keys.region_keys(RU), CRM, b"n" * 12)
    for _ in range(2):
        await house.keys.tending.grow("field")
    keys = await house.keys.region_keys(RU)
    assert (keys.version, decrypted(text, keys, CRM)) == ("3", field)


async def test_a_new_field_key_seals_from_now_on(house: House) -> None:
    before = await house.keys.region_keys(RU)
    await house.keys.tending.grow("field")
    after = await house.keys.region_keys(RU)
    text = encrypted(EncryptedField(Kind("email"), SubjectId(""), "a"), after, CRM, b"n" * 12)
    assert (decrypted(text, before, CRM), before.index.expose()) == (None, after.index.expose())


async def test_a_new_pseudonym_key_is_in_force_at_once(house: House) -> None:
    before = (await house.keys.region_keys(RU)).pseudonym.expose()
    await house.keys.tending.grow("pseudonym")
    assert (await house.keys.region_keys(RU)).pseudonym.expose() != before


async def test_every_generation_of_the_field_key_is_told_for_the_ledger(house: House) -> None:
    first = await house.keys.region_keys(RU)
    await house.keys.tending.grow("field")
    told = house.keys.ring.keys.generations
    assert [one.version for one in told] == ["1", "2"]
    assert told[0].field.expose() == first.field.expose()


# ------------------------------------------------------------------------------------------------------- what is erased


async def test_epoch_and_root_keys_past_the_grace_period_are_destroyed(house: House, clock: HandClock) -> None:
    first = house.keys.ring.root_generation
    destroyed = []
    for _ in range(14):
        clock.pass_s(DAY_S)
        destroyed.append((await house.keys.tend_once()).destroyed)
    assert destroyed == [0] * 13 + [1]
    assert ("1" in house.epochs, len(house.epochs)) == (False, 14)
    assert (first in await house.root.generations(), len(await house.root.generations())) == (False, 14)


async def test_an_epoch_in_force_is_never_destroyed(house: House, clock: HandClock) -> None:
    clock.pass_s(100 * DAY_S)
    await house.keys.tend_once()
    clock.pass_s(2 * 3600)
    await house.keys.tend_once()
    assert house.epochs == ["2"]
    assert list(await house.root.generations()) == [house.keys.ring.root_generation]


async def test_a_clock_that_jumps_destroys_nothing_that_another_process_still_wraps_by(
    house: House, opened: Opener, clock: HandClock
) -> None:
    late = Wrapping(house.keys.ring.keys, RU, house.clock)
    clock.pass_s(100 * DAY_S)
    await house.keys.tend_once()
    [(key, row)] = late.make(1)
    house.store.add([row])
    assert (await house.keys.tend_once()).destroyed == 0
    clock.pass_s(2 * 3600)
    assert (await house.keys.tend_once()).destroyed == 1
    assert await secret_of(house, SubjectId(key.id)) == key.secret.expose()


async def test_a_root_that_was_destroyed_on_purpose_is_not_healed_from_memory(house: House, clock: HandClock) -> None:
    for path in (house.folder / "root").iterdir():
        path.unlink()
    clock.pass_s(DAY_S)
    with pytest.raises(WorldError, match="GW-K109"):
        await house.keys.tend_once()
    assert (list((house.folder / "root").iterdir()), house.store.serial()) == ([], 1)


async def test_every_key_turns_under_traffic_of_two_processes_without_a_wrong_answer(
    house: House, opened: Opener
) -> None:
    other, operator = await opened().start(), await opened().start()
    known: dict[SubjectId, bytes] = {}
    done = asyncio.Event()
    asked = 0

    async def traffic(one: House, tending: asyncio.Task[None]) -> None:
        nonlocal asked
        while not done.is_set():
            for key in await one.keys.fresh(RU, 3):
                known[SubjectId(key.id)] = key.secret.expose()
            one.keys._opened.clear()
            some = list(known)[-20:]
            answers = await one.keys.open(RU, some)
            assert {who: key.secret.expose() for who, key in answers.items()} == {who: known[who] for who in some}
            asked += len(some)
            await asyncio.sleep(0)
        tending.cancel()

    async with asyncio.TaskGroup() as group:
        for one in (house, other):
            group.create_task(traffic(one, asyncio.ensure_future(one.keys.tend())))
        for line in ("epoch", "field", "epoch", "pseudonym", "epoch"):
            await operator.root.turn()
            while not await operator.keys.tending.grow(line):
                pass
            await operator.keys.tending.rewrap()
        done.set()
    await operator.keys.tending.rewrap()
    assert (asked > 100, set(operator.store.versions())) == (True, {"4"})


async def sealed(house: House, vault: SqliteVault, number: int, key: DataKey, text: str) -> RecordId:
    """A record of one phone number, sealed and kept."""
    made = keep(record(number), SubjectId(key.id), phone(text, number))
    field = SealedField(0, "body.phone", PHONE, text, (phone_name(number),), "phone")
    body = seal_record(key, region=RU, scope=CRM, record=made.record, fields=[field], nonce=b"n" * 12)
    await vault.keep(Batch((replace(made, sealed=body),)))
    return made.record


def copied(database: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(folder / database.name)) as target:
        source.backup(target)
    (folder / database.name).chmod(0o600)


async def read(folder: Path, who: SubjectId, keys: dict[SubjectId, DataKey], clock: Clock) -> str | None:
    """What a vault in a folder tells of somebody with these data keys."""
    vault = SqliteVault(folder / "ru.db", RU, clock=clock, ref_of=ref_of)
    await vault.start()
    fetched = await vault.fetch(Fetch(subjects=(who,), scope=CRM))
    await vault.close()
    [found] = fetched.by_subject[who]
    kept: SealedRecord = fetched.records[found]
    if who not in keys:
        return None
    [field] = open_record(keys[who], region=RU, scope=kept.scope, record=kept.record, sealed=kept.sealed)
    return field.text


async def from_copies(copies: Path, root: Path, who: SubjectId, clock: Clock) -> str | None:
    """What somebody reads who has copies of vault and key store, and every root key that there is now."""
    folder = copies.parent / "thief"
    shutil.copytree(copies, folder)
    shutil.copytree(root, folder / "root")
    house = House(folder, clock)
    house.store.start()
    try:
        await house.keys.ring.reload()
        return await read(folder, who, await house.keys.open(RU, [who]), clock)
    finally:
        await house.close()
        shutil.rmtree(folder)


async def test_after_the_grace_period_no_copy_opens_for_whom_was_erased(tmp_path: Path, clock: HandClock) -> None:
    live, copies = tmp_path / "live", tmp_path / "copies"
    live.mkdir()
    house = await House(live, clock).start()
    vault = SqliteVault(live / "ru.db", RU, clock=clock, ref_of=ref_of)
    await vault.start()
    anna, boris = await house.keys.fresh(RU, 2)
    for number, key in ((1, anna), (2, boris)):
        await sealed(house, vault, number, key, "+7 900 000-00-01")
    for _ in range(3):
        clock.pass_s(DAY_S)
        await house.keys.tend_once()
    for file in (vault.path, house.store.path):
        copied(file, copies)

    assert await house.keys.erase(RU, [SubjectId(anna.id)]) == 1
    assert await from_copies(copies, live / "root", SubjectId(anna.id), clock) == "+7 900 000-00-01"  # a restore works
    for _ in range(14):
        clock.pass_s(DAY_S)
        await house.keys.tend_once()

    with pytest.raises(WorldError, match="GW-K109"):
        await from_copies(copies, live / "root", SubjectId(anna.id), clock)
    stolen = SqliteDataKeys(copies / "ru.data-keys.db", RU, clock=clock)
    stolen.start()
    with pytest.raises(WorldError, match="GW-K105"):
        Wrapping(house.keys.ring.keys, RU, clock).open(stolen.read([SubjectId(anna.id)]))
    stolen.close()
    live_keys = await house.keys.open(RU, [SubjectId(anna.id), SubjectId(boris.id)])
    assert await read(copies, SubjectId(anna.id), live_keys, clock) is None
    assert await read(live, SubjectId(boris.id), live_keys, clock) == "+7 900 000-00-01"
    await vault.close()
    await house.close()


# ---------------------------------------------------------------------------------------------------- the root is away


class AwayRoot(FileRoot):
    """Hangs while it is away, as a network does."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__(folder, RU, clock)
        self.here = asyncio.Event()
        self.here.set()

    async def unwrap(self, generation: str, wrapped: bytes, bound: bytes) -> bytes:
        await self.here.wait()
        return await super().unwrap(generation, wrapped, bound)


IMPATIENT = Pace(ahead=8, keys=KeyPace(root_s=0.05))


@pytest.fixture
async def away(opened: Opener, tmp_path: Path, clock: HandClock) -> House:
    root = AwayRoot(tmp_path / "root", clock)
    house = await opened(root=root, pace=IMPATIENT).start()
    root.here.clear()
    return house


async def test_a_root_that_does_not_answer_is_waited_for_no_longer_than_told(away: House) -> None:
    with pytest.raises(WorldError, match="GW-K110"):
        await away.keys.ready()


async def test_keys_in_use_outlive_their_root_for_an_hour(away: House, clock: HandClock) -> None:
    clock.pass_s(3600)
    assert (await away.keys.region_keys(RU)).version == "1"
    clock.pass_s(1)
    for call in (away.keys.region_keys(RU), away.keys.fresh(RU, 1), away.keys.open(RU, [SubjectId("ff" * 14)])):
        with pytest.raises(WorldError, match="GW-K111"):
            await call


async def test_keys_in_use_do_not_outlive_their_root_by_a_clock_that_went_back(away: House, clock: HandClock) -> None:
    clock.pass_s(-3601)
    with pytest.raises(WorldError, match="GW-K111"):
        await away.keys.region_keys(RU)
    with pytest.raises(WorldError, match="GW-K110"):
        await away.keys.tend_once()


async def test_a_root_that_is_back_needs_no_restart(away: House, clock: HandClock) -> None:
    clock.pass_s(3601)
    assert isinstance(away.root, AwayRoot)
    away.root.here.set()
    await away.keys.ready()
    assert (await away.keys.region_keys(RU)).version == "1"


async def test_a_root_that_is_away_is_told_once(away: House, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.adapters.keys_wrapped.provider._AFTER_A_FAILURE_S", 0.01)
    clock.pass_s(61)
    task = asyncio.ensure_future(away.keys.tend())
    async with asyncio.timeout(2):
        while not away.sink.named("keys_failed"):
            await asyncio.sleep(0.01)
    for _ in range(20):
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])
    assert away.sink.named("keys_failed") == [{"region": "ru", "code": "GW-K110"}]


class WrappingOnly(FileRoot):
    """Wraps for ever, and opens nothing once it is told so: a wrong policy, a wrong attribute of a key."""

    opens = True

    async def unwrap(self, generation: str, wrapped: bytes, bound: bytes) -> bytes:
        return await super().unwrap(generation, wrapped, bound if self.opens else b"other")


async def test_a_root_that_does_not_open_what_it_wraps_changes_nothing(
    opened: Opener, tmp_path: Path, clock: HandClock
) -> None:
    root = WrappingOnly(tmp_path / "root", RU, clock)
    house = await opened(root=root).start()
    root.opens = False
    with pytest.raises(WorldError, match="GW-K109"):
        await house.keys.tending.grow("field")
    assert house.store.serial() == 1


# --------------------------------------------------------------------------------------------------- the owner turns it


async def test_a_root_of_the_environment_is_turned_by_putting_a_key_before_it(opened: Opener, clock: HandClock) -> None:
    def root(text: str) -> EnvironmentRoot:
        return EnvironmentRoot("ROOT", RU, {"ROOT": text}, clock)

    first = await opened(root=root("aa" * 32)).start()
    who = await a_person(first)
    secret = await secret_of(first, who)
    await opened(root=root(f"{'bb' * 32} {'aa' * 32}")).start()
    third = await opened(root=root("bb" * 32)).start()
    assert await secret_of(third, who) == secret
    with pytest.raises(WorldError, match="GW-K109"):
        await opened(root=root("aa" * 32)).start()


async def test_an_epoch_turns_though_its_root_is_turned_by_its_owner(opened: Opener, clock: HandClock) -> None:
    house = await opened(root=EnvironmentRoot("ROOT", RU, {"ROOT": "aa" * 32}, clock)).start()
    for _ in range(14):
        clock.pass_s(DAY_S)
        await house.keys.tend_once()
    assert ("1" in house.epochs, len(house.epochs)) == (False, 14)


# ---------------------------------------------------------------------------------------------------- a store far away


class FarStore(SqliteDataKeys):
    """Answers reads when it is let, as one beyond a network does."""

    remote = True

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(path, RU, clock=clock)
        self.let, self.asked, self.reading = threading.Event(), threading.Event(), threading.Lock()
        self.let.set()

    def read(self, subjects: Sequence[SubjectId]) -> dict[SubjectId, tuple[str, bytes]]:
        with self.reading:
            found = super().read(subjects)
        self.asked.set()
        self.let.wait(10)
        return found

    def generation(self) -> int:
        with self.reading:
            return super().generation()


async def test_a_key_that_is_erased_while_it_is_read_is_not_remembered(tmp_path: Path, clock: HandClock) -> None:
    store = FarStore(tmp_path / "ru.data-keys.db", clock)
    store.start()
    root, sink = FileRoot(tmp_path / "root", RU, clock), MemorySink()
    keys = WrappedKeys(RU, root=root, store=store, filled=lambda: False, clock=clock, sink=sink, pace=FEW)
    await keys.start()
    who = [SubjectId(key.id) for key in await keys.fresh(RU, 1)]
    keys._opened.clear()
    store.let.clear()
    late = asyncio.ensure_future(keys.open(RU, who))
    await asyncio.to_thread(store.asked.wait, 10)
    await keys.erase(RU, who)
    store.let.set()
    assert (list(await late), list(await keys.open(RU, who))) == (who, [])
    await keys.close()
    store.close()


# ------------------------------------------------------------------------------------------------------------- secrets


async def test_a_data_key_that_is_forgotten_is_overwritten(opened: Opener) -> None:
    house = await opened(pace=Pace(ahead=8, cached=1)).start()
    first, second = [SubjectId(key.id) for key in await house.keys.fresh(RU, 2)]
    held = (await house.keys.open(RU, [first]))[first].secret._value
    assert any(held)
    await house.keys.open(RU, [second])
    assert not any(held)

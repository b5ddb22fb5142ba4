"""The KeyProvider port over both adapters, and what the file provider promises beside it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
import threading
from collections.abc import AsyncGenerator, Callable
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import pytest

from gateway.adapters.keys_by_region import KeysByRegion
from gateway.adapters.keys_memory import MemoryKeys
from gateway.adapters.keys_wrapped import Pace, WrappedKeys
from gateway.adapters.root_local import FileRoot
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.model.errors import WorldError
from gateway.model.names import Region, SubjectId
from gateway.model.secret import DataKey
from gateway.ports import Clock, KeyProvider
from tests.contracts.people import ANNA, RU, HandClock

KZ = Region("kz")


class Keys(KeyProvider, Protocol):
    """What wiring and rights use of a provider beside the port."""

    async def ready(self) -> None: ...


class House:
    """A provider over root files, with its store, in one folder."""

    def __init__(self, folder: Path, clock: Clock, *, filled: bool = False, pace: Pace = Pace(ahead=8)) -> None:  # noqa: B008 - frozen
        self.folder = folder
        self.sink = MemorySink()
        self.store = SqliteDataKeys(folder / "ru.data-keys.db", RU, clock=clock)
        self.root = FileRoot(folder / "root", RU, clock)
        self.keys = WrappedKeys(
            RU, root=self.root, store=self.store, filled=lambda: filled, clock=clock, sink=self.sink, pace=pace
        )

    async def start(self) -> House:
        self.store.start()
        await self.keys.start()
        return self

    async def close(self) -> None:
        await self.keys.close()
        self.store.close()

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    @property
    def root_file(self) -> Path:
        [path] = (self.folder / "root").iterdir()
        return path


@pytest.fixture
async def house(tmp_path: Path, clock: HandClock) -> AsyncGenerator[House]:
    one = await House(tmp_path, clock).start()
    yield one
    await one.close()


@pytest.fixture(params=["memory", "wrapped"])
async def keys(request: pytest.FixtureRequest, tmp_path: Path, clock: HandClock) -> AsyncGenerator[Keys]:
    if request.param == "memory":
        yield MemoryKeys(clock)
        return
    one = await House(tmp_path, clock).start()
    yield one.keys
    await one.close()


def names(made: list[DataKey] | tuple[DataKey, ...]) -> list[SubjectId]:
    return [SubjectId(key.id) for key in made]


# ----------------------------------------------------------------------------------------------------------- the port


async def test_a_regions_keys_stay_the_same(keys: Keys) -> None:
    first, again = await keys.region_keys(RU), await keys.region_keys(RU)
    assert (first.region, first.index.expose()) == ("ru", again.index.expose())


async def test_a_regions_keys_differ_from_each_other(keys: Keys) -> None:
    one = await keys.region_keys(RU)
    assert {len(one.index.expose()), len(one.field.expose()), len(one.pseudonym.expose())} == {32}
    assert len({one.index.expose(), one.field.expose(), one.pseudonym.expose()}) == 3


async def test_a_fresh_key_is_nobody_elses(keys: Keys) -> None:
    made = [key for _ in range(10) for key in await keys.fresh(RU, 3)]
    assert len(set(names(made))) == len({key.secret.expose() for key in made}) == 30


async def test_more_keys_than_were_made_ahead_are_made(keys: Keys) -> None:
    assert len(set(names(list(await keys.fresh(RU, 50))))) == 50


async def test_a_persons_id_tells_region_and_time(keys: Keys) -> None:
    [key] = await keys.fresh(RU, 1)
    assert (key.id[:2], int(key.id[2:14], 16), len(key.id)) == (sha256(b"ru").hexdigest()[:2], 1_790_000_000_000, 28)


async def test_an_opened_key_is_the_one_that_was_handed_out(keys: Keys) -> None:
    made = list(await keys.fresh(RU, 3))
    opened = await keys.open(RU, names(made))
    assert {name: key.secret.expose() for name, key in opened.items()} == {
        SubjectId(key.id): key.secret.expose() for key in made
    }


async def test_a_person_who_never_was_has_no_key(keys: Keys) -> None:
    [key] = await keys.fresh(RU, 1)
    assert list(await keys.open(RU, [ANNA, SubjectId(key.id), ANNA])) == [key.id]


async def test_an_erased_persons_key_is_gone(keys: Keys) -> None:
    one, other = names(list(await keys.fresh(RU, 2)))
    assert (await keys.erase(RU, [one, ANNA]), list(await keys.open(RU, [one, other]))) == (1, [other])


async def test_keys_are_ready(keys: Keys) -> None:
    await keys.ready()


# ------------------------------------------------------------------------------------------------------ the key set


async def test_keys_are_the_same_after_a_restart(tmp_path: Path, clock: HandClock) -> None:
    first = await House(tmp_path, clock).start()
    [key] = await first.keys.fresh(RU, 1)
    region = await first.keys.region_keys(RU)
    await first.close()
    second = await House(tmp_path, clock, filled=True).start()
    opened = await second.keys.open(RU, [SubjectId(key.id)])
    assert opened[SubjectId(key.id)].secret.expose() == key.secret.expose()
    assert (await second.keys.region_keys(RU)).index.expose() == region.index.expose()
    await second.close()


async def test_a_root_key_file_is_its_owners_alone(house: House) -> None:
    assert (stat.S_IMODE(house.root_file.stat().st_mode), len(house.root_file.read_text())) == (0o600, 65)


async def test_the_key_set_lies_wrapped_in_the_store(house: House) -> None:
    region = await house.keys.region_keys(RU)
    held = [path.read_bytes() for path in house.files()]
    for secret in (region.index, region.field, region.pseudonym):
        assert not any(secret.expose() in text or secret.expose().hex().encode() in text for text in held)


async def test_the_key_set_says_what_it_is_and_no_key(house: House) -> None:
    facts = json.loads(house.store.key_set() or b"")
    assert (facts["format"], facts["region"], facts["serial"]) == ("pii-gateway key set 2", "ru", 1)
    assert sorted(facts) == ["format", "region", "root", "sealed", "serial", "wrapped"]


async def test_new_keys_are_announced_with_what_to_do_next(house: House) -> None:
    [event] = house.sink.named("keys_made")
    assert "back up" in str(event["mend"])


async def test_old_keys_are_not_announced(tmp_path: Path, clock: HandClock) -> None:
    await (await House(tmp_path, clock).start()).close()
    second = await House(tmp_path, clock).start()
    assert second.sink.events == []
    await second.close()


async def test_a_missing_key_set_over_a_filled_vault_is_an_error(tmp_path: Path, clock: HandClock) -> None:
    one = House(tmp_path, clock, filled=True)
    with pytest.raises(WorldError, match="GW-K101"):
        await one.start()
    assert (one.store.serial(), (tmp_path / "root").exists()) == (0, False)
    await one.close()


async def test_a_missing_key_set_over_data_keys_is_an_error(tmp_path: Path, clock: HandClock) -> None:
    one = House(tmp_path, clock)
    one.store.start()
    one.store.add([(ANNA, "1", b"wrapped")])
    with pytest.raises(WorldError, match="GW-K101"):
        await one.keys.start()
    await one.close()


async def test_two_processes_that_start_at_once_share_the_first_keys(tmp_path: Path, clock: HandClock) -> None:
    houses = [House(tmp_path, clock) for _ in range(4)]
    await asyncio.gather(*(one.start() for one in houses))
    indexes = {(await one.keys.region_keys(RU)).index.expose() for one in houses}
    [key] = await houses[0].keys.fresh(RU, 1)
    assert (len(indexes), [len(await one.keys.open(RU, [SubjectId(key.id)])) for one in houses]) == (1, [1] * 4)
    for one in houses:
        await one.close()


async def refused(folder: Path, clock: Clock) -> str:
    """The code that the next start ends with."""
    one = House(folder, clock, filled=True)
    with pytest.raises(WorldError) as caught:
        await one.start()
    await one.close()
    return caught.value.code


async def test_a_root_key_file_that_others_may_read_is_refused(tmp_path: Path, clock: HandClock) -> None:
    one = await House(tmp_path, clock).start()
    await one.close()
    one.root_file.chmod(0o640)
    assert await refused(tmp_path, clock) == "GW-K102"


@pytest.mark.parametrize("text", ["", "ab", "zz" * 32, "ab" * 33])
async def test_a_root_key_file_that_holds_no_key_is_refused(tmp_path: Path, clock: HandClock, text: str) -> None:
    one = await House(tmp_path, clock).start()
    await one.close()
    one.root_file.write_text(text)
    assert await refused(tmp_path, clock) == "GW-K112"


async def test_another_root_key_does_not_open_the_key_set(tmp_path: Path, clock: HandClock) -> None:
    one = await House(tmp_path, clock).start()
    await one.close()
    one.root_file.write_text("ab" * 32)
    assert await refused(tmp_path, clock) == "GW-K109"


async def test_a_root_key_that_is_gone_is_told_and_none_is_made(tmp_path: Path, clock: HandClock) -> None:
    one = await House(tmp_path, clock).start()
    await one.close()
    one.root_file.unlink()
    assert (await refused(tmp_path, clock), list((tmp_path / "root").iterdir())) == ("GW-K109", [])


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text[:100],
        lambda text: text.replace(b"key set 2", b"key set 3"),
        lambda text: text.replace(b'"ru"', b'"kz"'),
        lambda text: text.replace(b'"serial": 1', b'"serial": 2'),
        lambda text: text.replace(b'"sealed": "', b'"sealed": "ab'),
        lambda text: text.replace(b'"sealed"', b'"seals"'),
        lambda _: b"[]",
    ],
)
async def test_a_key_set_that_was_edited_is_refused(
    tmp_path: Path, clock: HandClock, edit: Callable[[bytes], bytes]
) -> None:
    one = await House(tmp_path, clock).start()
    body = one.store.key_set() or b""
    await one.close()
    connection = sqlite3.connect(one.store.path, isolation_level=None)
    connection.execute("UPDATE key_set SET body = ?", (edit(body),))
    connection.close()
    assert await refused(tmp_path, clock) == "GW-K103"


async def test_a_root_folder_that_can_not_be_made_is_told(tmp_path: Path, clock: HandClock) -> None:
    (tmp_path / "root").write_bytes(b"a file")
    one = House(tmp_path, clock)
    with pytest.raises(WorldError, match="GW-K104"):
        await one.start()
    await one.close()


# ------------------------------------------------------------------------------------------------ data keys made ahead


async def test_a_new_person_costs_no_durable_write(house: House) -> None:
    before = house.store.count()
    await house.keys.fresh(RU, 4)
    assert house.store.count() == before == 8


async def test_keys_are_made_before_they_run_out(house: House) -> None:
    await house.keys.fresh(RU, 7)
    await house.keys.fresh(RU, 7)
    assert house.store.count() == 16


async def test_callers_at_the_same_time_get_keys_of_their_own(house: House) -> None:
    made = await asyncio.gather(*(house.keys.fresh(RU, 3) for _ in range(20)))
    ids = [key.id for one in made for key in one]
    assert len(set(ids)) == len(ids) == 60


async def test_keys_that_nobody_was_handed_are_given_back(tmp_path: Path, clock: HandClock) -> None:
    one = await House(tmp_path, clock).start()
    await one.keys.fresh(RU, 3)
    await one.keys.close()
    assert one.store.count() == 3
    one.store.close()


async def test_a_data_key_lies_wrapped_in_the_store(house: House) -> None:
    [key] = await house.keys.fresh(RU, 1)
    assert not any(key.secret.expose() in file.read_bytes() for file in house.files())


async def test_an_erased_key_leaves_nothing_in_any_file(house: House) -> None:
    [key] = await house.keys.fresh(RU, 1)
    wrapped = house.store.read([SubjectId(key.id)])[SubjectId(key.id)][1]
    assert any(wrapped in file.read_bytes() for file in house.files())
    await house.keys.erase(RU, [SubjectId(key.id)])
    assert not any(wrapped in file.read_bytes() for file in house.files())


async def test_no_more_opened_keys_are_remembered_than_told(tmp_path: Path, clock: HandClock) -> None:
    one = await House(tmp_path, clock, pace=Pace(ahead=8, cached=3)).start()
    made = names(list(await one.keys.fresh(RU, 6)))
    await one.keys.open(RU, made)
    assert len(one.keys._opened) == 3
    assert set(await one.keys.open(RU, made[:4])) == set(made[:4])
    await one.close()


async def test_a_remembered_key_is_not_read_again(house: House) -> None:
    [name] = names(list(await house.keys.fresh(RU, 1)))
    await house.keys.open(RU, [name])
    away = house.store.path.rename(house.folder / "elsewhere.db")
    assert list(await house.keys.open(RU, [name])) == [name]
    away.rename(house.store.path)


async def test_what_another_process_erased_is_forgotten_within_half_a_second(
    house: House, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    [name] = names(list(await house.keys.fresh(RU, 1)))
    await house.keys.open(RU, [name])
    other = SqliteDataKeys(house.store.path, RU, clock=clock)
    other.start()
    assert other.erase([name]) == 1
    other.close()
    loop = asyncio.get_running_loop()
    later = loop.time() + 0.6
    monkeypatch.setattr(loop, "time", lambda: later)
    assert await house.keys.open(RU, [name]) == {}


async def test_a_data_key_is_bound_to_its_person(house: House) -> None:
    one, other = names(list(await house.keys.fresh(RU, 2)))
    connection = sqlite3.connect(house.store.path, isolation_level=None)
    connection.execute(
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = ?) WHERE id = ?",
        (bytes.fromhex(one), bytes.fromhex(other)),
    )
    connection.close()
    house.keys._opened.clear()
    with pytest.raises(WorldError, match="GW-K105"):
        await house.keys.open(RU, [other])


# -------------------------------------------------------------------------------------------------- the store is away


async def test_without_its_store_no_key_is_handed_out_beyond_those_made(house: House) -> None:
    away = house.store.path.rename(house.folder / "elsewhere.db")
    await house.keys.fresh(RU, 8)
    with pytest.raises(WorldError, match="GW-K201"):
        await house.keys.fresh(RU, 1)
    away.rename(house.store.path)
    assert len(await house.keys.fresh(RU, 1)) == 1


async def test_without_its_store_nothing_is_opened_erased_or_ready(house: House) -> None:
    [name] = names(list(await house.keys.fresh(RU, 1)))
    house.store.path.rename(house.folder / "elsewhere.db")
    for call in (house.keys.open(RU, [ANNA]), house.keys.erase(RU, [name]), house.keys.ready()):
        with pytest.raises(WorldError, match="GW-K201"):
            await call
    (house.folder / "elsewhere.db").rename(house.store.path)


async def test_without_its_root_a_provider_is_not_ready(house: House) -> None:
    house.root_file.unlink()
    with pytest.raises(WorldError, match="GW-K109"):
        await house.keys.ready()


class SlowStore(SqliteDataKeys):
    """Writes only once it is let."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(path, RU, clock=clock)
        self.let = threading.Event()

    def add(self, keys: object) -> None:
        self.let.wait(10)


async def test_a_store_that_takes_too_long_is_told(tmp_path: Path, clock: HandClock) -> None:
    store = SlowStore(tmp_path / "ru.data-keys.db", clock)
    store.start()
    keys = slow_keys(tmp_path, store, clock, Pace(ahead=8, start_s=0.05))
    with pytest.raises(WorldError, match="GW-K108"):
        await keys.start()
    store.let.set()
    await keys.close()
    store.close()


async def test_a_start_waits_longer_for_its_store_than_a_request_does(tmp_path: Path, clock: HandClock) -> None:
    store = SlowStore(tmp_path / "ru.data-keys.db", clock)
    store.start()
    keys = slow_keys(tmp_path, store, clock, Pace(ahead=8, timeout_s=0.01))
    asyncio.get_running_loop().call_later(0.1, store.let.set)
    await keys.start()
    await keys.close()
    store.close()


def slow_keys(folder: Path, store: SlowStore, clock: Clock, pace: Pace) -> WrappedKeys:
    root, sink = FileRoot(folder / "root", RU, clock), MemorySink()
    return WrappedKeys(RU, root=root, store=store, filled=lambda: False, clock=clock, sink=sink, pace=pace)


async def test_a_store_that_can_be_written_is_ready(house: House) -> None:
    house.store.ready()
    assert (house.store.empty(), house.store.count()) == (False, 8)


async def test_a_store_whose_row_is_taken_tells_no_values(house: House) -> None:
    rows = [(ANNA, "1", b"wrapped")]
    house.store.add(rows)
    with pytest.raises(WorldError, match="GW-K201") as caught:
        house.store.add(rows)
    assert "wrapped" not in str(caught.value)


async def test_a_store_that_is_moved_while_it_is_written_acknowledges_nothing(house: House) -> None:
    away = house.folder / "elsewhere.db"
    with pytest.raises(WorldError, match="GW-K201"):
        house.store._write(lambda _: house.store.path.rename(away))
    away.rename(house.store.path)


# -------------------------------------------------------------------------------------------------------- all regions


async def test_a_provider_has_no_other_regions_keys(house: House) -> None:
    for call in (house.keys.region_keys(KZ), house.keys.fresh(KZ, 1), house.keys.open(KZ, [ANNA])):
        with pytest.raises(WorldError, match="GW-K106"):
            await call


async def test_a_provider_that_was_not_started_has_no_keys(tmp_path: Path, clock: HandClock) -> None:
    one = House(tmp_path, clock)
    one.store.start()
    for call in (one.keys.region_keys(RU), one.keys.fresh(RU, 1), one.keys.open(RU, [ANNA])):
        with pytest.raises(WorldError, match="GW-K106"):
            await call
    await one.close()


async def test_each_region_is_asked_of_its_own_provider(clock: HandClock) -> None:
    own = {RU: MemoryKeys(clock), KZ: MemoryKeys(clock)}
    keys = KeysByRegion(own)
    [key] = await keys.fresh(KZ, 1)
    assert await own[RU].open(KZ, [SubjectId(key.id)]) == {}
    assert list(await keys.open(KZ, [SubjectId(key.id)])) == [key.id]
    assert (await keys.region_keys(RU)).region == "ru"


async def test_a_region_without_a_provider_is_told(clock: HandClock) -> None:
    with pytest.raises(WorldError, match="GW-K106"):
        await KeysByRegion({RU: MemoryKeys(clock)}).region_keys(KZ)

"""One of two people who share a phone is erased, the grace period passes, and whoever has copies tries to read.

``python -m tests.ops.erasing`` prints what came of it. Requests go through the exchange over real stores; the clock is
driven, everything else is as it runs.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
import tempfile
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from gateway.adapters.keys_wrapped import WrappedKeys, Wrapping
from gateway.adapters.root_local import FileRoot
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.vault_postgres import address_of, migrate
from gateway.adapters.vault_sqlite import SqliteDataKeys
from gateway.model.errors import GatewayError
from gateway.model.kept import Fetch, SealedRecord
from gateway.model.message import Reply
from gateway.model.names import Kind, SubjectId
from gateway.model.rules import Ruleset
from gateway.model.secret import DataKey
from gateway.ports import Clock
from gateway.ruleset.load import load as load_rules
from gateway.service.erasure import Erasure
from gateway.service.exchange import Exchange
from gateway.service.live_rules import LiveRules
from gateway.service.opened import opened
from gateway.service.subjects import Subjects
from gateway.settings import Settings
from gateway.wiring import Home, at_home
from tests.bulk.people import RULES
from tests.contracts.people import RU, HandClock
from tests.contracts.test_key_turning import copied
from tests.exchange.scenes import echo, post
from tests.exchange.stage import Script, ScriptedUpstream
from tests.ops.homes import SHARED

DAY_S = 86_400
GRACE_DAYS = 14
ANNA = {"citizenship": "RU", "email": "anna@example.ru", "full_name": "Анна Смирнова", "phone": SHARED}
BORIS = {"citizenship": "RU", "email": "boris@example.ru", "full_name": "Борис Смирнов", "phone": SHARED}


@dataclass
class Told:
    """What was seen. ``left``: rows that name the person; ``thief``: what copies told, by what they were tried with."""

    left: dict[str, int] = field(default_factory=dict)
    within_grace: str = ""
    thief: dict[str, str] = field(default_factory=dict)
    heir: str = ""
    events: list[str] = field(default_factory=list)
    known: bool = True


class Play:
    """Over a state directory and a vault's address."""

    def __init__(self, folder: Path, vault: str) -> None:
        self.folder = folder
        self.clock = HandClock()
        rules = folder / "rules.yaml"
        rules.write_text(RULES.replace("sqlite:ru.db", vault).replace("mode: observe\n", "backend: new\n"))
        self.rules: Ruleset = load_rules([rules])
        self.settings = Settings(rules=(rules,), state_dir=folder)
        self.key_file = folder / "keys" / "ru" / "ru.data-keys.db"
        self.root = folder / "keys" / "ru" / "root"
        self.copies = folder / "copies"

    async def run(self) -> Told:
        told = Told()
        async with at_home(self.rules, self.settings, MemorySink(), self.clock) as home:
            await self._register(home, ANNA)
            await self._register(home, BORIS)
            for _ in range(3):
                await self._a_day(home)
            subjects = Subjects(self.rules, home.world, home.vaults, home.journal)
            found = await subjects.named(Kind("email"), ANNA["email"])
            assert found is not None
            anna = found.subject
            row = await self._copy(home, anna)
            told.within_grace = await self._stolen(row, await self._from_copy(anna))

            erasure = Erasure(self.rules, home.world, home.vaults, home.journal)
            assert await erasure.erase(anna, "dpo", "request 7") == (anna,)
            dossier = await home.vaults[RU].dossier(anna)
            told.left = dict.fromkeys(("dossier",), int(dossier is not None)) | self._rows(anna)
            told.known = await subjects.named(Kind("email"), ANNA["email"]) is not None
            for _ in range(GRACE_DAYS):
                await self._a_day(home)
            told.thief = await self._tried(home, row, anna)
            told.heir = await self._read(home)
        return told

    # ---------------------------------------------------------------------------------------------------- the company

    async def _register(self, home: Home, person: dict[str, str]) -> None:
        assert isinstance(await self._sent(home, post("/api/register", person)), Reply)

    async def _sent(self, home: Home, request: object) -> object:
        world = replace(home.world, upstream=ScriptedUpstream(Script(), echo))
        exchange = Exchange(LiveRules(self.rules), world)
        return await exchange.handle(request, request_id="r1")  # type: ignore[arg-type]  # what post and get make

    async def _read(self, home: Home) -> str:
        """What the other holder's own record tells of the phone, found by its token in a back end's list."""
        boris = await self._boris(home)
        [stored] = [one for one in await home.vaults[RU].page(None, 10) if one.sealed.subject == boris]
        keys = await home.world.keys.open(RU, [boris])
        phone = next(one for one in opened(keys[boris], stored.sealed) if one.kind == "phone")
        token = stored.names[phone.index]
        held = (await home.vaults[RU].fetch(Fetch(tokens=(token,)))).holdings
        told = [one.subject for one in held.get(token, ())] == [boris]
        return phone.text if told else "the token resolves to nothing"

    async def _boris(self, home: Home) -> SubjectId:
        found = await Subjects(self.rules, home.world, home.vaults, home.journal).named(Kind("email"), BORIS["email"])
        assert found is not None
        return found.subject

    async def _a_day(self, home: Home) -> None:
        self.clock.pass_s(DAY_S)
        await _keys(home).tend_once()

    def _rows(self, whose: SubjectId) -> dict[str, int]:
        """Of what a SQLite vault has, rows with the person's id in them."""
        if not (self.folder / "ru.db").exists():
            return {}
        ask, tables = "SELECT count(*) FROM {} WHERE subject = ?", ("record", "names", "person", "holder", "session")
        with closing(sqlite3.connect(self.folder / "ru.db")) as vault:
            rows = {one: vault.execute(ask.format(one), (bytes.fromhex(whose),)).fetchone() for one in tables}
        return {table: row[0] for table, row in rows.items()}

    # ------------------------------------------------------------------------------------------------------ the thief

    async def _copy(self, home: Home, whose: SubjectId) -> SealedRecord:
        """The key store as it is now, and the person's row of the vault, which is the same in any copy of it."""
        copied(self.key_file, self.copies)
        fetched = await home.vaults[RU].fetch(Fetch(subjects=(whose,)))
        [record] = fetched.records.values()
        return record

    async def _from_copy(self, whose: SubjectId) -> DataKey | str:
        """The data key by the copied key store and every root key that there is now, or the code that says no."""
        async with AsyncExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=self.folder)))
            shutil.copy2(self.copies / self.key_file.name, folder)
            shutil.copytree(self.root, folder / "root")
            keys, store = house(folder, self.clock)
            stack.callback(store.close)
            stack.push_async_callback(keys.close)
            try:
                await keys.ring.reload()
                return (await keys.open(RU, [whose])).get(whose, "no data key")
            except GatewayError as error:
                return error.code

    async def _tried(self, home: Home, row: SealedRecord, whose: SubjectId) -> dict[str, str]:
        """Everything that still exists, tried on everything that was copied."""
        _, stolen = house(self.copies, self.clock)
        wrapped = stolen.read([whose])
        stolen.close()
        live = _keys(home)
        try:
            by_epochs: DataKey | str = Wrapping(live.ring.keys, RU, self.clock).open(wrapped)[whose]
        except GatewayError as error:
            by_epochs = error.code
        in_use = (await live.open(RU, [whose])).get(whose, "no data key")
        return {
            "the copied key store, by every root key there is": await self._stolen(row, await self._from_copy(whose)),
            "the copied data key, by every epoch key there is": await self._stolen(row, by_epochs),
            "the key store that is in use": await self._stolen(row, in_use),
        }

    async def _stolen(self, row: SealedRecord, key: DataKey | str) -> str:
        return key if isinstance(key, str) else "opened: " + ", ".join(one.text for one in opened(key, row))


def house(folder: Path, clock: Clock) -> tuple[WrappedKeys, SqliteDataKeys]:
    store = SqliteDataKeys(folder / "ru.data-keys.db", RU, clock=clock)
    store.start()
    root = FileRoot(folder / "root", RU, clock)
    keys = WrappedKeys(RU, root=root, store=store, filled=lambda: True, clock=clock, sink=MemorySink())
    return keys, store


def _keys(home: Home) -> WrappedKeys:
    keys = home.world.keys._providers[RU]  # type: ignore[attr-defined]  # of KeysByRegion
    assert isinstance(keys, WrappedKeys)
    return keys


async def on_server(folder: Path, url: str) -> Told:
    await migrate(address_of(url), "vault", RU, HandClock().now_ms(), None)
    return await Play(folder, url).run()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        told = asyncio.run(Play(Path(folder), "sqlite:ru.db").run())
    rows = ", ".join(f"{count} {table}" for table, count in told.left.items())
    lines = [
        f"erased: rows left of the person: {rows}; known by her e-mail: {'yes' if told.known else 'no'}",
        f"copies before the erasure, within the grace period: {told.within_grace.partition(':')[0]}",
        *(f"after {GRACE_DAYS} days, {what}: {came.partition(':')[0]}" for what, came in told.thief.items()),
        f"the other holder of the shared phone reads it: {'yes' if told.heir == SHARED else 'no'}",
    ]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

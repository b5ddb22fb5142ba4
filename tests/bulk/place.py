"""A home in memory that imports tables and then serves requests: the same vault, keys and rules for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from gateway.adapters.import_files import ImportFiles
from gateway.adapters.tables import CsvTable
from gateway.model.errors import WorldError
from gateway.model.kept import Batch, Kept
from gateway.model.message import Reply, Request
from gateway.model.names import Region
from gateway.model.rules import Ruleset
from gateway.model.table import Import, Mark, Reject
from gateway.ports import Vault
from gateway.service.bulk import Bulk
from gateway.service.bulk_form import form_of
from gateway.service.importing import run
from gateway.service.world import World
from tests.exchange.scenes import world_rules
from tests.exchange.stage import Countries, Script, ScriptedUpstream, Stage

REGISTER = "crm:api/register"


Dies = tuple[Literal["before", "after", "never"], int]
"""Which commit of a vault is its last, and whether that one is made."""


class Killed(Exception):  # noqa: N818 - it is no error, it is the end
    """The process is gone."""


@dataclass
class Fragile:
    """A vault that dies; ``batches`` are those that it was given."""

    inner: Vault
    dies: Dies = ("never", 0)
    batches: list[Batch] = field(default_factory=list)
    slow_from: int = 0
    """Batches of so many records and more are kept, but not answered in time; 0: none."""

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    async def keep(self, batch: Batch) -> Kept:
        self.batches.append(batch)
        if self.dies == ("before", len(self.batches)):
            raise Killed
        kept = await self.inner.keep(batch)
        if self.slow_from and len(batch.keeps) >= self.slow_from:
            raise WorldError("GW-V107", "the vault did not answer in time.", "look for a slow disk.")
        if self.dies == ("after", len(self.batches)):
            raise Killed
        return kept


@dataclass
class Place:
    """Everything at home, and a folder for tables and twins."""

    folder: Path
    ruleset: Ruleset = field(default_factory=world_rules)
    stage: Stage = field(init=False)
    vault: Fragile = field(init=False)

    def __post_init__(self) -> None:
        self.stage = Stage(self.ruleset)

    def world(self, dies: Dies = ("never", 0), slow_from: int = 0) -> World:
        self.vault = vault = Fragile(self.stage.vaults[Region("ru")], dies, slow_from=slow_from)
        vaults: dict[Region, Vault] = {**self.stage.vaults}
        vaults[Region("ru")] = vault  # type: ignore[assignment]  # what it lacks it passes on
        stage = self.stage
        upstream = ScriptedUpstream(Script(), stage.respond)
        signals = Countries()
        names = stage.names
        return World(vaults, stage.keys, stage.ledger, upstream, signals, stage.clock, stage.events, names=names)

    async def take(
        self,
        table: str,
        *,
        batch: int = 500,
        by_id: bool = True,
        route: str = REGISTER,
        twin: str = "twin.csv",
        resume: bool = False,
        stop_after: int | None = None,
        dies: Dies = ("never", 0),
        slow_from: int = 0,
    ) -> Mark:
        """Import a table written as CSV text. The vault may be told to die."""
        source = self.folder / "table.csv"
        source.write_text(table)
        world = self.world(dies, slow_from)
        form = form_of(self.ruleset, route=route, to=None, by_id=by_id)
        id_column = "id" if by_id else None
        with ImportFiles(self.folder / twin) as copy:
            what, mark = copy.resume() if resume else (Import(self.stage.clock.random(32).hex(), batch), Mark())
            rows = CsvTable(source, columns={}, id_column=id_column, mark=mark)
            if not resume:
                mark = copy.begin(what, Mark(at_ms=self.stage.clock.at_ms), rows.head)
            marks: list[Mark] = []

            def watch(mark: Mark) -> bool:
                marks.append(mark)
                return stop_after is None or len(marks) <= stop_after

            try:
                return await run(rows, copy, Bulk(form, world, what.name), mark, watch, batch=what.batch, again=resume)
            finally:
                await rows.aclose()

    def twin(self, name: str = "twin.csv") -> list[str]:
        return (self.folder / name).read_text().splitlines()

    def column(self, column: str, name: str = "twin.csv") -> list[str]:
        head, *rows = self.twin(name)
        at = head.split(",").index(column)
        return [row.split(",")[at] for row in rows]

    def rejects(self, name: str = "twin.csv") -> list[Reject]:
        _, *lines = (self.folder / f"{name}.rejects.csv").read_text().splitlines()
        return [Reject(int(line.partition(",")[0]), line.partition(",")[2]) for line in lines]

    async def ask(self, request: Request, answer: Reply | None = None) -> Reply:
        """One request through the gateway that serves over the same vault; the back end echoes, or answers that."""
        self.stage.respond = (lambda _: answer) if answer is not None else _echo
        reply = await self.stage.send(request)
        assert isinstance(reply, Reply), reply
        return reply

    @property
    def records(self) -> int:
        return sum(len(vault._has.records) for vault in self.stage.vaults.values())

    @property
    def tokens(self) -> int:
        return sum(len(vault._has.first) for vault in self.stage.vaults.values())


def _echo(request: Request) -> Reply:
    return Reply(200, (("Content-Type", "application/json"),), request.body or b"{}")


def shape(lines: Sequence[str]) -> list[list[int]]:
    """Which cells of a table are equal, whatever they say: what two imports of one table have in common."""
    seen: dict[str, int] = {}
    return [[seen.setdefault(cell, len(seen)) for cell in line.split(",")] for line in lines]

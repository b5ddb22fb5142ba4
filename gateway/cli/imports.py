"""``pii-gateway import``: an existing table through the same rules as traffic."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import click
import uvloop

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.import_files import ImportFiles
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.tables import CsvTable, JsonlTable, PostgresTable
from gateway.cli.import_parts import in_parts, parent_watched, stopped_by_signal
from gateway.cli.import_report import Watcher, facts_of, print_report
from gateway.cli.serve import effective_settings
from gateway.cli.serving import refuse_what_is_not_shared, settle_memory
from gateway.core.plan import default_region
from gateway.model.errors import RulesError
from gateway.model.table import Import, Mark, Unfinished
from gateway.ruleset.load import load as load_rules
from gateway.service.bulk import Bulk
from gateway.service.bulk_form import Form, form_of
from gateway.service.importing import run
from gateway.settings import Settings
from gateway.wiring import at_home

EXAMPLES = """\b
Examples:
  pii-gateway import users.csv --rules mine.yaml --to crm --id id
  pii-gateway import users.csv --rules mine.yaml --route "POST /register" \\
      --columns mail=body.email,tel=body.phone --id id --out users.twin.csv
  pii-gateway import users.jsonl --rules mine.yaml --to crm --resume
  pii-gateway import postgresql://reader@db.example/crm --rules mine.yaml \\
      --to crm --query "SELECT id, email FROM users ORDER BY id" \\
      --out users.jsonl
"""

Form_ = Literal["csv", "jsonl", "postgresql"]
AnyTable = CsvTable | JsonlTable | PostgresTable
_YOUNG_OBJECTS = 200_000
"""About a batch's: collected more often, its rows are walked through again and again."""
ENCODINGS = ("utf-8", "windows-1251", "koi8-r", "iso-8859-1")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for. ``source`` is a path or a database's address."""

    source: str
    form: Form_
    query: str | None
    columns: Mapping[str, str]
    id_column: str | None
    encoding: str
    out: Path
    batch: int
    resume: bool
    workers: int = 1
    catch_up: bool = False

    def table(self, mark: Mark, most_bytes: int, until: int | None = None) -> AnyTable:
        """From the mark on, of a file up to a place."""
        match self.form:
            case "csv":
                path = Path(self.source)
                return CsvTable(
                    path,
                    columns=self.columns,
                    id_column=self.id_column,
                    encoding=self.encoding,
                    most_bytes=most_bytes,
                    mark=mark,
                    until=until,
                )
            case "jsonl":
                path = Path(self.source)
                return JsonlTable(path, id_member=self.id_column, most_bytes=most_bytes, mark=mark, until=until)
            case "postgresql":
                return PostgresTable(self.source, self.query or "", id_column=self.id_column, mark=mark)

    def facts(self, form: Form) -> dict[str, str]:
        """What has to be the same for an import to be the same; nothing of it can be read back."""
        said = json.dumps([self.query, sorted(self.columns.items()), self.id_column, self.encoding, self.form])
        return {
            "source": _digest(self._source()),
            "options": _digest(said.encode()),
            "rules": form.ruleset.digest,
            "route": f"{form.route.name} to {form.route.to}",
        }

    def _source(self) -> bytes:
        if self.form == "postgresql":
            return self.source.rpartition("@")[2].encode()
        with Path(self.source).open("rb") as file:
            return b"%d " % Path(self.source).stat().st_size + file.read(65536)


@click.command("import", epilog=EXAMPLES)
@click.argument("source")
@click.option("--rules", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="As for serve.")
@click.option(
    "--settings", "settings_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="As for serve."
)
@click.option("--route", help="The route that would have brought the rows: its name, or its path in the rules.")
@click.option("--to", help="The destination whose table it is; enough where one route creates its persons.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "postgresql"]),
    help="By default what SOURCE looks like.",
)
@click.option("--query", help="What to ask a database, with an ORDER BY of something unique.")
@click.option(
    "--columns",
    multiple=True,
    metavar="COLUMN=PLACE,…",
    help="Where columns of a CSV file stand in a message (body.user.email, path.id); by default body.<column>.",
)
@click.option("--id", "id_column", help="The column with the back end's own id of the person.")
@click.option("--encoding", type=click.Choice(ENCODINGS), default="utf-8", show_default=True, help="Of a CSV file.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The tokenised twin.")
@click.option("--batch", type=click.IntRange(1, 10_000), default=500, show_default=True, help="Rows in one commit.")
@click.option(
    "--workers",
    type=click.IntRange(1, 32),
    default=1,
    show_default=True,
    help="Processes that take a part of a file each; rows of different parts are like requests at the same time.",
)
@click.option("--resume", is_flag=True, help="Go on with an import that was stopped or killed.")
@click.option(
    "--catch-up",
    is_flag=True,
    help="The users are known already and these are changes: serve may enforce meanwhile.",
)
@click.option("--part", type=int, hidden=True)
@click.option("--json", "as_machine", is_flag=True, help="Print the report as JSON for machines.")
def import_command(  # noqa: PLR0913 - one parameter an option
    *,
    source: str,
    files: Sequence[Path],
    settings_file: Path | None,
    route: str | None,
    to: str | None,
    form: Form_ | None,
    query: str | None,
    columns: Sequence[str],
    id_column: str | None,
    encoding: str,
    out: Path | None,
    batch: int,
    workers: int,
    resume: bool,
    catch_up: bool,
    part: int | None,
    as_machine: bool,
) -> None:
    """Take an existing table in: SOURCE is a CSV or JSON lines file, or the address of a PostgreSQL database.

    Each row is a message of the route, judged by the same rules as traffic and enforced whatever the rules' mode.
    Everybody in it becomes known to the directory; what the rules keep at home is recorded in the vault, and the twin
    has tokens in its place. Rows that can't be taken are listed, by line and code, beside the twin. Nothing is printed
    or logged of what rows hold. A gateway may run meanwhile; none that enforces starts before the import is done.
    """
    settings = effective_settings(settings_file, files)
    if not settings.rules:
        raise click.UsageError("say which rules: --rules FILE")
    asked = Asked(
        source=source,
        form=form or _form(source),
        query=query,
        columns=_columns(columns),
        id_column=id_column,
        encoding=encoding,
        out=out or _beside(source),
        batch=batch,
        resume=resume,
        workers=workers,
        catch_up=catch_up,
    )
    _check(asked)
    chosen = form_of(load_rules(settings.rules), route=route, to=to, by_id=id_column is not None)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        if part is not None:
            runner.run(_import_part(asked, chosen, settings, part))
            return
        mark = runner.run(_import(asked, chosen, settings))
    if as_machine:
        click.echo(json.dumps(facts_of(mark, asked.out), indent=2, ensure_ascii=False))
    else:
        print_report(mark, asked.out)
    if not mark.done:
        click.echo(f"stopped after {mark.rows:,} rows; go on with --resume", err=True)
        sys.exit(130)


async def _import(asked: Asked, form: Form, settings: Settings) -> Mark:
    """All of it: noted as unfinished in the vault before the first row is taken, and no more after the last."""
    clock = SystemClock()
    facts = asked.facts(form)
    with ImportFiles(asked.out) as copy:
        what, mark = copy.resume() if asked.resume else _new(asked, facts, clock)
        if what.facts != facts:
            raise _another(sorted(name for name in facts if what.facts.get(name) != facts[name]))
        table = asked.table(mark, settings.limits.max_body_bytes)
        try:
            if isinstance(table, PostgresTable):
                await table.start()
            elif asked.workers > 1 and not asked.resume:
                refuse_what_is_not_shared(form.ruleset)
                what = replace(what, parts=table.parts(asked.workers))
            if not asked.resume:
                mark = copy.begin(what, mark, table.head)
            async with at_home(form.ruleset, settings, MemorySink(100), clock, reads=True) as home:
                vault, unfinished = home.vaults[default_region(form.ruleset)], _unfinished(facts, form, mark)
                if not asked.catch_up and not mark.done:
                    await vault.import_begun(unfinished)
                if what.parts:
                    mark = await in_parts(copy, what, mark, clock)
                elif not mark.done:
                    bulk = Bulk(form, home.world, what.name)
                    mark = await _taken(asked, table, copy, bulk, what, mark)
                if mark.done:
                    await vault.import_ended(unfinished.name)
            return mark
        finally:
            await table.aclose()


def _new(asked: Asked, facts: Mapping[str, str], clock: SystemClock) -> tuple[Import, Mark]:
    return Import(clock.random(32).hex(), asked.batch, facts), Mark(at_ms=clock.now_ms())


def _unfinished(facts: Mapping[str, str], form: Form, mark: Mark) -> Unfinished:
    """The same table for the same destination has the same name, whichever import of it is the one that ends."""
    said = json.dumps([facts["source"], facts["options"], facts["route"]])
    return Unfinished(_digest(said.encode())[:12], form.route.to, mark.at_ms)


async def _taken(asked: Asked, table: AnyTable, copy: ImportFiles, bulk: Bulk, what: Import, mark: Mark) -> Mark:
    settle_memory(_YOUNG_OBJECTS)
    stop = stopped_by_signal()
    with Watcher(table.size, mark, SystemClock(), stop.is_set) as watch:
        return await run(table, copy, bulk, mark, watch, batch=what.batch, again=asked.resume)


async def _import_part(asked: Asked, form: Form, settings: Settings, number: int) -> None:
    """One part of a file, as a worker of the process that is at the other end of the standard streams."""
    clock, whole = SystemClock(), ImportFiles(asked.out)
    plan = whole.planned()
    part = plan.parts[number]
    with whole.part(number) as copy:
        again = copy.begun
        if not again:
            whole.remove([copy])  # killed while it was made
        begin = Mark(source=part.begin, line=part.line, at_ms=clock.now_ms())
        what, mark = copy.resume() if again else (Import(clock.random(32).hex(), plan.batch), begin)
        if not again:
            mark = copy.begin(what, mark)
        table = asked.table(mark, settings.limits.max_body_bytes, part.end)
        try:
            async with at_home(form.ruleset, settings, MemorySink(100), clock, reads=True) as home:
                settle_memory(_YOUNG_OBJECTS)
                bulk = Bulk(form, home.world, what.name)
                stop = stopped_by_signal()
                async with parent_watched(stop) as watch:
                    if not mark.done:
                        mark = await run(table, copy, bulk, mark, watch, batch=what.batch, again=again)
        finally:
            await table.aclose()


def _check(asked: Asked) -> None:
    if (asked.form == "postgresql") != (asked.query is not None):
        raise click.UsageError("--query goes with a database, and a database with --query")
    if asked.form == "postgresql" and _has_password(asked.source):
        raise click.UsageError(
            "a password in SOURCE stands in the list of processes: give it by PGPASSWORD or a passfile (~/.pgpass)"
        )
    if asked.columns and asked.form != "csv":
        raise click.UsageError("--columns is for CSV files; a query names its columns with AS")
    if asked.workers > 1 and asked.form == "postgresql":
        raise click.UsageError("--workers is for files; a query has one reader")
    if asked.form != "postgresql" and not Path(asked.source).is_file():
        raise click.UsageError(f"there is no file {asked.source!r}")


def _has_password(address: str) -> bool:
    """Told by its looks, as what can't be read must not be shown either."""
    head, _, query = address.partition("?")
    return ":" in head.partition("://")[2].rpartition("@")[0] or "password=" in query


def _form(source: str) -> Form_:
    if source.startswith(("postgresql://", "postgres://")):
        return "postgresql"
    suffix = Path(source).suffix.lower()
    if suffix in (".jsonl", ".ndjson"):
        return "jsonl"
    if suffix in (".csv", ".tsv"):
        return "csv"
    raise click.UsageError("say what the source is: --format csv, jsonl or postgresql")


def _beside(source: str) -> Path:
    if "://" in source:
        raise click.UsageError("say where the twin is to be: --out FILE.jsonl")
    path = Path(source)
    return path.with_name(f"{path.stem}.twin{path.suffix}")


def _columns(given: Sequence[str]) -> dict[str, str]:
    pairs = [pair.partition("=") for text in given for pair in text.split(",") if pair]
    if any(not name or not place for name, _, place in pairs):
        raise click.UsageError("--columns wants COLUMN=PLACE, several parted by commas")
    return {name.strip(): place.strip() for name, _, place in pairs}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _another(names: Sequence[str]) -> RulesError:
    return RulesError(
        "GW-I112",
        f"this is not the import that was begun: {', '.join(names)} changed, and the twin would be of two minds.",
        "give what was given then, or begin anew with another --out.",
    )

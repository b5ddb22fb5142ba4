"""``pii-gateway import``: an existing table through the same rules as traffic."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import click
import uvloop

from gateway.adapters.clock_system import SystemClock
from gateway.adapters.import_files import ImportFiles
from gateway.adapters.sink_memory import MemorySink
from gateway.adapters.tables import CsvTable, JsonlTable, PostgresTable
from gateway.cli.import_report import Watcher, facts_of, print_report
from gateway.cli.serve import effective_settings
from gateway.cli.serving import settle_memory
from gateway.model.errors import RulesError
from gateway.model.table import Import, Mark
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

    def table(self, mark: Mark, most_bytes: int) -> CsvTable | JsonlTable | PostgresTable:
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
                )
            case "jsonl":
                return JsonlTable(Path(self.source), id_member=self.id_column, most_bytes=most_bytes, mark=mark)
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
@click.option("--resume", is_flag=True, help="Go on with an import that was stopped or killed.")
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
    resume: bool,
    as_machine: bool,
) -> None:
    """Take an existing table in: SOURCE is a CSV or JSON lines file, or the address of a PostgreSQL database.

    Each row is a message of the route, judged by the same rules as traffic and enforced whatever the rules' mode.
    Everybody in it becomes known to the directory; what the rules keep at home is recorded in the vault, and the twin
    has tokens in its place. Rows that can't be taken are listed, by line and code, beside the twin. Nothing is printed
    or logged of what rows hold. A gateway may run meanwhile.
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
    )
    _check(asked)
    chosen = form_of(load_rules(settings.rules), route=route, to=to, by_id=id_column is not None)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        mark = runner.run(_import(asked, chosen, settings))
    if as_machine:
        click.echo(json.dumps(facts_of(mark, asked.out), indent=2, ensure_ascii=False))
    else:
        print_report(mark, asked.out)
    if not mark.done:
        click.echo(f"stopped after {mark.rows:,} rows; go on with --resume", err=True)
        sys.exit(130)


async def _import(asked: Asked, form: Form, settings: Settings) -> Mark:
    clock = SystemClock()
    most_bytes = settings.limits.max_body_bytes
    facts = asked.facts(form)
    with ImportFiles(asked.out) as copy:
        what, mark = copy.resume() if asked.resume else (Import(clock.random(32).hex(), asked.batch, facts), Mark())
        if what.facts != facts:
            raise _another(sorted(name for name in facts if what.facts.get(name) != facts[name]))
        if mark.done:
            return mark
        table = asked.table(mark, most_bytes)
        try:
            if isinstance(table, PostgresTable):
                await table.start()
            if not asked.resume:
                mark = copy.begin(what, Mark(at_ms=clock.now_ms()), table.head)
            async with at_home(form.ruleset, settings, MemorySink(100), clock) as home:
                settle_memory()
                stop = _stopped_by_signal()
                with Watcher(table.size, mark, clock, stop.is_set) as watch:
                    bulk = Bulk(form, home.world, what.name)
                    return await run(table, copy, bulk, mark, watch, batch=what.batch, again=asked.resume)
        finally:
            await table.aclose()


def _stopped_by_signal() -> asyncio.Event:
    """Set by Ctrl-C or SIGTERM: the batch under way is finished, then the import ends."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _check(asked: Asked) -> None:
    if (asked.form == "postgresql") != (asked.query is not None):
        raise click.UsageError("--query goes with a database, and a database with --query")
    if asked.columns and asked.form != "csv":
        raise click.UsageError("--columns is for CSV files; a query names its columns with AS")
    if asked.form != "postgresql" and not Path(asked.source).is_file():
        raise click.UsageError(f"there is no file {asked.source!r}")


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

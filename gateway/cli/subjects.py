"""``pii-gateway subject``: show, hold, release, block, unblock, merge, unmerge, erase."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from gateway.adapters.sink_memory import MemorySink
from gateway.cli.keys import JSON, RULES, SETTINGS
from gateway.cli.serve import effective_settings
from gateway.model.marks import Dossier, Order, Proof
from gateway.model.names import Kind, Region, SubjectId
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load as load_rules
from gateway.service.erasure import Erasure
from gateway.service.subjects import Found, Subjects
from gateway.settings import Settings
from gateway.wiring import at_home

EXAMPLES = """\b
Examples:
  pii-gateway subject show --rules mine.yaml --kind email --by dpo < email.txt
  pii-gateway subject hold --rules mine.yaml --id 01… --by dpo \\
      --why "case A40-1/2026"
  pii-gateway subject merge --rules mine.yaml --id 01… --into 01… \\
      --by dpo --why "request 17"
"""

T = TypeVar("T")
_ID = re.compile(r"[0-9a-f]{28}")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PAPER = re.compile(r"[\w .,:/#()№-]{1,80}")

ID = click.option("--id", "subject", help="The person's id, 28 hex digits.")
KIND = click.option(
    "--kind", help="What the identifier on standard input is: email, phone, … Never on the command line."
)
TO = click.option("--to", default="", help="The destination whose user_id, login or own id it is.")
REF = click.option("--ref", help="It is the destination's own id of this name (subject_ref).")
BY = click.option("--by", required=True, help="Who orders it: a login or role, kept with the person and in the ledger.")
WHY = click.option("--why", required=True, help="A reference to the paper behind it; no personal data.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Where to look, and for whom."""

    files: Sequence[Path]
    settings_file: Path | None
    subject: str | None
    kind: str | None
    to: str
    ref: str | None
    by: str
    why: str = ""


@click.group("subject", epilog=EXAMPLES)
def subject_group() -> None:
    """What is kept of a person, and what is ordered about it: holds, blocks, merges, its erasure.

    A person is named by its id, or by an identifier that is read from standard input, so that it stands in no list of
    processes and no history. Everything is in the ledger, without values.
    """


@subject_group.command("show")
@RULES
@SETTINGS
@ID
@KIND
@TO
@REF
@BY
@JSON
def show_command(*, as_machine: bool, **given: object) -> None:
    """What is kept of a person, without opening anything. Exits with 1 if nothing is."""
    asked = _asked(given)
    found, dossiers = _run(asked, lambda opened: _shown(opened.subjects, asked))
    if as_machine:
        click.echo(json.dumps([{"region": region, **_plain(one)} for region, one in dossiers.items()], indent=2))
    else:
        for region, one in dossiers.items():
            click.echo("\n".join(_lines(region, one, found)))
    if not dossiers:
        click.echo("nothing is kept of that person", err=True)
    sys.exit(0 if dossiers else 1)


def _order_command(what: Order, says: str) -> None:
    @subject_group.command(what, help=says)
    @RULES
    @SETTINGS
    @ID
    @KIND
    @TO
    @REF
    @BY
    @WHY
    def command(**given: object) -> None:
        asked = _asked(given)
        click.echo(_run(asked, lambda opened: _ordered(opened.subjects, asked, what)))


_order_command("hold", "Nothing of the person is purged, expires or is erased until the hold is released.")
_order_command("release", "End a hold. What was held twice is released twice.")
_order_command("block", "Keep what is sent of the person, and do nothing else with the data: 423 (152-FZ art. 21(1)).")
_order_command("unblock", "Lift a block. What was sent meanwhile is at home only: it has to be sent again.")
_order_command("unmerge", "Undo a merge: both are what they were, and log in anew.")


@subject_group.command("merge")
@RULES
@SETTINGS
@ID
@KIND
@TO
@REF
@BY
@WHY
@click.option("--into", required=True, help="The id of the person who remains.")
@click.option(
    "--evidence", type=click.Choice(["approval", "documents"]), default="approval", show_default=True,
    help="documents: two equal strong documents in what both have sent, which is checked.",
)  # fmt: skip
def merge_command(*, into: str, evidence: Proof, **given: object) -> None:
    """Make two persons count as one, until it is undone. Each sees the other's data from then on."""
    asked = _asked(given)
    click.echo(_run(asked, lambda opened: _ordered(opened.subjects, asked, "merge", _id(into), evidence)))


@subject_group.command("erase")
@RULES
@SETTINGS
@ID
@KIND
@TO
@REF
@BY
@WHY
def erase_command(**given: object) -> None:
    """Destroy the person's data key and drop all that is kept of the person. It can't be undone.

    Refused while the person is held. What others hold too (a shared phone) stays theirs. Who counts as the person goes
    with it. Copies taken before are closed for good once the grace period of the keys is over. One that was killed is
    finished by the same command with --id, or by a running gateway within minutes.
    """
    asked = _asked(given)
    gone = _run(asked, lambda opened: _erased(opened, asked))
    for subject in gone:
        click.echo(f"erased: {subject}")


# ------------------------------------------------------------------------------------------------------------- doing


@dataclass(frozen=True, slots=True)
class Opened:
    """What may be ordered, over stores that are open."""

    subjects: Subjects
    erasure: Erasure


async def _erased(opened: Opened, asked: Asked) -> tuple[SubjectId, ...]:
    found = await _found(opened.subjects, asked)
    if found is None:
        raise click.ClickException("nobody is known by that identifier")
    return await opened.erasure.erase(found.subject if isinstance(found, Found) else found, asked.by, asked.why)


async def _shown(subjects: Subjects, asked: Asked) -> tuple[Found | None, dict[Region, Dossier]]:
    found = await _found(subjects, asked)
    subject = found.subject if isinstance(found, Found) else found
    dossiers = await subjects.dossiers(subject, asked.by) if subject else {}
    return (found if isinstance(found, Found) else None), dossiers


async def _ordered(
    subjects: Subjects, asked: Asked, what: Order, into: SubjectId | None = None, proof: Proof = "approval"
) -> str:
    found = await _found(subjects, asked)
    if found is None:
        raise click.ClickException("nobody is known by that identifier")
    whole = found.subject if isinstance(found, Found) else found
    subject = found.own if isinstance(found, Found) and what == "unmerge" else whole
    await subjects.order(what, subject, asked.by, asked.why, into, proof)
    return f"{what}: {subject}" + (f" into {into}" if into else "")


async def _found(subjects: Subjects, asked: Asked) -> Found | SubjectId | None:
    if asked.subject is not None:
        return _id(asked.subject)
    text = (click.prompt("Identifier", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()).strip()
    return await subjects.named(Kind(asked.kind or ""), text, asked.to, asked.ref)


def _run(asked: Asked, work: Callable[[Opened], Coroutine[object, object, T]]) -> T:
    settings = effective_settings(asked.settings_file, asked.files)
    if not settings.rules:
        raise click.UsageError("say which rules: --rules FILE")
    ruleset = load_rules(settings.rules)
    if asked.kind is not None and asked.kind not in ruleset.kinds:
        raise click.UsageError(f"there is no kind {asked.kind}")
    return asyncio.run(_at_home(ruleset, settings, work))


async def _at_home(ruleset: Ruleset, settings: Settings, work: Callable[[Opened], Coroutine[object, object, T]]) -> T:
    async with at_home(ruleset, settings, MemorySink(100)) as home:
        subjects = Subjects(ruleset, home.world, home.vaults, home.journal)
        return await work(Opened(subjects, Erasure(ruleset, home.world, home.vaults, home.journal)))


def _asked(given: dict[str, object]) -> Asked:
    asked = Asked(**given)  # type: ignore[arg-type]  # click gives just these, by these names
    if (asked.subject is None) == (asked.kind is None and asked.ref is None):
        raise click.UsageError("name the person: --id, or --kind or --ref with the identifier on standard input")
    if not _WORD.fullmatch(asked.by):
        raise click.UsageError("--by takes a login or role: letters, digits, dots and dashes")
    if asked.why and not _PAPER.fullmatch(asked.why):
        raise click.UsageError("--why takes a reference of up to 80 letters, digits and . , : / # ( ) -")
    return asked


def _id(text: str) -> SubjectId:
    if not _ID.fullmatch(text):
        raise click.UsageError("a person's id is 28 hex digits")
    return SubjectId(text)


# ------------------------------------------------------------------------------------------------------------ telling


def _lines(region: Region, one: Dossier, found: Found | None) -> Sequence[str]:
    lines = [f"subject {one.subject} in the vault of {region}"]
    lines += [f"  lives in   {one.region or 'unknown'} ({one.rank or 'no evidence'})", f"  version    {one.version}"]
    if found is not None:
        lines.append(f"  named by   a {found.standing} identifier, {_day(found.first_seen)} to {_day(found.confirmed)}")
    lines += [f"  {word:<10} since {_time(at)}" for word, at in (("held", one.held), ("blocked", one.blocked)) if at]
    lines += [f"  counts as  {one.merged}"] if one.merged else []
    lines += [f"  includes   {other}" for other in one.includes]
    for (scope, route), number in sorted(one.records.items()):
        lines.append(f"  {number:,} record{'s' if number > 1 else ''} of {scope} by {route}")
    if one.first is not None:
        lines.append(f"  collected  since {_time(one.first)}, last confirmed {_time(one.confirmed)}")
    return [*lines, *(f"  {mark.what:<10} {_time(mark.at)} by {mark.by}, {mark.why}" for mark in one.marks)]


def _plain(one: Dossier) -> dict[str, object]:
    records = [{"scope": scope, "route": route, "records": n} for (scope, route), n in sorted(one.records.items())]
    marks = [mark._asdict() for mark in one.marks]
    vouched = sorted(one.vouched) if one.vouched is not None else None
    told = asdict(Dossier(one.subject)) | {name: getattr(one, name) for name in _TOLD}
    return {**told, "vouched": vouched, "marks": marks, "records": records}


_TOLD = ("region", "rank", "version", "held", "blocked", "merged", "includes", "first", "confirmed")


def _time(at_s: int | None) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%SZ") if at_s else "never"


def _day(at_s: int | None) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d") if at_s else "unknown"

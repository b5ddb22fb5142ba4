"""``pii-gateway rules``: check, test, show, explain, schema, diff."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import wraps
from typing import BinaryIO, ParamSpec

import click
import yaml
from rich.console import Console

from gateway.cli.rules_print import print_diff, print_explanation, print_matrix, print_outcomes
from gateway.model.errors import PayloadError
from gateway.model.residency import Caller
from gateway.ruleset.canonical import canonical
from gateway.ruleset.check import check
from gateway.ruleset.diff import diff
from gateway.ruleset.explain import explain, parse_http
from gateway.ruleset.flow import flow
from gateway.ruleset.load import wrong_with
from gateway.ruleset.problems import BadRulesError, Problem, errors
from gateway.ruleset.read import Loaded, read
from gateway.ruleset.schema.file import json_schema
from gateway.ruleset.spots import TooManySpotsError
from gateway.ruleset.summary import as_json
from gateway.ruleset.trial import trial

_P = ParamSpec("_P")

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True))
JSON = click.option("--json", "as_machine", is_flag=True, help="Print JSON for machines.")


def _examples(*lines: str) -> str:
    """An epilog that click leaves unwrapped."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def _today() -> date:
    return datetime.now(UTC).date()  # noqa: TID251 - the command line owns the clock


def _console() -> Console:
    return Console(emoji=False, highlight=False)


def _says(data: object) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))


def _problems_or_exit(command: Callable[_P, None]) -> Callable[_P, None]:
    """Print what is wrong with the rules and exit with 1."""

    @wraps(command)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BadRulesError as error:
            _print_problems(error.problems, as_machine=bool(kwargs.get("as_machine")))
            sys.exit(1)
        except TooManySpotsError as error:
            raise click.ClickException("the path patterns overlap in too many ways (GW-R416).") from error
        except PayloadError as error:
            raise click.ClickException(str(error)) from error

    return guarded


def _print_problems(problems: Sequence[Problem], *, as_machine: bool) -> None:
    if as_machine:
        _says({"ok": not errors(problems), "problems": [problem.as_json() for problem in problems]})
        return
    for problem in problems:
        click.echo(problem.render() + "\n", err=True)
    wrong = len(errors(problems))
    if wrong:
        click.echo(f"{wrong} error{'s' * (wrong != 1)}; these rules cannot be used.", err=True)


@click.group(
    "rules",
    epilog=_examples(
        "pii-gateway rules check rules/demo.yaml",
        "pii-gateway rules test rules/",
        "pii-gateway rules show rules/demo.yaml",
        "pii-gateway rules explain rules/demo.yaml request.http",
        "pii-gateway rules diff old.yaml new.yaml",
    ),
)
def rules_group() -> None:
    """Check, test, show, explain and compare rules files."""


@rules_group.command(
    "check",
    epilog=_examples(
        "pii-gateway rules check mine.yaml",
        "pii-gateway rules check --strict rules/ru.yaml mine.yaml",
        "pii-gateway rules check --json mine.yaml",
    ),
)
@FILES
@click.option("--strict", is_flag=True, help="Warnings, and rules that no test exercises, are errors too.")
@JSON
@_problems_or_exit
def check_command(files: Sequence[str], *, strict: bool, as_machine: bool) -> None:
    """Refuse rules that are wrong, unsafe or fail their tests.

    Several files and folders are read as one; their order never matters. All problems are shown at once, each with
    its line, a caret and a mend.
    """
    loaded = read(files)
    problems = wrong_with(loaded, _today(), strict=strict)
    wrong = problems if strict else errors(problems)
    _print_problems(problems, as_machine=as_machine)
    if wrong:
        if not errors(problems):
            click.echo("--strict: warnings are errors.", err=True)
        sys.exit(1)
    if not as_machine:
        click.echo(f"ok: {_counted(loaded)}, digest {loaded.ruleset.digest[:12]}")


def _counted(loaded: Loaded) -> str:
    rules, draft = loaded.ruleset, loaded.draft.file
    return (
        f"{len(rules.rules)} rules, {len(rules.routes)} routes, {len(rules.destinations)} destinations, "
        f"{len(draft.tests)} tests"
    )


@rules_group.command(
    "test",
    epilog=_examples(
        "pii-gateway rules test rules/ru.yaml",
        "pii-gateway rules test rules/demo.yaml mine.yaml",
    ),
)
@FILES
@JSON
@_problems_or_exit
def test_command(files: Sequence[str], *, as_machine: bool) -> None:
    """Run the tests that stand beside the rules.

    They run through the core that judges requests.
    A pack's tests judge the pack by itself; all others judge the files together, on the day that as_of: says.
    """
    loaded = read(files)
    if found := errors(check(loaded)):
        raise BadRulesError(found)
    outcomes = trial(loaded)
    failed = [outcome for outcome in outcomes if outcome.failures]
    if as_machine:
        told = [
            {"it": one.it, "at": str(one.mark), "ok": not one.failures, "failures": [f.as_json() for f in one.failures]}
            for one in outcomes
        ]
        _says({"ok": not failed, "tests": told})
    else:
        print_outcomes(outcomes, _console())
    if failed:
        sys.exit(1)


@rules_group.command(
    "show",
    epilog=_examples(
        "pii-gateway rules show rules/demo.yaml",
        "pii-gateway rules show --only matrix rules/demo.yaml",
        "pii-gateway rules show --json rules/demo.yaml",
    ),
)
@FILES
@click.option("--only", type=click.Choice(["canonical", "matrix"]), help="Print one of the two.")
@JSON
@_problems_or_exit
def show_command(files: Sequence[str], *, only: str | None, as_machine: bool) -> None:
    """Print the canonical form and the flow matrix.

    The canonical form answers every question that the files leave to a default. The matrix says, for every route, kind
    of data and residence, what happens on the way to the destination.
    """
    ruleset = read(files).ruleset
    cells = flow(ruleset, _today())
    if as_machine:
        _says({"digest": ruleset.digest, "canonical": canonical(ruleset), "matrix": as_json(cells)})
        return
    if only != "matrix":
        click.echo(f"# digest {ruleset.digest}")
        click.echo(yaml.safe_dump(canonical(ruleset), sort_keys=False, allow_unicode=True, width=80))
    if only != "canonical":
        print_matrix(ruleset, cells, _console())


@rules_group.command(
    "explain",
    epilog=_examples(
        "pii-gateway rules explain rules/demo.yaml register.http",
        "pii-gateway rules explain --country DE rules/demo.yaml register.http",
        r"printf 'GET /api/me HTTP/1.1\n\n' | pii-gateway rules explain mine.yaml -",
    ),
)
@click.argument("file", type=click.Path(exists=True))
@click.argument("request_file", metavar="REQUEST.http", type=click.File("rb"))
@click.option("--peer", default="192.0.2.1", show_default=True, help="Address of the client.")
@click.option("--country", help="Where GeoIP says the client is, e.g. DE.")
@click.option("--claim-country", help="Country claim of a verified JWT.")
@click.option("--role", "roles", multiple=True, help="Role in a verified JWT; may be repeated.")
@JSON
@_problems_or_exit
def explain_command(
    file: str,
    request_file: BinaryIO,
    *,
    peer: str,
    country: str | None,
    claim_country: str | None,
    roles: tuple[str, ...],
    as_machine: bool,
) -> None:
    """Say what happens to a request, and why.

    For every leaf: what was found, whose it is, what happens, because of which rule.

    REQUEST.http holds an HTTP request as text: request line, headers, a blank line, the body. Values are never
    printed, only their length. Each reason names its file and line, and what would happen without that rule.
    """
    ruleset = read([file]).ruleset
    request = parse_http(request_file.read(), peer, request_file.name)
    caller = Caller(roles=frozenset(roles), country=claim_country, address=peer)
    explanation = explain(ruleset, request, _today(), caller, country)
    if explanation is None:
        raise click.ClickException("no route takes this request; it would be answered with 404.")
    if as_machine:
        _says(asdict(explanation))
    else:
        print_explanation(explanation, _console())


@rules_group.command(
    "schema",
    epilog=_examples(
        "pii-gateway rules schema > rules/rules.schema.json",
        "head -1 rules/ru.yaml                # how a rules file names its schema",
    ),
)
def schema_command() -> None:
    """Print the JSON Schema of a rules file, for editors."""
    _says(json_schema())


@rules_group.command(
    "diff",
    epilog=_examples(
        "pii-gateway rules diff rules/mine.yaml /tmp/new.yaml",
        "pii-gateway rules diff --allow-looser old.yaml new.yaml",
    ),
)
@click.argument("old", type=click.Path(exists=True))
@click.argument("new", type=click.Path(exists=True))
@click.option("--allow-looser", is_flag=True, help="Exit with 0 although something may get out that did not before.")
@JSON
@_problems_or_exit
def diff_command(old: str, new: str, *, allow_looser: bool, as_machine: bool) -> None:
    """Compare two sets of rules: what became stricter or looser."""
    difference = diff(read([old]).ruleset, read([new]).ruleset, _today())
    if as_machine:
        _says({"looser": difference.looser, **asdict(difference)})
    else:
        print_diff(difference, _console())
    if difference.looser and not allow_looser:
        click.echo("looser: say --allow-looser if that is meant.", err=True)
        sys.exit(1)

"""From files to rules in force: read, check, try. Nothing that fails any of the three gets out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from gateway.model.rules import Ruleset
from gateway.ruleset.check import check
from gateway.ruleset.problems import BadRulesError, Problem, errors, in_order
from gateway.ruleset.read import Loaded, read
from gateway.ruleset.sources import ReadFile, from_disk
from gateway.ruleset.trial import trial, unexercised


def load(paths: Iterable[str | Path], read_file: ReadFile = from_disk) -> Ruleset:
    """The rules of the files, checked, every inline test passed. Raises BadRulesError with every problem.

    This is what the server starts and reloads by; the old rules stay in force when it raises. ``read_file`` is asked
    for every file by its label, so that somebody else can be given what was read here.
    """
    loaded = read(paths, read_file=read_file)
    found = errors(wrong_with(loaded))
    if found:
        raise BadRulesError(found)
    return loaded.ruleset


def wrong_with(loaded: Loaded, today: date | None = None, *, strict: bool = False) -> tuple[Problem, ...]:
    """All errors and warnings; tests are run only where the checks found no error.

    ``today`` lets it warn of rules that have ended; ``strict`` asks for a test of every rule.
    """
    found = list(check(loaded, today))
    if not errors(found):
        outcomes = trial(loaded)
        found += [failure for outcome in outcomes for failure in outcome.failures]
        found += unexercised(loaded, outcomes) if strict else ()
    return in_order(found)

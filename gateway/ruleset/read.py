"""From files to compiled rules, with all that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gateway.core.detect.kinds import KINDS
from gateway.model.kinds import KindSpec
from gateway.model.names import Kind
from gateway.model.rules import Ruleset
from gateway.ruleset.compile import compile_rules
from gateway.ruleset.descriptors import with_schemas
from gateway.ruleset.draft import Draft
from gateway.ruleset.merge import merge
from gateway.ruleset.own_kinds import kinds_with
from gateway.ruleset.problems import BadRulesError, Mark, Problem, errors
from gateway.ruleset.report import validate
from gateway.ruleset.sources import ReadFile, Source, closure, from_disk, gather
from gateway.ruleset.tree import mark_at

LONG_AGO = date(1970, 1, 1)
"""The day of tests where nothing depends on the day."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Compiled rules with what they were made from.

    ``tested``: the files whose tests judge these rules. ``packs``: each pack by itself, since its tests judge it alone:
    a deployment that tightens or overrides a rule of a pack does not make the pack wrong.
    """

    ruleset: Ruleset
    draft: Draft
    sources: tuple[Source, ...]
    tested: frozenset[str]
    packs: tuple[Loaded, ...] = ()

    def day_of(self, file: str) -> date:
        """The day that the tests of a file are judged on."""
        days = {source.label: source.as_of for source in self.sources}
        return date.fromisoformat(days[file] or "") if days.get(file) else self.ruleset.as_of or LONG_AGO


def read(
    paths: Iterable[str | Path], builtin: Mapping[Kind, KindSpec] = KINDS, read_file: ReadFile = from_disk
) -> Loaded:
    """The files as compiled rules, not yet checked. Raises BadRulesError with every problem."""
    sources, problems = gather(paths, read_file)
    if errors(problems):
        raise BadRulesError(problems)
    if not sources:
        raise BadRulesError([Problem("GW-R100", "no rules file was named.", "name one.", Mark("rules", 1, 1))])
    packs = [source for source in sources if source.pack] if len(sources) > 1 else []
    apart = {source.label for source in packs}
    own = {source.label for source in sources} - apart
    is_whole = any(source.pack is None for source in sources)
    return replace(
        _compiled(sources, own, builtin, read_file, whole=is_whole),
        packs=tuple(_compiled(closure(pack, sources), {pack.label}, builtin, read_file, whole=False) for pack in packs),
    )


def _compiled(
    sources: Sequence[Source],
    tested: Iterable[str],
    builtin: Mapping[Kind, KindSpec],
    read_file: ReadFile,
    *,
    whole: bool,
) -> Loaded:
    root, problems = merge([source.root for source in sources])
    problems += [problem for source in sources for problem in _of_a_file(source)]
    file, found = validate(root)
    if file is None or errors(problems):
        raise BadRulesError([*problems, *found])
    draft = Draft(root, file, kinds_with(file, builtin), whole=whole, problems=problems)
    days = [source.as_of for source in sources if source.as_of]
    labels = tuple(source.label for source in sources)
    ruleset = compile_rules(draft, labels, date.fromisoformat(max(days)) if days else None)
    if errors(draft.problems):
        raise BadRulesError(draft.problems)
    return Loaded(with_schemas(ruleset, draft, read_file), draft, tuple(sources), frozenset(tested))


def _of_a_file(source: Source) -> list[Problem]:
    """What is wrong with one file by itself: its form, and a term without the day its tests are judged on."""
    file, problems = validate(source.root)
    if file and file.as_of is None and (terms := [n for n, rule in enumerate(file.rules) if rule.until]):
        what = "until without as_of: in a year this file's tests would judge other rules than today."
        mark = mark_at(source.root, ("rules", terms[0], "until"))
        problems.append(Problem("GW-R415", what, "add as_of: and the day on which you wrote the tests.", mark))
    return problems

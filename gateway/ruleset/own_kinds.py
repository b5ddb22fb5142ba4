"""Kinds of the operator's own, compiled: what they are, what finds them; and their examples, run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from gateway.core.detect.checksums import CHECKSUMS
from gateway.core.detect.own import finds, refusal
from gateway.model.kinds import Finder, KindSpec
from gateway.model.names import Kind
from gateway.ruleset.draft import Draft
from gateway.ruleset.problems import Mark, Problem
from gateway.ruleset.schema.file import RulesFile
from gateway.ruleset.schema.kinds import FinderModel, KindModel, TitleModel
from gateway.ruleset.schema.words import many
from gateway.ruleset.tree import Loc


def kinds_with(file: RulesFile, builtin: Mapping[Kind, KindSpec]) -> Mapping[Kind, KindSpec]:
    """The built-in catalogue and the operator's own kinds."""
    return {**builtin, **{Kind(name): _spec(Kind(name), model) for name, model in file.kinds.items()}}


def finders_of(draft: Draft) -> tuple[Finder, ...]:
    """How the own kinds are found in texts; what cannot be used is added to the draft's problems."""
    return tuple(_finder(draft, *row) for row in _rows(draft))


def own_fields(draft: Draft) -> dict[Kind, tuple[str, ...]]:
    """The field names of the own kinds."""
    listed = {Kind(name): tuple(sorted(set(many(model.fields)))) for name, model in sorted(draft.file.kinds.items())}
    return {kind: names for kind, names in listed.items() if names}


def refuse_strangers(draft: Draft, builtin: Collection[Kind]) -> None:
    """Kinds that are there already, whose meaning no file may change, and check rules that are not there."""
    for name, model in draft.file.kinds.items():
        if name in builtin:
            what = f"the kind '{name}' is built in: what it means must be the same everywhere."
            mend = "give yours another name, or use fields: to say which fields hold it."
            draft.say("GW-R110", what, mend, ("kinds", name), key=True)
        if model.checksum is not None:
            draft.refer("GW-R451", "checksum", model.checksum, CHECKSUMS, ("kinds", name, "checksum"))


def examples(draft: Draft) -> Iterator[tuple[str, Mark, tuple[Problem, ...]]]:
    """Each example of the own kinds: what it says, where it stands, what is wrong with it."""
    for loc, name, model, checksum in _rows(draft):
        finder = _compiled(name, model, checksum)
        for word, texts in (("yes", many(model.yes)), ("no", many(model.no))):
            for number, text in enumerate(texts):
                place: Loc = (*loc, word, number)
                wrong = finds(finder, text) is (word == "no")
                yield f"{name}: {word} '{text}'", draft.mark(place), _failures(draft, place, name) if wrong else ()


def _failures(draft: Draft, loc: Loc, name: str) -> tuple[Problem, ...]:
    if loc[-2] == "yes":
        what = f"no {name} is found in this example: it would not be found in messages either."
        mend = "correct pattern, checksum or near; letters and digits may not touch a find."
    else:
        what = f"a {name} is found in this example, which says that there is none."
        mend = "make the pattern narrower, or name words under near or unless."
    return (Problem("GW-R503", what, mend, draft.mark(loc)),)


def _rows(draft: Draft) -> Iterator[tuple[Loc, str, FinderModel, str | None]]:
    """Each ``find`` with its place, sorted by kind."""
    for name, model in sorted(draft.file.kinds.items()):
        for number, finder in enumerate(many(model.find)):
            loc: Loc = ("kinds", name, "find", number) if isinstance(model.find, list) else ("kinds", name, "find")
            yield loc, name, finder, model.checksum


def _finder(draft: Draft, loc: Loc, name: str, model: FinderModel, checksum: str | None) -> Finder:
    why = refusal(model.pattern)
    if why is not None:
        mend = "say how often at most, {1,40}, and leave out ^ $ \\b: docs/reference/rules.md, kinds."
        draft.say("GW-R450", f"this pattern cannot be used: {why}.", mend, (*loc, "pattern"))
    return _compiled(name, model, checksum)


def _compiled(name: str, model: FinderModel, checksum: str | None) -> Finder:
    near, unless = (tuple(sorted(set(many(listed)))) for listed in (model.near, model.unless))
    return Finder(Kind(name), model.pattern, checksum, near, unless, tuple(many(model.yes)), tuple(many(model.no)))


def _spec(name: Kind, model: KindModel) -> KindSpec:
    title = model.title or name
    en, ru = (title.en, title.ru) if isinstance(title, TitleModel) else (title, title)
    return KindSpec(
        name, model.category, model.shape, model.normal, model.equal, model.checksum,
        title_en=en, title_ru=ru, law=model.law or "",
    )  # fmt: skip

"""Stand-ins found again: values that name nothing, near a token of the person for whom they went out.

The object that holds the token has to hold the unchanged stand-in as well, itself or somewhere inside, under the same
keys as before. It is the person that counts, not the record: whoever changes a birth date gets a new record for it,
while every token goes on naming an older one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gateway.core.detect.fields import field_verdict
from gateway.core.keys import field_names
from gateway.core.once import once
from gateway.core.seal import SealedField
from gateway.model.decision import Action
from gateway.model.document import Document, Leaf
from gateway.model.names import Kind, Path, RecordId
from gateway.model.rules import Rule, Ruleset
from gateway.model.swift import swift


@swift
@dataclass(frozen=True, slots=True, repr=False)
class StandIn:
    """A value that went out as another valid value: the steps of its path, what was shown, what it was."""

    steps: tuple[str, ...]
    shown: str
    text: str
    kind: Kind
    record: RecordId

    def __repr__(self) -> str:
        return f"StandIn({self.kind})"

    def stands_at(self, within: Path) -> bool:
        """True if the path ends in these steps; one place of a list is as good as another."""
        steps = self.steps[-len(within) :]
        return len(steps) == len(within) and all(
            step == part or (isinstance(part, int) and step.isdecimal())
            for step, part in zip(steps, within, strict=True)
        )


def stand_ins_in(record: RecordId, fields: Iterable[SealedField]) -> Iterator[StandIn]:
    """Those that went out for the fields of a record."""
    for field in fields:
        if field.shown is not None:
            yield StandIn(_steps(field.path), field.shown, field.text, field.kind, record)


def recognised(document: Document, beside: Mapping[Path, Sequence[StandIn]]) -> dict[int, StandIn]:
    """Which leaves are stand-ins. ``beside``: by object, those of the persons with a token in it; the first that fits
    counts, those of the innermost object before all others.
    """
    if not beside:
        return {}
    by_text: dict[str, dict[Path, list[StandIn]]] = {}
    for around, stand_ins in beside.items():
        for one in stand_ins:
            by_text.setdefault(one.shown, {}).setdefault(around, []).append(one)
    found: dict[int, StandIn] = {}
    for ordinal, leaf in enumerate(document.leaves):
        if leaf.text in by_text and not leaf.is_key:
            candidates = by_text[leaf.text]
            for around in objects_around(leaf.path):
                for one in candidates.get(around, ()):
                    if one.stands_at(leaf.path[len(around) :]):
                        found.setdefault(ordinal, one)
    return found


def objects_around(path: Path) -> Iterator[Path]:
    """The objects in which a leaf stands, innermost first, up to its part."""
    return (path[:size] for size in range(len(path) - 1, 0, -1))


def may_be(leaf: Leaf, ruleset: Ruleset, names: Collection[str]) -> bool:
    """True if a value has a name for which the rules may have sent a stand-in, or one of ``names``."""
    if leaf.is_key or leaf.spelling == "json_literal" or not leaf.text.strip():
        return False
    *parents, name = [step for step in leaf.path if isinstance(step, str)]
    if name in names or ruleset.fields.get(name) in kinds_sent(ruleset):
        return True
    own = field_names((name,))
    verdict = field_verdict(field_names(parents[1:][-3:]), name) if own else None
    return verdict is not None and verdict.kind in kinds_sent(ruleset)


@once
def kinds_sent(ruleset: Ruleset) -> frozenset[Kind]:
    """The kinds of which stand-ins may have gone out: those small ones that some rule may tokenise."""
    small = [spec for spec in ruleset.kinds.values() if spec.shape == "stand_in"]
    return frozenset(spec.name for spec in small if any(_tokenises(r, spec.name, spec.category) for r in ruleset.rules))


def _tokenises(rule: Rule, kind: Kind, category: str) -> bool:
    when = rule.when
    named = (not when.kinds or kind in when.kinds) and (not when.categories or category in when.categories)
    return named and rule.then.action is Action.TOKENIZE


_STEP = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."]+)')


def _steps(path: str) -> tuple[str, ...]:
    """A printed path taken apart again."""
    return tuple(match[2] if match[1] is None else re.sub(r"\\(.)", r"\1", match[1]) for match in _STEP.finditer(path))

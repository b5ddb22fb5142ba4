"""What was found where, over many messages: counts by route and field, and one example whose every character is masked.

Holds no value and no key that may be one: what could be data in a path is ``*``. It can be written down, read again and
added to another, so that several processes and days make one picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from gateway.core.detect.linear import SENTINEL
from gateway.core.detect.names import looks_like_name
from gateway.core.detect.roles import read
from gateway.core.detect.words import ideas_of, words_of
from gateway.core.judge import Judgement
from gateway.core.keys import field_names
from gateway.model.decision import Action
from gateway.model.document import WHOLE, Leaf
from gateway.model.finding import Finding
from gateway.model.names import ELSEWHERE, Kind, Path, RuleId

MOST_FIELDS = 20_000
"""Fields that are told apart; what comes on top is only counted, so that made-up keys fill no memory."""

_LONGEST_EXAMPLE = 40
_NAME = re.compile(r"[^\W\d][\w$-]{0,40}")
_WORDS = re.compile(r"[^\W\d][^\W\d_ .,()/-]*(?:[ .,()/-]{1,2}[^\W\d_ .,()/-]+){0,5}[.)]{0,2}")
_NAMES = frozenset("GSPRk")
"""Letters of words (``detect/roles.py``) that are somebody's name and nothing else."""

_BY_NAME = "field:"
_UNMATCHED = RuleId("unmatched")


@dataclass(slots=True)
class Seen:
    """One kind in one field. ``whole``: the value was that and nothing else; ``named``: the field's name told it;
    ``bare``: it would have gone out in clear, and no rule had said so.
    """

    count: int = 0
    whole: int = 0
    named: int = 0
    bare: int = 0
    example: str = ""

    def add(self, other: Seen) -> None:
        self.count += other.count
        self.whole += other.whole
        self.named += other.named
        self.bare += other.bare
        self.example = self.example or other.example


@dataclass(slots=True)
class Field:
    """One field of one route: how many values it had, and what was found in them."""

    values: int = 0
    kinds: dict[Kind, Seen] = field(default_factory=dict)

    def seen(self, kind: Kind) -> Seen:
        return self.kinds.setdefault(kind, Seen())


Place = tuple[str, tuple[str, ...]]
"""A route's name, and the path of a field with ``*`` for indices and for keys that may be data."""


@dataclass(slots=True)
class Tally:
    """``messages`` by route; ``overflow``: values of fields that were too many to be told apart."""

    messages: dict[str, int] = field(default_factory=dict)
    fields: dict[Place, Field] = field(default_factory=dict)
    overflow: int = 0

    def add(self, judgement: Judgement) -> None:
        """Count one judged message."""
        document, route = judgement.reading.document, judgement.reading.matched.route.name
        self.messages[route] = self.messages.get(route, 0) + 1
        personal = {leaf.path for leaf, _ in _findings(judgement) if leaf.is_key}
        for leaf in document.leaves:
            if not leaf.is_key and leaf.text.strip() and leaf.spelling != "json_literal":
                self._count(route, leaf.path, personal)
        bare = set(_bare(judgement))
        for leaf, finding in _findings(judgement):
            known = self.fields.get((route, place_of(leaf.path, personal)))
            if known is not None:
                known.seen(finding.kind).add(_seen(leaf, finding, bare=(finding.leaf, finding.kind) in bare))

    def join(self, other: Tally) -> None:
        """Add what another has counted."""
        for route, count in other.messages.items():
            self.messages[route] = self.messages.get(route, 0) + count
        for place, theirs in other.fields.items():
            own = self.fields.setdefault(place, Field())
            own.values += theirs.values
            for kind, seen in theirs.kinds.items():
                own.seen(kind).add(seen)
        self.overflow += other.overflow

    def _count(self, route: str, path: Path, personal: set[Path]) -> None:
        place = (route, place_of(path, personal))
        known = self.fields.get(place)
        if known is None:
            if len(self.fields) >= MOST_FIELDS:
                self.overflow += 1
                return
            known = self.fields[place] = Field()
        known.values += 1


def _bare(judgement: Judgement) -> Iterator[tuple[int, Kind]]:
    """Leaf and kind of what goes out in clear of people whom a region protects, and no rule has said so."""
    homes = dict(judgement.decision.homes)
    for ruling in judgement.decision.rulings:
        unsaid = [reason for reason in ruling.because if reason.rule == _UNMATCHED]
        if ruling.treatment.action is Action.PASS and unsaid and homes.get(ruling.about) != ELSEWHERE:
            yield ruling.finding.leaf, ruling.finding.kind


def _findings(judgement: Judgement) -> Iterator[tuple[Leaf, Finding]]:
    for finding in judgement.reading.findings:
        yield judgement.reading.document.leaves[finding.leaf], finding


def place_of(path: Path, personal: set[Path]) -> tuple[str, ...]:
    """The path of a field as it may be shown: indices, and keys that are no names or somebody's, are ``*``."""
    steps = [str(path[0])]
    for size, step in enumerate(path[1:], 2):
        steps.append(str(step) if may_be_shown(step, path[:size], personal) else "*")
    return tuple(steps)


def may_be_shown(step: str | int, path: Path, personal: set[Path]) -> bool:
    """True for what can be the name of a field and is no name of a person; in the request's path for its places.

    Several words (``дата рождения``) are a name if all of them are words that names of fields are made of.
    """
    if path[0] == "path":
        return str(step).isdecimal()
    if not isinstance(step, str) or path in personal or not field_names((step,)):
        return False
    if _NAME.fullmatch(step) is None:
        return _WORDS.fullmatch(step) is not None and ideas_of(step)[1]
    return not may_name_somebody(step)


@lru_cache(maxsize=4096)
def may_name_somebody(step: str) -> bool:
    """True for a key or a step of a path in which a given name or a surname stands: ``anna_petrova``, ``ivanov``."""
    if ideas_of(step)[1]:
        return False
    words = " ".join(words_of(step))
    return looks_like_name(step) or not _NAMES.isdisjoint(read(words + SENTINEL, words + SENTINEL).letters)


def _seen(leaf: Leaf, finding: Finding, *, bare: bool) -> Seen:
    text = leaf.text[finding.span.start : finding.span.end]
    named = finding.detector.startswith(_BY_NAME)
    return Seen(1, int(finding.span == WHOLE), int(named), int(bare), masked(text))


def masked(text: str) -> str:
    """The shape of a value and nothing of it: letters are ``a``, ``A``, ``а``, ``А``, digits ``0``, the rest ``·`` but
    for common marks.
    """
    shown = "".join(map(_masked, text[:_LONGEST_EXAMPLE]))
    return shown + "…" if len(text) > _LONGEST_EXAMPLE else shown


def _masked(char: str) -> str:
    if char.isalpha():
        letter = "a" if char.isascii() else "а"
        return letter.upper() if char.isupper() else letter
    if char.isdigit():
        return "0"
    return char if char in " .,@+-()/:_" else "·"

"""YAML with the traps removed, read into a tree in which every key and value knows its file, line and column.

PyYAML's own loaders turn ``NO`` into False, ``12:30:00`` into 45000 and ``0777`` into 511, keep the last of duplicate
keys and follow aliases silently. Here its parser's events are read directly: ``true``, ``false``, ``null`` and plain
decimal numbers are what they look like, everything else is text, and what another YAML reader would take for a number
or a truth value is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import cast

import yaml

from gateway.ruleset.problems import Mark, Problem
from gateway.ruleset.tree import Items, Member, Members, Node, Scalar

MAX_BYTES = 1 << 20
MAX_DEPTH = 32

_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+")
_NUMBER = "a plain decimal number"
_MISREAD = (
    (re.compile(r"(?i)true|false|null|~"), "is true, false or null to other YAML readers", "true, false or null"),
    (re.compile(r"[-+]?0[0-9]+"), "has a leading zero: YAML 1.1 reads an octal number", _NUMBER),
    (re.compile(r"[-+]?0[oxbOXB][0-9a-fA-F_]+"), "is an octal, hexadecimal or binary number to other readers", _NUMBER),
    (re.compile(r"[-+]?[0-9]+(_[0-9]+)+"), "is a number without its underscores to YAML 1.1", _NUMBER),
    (re.compile(r"\+[0-9]+(\.[0-9]*)?"), "is a number without its plus sign to other YAML readers", _NUMBER),
    (
        re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)([eE][-+]?[0-9]+)?"),
        "is a float to other YAML readers",
        _NUMBER,
    ),
    (re.compile(r"(?i)[-+]?\.(inf|nan)"), "is no number that JSON could carry", _NUMBER),
)
"""Plain texts that readers disagree about: what other readers make of them, and what to write instead."""


def parse(file: str, raw: bytes) -> tuple[Members | None, list[Problem]]:
    """The tree of one file, and what is wrong with it; no tree where the text is not YAML at all."""
    lines: list[str] = []
    try:
        if len(raw) > MAX_BYTES:
            raise _Unreadable("GW-R107", f"the file is over {MAX_BYTES >> 20} MiB.", "split it.", Mark(file, 1, 1))
        text = _decoded(file, raw)
        lines = text.splitlines()
        _refuse_tabs(file, lines)
        builder = _Builder(file, lines)
        return builder.root(_events(text, file, lines)), builder.problems
    except _Unreadable as error:
        return None, [error.problem]


class _Unreadable(Exception):  # noqa: N818 - a way out, not an error of its own
    def __init__(self, code: str, what: str, mend: str, mark: Mark) -> None:
        self.problem = Problem(code, what, mend, mark)
        super().__init__(what)


def _decoded(file: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8")
        mark = Mark(file, good.count("\n") + 1, len(good.rpartition("\n")[2]) + 1)
        raise _Unreadable("GW-R100", "the file is not UTF-8.", "save it as UTF-8.", mark) from None


def _refuse_tabs(file: str, lines: list[str]) -> None:
    for number, line in enumerate(lines, 1):
        if "\t" in line:
            mark = Mark(file, number, line.index("\t") + 1, 1, line.replace("\t", " "))
            what = "a tab: editors show it in different widths, and YAML does not indent by it."
            raise _Unreadable("GW-R102", what, 'use blanks, or "\\t" within double quotes.', mark)


def _events(text: str, file: str, lines: list[str]) -> Iterator[yaml.Event]:
    """PyYAML's events; its errors in our words."""
    try:
        yield from yaml.parse(text, yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        good = text[: error.position]
        mark = Mark(file, good.count("\n") + 1, len(good.rpartition("\n")[2]) + 1)
        raise _Unreadable("GW-R101", "a character that YAML does not allow.", "remove or escape it.", mark) from None
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark or error.context_mark
        line, column = (at.line, at.column) if at else (0, 0)
        mark = Mark(file, line + 1, column + 1, 1, lines[line] if line < len(lines) else "")
        raise _Unreadable("GW-R101", f"not YAML: {error.problem}.", _yaml_mend(str(error.problem)), mark) from None


def _yaml_mend(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "quote a text that holds ': ', or check the indentation."
    if "cannot start any token" in problem:
        return "quote a text that starts with @, ` or %."
    return "check brackets, quotes and indentation here and on the line above."


class _Builder:
    """Builds the tree from events, without recursion into the parser; remembers every problem and goes on."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []

    def root(self, events: Iterator[yaml.Event]) -> Members | None:
        node: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if node is not None or event.version or event.tags:
                    what = "several documents or a % directive in one file."
                    raise _Unreadable("GW-R105", what, "make it two files, or remove the line.", self.mark(event))
            elif isinstance(event, yaml.NodeEvent):
                node = self.node(event, events, 0)
        if isinstance(node, Members):
            return node
        mark = node.mark if node else Mark(self.file, 1, 1)
        raise _Unreadable("GW-R108", "the file holds no map of settings.", "start with 'version: 1'.", mark)

    def node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise _Unreadable("GW-R107", f"nested over {MAX_DEPTH} levels deep.", "flatten it.", self.mark(event))
        self.refuse_sharing(event)
        match event:
            case yaml.ScalarEvent():
                return self.scalar(event)
            case yaml.SequenceStartEvent():
                items = tuple(self.node(e, events, depth + 1) for e in _until(yaml.SequenceEndEvent, events))
                return Items(items, self.mark(event))
            case yaml.MappingStartEvent():
                return Members(tuple(self.members(events, depth + 1)), self.mark(event))
        return Scalar(None, "", self.mark(event))  # an alias, already refused

    def members(self, events: Iterator[yaml.Event], depth: int) -> Iterator[Member]:
        seen: dict[str, Mark] = {}
        for event in _until(yaml.MappingEndEvent, events):
            key = self.node(event, events, depth)
            value = self.node(next(events), events, depth)
            if not isinstance(key, Scalar):
                self.say("GW-R108", "a list or map as a key.", "use a text as the key.", key.mark)
            elif key.text == "<<":
                self.say("GW-R104", "a merge key: what a rule says must stand in it.", "write it out.", key.mark)
            elif key.text in seen:
                what = f"'{key.text}' stands twice in one map (first on line {seen[key.text].line}): one would be lost."
                self.say("GW-R103", what, "remove or rename one of them.", key.mark)
            else:
                seen[key.text] = key.mark
                yield Member(key.text, key.mark, value)

    def scalar(self, event: yaml.ScalarEvent) -> Scalar:
        text, mark = event.value, self.mark(event)
        if event.style is not None:
            return Scalar(text, text, mark)
        if text in _WORDS:
            return Scalar(_WORDS[text], text, mark)
        if _INTEGER.fullmatch(text):
            return Scalar(int(text), text, mark)
        if _DECIMAL.fullmatch(text):
            return Scalar(Decimal(text), text, mark)
        for _, says, write in [row for row in _MISREAD if row[0].fullmatch(text)][:1]:
            self.say("GW-R106", f"'{text}' {says}.", f'put a text in quotes ("{text}"), or write {write}.', mark)
        return Scalar(text, text, mark)

    def refuse_sharing(self, event: yaml.Event) -> None:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None or tag is not None:
            name = "a tag" if anchor is None else "an alias" if isinstance(event, yaml.AliasEvent) else "an anchor"
            what = f"{name}: a rule is read where it stands, nothing is copied or re-typed."
            self.say("GW-R104", what, "write the value out.", self.mark(event))

    def say(self, code: str, what: str, mend: str, mark: Mark) -> None:
        self.problems.append(Problem(code, what, mend, mark))

    def mark(self, event: yaml.Event) -> Mark:
        # PyYAML's parser marks every event; the stubs allow for hand-made ones.
        start, end = cast(yaml.Mark, event.start_mark), cast(yaml.Mark, event.end_mark)
        line = self.lines[start.line] if start.line < len(self.lines) else ""
        same_line = end.line == start.line and not isinstance(event, yaml.CollectionStartEvent)
        width = end.column - start.column if same_line else len(line.rstrip()) - start.column
        return Mark(self.file, start.line + 1, start.column + 1, max(1, width), line)


def _until(end: type[yaml.Event], events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The events before the one that closes the collection."""
    for event in events:
        if isinstance(event, end):
            return
        yield event

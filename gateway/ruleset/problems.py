"""What is wrong with a rules file, where, why it matters and how to mend it; all of it at once.

A problem is shown as compilers show theirs: the place, a stable code, the line, a caret under the culprit, the mend.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from textwrap import wrap
from typing import Literal

from gateway.model.addresses import starred
from gateway.model.errors import RulesError

_COLUMNS = 80
_MOST_SHOWN = 72


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of one line of a file; ``line`` and ``column`` count from 1, in characters."""

    file: str
    line: int
    column: int
    width: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``what`` says what, and after a colon why it matters; a warning stops nothing."""

    code: str
    what: str
    mend: str
    mark: Mark
    severity: Literal["error", "warning"] = "error"

    def line(self) -> str:
        """The problem in one line."""
        return f"{self.mark}: {self.code} {self.what} Mend: {self.mend}"

    def render(self) -> str:
        """The problem with its line and a caret, as a terminal shows it."""
        warning = "warning: " if self.severity == "warning" else ""
        head = _wrapped(f"{self.mark}: {self.code} {warning}{self.what}", "    ")
        mend = _wrapped(f"  mend: {self.mend}", "        ")
        return "\n".join([*head, *_excerpt(self.mark), *mend, f"  docs: docs/errors/{self.code}.md"])

    def as_json(self) -> dict[str, object]:
        place = {"file": self.mark.file, "line": self.mark.line, "column": self.mark.column}
        told = {"code": self.code, "severity": self.severity, "what": self.what, "mend": self.mend}
        return {**told, **place, "docs": f"docs/errors/{self.code}.md"}


class BadRulesError(RulesError):
    """The rules cannot be used; carries every problem, errors first, each sorted by place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        first, more = self.problems[0], len(self.problems) - 1
        rest = f" (and {more} more)" if more else ""
        super().__init__(first.code, f"{first.mark}: {first.what}{rest}", first.mend)

    def render(self) -> str:
        return "\n\n".join(problem.render() for problem in self.problems)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems without repetition, errors before warnings, then by file, line and column."""

    def place(problem: Problem) -> tuple[bool, str, int, int, str]:
        return (problem.severity == "warning", problem.mark.file, problem.mark.line, problem.mark.column, problem.code)

    return tuple(sorted(dict.fromkeys(problems), key=place))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that stop the rules from being used."""
    return tuple(problem for problem in problems if problem.severity == "error")


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A mend that names the nearest known word, else lists them all (or says ``otherwise``)."""
    words = sorted(set(known))
    near = get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    return otherwise or f"use {one_of(words)}."


def one_of(words: Sequence[str]) -> str:
    """``a``, ``a or b``, ``a, b or c``."""
    return " or ".join(filter(None, [", ".join(words[:-1]), words[-1]])) if words else "nothing: there is none"


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(text, _COLUMNS, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _excerpt(mark: Mark) -> list[str]:
    """The line and a caret line below it; passwords in addresses are starred out."""
    if not mark.text.strip():
        return []
    line = starred(mark.text)
    start = max(0, mark.column - 1 - _MOST_SHOWN // 2) if mark.column + mark.width > _MOST_SHOWN else 0
    shown = line[start : start + _MOST_SHOWN]
    number = f"{mark.line:>5} | "
    width = max(1, min(mark.width, len(shown) - (mark.column - 1 - start)))
    return [number + shown, " " * (len(number) - 2) + "| " + " " * (mark.column - 1 - start) + "^" * width]

"""The labelled texts that ``python -m tests.quality`` judges by; their origin is in ``tests/corpus/README.md``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.quality.generate import items
from tests.quality.score import Labelled

CORPUS = Path(__file__).parents[1] / "corpus"
_MARK = re.compile(r"\[([^\]|]+)\|([A-Z_]+)\]")


def file(path: Path) -> list[Labelled]:
    """Texts of a file of JSON lines: ``text``, ``types``, ``spans`` with ``start``, ``end``, ``type``."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Labelled(
            row["text"],
            tuple((span["start"], span["end"], span["type"]) for span in row["spans"]),
            frozenset(row["types"]),
        )
        for row in rows
    ]


def news(change: Callable[[str], str] = str) -> list[Labelled]:
    """factRuEval's development set: names of people only, which do not need a model to be fair to judge by."""
    return [labelled._replace(text=change(labelled.text)) for labelled in file(CORPUS / "factrueval_devset_ru.jsonl")]


def english() -> list[Labelled]:
    return file(CORPUS / "presidio_sample_en.jsonl")


def requests() -> list[Labelled]:
    """Requests to a support desk, written by hand: a line each, ``[value|TYPE]`` marks what is in it."""
    lines = (CORPUS / "requests_ru.txt").read_text(encoding="utf-8").splitlines()
    found = [_marked(line) for line in lines]
    types = frozenset(kind for _, spans in found for _, _, kind in spans)
    return [Labelled(text, tuple(spans), types) for text, spans in found]


def _marked(line: str) -> tuple[str, list[tuple[int, int, str]]]:
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append((len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        at = mark.end()
    return text + line[at:], spans


def made(spelling: str = "") -> list[Labelled]:
    """The generated set, or one spelling of it."""
    found = [item for item in items() if spelling in {"", item.spelling}]
    types = frozenset(kind for item in items() for _, _, kind in item.spans)
    return [Labelled(item.text, item.spans, types) for item in found]


def fields() -> Iterator[tuple[str, str, str]]:
    """Field name, type or NONE, language."""
    for line in (CORPUS / "fieldnames_dev.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["field"], row["type"], row["lang"]

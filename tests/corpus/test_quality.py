"""Floors for what detection finds and what it leaves alone. ``README.md`` says what the data is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gateway.core.classify import classify
from gateway.core.codec.request import decode_request
from gateway.core.detect.fields import classify_field
from gateway.core.detect.kinds import KINDS
from gateway.core.detect.outside import TIERS, detect_text
from gateway.model.limits import Limits
from gateway.model.message import Request
from tests.corpus.ordinary import records
from tests.made import ruleset

HERE = Path(__file__).parent
MARKED = re.compile(r"\[([^\]|]+)\|([A-Z_]+)\]")

Spans = set[tuple[int, int, str]]


def texts() -> list[tuple[str, Spans]]:
    lines = (HERE / "texts.txt").read_text(encoding="utf-8").splitlines()
    return [unmarked(line) for line in lines if not line.startswith("#")]


def unmarked(line: str) -> tuple[str, Spans]:
    """The sentence without its marks, and what they mark."""
    text, spans, last = "", set(), 0
    for mark in MARKED.finditer(line):
        text += line[last : mark.start()]
        spans.add((len(text), len(text) + len(mark[1]), mark[2]))
        text += mark[1]
        last = mark.end()
    return text + line[last:], spans


def scores(overlap: bool) -> tuple[float, float]:
    """Precision and recall over all sentences, by equal spans or by spans of one type that touch."""
    right = told = asked = 0
    for text, gold in texts():
        found = set(detect_text(text, TIERS[:2]))
        right += sum(any(touches(one, other) if overlap else one == other for other in found) for one in gold)
        told += len(found)
        asked += len(gold)
    return right / told, right / asked


def touches(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    return one[2] == other[2] and one[0] < other[1] and other[0] < one[1]


def test_sentences_are_read_with_few_misses_and_few_false_alarms() -> None:
    precision, recall = scores(overlap=True)
    assert (round(precision, 2) >= 0.95, round(recall, 2) >= 0.95) == (True, True), (precision, recall)


def test_most_spans_are_exact() -> None:
    precision, recall = scores(overlap=False)
    assert (round(precision, 2) >= 0.93, round(recall, 2) >= 0.93) == (True, True), (precision, recall)


def test_field_names_are_told_apart() -> None:
    rows = [json.loads(line) for line in (HERE / "fieldnames_dev.jsonl").read_text(encoding="utf-8").splitlines()]
    told = [(row["type"] != "NONE", classify_field(row["field"]) is not None, row["lang"]) for row in rows]
    assert f_two(told) > 0.9
    assert f_two([one for one in told if one[2] == "ru"]) > 0.9


def f_two(told: list[tuple[bool, bool, str]]) -> float:
    right = sum(gold and found for gold, found, _ in told)
    return 5 * right / (4 * sum(gold for gold, _, _ in told) + sum(found for _, found, _ in told))


def test_ordinary_records_hold_nobody() -> None:
    assert flagged_share(700) < 0.001


@pytest.mark.slow
def test_ten_thousand_ordinary_records_hold_nobody() -> None:
    assert flagged_share(10_000) < 0.002


def flagged_share(count: int) -> float:
    """The share of leaves in which something is found, of any kind."""
    rules = ruleset(kinds=KINDS)
    leaves = flagged = 0
    for record in records(count):
        body = json.dumps(record, ensure_ascii=False).encode()
        document = decode_request(Request("POST", "/", (("Content-Type", "application/json"),), body), Limits())
        leaves += sum(not leaf.is_key for leaf in document.leaves)
        flagged += len({finding.leaf for finding in classify(document, rules)})
    return flagged / leaves

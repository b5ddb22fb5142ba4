"""Why the gateway did what it did: the rule behind each decision, where it is written, and what it says.

Read again from the requests as they were sent and the rules file, by the same pure functions that decided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.box import SIMPLE_HEAD
from rich.table import Table

from gateway.core.asked import Asked
from gateway.core.judge import judge
from gateway.core.reading import read
from gateway.core.route import find_route
from gateway.demo.findings import Step
from gateway.demo.layout import Layout
from gateway.model.decision import Reason, Ruling
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.rules import Ruleset
from gateway.ruleset.read import read as read_rules


def table(layout: Layout, steps: Sequence[Step]) -> Table:
    """One row a rule: what it did to how many values of which kinds, its file and line, its reason."""
    ruleset = read_rules([layout.rules]).ruleset
    first: dict[tuple[str, str], Reason] = {}
    done: dict[tuple[str, str], Counter[tuple[str, str]]] = {}
    for ruling in (ruling for step in steps for ruling in _rulings(step, ruleset)):
        for reason in ruling.because:
            key = (str(reason.rule), reason.says)
            first.setdefault(key, reason)
            done.setdefault(key, Counter())[_deed(ruling)] += 1
    made = Table(title="Why", title_justify="left", title_style="bold", box=SIMPLE_HEAD, expand=True)
    for column, ratio in (("rule, and where it is written", 6), ("did", 6), ("because", 7)):
        made.add_column(column, ratio=ratio, overflow="fold")
    for key, deeds in sorted(done.items(), key=lambda item: -item[1].total()):
        made.add_row(f"{key[0]}\n[dim]{_place(first[key], layout)}[/]", _told(deeds), key[1])
    return made


def _place(reason: Reason, layout: Layout) -> str:
    """``rules/ru.yaml:46``."""
    return reason.at.removeprefix(f"{layout.root}/").rpartition(":")[0]


def _rulings(step: Step, ruleset: Ruleset) -> Iterator[Ruling]:
    """What is decided of that request where nothing is remembered of anybody; nothing of one that no route takes."""
    request = _request(step)
    matched = find_route(ruleset, request)
    if matched is None:
        return
    try:
        reading = read(request, matched, ruleset, Limits())
    except PayloadError:
        return
    today = datetime.now(UTC).date()  # noqa: TID251 - the report is a program of its own
    yield from judge(reading, ruleset, Asked(today)).decision.rulings


def _request(step: Step) -> Request:
    head, _, body = step.sent.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    return Request(method, target, headers, body.encode("utf-8", "surrogateescape"), "127.0.0.1")


def _deed(ruling: Ruling) -> tuple[str, str]:
    return ruling.treatment.action.name.lower(), ruling.finding.kind


def _told(deeds: Counter[tuple[str, str]]) -> str:
    """``tokenize 12 email, 9 phone``."""
    by_action: dict[str, list[str]] = {}
    for (action, kind), count in deeds.most_common():
        by_action.setdefault(action, []).append(f"{count} {kind}")
    return "; ".join(f"{action} {', '.join(kinds)}" for action, kinds in by_action.items())

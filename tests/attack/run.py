"""Plays attacks against a gateway of real parts, before a back end that keeps every byte, and says how each ended."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, unquote_plus
from xml.etree import ElementTree as ET

from graphql import parse, print_ast

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.settings import load as load_settings
from gateway.verify.search import find
from gateway.wiring import running
from tests.attack.cases import CONTROL, Case
from tests.attack.encodings import ENCODINGS, holds
from tests.attack.hostile import SECRET, Hostile
from tests.attack.seen import seen
from tests.attack.wire import Recording, Said, recording, say

RULES = """
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence: {subjects: [body, "body.people.*", "body.*"]}
destinations:
  crm: {url: "URL", region: us, role: application, unmatched: pass, token_domain: id.example}
routes:
  - {match: {path: "/search/**"}, to: crm, intent: look_up, search: empty, whose: caller, reveal_to: [subject]}
  - {match: {path: "/api/**"}, to: crm, whose: caller, reveal_to: [subject]}
"""

Ending = Literal["handled", "refused", "LEAK", "HANG", "WRONG"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``why``: the refusal's code and status, or what is wrong; never a value."""

    case: Case
    ending: Ending
    why: str = ""

    @property
    def failed(self) -> bool:
        return self.ending in ("LEAK", "HANG", "WRONG")


@dataclass(frozen=True, slots=True)
class Ground:
    """A gateway on a port, and what stands behind it."""

    port: int
    behind: Recording
    sink: MemorySink


@asynccontextmanager
async def ground(folder: Path, rules: str = RULES) -> AsyncIterator[Ground]:
    sink = MemorySink()
    async with recording() as behind:
        (folder / "rules.yaml").write_text(rules.replace("URL", behind.url), encoding="utf-8")
        settings = load_settings(None, {}, {"state_dir": str(folder), "listen.port": 0, "admin.port": 0})
        async with running(load_rules([folder / "rules.yaml"]), settings, sink) as gateway:
            yield Ground(int(gateway.address.rpartition(":")[2]), behind, sink)


async def play(cases: Iterable[Case], on: Ground) -> list[Outcome]:
    """One after another, each on a connection of its own; what arrived is forgotten in between."""
    outcomes = []
    for case in cases:
        on.behind.forget()
        said = await say(on.port, case.wire)
        outcomes.append(judge(case, said, bytes(on.behind.wire)))
    return outcomes


def judge(case: Case, said: Said, arrived: bytes) -> Outcome:
    if said.hung:
        return Outcome(case, "HANG")
    arrived += b"\n" + case.worn.undone(arrived.partition(b"\r\n\r\n")[2])
    if find(case.secrets, arrived) or any(seen(arrived, secret) for secret in case.secrets):
        return Outcome(case, "LEAK")
    if len(said.statuses) != 1:
        return Outcome(case, "WRONG", f"{len(said.statuses)} replies")
    status = said.statuses[0]
    if not 200 <= status < 300:
        return _refused(case, said, status)
    if not arrived.strip():
        return Outcome(case, "WRONG", "2xx for what never arrived")
    if not find([CONTROL], arrived):
        return Outcome(case, "WRONG", "what is nobody's did not arrive")
    if case.due and case.echo and not case.worn.unread and not _came_back(case, case.worn.undone(said.content)):
        return Outcome(case, "WRONG", "the reply is not what was sent")
    return Outcome(case, "handled")


def _came_back(case: Case, body: bytes) -> bool:
    """True if the reply means what was sent; of a value in a coding, whose spelling is free, if it holds it."""
    if meant(body) == meant(case.echo or b""):
        return True
    if case.loose and _bare(body) == _bare(case.echo or b""):
        return True
    return case.spelling in ENCODINGS and find([CONTROL], body) != [] and holds(body, case.secrets[0])


def _bare(body: bytes) -> str:
    """What stands there without a look at the syntax: escapes undone, backslashes left out."""
    text = unquote_plus(body.decode("utf-8-sig", "replace"))
    units = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda unit: chr(int(unit[1], 16)), text)
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\\", "")


def meant(body: bytes) -> object:
    """What a body says, however its escapes are spelled: JSON in JSON and in forms read to the bottom."""
    return _read(body.decode("utf-8-sig", "replace"))


def _read(text: str) -> object:
    if text.startswith("eyJ"):
        text = ENCODINGS["base64"].unwrap(text)
    try:
        return _deeper(json.loads(text, parse_float=str))
    except ValueError:
        if text.startswith("<?xml"):
            return _elements(text)
        if text.startswith("{") and "\n{" in text:
            return [_read(line) for line in text.splitlines()]
        pairs = parse_qsl(text.partition("?")[2] if text.startswith("/") else text, keep_blank_values=True)
        return [(unquote(name), _read(value)) for name, value in pairs] if pairs else text


def _elements(text: str) -> object:
    try:
        return [(one.tag, one.attrib, _deeper(one.text or "")) for one in ET.fromstring(text).iter()]
    except ET.ParseError:
        return text


def _deeper(value: object) -> object:
    match value:
        case dict():
            return {key: _deeper(inner) for key, inner in value.items()}
        case list():
            return [_deeper(inner) for inner in value]
        case str() if value[:1] in ("{", "[", "/"):
            return _read(value)
        case str() if value.startswith("mutation"):
            return print_ast(parse(value))
        case _:
            return value


def _refused(case: Case, said: Said, status: int) -> Outcome:
    try:
        code = str(json.loads(said.body)["code"])
    except (ValueError, KeyError, TypeError):
        return Outcome(case, "WRONG", f"{status} without a problem document")
    why = f"{code} {status}"
    return Outcome(case, "WRONG", f"due, but {why}") if case.due else Outcome(case, "refused", why)


_PATIENCE_S = 15.0
"""Longer than aiohttp reads on so that a client still sending may see its refusal."""


async def attack(one: Hostile, on: Ground) -> str:
    """What is wrong with the end of a hostile request; '' where it is as it should be."""
    on.behind.forget()
    said = await say(on.port, one.wire, end=one.end, patience_s=_PATIENCE_S)
    arrived = bytes(on.behind.wire)
    statuses = tuple(said.statuses)
    if said.hung:
        return f"HANG after {statuses}"
    if find([SECRET], arrived) or b"smuggled" in arrived:
        return "LEAK"
    if statuses not in one.statuses:
        return f"WRONG: answered {statuses}, not {one.statuses}"
    if len(on.behind.requests) not in one.arrives or len(on.behind.requests) > statuses.count(200):
        return f"WRONG: {len(on.behind.requests)} requests arrived for {statuses}"
    if statuses and statuses[-1] >= 400 and b'"code":"GW-' not in said.wire:
        return "WRONG: refused without a problem document"
    if SECRET.encode() in said.wire and 200 not in statuses:
        return "WRONG: the refusal quotes the request"
    return ""


_CELL = {"handled": "+", "refused": "r", "LEAK": "L", "HANG": "H", "WRONG": "!"}
_WORST: tuple[Ending, ...] = ("LEAK", "HANG", "WRONG", "refused", "handled")


def matrix(outcomes: Sequence[Outcome]) -> str:
    """Places down, spellings and coats across; a cell shows the worst of its kinds; then counts and reasons."""
    columns = list(dict.fromkeys(_column(one.case) for one in outcomes))
    rows = list(dict.fromkeys(one.case.place for one in outcomes))
    cells: dict[tuple[str, str], list[Ending]] = {}
    for one in outcomes:
        cells.setdefault((one.case.place, _column(one.case)), []).append(one.ending)
    wide = max(map(len, rows), default=0)
    lines = [f"{'':{wide}}  {number:>2} {name}" for number, name in enumerate(columns, 1)]
    lines += ["", f"{'':{wide}} " + "".join(f"{number:>3}" for number in range(1, len(columns) + 1))]
    for row in rows:
        endings = (cells.get((row, column), []) for column in columns)
        shown = "".join(f"{_CELL[min(found, key=_WORST.index)] if found else '.':>3}" for found in endings)
        lines.append(f"{row:{wide}} {shown}")
    counts = Counter(one.ending for one in outcomes)
    lines += ["", "+ handled  r refused  L LEAK  H HANG  ! WRONG  . not played", ""]
    lines.append(f"{len(outcomes)} requests: " + ", ".join(f"{counts[ending]} {ending}" for ending in reversed(_WORST)))
    reasons = Counter(one.why for one in outcomes if one.ending == "refused")
    lines += [f"  refused {count:>4} × {why}" for why, count in reasons.most_common()]
    lines += [f"  {one.ending}: {one.case.name} {one.why}" for one in outcomes if one.failed]
    return "\n".join(lines)


def _column(case: Case) -> str:
    return case.spelling if case.coat == "none" else f"coat: {case.coat}"

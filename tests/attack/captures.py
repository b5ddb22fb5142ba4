"""Real clients' requests through an analytics rule that drops personal data: what arrived, and what the client got.

Those of ``tests/corpus/captures``, which the codecs' own tests read too, and the rest beside this file in ``clients``.
``python -m tests.attack.captures FOLDER`` plays all of another folder.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from gateway.verify.search import find
from tests.attack.run import Ground, ground
from tests.attack.seen import seen
from tests.attack.wire import say

CAPTURES = (Path(__file__).parents[1] / "corpus" / "captures", Path(__file__).parent / "clients")

_EVENTS = (
    "event", "event_type", "event_name", "type", "timestamp", "sentAt", "originalTimestamp", "sent_at", "time", "$time",
    "amount", "revenue", "value", "price", "currency", "e", "dtm", "stm", "se_ca", "se_ac", "e_c", "e_a", "cdt", "n",
)  # fmt: skip
RULES = """
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence: {subjects: [body]}
destinations:
  counter: {url: "URL", region: us, role: analytics, unmatched: drop}
routes:
  - {match: {path: "/**"}, to: counter, purpose: statistics}
rules:
  - id: names-times-and-amounts
    why: The event itself is not about a person; a finding inside it still wins.
    when: {path: [PATHS], destination: {role: analytics}}
    then: pass
""".replace("PATHS", ", ".join(f'"{part}.**.{name}"' for part in ("body", "query") for name in _EVENTS))


@dataclass(frozen=True, slots=True)
class Capture:
    """One captured request, its needles, and the answer that its client was given."""

    name: str
    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    needles: tuple[str, ...]
    status: int
    answer_headers: tuple[tuple[str, str], ...]
    answer: bytes

    def reply(self) -> bytes:
        """What the real server said."""
        sized = "" if self.status == 204 else f"Content-Length: {len(self.answer)}\r\n"
        told = "".join(
            f"{name}: {value}\r\n" for name, value in self.answer_headers if name.lower() != "content-length"
        )
        return f"HTTP/1.1 {self.status} X\r\n{told}{sized}\r\n".encode() + self.answer

    def wire(self) -> bytes:
        own = [
            f"{name}: {value}" for name, value in self.headers if name.lower() not in ("connection", "content-length")
        ]
        sized = f"Content-Length: {len(self.body)}"
        head = [f"{self.method} {self.target} HTTP/1.1", *own, "Connection: close", sized, "", ""]
        return "\r\n".join(head).encode("utf-8", "surrogateescape") + self.body


def captures(folders: Sequence[Path] = CAPTURES) -> list[Capture]:
    return [_capture(path, folder) for folder in folders for path in sorted(folder.rglob("*.json"))]


def _capture(path: Path, folder: Path) -> Capture:
    told = json.loads(path.read_text())
    needles = json.loads(path.with_suffix(".needles").read_text())["needles"]
    response = told["response"]
    return Capture(
        str(path.relative_to(folder).with_suffix("")),
        told["method"],
        told["path"],
        tuple((name, value) for name, value in told["headers"]),
        base64.b64decode(told["body_b64"]),
        tuple(dict.fromkeys(needle for *_, needle in needles)),
        response["status"],
        tuple(response["headers"].items()),
        base64.b64decode(response["body_b64"]),
    )


async def faults(capture: Capture, on: Ground) -> list[str]:
    """What is wrong: needles that arrived, events that did not, an answer that is not the client's."""
    on.behind.forget()
    on.behind.answer = lambda _: capture.reply()
    said = await say(on.port, capture.wire())
    if said.hung:
        return ["hang"]
    if said.statuses != [capture.status]:
        return [f"refused: {said.statuses} {_code(said.body)}"]
    arrived = bytes(on.behind.wire)
    wrong = [
        f"LEAK of needle {capture.needles.index(hit.text)} ({hit.view or 'plain'})"
        for hit in find(capture.needles, arrived)
    ]
    wrong += [f"LEAK of needle {at}" for at, needle in enumerate(capture.needles) if seen(arrived, needle)]
    wrong += [] if said.content == capture.answer else ["another answer than the client's"]
    there = events_in(arrived)
    wrong += [f"lost {name}" for name, value in events_of(capture) if (name, value) not in there]
    return wrong


def events_of(capture: Capture) -> list[tuple[str, object]]:
    """What is to arrive: what the rules name and no needle stands in (``value`` is also what a user property has)."""
    told = events_in(capture.wire())
    return [(name, value) for name, value in told if not find(capture.needles, str(value).encode())]


def _code(body: bytes) -> str:
    try:
        return str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return "without a problem document"


def events_in(wire: bytes) -> list[tuple[str, object]]:
    """Names, times and amounts of events, by reading targets and bodies without the gateway's codecs."""
    head, _, body = wire.partition(b"\r\n\r\n")
    if body.startswith(b"\x1f\x8b"):
        body = gzip.decompress(body)
    target = head.split(b" ", 2)[1].decode("latin-1")
    return [*_pairs(target.partition("?")[2]), *_named(body.decode("utf-8", "replace"))]


def _pairs(text: str) -> Iterator[tuple[str, object]]:
    for name, value in parse_qsl(text):
        if name in _EVENTS:
            yield name, value
        else:
            yield from _named(value)


def _named(text: str) -> Iterator[tuple[str, object]]:
    if text[:1] in ("{", "["):
        try:
            yield from _walk(json.loads(text, parse_float=str, parse_int=str))
        except ValueError:
            return
    elif "=" in text and "\n" not in text:
        yield from _pairs(text.partition("?")[2] if "?" in text else text)


def _walk(value: object) -> Iterator[tuple[str, object]]:
    match value:
        case dict():
            for name, inner in value.items():
                if name in _EVENTS and not isinstance(inner, dict | list):
                    yield name, inner
                else:
                    yield from _walk(inner)
        case list():
            for inner in value:
                yield from _walk(inner)
        case str() if value[:1] in ("{", "["):
            yield from _named(value)


async def main(folders: Sequence[Path]) -> int:
    bad = 0
    with tempfile.TemporaryDirectory() as state:
        async with ground(Path(state), RULES) as on:
            for capture in captures(folders):
                wrong = await faults(capture, on)
                bad += bool(wrong)
                sys.stdout.write(f"{'!' if wrong else '+'} {capture.name} {'; '.join(wrong)}\n")
    sys.stdout.write(f"{bad} of {len(captures(folders))} requests wrong\n")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(asyncio.run(main([Path(one) for one in sys.argv[1:]] or CAPTURES)))

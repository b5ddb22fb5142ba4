"""One printed line a step: who did what, what arrived abroad, what came back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import unquote

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gateway.demo.stage import Step
from gateway.verify import wire

_TELLING = (
    "first_name",
    "email",
    "phone",
    "about",
    "event",
    "found",
    "users",
    "errors",
    "error",
    "title",
    "deleted",
    "greeting",
)
"""Members worth a look, in this order."""


def heading(console: Console) -> None:
    console.print(_line("[bold]who does what", "[bold]what arrived abroad", "[bold]what came back", console.width))


def step_line(step: Step, console: Console) -> None:
    came_back = f"{step.reply.status} {_came_back(step.reply)}"
    colour = "red" if step.reply.status >= 400 else "green"
    arrived = escape(_arrived(step.received)) or "[dim]nothing"
    console.print(_line(escape(f"{step.who} {step.does}"), arrived, f"[{colour}]{escape(came_back)}", console.width))


def _line(who: str, arrived: str, came_back: str, width: int) -> Table:
    grid = Table.grid(padding=(0, 1))
    who_width = 32
    rest = (min(width, 120) - who_width - 4) // 2
    for column in (who_width, rest, rest):
        grid.add_column(width=column, no_wrap=True, overflow="ellipsis")
    grid.add_row(who, arrived, came_back)
    return grid


def _arrived(received: str) -> str:
    """The body's telling members, or the target where there is no body."""
    head, _, body = received.partition("\r\n\r\n")
    method, target = [*head.split(" "), "", ""][:2]
    if body.strip():
        return _gist(body.strip())
    return f"{method} {unquote(target).removeprefix('/api')}" if head else ""


def _came_back(reply: wire.Message) -> str:
    if reply.header("Content-Type").startswith("image/"):
        return "an image"
    return _gist(reply.body.decode("utf-8", "replace"))


def _gist(text: str) -> str:
    """``Анна · anna@example.ru · +7 900 …`` of a JSON record; the first words of anything else."""
    try:
        body = json.loads(text)
    except ValueError:
        return " ".join(unquote(text).split())[:100]
    return " · ".join(_pieces(body)) or "{}"


def _pieces(body: object) -> Iterator[str]:
    match body:
        case dict():
            for name in _TELLING:
                if name in body:
                    yield from _pieces(body[name])
        case list():
            for item in body:
                yield from _pieces(item)
        case None:
            pass
        case _:
            yield str(body)

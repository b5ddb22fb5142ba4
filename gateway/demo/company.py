"""The whole demo, from an empty directory to the report: ports, rules, processes, play, a second process that looks."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from gateway.demo import badge
from gateway.demo.layout import Layout
from gateway.demo.play import play
from gateway.demo.show import heading, step_line
from gateway.demo.stage import Stage
from gateway.verify.processes import free_port, running


@dataclass(frozen=True, slots=True)
class Ports:
    """Where everybody listens on 127.0.0.1: the numbers of the rules file where they are free, others where not."""

    gateway: int
    admin: int
    crm: int
    metrics: int


def free_ports() -> Ports:
    return Ports(free_port(8080), free_port(9901), free_port(9001), free_port(9002))


def lay_out(root: Path, rules: Path, ports: Ports, now_s: int) -> tuple[Layout, str]:
    """An empty directory with the rules of a folder as they are to be served; and the support agent's badge."""
    layout = Layout(root)
    for directory in (layout.clients, layout.home, root / "abroad", layout.rules.parent):
        shutil.rmtree(directory, ignore_errors=True)
    for directory in (layout.clients, layout.home, layout.crm, layout.metrics, layout.rules.parent):
        directory.mkdir(parents=True)
    _copy_rules(rules, layout, ports)
    return layout, badge.issue(layout.jwks, now_s)


def _copy_rules(rules: Path, layout: Layout, ports: Ports) -> None:
    """The shipped rules line by line, only that addresses and paths are those of this run."""
    here = {
        "var/demo/": f"{layout.home}/",
        "jwks: jwks.json": f"jwks: {json.dumps(str(layout.jwks))}",
        "127.0.0.1:9001": f"127.0.0.1:{ports.crm}",
        "127.0.0.1:9002": f"127.0.0.1:{ports.metrics}",
    }
    for file in rules.glob("*.yaml"):
        text = file.read_text()
        for shipped, ours in here.items():
            text = text.replace(shipped, ours)
        (layout.rules.parent / file.name).write_text(text)


async def perform(layout: Layout, ports: Ports, console: Console, badge_text: str, *, keep: bool) -> int:
    """Start, play, look, and end; with ``keep`` end only when interrupted. The report's exit status."""
    async with AsyncExitStack() as stack:
        await _start(stack, layout, ports)
        heading(console)
        await play(Stage(ports.gateway, layout, lambda step: step_line(step, console)), badge_text)
        console.print()
        status = await _look(layout)
        if keep:
            _invite(layout, ports, badge_text, console)
            await asyncio.Event().wait()
    return status


async def _start(stack: AsyncExitStack, layout: Layout, ports: Ports) -> None:
    here = Path.cwd()
    abroad = (("crm", ports.crm, layout.crm), ("collector", ports.metrics, layout.metrics))
    for name, port, directory in abroad:
        arguments = ["-m", f"gateway.demo.{name}", "--port", str(port), "--dir", str(directory)]
        output = directory / f"{name}.log"
        await stack.enter_async_context(running(arguments, port=port, output=output, directory=here))
    await stack.enter_async_context(
        running(_serve(layout, ports), port=ports.gateway, output=layout.log, directory=layout.home)
    )


def _serve(layout: Layout, ports: Ports) -> list[str]:
    addresses = ["--listen", f"127.0.0.1:{ports.gateway}", "--admin", f"127.0.0.1:{ports.admin}"]
    return ["-m", "gateway", "serve", "--rules", str(layout.rules), *addresses]


async def _look(layout: Layout) -> int:
    """The report, by a process that has seen nothing of the play."""
    looking = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway.demo.report", "--dir", str(layout.root)
    )
    return await looking.wait()


def _invite(layout: Layout, ports: Ports, badge_text: str, console: Console) -> None:
    gateway, crm = f"http://127.0.0.1:{ports.gateway}", f"http://127.0.0.1:{ports.crm}"
    person = '{"first_name":"Вера","last_name":"Рябина","email":"vera@example.ru","phone":"+7 900 000-07-07",'
    person += '"birth_date":"1991-04-01","citizenship":"RU","password":"x"}'
    lines = [
        f"curl -s {gateway}/api/register -H 'Content-Type: application/json' -d '{person}'",
        f"curl -s {gateway}/api/users            # through the gateway: you are nobody, so you see tokens",
        f"curl -s {crm}/api/users            # the CRM itself: what is there abroad",
        f"curl -s {gateway}/api/users -H 'Authorization: Bearer {badge_text}'  # as support",
        f"less {layout.crm / 'crm.http'}  # every byte the CRM was sent",
    ]
    console.print("\n[bold]Everything keeps running until Ctrl-C. Try:[/]")
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)

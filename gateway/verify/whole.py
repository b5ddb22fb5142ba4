"""One whole run: the plan, the direct way, the way through a real gateway process, and what is left on disk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from gateway.model.names import DestinationName
from gateway.model.rules import Ruleset
from gateway.verify.dice import Dice
from gateway.verify.outcome import Result
from gateway.verify.probes import probes
from gateway.verify.processes import free_port, running
from gateway.verify.run import Progress, read_what_is_left, send_directly, send_through, start_stand_ins
from gateway.verify.standin import StandIn


@dataclass(frozen=True, slots=True)
class Workplace:
    """Where a run's files lie: what stand-ins received on either way, and all that the gateway writes."""

    root: Path

    @property
    def direct(self) -> Path:
        return self.root / "direct"

    @property
    def through(self) -> Path:
        return self.root / "through"

    @property
    def gateway(self) -> Path:
        return self.root / "gateway"

    @property
    def log(self) -> Path:
        """Everything the gateway's process wrote to its output and error streams."""
        return self.gateway / "gateway.log"

    def make(self) -> None:
        for directory in (self.direct, self.through, self.gateway):
            directory.mkdir(parents=True, exist_ok=True)


async def verify(
    ruleset: Ruleset, files: Sequence[Path], place: Workplace, dice: Dice, progress: Progress
) -> list[Result]:
    """The results of every probe. Raises DidNotStartError where there is no gateway to judge."""
    results = [Result(probe) for probe in probes(ruleset, dice)]
    async with AsyncExitStack() as stack:
        await send_directly(results, await start_stand_ins(stack, ruleset, place.direct))
    async with AsyncExitStack() as stack:
        stand_ins = await start_stand_ins(stack, ruleset, place.through)
        port = free_port(0)
        arguments = _under_test(files, stand_ins, place, port)
        await stack.enter_async_context(running(arguments, port=port, output=place.log, directory=Path.cwd()))
        await send_through(results, stand_ins, port, progress)
        read_what_is_left(results, _files(place.gateway), outward=False)
    read_what_is_left(results, _files(place.through), outward=True)
    read_what_is_left(results, _files(place.gateway), outward=False)
    return results


def _under_test(
    files: Sequence[Path], stand_ins: dict[DestinationName, StandIn], place: Workplace, port: int
) -> list[str]:
    arguments = ["-m", "gateway.verify.under_test", "--port", str(port), "--dir", str(place.gateway)]
    for file in files:
        arguments += ["--rules", str(file)]
    for name, stand_in in stand_ins.items():
        arguments += ["--to", f"{name}={stand_in.url}"]
    return arguments


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file())

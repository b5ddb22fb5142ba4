"""Which files make up the rules: those named, folders of them, and the packs they ask for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import gateway
from gateway.ruleset.problems import Mark, Problem, did_you_mean
from gateway.ruleset.source import parse
from gateway.ruleset.tree import Items, Members, Scalar

_SUFFIXES = (".yaml", ".yml")

ReadFile = Callable[[str], bytes]
"""The bytes of a file by its label; OSError if there is none."""


def from_disk(label: str) -> bytes:
    return Path(label).read_bytes()


@dataclass(frozen=True, slots=True)
class Source:
    """One file. ``packs`` are the labels of the packs it asks for; ``pack`` its own name if it is one."""

    label: str
    root: Members
    pack: str | None
    packs: tuple[str, ...]

    @property
    def as_of(self) -> str | None:
        return _text(self.root, "as_of")


def gather(paths: Iterable[str | Path], read_file: ReadFile = from_disk) -> tuple[list[Source], list[Problem]]:
    """The files at the paths and all packs they ask for, each once, sorted by label; and what cannot be read."""
    sources: dict[Path, Source] = {}
    problems: list[Problem] = []
    waiting = [(label, Mark(label, 1, 1)) for path in paths for label in _files(Path(path))]
    while waiting:
        label, asked = waiting.pop()
        place = Path(label).resolve()
        if place not in sources and (source := _source(label, asked, problems, read_file)):
            sources[place] = source
            waiting += _packs(source)
    return sorted(sources.values(), key=lambda source: source.label), problems


def closure(source: Source, sources: Iterable[Source]) -> list[Source]:
    """A file with the packs it builds on."""
    named = {one.label: one for one in sources}
    found: dict[str, Source] = {}
    waiting = [source.label]
    while waiting:
        label = waiting.pop()
        if label in named and label not in found:
            found[label] = named[label]
            waiting += found[label].packs
    return sorted(found.values(), key=lambda one: one.label)


def shipped() -> Path:
    """The folder of the packs that come with the gateway: beside its modules, or in the source tree."""
    beside = Path(gateway.__path__[0])
    return next((folder for folder in (beside / "rules", beside.parent / "rules") if folder.is_dir()), beside / "rules")


def _files(path: Path) -> list[str]:
    if not path.is_dir():
        return [str(path)]
    return [str(file) for file in sorted(path.iterdir()) if file.suffix in _SUFFIXES] or [str(path / "*.yaml")]


def _source(label: str, asked: Mark, problems: list[Problem], read_file: ReadFile) -> Source | None:
    try:
        raw = read_file(label)
    except OSError as error:
        packs = sorted(file.stem for file in shipped().glob("*.yaml"))
        mend = did_you_mean(Path(label).stem, packs, "check the path.")
        problems.append(Problem("GW-R100", f"{label} cannot be read: {error.strerror}.", mend, asked))
        return None
    root, found = parse(label, raw)
    problems += found
    if root is None:
        return None
    return Source(label, root, _text(root, "pack"), tuple(place for place, _ in _packs_of(label, root)))


def _packs(source: Source) -> list[tuple[str, Mark]]:
    return list(_packs_of(source.label, source.root))


def _packs_of(label: str, root: Members) -> Iterator[tuple[str, Mark]]:
    """``ru.yaml`` stands beside the file that names it; ``ru`` is shipped with the gateway."""
    named = root.value("packs")
    for item in named.items if isinstance(named, Items) else ():
        if isinstance(item, Scalar) and isinstance(item.value, str):
            beside = item.value.endswith(_SUFFIXES)
            path = Path(label).parent / item.value if beside else shipped() / f"{item.value}.yaml"
            yield _short(path), item.mark


def _short(path: Path) -> str:
    """The path as seen from here, if that is shorter."""
    return min(os.path.normpath(path), os.path.relpath(path), key=len)


def _text(root: Members, name: str) -> str | None:
    value = root.value(name)
    return value.text if isinstance(value, Scalar) else None

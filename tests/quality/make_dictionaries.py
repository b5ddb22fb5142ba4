"""Packs the dictionaries of ``gateway/core/detect/data`` anew from the lists that its README names.

python -m tests.quality.make_dictionaries FOLDER

FOLDER holds, unpacked, the wheels of natasha and mimesis, and the hunspell files ``ru_RU.aff``, ``ru_RU.dic`` and
``american-english`` (a word a line). The result is the same, byte for byte, for the same lists.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from gateway.core.detect.dictionary import packed_filter, packed_hashes
from gateway.core.detect.endings import bare
from gateway.core.detect.given_names import GIVEN_NAMES, forms_of
from gateway.core.detect.spelling import romanise
from tests.quality.made_lists import GIVEN, LATIN_PLACES, MODERN, PLACES

DATA = Path(__file__).parents[2] / "gateway/core/detect/data"
RUSSIAN = re.compile(r"[а-я]{3,}(?:-[а-я]+)*")
LATIN = re.compile(r"[a-z]{3,}")
NO_SURNAME = re.compile(r".+(?:[аяеиуюо]ть|[аяиу]ться|нуть)|.{1,3}")
SURNAME = re.compile(r".+(?:[ое]в|[иы]н)|.+[сц]кий")
PATRONYMIC = re.compile(r".+(?:[ео]вич|ьич|[ео]вн|ичн)(?:[ауеыи]|ем|ой|ою|ей|ами?|ах)?")
SHORT = 4
ENDINGS = "а у ом ем е ы и ов ей ам ами ах".split()
LATIN_LOCALES = "en en-gb en-ca de de-at de-ch fr es es-mx it nl nl-be pl pt pt-br sv da no fi cs et hr hu sk tr is"


def folded(word: str) -> str:
    return word.lower().replace("ё", "е")


def plain_latin(word: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(char))


def inflected(folder: Path) -> Iterator[tuple[bool, str]]:
    """Every form of every word of the Russian spelling dictionary, and whether the word is written with a capital."""
    rules: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
    for line in (folder / "ru_RU.aff").read_text(encoding="utf-8").splitlines():
        cells = line.split()
        if cells[:1] == ["SFX"] and len(cells) >= 5:
            cut, ending = ("" if cell == "0" else cell for cell in cells[2:4])
            rules.setdefault(cells[1], []).append((cut, ending, re.compile(cells[4] + "$")))
    for line in (folder / "ru_RU.dic").read_text(encoding="utf-8").splitlines()[1:]:
        word, _, flags = line.strip().partition("/")
        capital = word[:1].isupper()
        yield capital, folded(word)
        for flag in flags:
            for cut, ending, where in rules.get(flag, ()):
                if word.endswith(cut) and where.search(word):
                    yield capital, folded(word[: len(word) - len(cut)] + ending)


def lists(folder: Path, name: str) -> set[str]:
    return set(map(folded, (folder / "natasha/data/dict" / name).read_text(encoding="utf-8").split()))


def mimesis(folder: Path, locale: str, file: str, key: str) -> set[str]:
    found = json.loads((folder / f"mimesis/datasets/{locale}/{file}.json").read_text(encoding="utf-8")).get(key, [])
    groups = list(found.values()) if isinstance(found, dict) else [found]
    return {word for group in groups if isinstance(group, list) for word in group}


def surnames(folder: Path, ordinary: set[str]) -> Iterator[str]:
    listed = lists(folder, "last.txt") | set(map(folded, mimesis(folder, "ru", "person", "surnames")))
    for word in listed:
        sure = word not in ordinary or SURNAME.fullmatch(word)
        if sure and RUSSIAN.fullmatch(word) and not NO_SURNAME.fullmatch(word):
            yield bare(word)
    for locale in LATIN_LOCALES.split():
        for word in mimesis(folder, locale, "person", "surnames"):
            yield from (part for part in plain_latin(word).split() if LATIN.fullmatch(part))


def common(folder: Path) -> Iterator[str]:
    for word in map(folded, mimesis(folder, "ru", "person", "names")):
        if RUSSIAN.fullmatch(word) and len(word) > 3:
            yield from forms_of(word)


def given(folder: Path) -> Iterator[str]:
    listed = lists(folder, "first.txt") | set(map(folded, mimesis(folder, "ru", "person", "names")))
    for word in listed | set(GIVEN.split()):
        if RUSSIAN.fullmatch(word):
            yield from forms_of(word)
    usual = set(common(folder)) | {name for name in GIVEN_NAMES if not name.isascii()}
    yield from (romanise(form) for form in usual if LATIN.fullmatch(romanise(form)) and len(romanise(form)) > SHORT)
    for locale in LATIN_LOCALES.split():
        for word in mimesis(folder, locale, "person", "names"):
            yield from (part for part in plain_latin(word).split() if LATIN.fullmatch(part))


def places(folder: Path, capital: set[str], people: set[str]) -> Iterator[str]:
    towns = set(map(folded, mimesis(folder, "ru", "address", "city")))
    own = set(PLACES.split())
    last = {bare(word) for word in lists(folder, "last.txt")}
    for word in capital:
        if bare(word) not in last and word not in people and not PATRONYMIC.fullmatch(word):
            yield word
    for word in towns | own:
        yield word
        yield from place_forms(word)
    for locale in ("en", "en-gb"):
        for word in mimesis(folder, locale, "address", "city"):
            if LATIN.fullmatch(plain_latin(word)):
                yield plain_latin(word)
    yield from LATIN_PLACES.split()


def place_forms(word: str) -> Iterator[str]:
    for ending, others in (
        ("ия", ("ии", "ию", "ией")),
        ("а", ("ы", "и", "е", "у", "ой")),
        ("я", ("и", "е", "ю", "ей")),
        ("ь", ("и", "ью", "я", "ю", "ем", "е")),
        ("й", ("я", "ю", "ем", "е")),
        ("о", ("а", "у", "ом", "е")),
        ("ый", ("ого", "ому", "ым", "ом")),
        ("ы", ("", "ов", "ам", "ами", "ах")),
        ("и", ("ей", "ам", "ами", "ах")),
    ):
        if word.endswith(ending):
            yield from (word[: len(word) - len(ending)] + other for other in others)
            return
    yield from (word + other for other in ("а", "у", "ом", "е"))


def main(folder: Path) -> None:
    ordinary: set[str] = set()
    capital: set[str] = set()
    for is_capital, word in inflected(folder):
        (capital if is_capital else ordinary).add(word)
    english = (folder / "american-english").read_text(encoding="utf-8").split()
    ordinary |= {word for word in english if word.islower()}
    ordinary |= {word + ending for word in MODERN.split() for ending in ENDINGS} | set(MODERN.split())
    people = set(given(folder))
    found = {
        "ordinary": packed_filter(word for word in ordinary if len(word) > 1),
        "surnames": packed_hashes(surnames(folder, ordinary)),
        "common": packed_hashes(common(folder)),
        "given": packed_hashes(people),
        "places": packed_hashes(places(folder, capital, people)),
    }
    DATA.mkdir(exist_ok=True)
    for name, packed in found.items():
        (DATA / f"{name}.bin").write_bytes(packed)
        sys.stdout.write(f"{name}: {len(packed)} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

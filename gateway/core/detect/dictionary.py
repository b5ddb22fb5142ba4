"""Words that are known: ordinary ones, names of people, places. Packed: a million take 3 MB and no time to load.

``data/README.md`` says where the words are from. A word is asked for by a 32-bit hash of its spelling: lower case, ё as
е. So the answer may be wrong for one word in some thousands (``ordinary``: one in three hundred); nothing rests on it
alone.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from pkgutil import get_data
from sys import byteorder
from typing import NamedTuple
from zlib import crc32

from gateway.core.detect.endings import bare, told

_MASK = 2**24 - 1
_SPREAD = 0x9E3779B1
_VERBAL = frozenset(
    {
        *("ся", "сь"),
        *(
            stem + ending + reflexive
            for stem in "вш ющ ущ ащ ящ".split()
            for ending in "ий его ему им ем ая ей ую ее ие их ими ею".split()
            for reflexive in ("", "ся")
        ),
        *(stem + ending for stem in ("анн", "енн") for ending in "ый ого ому ым ом ая ой ую ое ые ых ыми ою".split()),
    }
)
_ORDER = {"little": len, "big": array.byteswap}
"""What a machine does to little-endian numbers to read them."""


class Words(NamedTuple):
    """The packed dictionaries."""

    ordinary: bytes
    """A Bloom filter of 2**24 bits, three a word."""
    surnames: array[int]
    """Sorted hashes of what ``endings.bare`` leaves of a surname."""
    common: array[int]
    """Sorted hashes of given names in all cases, the rarest left out."""
    given: array[int]
    """Sorted hashes of all given names in all cases."""
    places: array[int]
    """Sorted hashes of towns, countries, rivers in all cases."""


@lru_cache(maxsize=1)
def words() -> Words:
    """The dictionaries of the package, read once."""
    return Words(
        _bytes("ordinary"), hashes_of("surnames"), hashes_of("common"), hashes_of("given"), hashes_of("places")
    )


def code(word: str) -> int:
    """What the dictionaries know a word by."""
    return crc32(word.encode())


def is_ordinary(number: int, known: bytes) -> bool:
    """True for a word of the language, in any form that ``by_ending`` does not tell, not written with a capital."""
    first, second, third = number & _MASK, number >> 8, (number * _SPREAD >> 8) & _MASK
    return (
        known[first >> 3] >> (first & 7) & known[second >> 3] >> (second & 7) & known[third >> 3] >> (third & 7) & 1
    ) == 1


def by_ending(word: str) -> bool:
    """True for a participle or a reflexive verb, which their endings show; they take no place in the filter."""
    return any(word[-size:] in _VERBAL for size in (7, 6, 5, 4, 2))


def is_among(number: int, hashes: array[int]) -> bool:
    place = bisect_left(hashes, number)
    return place < len(hashes) and hashes[place] == number


def is_name(word: str) -> bool:
    """True for a given name or a surname that no other word is, or that ends as surnames do."""
    known, number = words(), code(word)
    named = is_among(number, known.given) or is_among(code(bare(word)), known.surnames)
    return named and (told(word) == "surname" or not is_ordinary(number, known.ordinary))


def packed_filter(known: Iterable[str]) -> bytes:
    """The words as ``is_ordinary`` reads them."""
    bits = bytearray(2**21)
    for word in known:
        if by_ending(word):
            continue
        number = code(word)
        for place in (number & _MASK, number >> 8, (number * _SPREAD >> 8) & _MASK):
            bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def packed_hashes(known: Iterable[str]) -> bytes:
    """The words as ``is_among`` reads them: little-endian, whatever the machine."""
    hashes = array("I", sorted(set(map(code, known))))
    return b"".join(number.to_bytes(4, "little") for number in hashes)


def hashes_of(name: str) -> array[int]:
    hashes = array("I", _bytes(name))
    _ORDER[byteorder](hashes)
    return hashes


def _bytes(name: str) -> bytes:
    raw = get_data("gateway.core.detect", f"data/{name}.bin")
    assert raw is not None  # noqa: S101 - get_data answers None only for loaders without files
    return raw

"""Latin words that are known: given names, surnames and places of many countries, packed as ``dictionary`` says."""

from __future__ import annotations

from array import array
from functools import lru_cache
from typing import NamedTuple

from gateway.core.detect.dictionary import hashes_of


class LatinWords(NamedTuple):
    """Sorted hashes of words in plain small letters (``plain``); a place of several words has blanks between them."""

    given: array[int]
    surnames: array[int]
    places: array[int]
    cities: array[int]
    """The places that are large."""


@lru_cache(maxsize=1)
def latin_words() -> LatinWords:
    """The dictionaries of the package, read once."""
    return LatinWords(
        hashes_of("latin_given"), hashes_of("latin_surnames"), hashes_of("latin_places"), hashes_of("latin_cities")
    )

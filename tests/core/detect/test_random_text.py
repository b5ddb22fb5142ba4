"""A generated token that is rewritten breaks the application that made it: a session is lost, a form refused."""

from __future__ import annotations

import random
import string
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pytest

from gateway.core.detect.catalog import scanner
from gateway.core.detect.conflicts import best
from gateway.core.detect.random_text import is_random

LETTERS_AND_DIGITS = string.ascii_letters + string.digits
SMALL = string.ascii_lowercase + string.digits


def people(text: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in best(scanner().scan([text])) if hit.detector.kind == "person.name"]


@pytest.mark.parametrize(("alphabet", "size"), [(LETTERS_AND_DIGITS, 32), (LETTERS_AND_DIGITS, 64), (SMALL, 32)])
def test_chance_spells_nobody(alphabet: str, size: int) -> None:
    dice = random.Random(20261122)
    tokens = ["".join(dice.choices(alphabet, k=size)) for _ in range(3_000)]
    assert sum(bool(people(token)) for token in tokens) <= 1


@pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
@pytest.mark.parametrize("size", [16, 18, 32])
def test_chance_spells_nobody_between_the_signs_of_base64(encode: Callable[[bytes], bytes], size: int) -> None:
    dice = random.Random(20261123)
    tokens = [encode(dice.randbytes(size)).decode() for _ in range(5_000)]
    assert [token for token in tokens if people(token)] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/home/Nina/MyDocuments", "Nina"),
        ("/users/anna-petrova/MyDocs/FooBar", "anna-petrova"),
        ("to=Anna_Petrova/inbox/2026/november", "Anna"),
        ("/users/nina1990", "nina"),
        ("petrova1990anna2024", "anna"),
        ("who=nina1985&page=20&sort=asc&limit=100", "nina"),
        ("order-4-anna-petrova-1990-spb-7", "anna-petrova"),
    ],
)
def test_who_writes_a_name_with_figures_is_seen(text: str, name: str) -> None:
    assert name in people(text)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("EI8nina366L83Ax3Z2YsIzyeMhxLo3Iu", "nina", True),
        ("KeVLIPQquCmlev2LGugSNHhmion", "uCmlev", False),
        ("KeVLIPQq4CmLEv2LGugSNHhmion", "CmLEv", True),
        ("KeVLIPQq4ivanov2LGugSNHhmion", "ivanov", True),
        ("KeVLIPQq4ivanov LGug2SNH4hmion", "ivanov", False),
        ("ivanov1x2y3z4", "ivanov", False),
        ("nina", "nina", False),
    ],
)
def test_what_is_generated(text: str, word: str, *, expected: bool) -> None:
    start = text.index(word)
    assert is_random(text, start, start + len(word)) is expected

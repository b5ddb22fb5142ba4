"""Many strings in one pass: what plain counting says, or the refusal to spend too long on it."""

from __future__ import annotations

import pytest

from gateway.core.many import SHORTEST, TooAlikeError, counted


def test_strings_are_counted_wherever_they_stand() -> None:
    text = b"x" * 65530 + b"anna@example.ru" + b"y" * 70000 + b"anna@example.ruhans@example.org"
    wanted = [b"anna@example.ru", b"anna@example.com", b"hans@example.org", b"anna@exa"]
    assert counted(wanted, text) == {b"anna@example.ru": 2, b"hans@example.org": 1, b"anna@exa": 2}


def test_short_text_holds_nothing() -> None:
    assert not counted([b"anna@example.ru"], b"anna@e")


def test_strings_that_begin_alike_in_a_text_full_of_that_are_too_many() -> None:
    with pytest.raises(TooAlikeError):
        counted([b"a" * size + b"1" for size in range(SHORTEST, 200)], b"a" * 2**17)

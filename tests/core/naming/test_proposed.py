"""Names are proposed one by one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateway.core.naming.proposed import Proposed
from gateway.model.names import Token


def counting(asked: list[str]) -> Iterator[Token]:
    for name in "abcdef":
        asked.append(name)
        yield Token(name)


def test_only_what_is_asked_for_is_made() -> None:
    asked: list[str] = []
    proposed = Proposed(counting(asked), 6)
    assert (proposed[0], asked) == ("a", ["a"])


def test_it_reads_as_often_as_one_likes() -> None:
    proposed = Proposed(counting([]), 4)
    assert (list(proposed), list(proposed), len(proposed)) == (["a", "b", "c", "d"], ["a", "b", "c", "d"], 4)


def test_it_is_cut_and_counted_from_the_end_like_any_sequence() -> None:
    proposed = Proposed(counting([]), 4)
    assert (proposed[-1], proposed[:2], proposed[1:0]) == ("d", ("a", "b"), ())


def test_it_ends() -> None:
    with pytest.raises(IndexError):
        Proposed(counting([]), 2)[2]


def test_it_prints_no_name() -> None:
    assert repr(Proposed(counting([]), 2)) == "Proposed(2)"

from __future__ import annotations

import pytest

from gateway.core.detect.linear import SENTINEL, PatternSet, linear


def test_a_pattern_counts_bytes() -> None:
    (match,) = linear("б+").finditer("абб".encode())
    assert match.span() == (2, 6)


def test_the_longest_of_the_leftmost_wins() -> None:
    match = linear("a|ab").search(b"ab")
    assert match is not None
    assert match.span() == (0, 2)


def test_what_re2_refuses_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="invalid"):
        linear("(?=a)b")


def test_a_set_says_which_patterns_match() -> None:
    assert list(PatternSet(["a", "b", "c"]).matching(f"xcxa{SENTINEL}".encode())) == [0, 2]


def test_a_set_that_cannot_tell_says_everything() -> None:
    """The sentinel is missing, as it is when the automaton has run out of memory."""
    assert list(PatternSet(["a", "b"]).matching(b"nothing here")) == [0, 1]

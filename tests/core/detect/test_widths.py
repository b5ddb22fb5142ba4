from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.detect.linear import linear
from gateway.core.detect.widths import width


@pytest.mark.parametrize(
    ("pattern", "widths"),
    [
        (r"ДГ-\d{4}-\d{6}", (14, 14)),
        (r"(a|b{2,5}){1,3}", (1, 15)),
        (r"a?b??c{2}", (2, 4)),
        (r"[]a-z]{3}[^\d\-][[:alpha:]]", (5, 5)),
        (r"\pL\p{Greek}\x41\x{410}\.", (5, 5)),
        (r"(?:ab|c)(?i:d)(?P<x>e)", (3, 4)),
        (r"", (0, 0)),
        (r"a||b", (0, 1)),
        (r".{1,40}", (1, 40)),
    ],
)
def test_a_find_is_as_long_as_its_pattern_lets_it(pattern: str, widths: tuple[int, int]) -> None:
    assert width(pattern) == widths


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("a*", r"repetition \* at character 2"),
        ("ab+?", r"repetition \+\? at character 3"),
        ("x.*y|x", r"repetition \* at character 3"),
        ("x{3,}", r"repetition \{3,\} at character 2"),
        ("^a", r"anchor \^ at character 1"),
        (r"a\b", r"anchor \\b at character 2"),
        ("a$", r"anchor \$"),
        ("a(b", "bracket at character 2 is not closed"),
        ("a)", "a bracket too many at character 2"),
        ("(?=a)", "cannot stand at character 1"),
        (r"(a)\1", "cannot stand at character 4"),
        ("a{2}{3}", "cannot stand at character 5"),
        ("a{,3}", "cannot stand at character 2"),
        ("[a", "cannot stand at character 1"),
        (r"\Qa\E", "cannot stand at character 1"),
        ("(" * 30, "brackets"),
    ],
)
def test_what_has_no_bound_or_no_place_is_refused(pattern: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        width(pattern)


ATOMS = st.sampled_from(["a", "б", ".", r"\d", "[a-c]", r"[^\d]", r"\pL", r"\."])
TIMES = st.sampled_from(["", "?", "{2}", "{1,3}", "{0,2}?"])
PATTERNS = st.recursive(
    st.tuples(ATOMS, TIMES).map("".join),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map("|".join),
        st.tuples(inner, TIMES).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    ),
    max_leaves=6,
)


@given(PATTERNS, st.text(alphabet="abcб1. ", max_size=40))
def test_no_find_is_shorter_or_longer_than_was_said(pattern: str, text: str) -> None:
    least, most = width(pattern)
    raw = text.encode()
    found = [raw[first:last].decode() for first, last in (m.span() for m in linear(pattern).finditer(raw))]
    assert all(least <= len(find) <= most for find in found)


@given(st.text(alphabet=r"ab\()[]{}|?*+^$.,12d:i<P", max_size=12))
def test_what_is_let_through_never_repeats_without_end(pattern: str) -> None:
    try:
        width(pattern)
    except ValueError:
        return
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "", pattern)
    assert not set(bare) & set("*+^$")

"""How many bytes a find can have and whether a digit is in it, against what patterns do match."""

from __future__ import annotations

from math import inf

import pytest

from gateway.core.detect.catalog import DETECTORS
from gateway.core.detect.extent import Extent, extent
from gateway.core.detect.linear import linear


@pytest.mark.parametrize(
    ("pattern", "most", "digit"),
    [
        ("", 0, False),
        ("abc", 3, False),
        ("1", 1, True),
        (r"\d{3}-\d", 5, True),
        (r"[0-25-9\d]x", 2, True),
        (r"[0-9a-f]{4}", 4, False),
        ("ё|я[а-я]", 4, False),
        (r"\d|яя", 4, False),
        (r"\d|7[a-z]", 2, True),
        (r"(?:\d-)?x", 3, False),
        (r"(?:\d-)?8", 3, True),
        (r"(a\d){2,4}", 8, True),
        (r"a\d*", inf, False),
        (r"a\d+", inf, True),
        (r"a\d{2,}", inf, True),
        (r"a(?:)*\d", 2, True),
        (r"^a\d$", 2, True),
        (r"[^a]\pL\x{430}.1", 17, True),
        (r"[\pL_]\S[[:alpha:]]5", 13, True),
        (r"[\s\w]\s\-[№]2", 10, True),
    ],
)
def test_what_the_finds_of_a_pattern_may_be(pattern: str, most: float, digit: bool) -> None:
    assert extent(pattern) == Extent(most, digit)


@pytest.mark.parametrize("pattern", [r"(?i:k1)", r"(?=\d)", "a)", "(a", "(?:a|b"])
def test_what_is_not_understood_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        extent(pattern)


def test_every_find_of_the_examples_keeps_to_it() -> None:
    for detector in DETECTORS:
        if detector.reader is None:
            most, digit = extent(detector.pattern)
            for text in detector.yes:
                for match in linear(detector.pattern).finditer(text.lower().encode()):
                    first, last = match.span()
                    found = text.lower().encode()[first:last]
                    assert len(found) <= most, detector.name
                    assert not digit or any(byte in b"0123456789" for byte in found), detector.name

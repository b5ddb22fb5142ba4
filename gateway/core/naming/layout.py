"""The way a number is written: its digits replaced, blanks and brackets kept."""

from __future__ import annotations

from collections.abc import Iterator


def relaid(original: str, digits: str) -> str | None:
    """``digits`` written as the original's digits are; None if there are not as many."""
    if sum(char.isdecimal() for char in original) != len(digits):
        return None
    fresh: Iterator[str] = iter(digits)
    return "".join(next(fresh) if char.isdecimal() else char for char in original)

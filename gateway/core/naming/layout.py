"""The way a number is written: its digits replaced, blanks and brackets kept."""

from __future__ import annotations

import re

DIGIT = re.compile(r"\d")


def relaid(original: str, digits: str) -> str | None:
    """``digits`` written as the original's digits are; None if there are not as many."""
    first, *others = DIGIT.split(original)
    if len(others) != len(digits):
        return None
    return first + "".join([digit + between for digit, between in zip(digits, others, strict=True)])

"""Addresses as they may be printed: without the passwords that an operator has put into them."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"""
    ( :// [^:@/?#\s"']* : (?! \d+ (?: [/?#,"'\s] | $ ) )    # who, and what is no port
    | \b (?: \w*password | pin-value ) = )
    ( (?<= : ) (?: [^\s"']* (?= @ ) | [^/?#\s"'@]+ )    # to the last @: it may hold anything
    | (?<= = ) [^&;\#\s"']+ )
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Before a host, and as parameters of PostgreSQL's URIs and PKCS#11's (RFC 7512)."""


def printable(text: str) -> str:
    """Any text, each password in an address of it as ``***``; the identity where there is none."""
    return _SECRET.sub(r"\1***", text)


def starred(line: str) -> str:
    """A line as ``printable`` has it, but as long as it was: places in it stay where they are."""
    return _SECRET.sub(lambda found: found[1] + "*" * len(found[2]), line)

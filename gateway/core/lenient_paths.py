"""How lenient back ends read a path: what they drop, fold and decode once more.

A request takes the route that its path names to the letter. Where one of these readings would take another route, the
back end may do another thing than the rules were asked about.
"""

from __future__ import annotations

import re
from unicodedata import normalize
from urllib.parse import unquote

Steps = tuple[str, ...]

_MOST_DECODINGS = 4
_PLAIN = re.compile(r"[a-z0-9_-][a-z0-9_.-]*+")
_WIDE = re.compile(r"%[uU]([0-9a-fA-F]{4})")
_OVERLONG = (("\udcc0\udcae", "."), ("\udcc0\udcaf", "/"), ("\udcc1\udc9c", "\\"))
"""Bytes that old decoders of UTF-8 take for a dot, a slash, a backslash."""

_BLANKS = "".join(map(chr, range(33))) + "\x7f\xa0"


def reads_one_way(steps: Steps) -> bool:
    """True if every reading here gives these very steps: lower-case words, none empty or a dot."""
    return all(_PLAIN.fullmatch(step) is not None for step in steps)


def without_parameters(steps: Steps) -> Steps:
    """No empty segments, no ``;`` parameters."""
    return tuple(step.partition(";")[0] for step in steps if step) or ("",)


def folded(steps: Steps) -> Steps:
    """Besides: decoded again, cut at ``?`` and ``#``, dots followed, blanks trimmed, capitals and wide folded."""
    path = "/".join(steps)
    for _ in range(_MOST_DECODINGS):
        again = unquote(_WIDE.sub(_wide, path), errors="surrogateescape")
        if again == path:
            break
        path = again
    for spelled, meant in _OVERLONG:
        path = path.replace(spelled, meant)
    read: list[str] = []
    for segment in re.split(r"[/\\]", re.split(r"[?#]", folded_step(path), maxsplit=1)[0]):
        step = segment.partition(";")[0].strip(_BLANKS)
        if step == "..":
            del read[-1:]
        elif step not in ("", "."):
            read.append(step)
    return tuple(read) or ("",)


def folded_step(step: str) -> str:
    """One step of a route's own path, as that reading has it."""
    return normalize("NFKC", step).casefold()


def _wide(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))

"""JavaScript inside HTML: its quoted strings are leaves, as far as they can be told with certainty.

A slash may begin a regular expression or divide; where that can't be told, or a template holds code, the rest of the
script has no leaves. Source: ECMA-262, 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.core.codec.budget import Budget
from gateway.model.document import Leaf, Span
from gateway.model.names import PartName, Path

_TOKEN = re.compile(
    r"""(?P<blank>[\s\ufeff]++|//[^\n\r\u2028\u2029]*+|/\*[\s\S]*?\*/)
      |(?P<quote>["'`])
      |(?P<word>[\w$\\]++)
      |(?P<mark>[^\s\w$\\/])
      |(?P<slash>/(?!\*))""",
    re.VERBOSE,
)
_INSIDE = {
    '"': re.compile(r'[^"\\\n\r]*+(?:\\(?:\r\n|[\s\S])[^"\\\n\r]*+){0,99}'),
    "'": re.compile(r"[^'\\\n\r]*+(?:\\(?:\r\n|[\s\S])[^'\\\n\r]*+){0,99}"),
    "`": re.compile(r"[^`\\$]*+(?:(?:\\[\s\S]|\$(?!\{))[^`\\$]*+){0,99}"),
}
"""What may stand between quotes, some of it at a time: a pattern that repeats without a bound costs memory for each."""

_REGEX = re.compile(
    r"""/(?![*/]) [^/\\\[\n\r]*+
        (?: (?: \\[^\n\r] | \[ [^\]\\\n\r]*+ (?:\\[^\n\r][^\]\\\n\r]*+)* \] ) [^/\\\[\n\r]*+ )* /\w*+""",
    re.VERBOSE,
)
_LONGEST_REGEX = 1000
_BEFORE_REGEX = frozenset("return typeof instanceof in of new delete void throw case do else yield await".split())
_RUNS_STRINGS = frozenset({"eval", "Function", "setTimeout", "setInterval", "execScript", "import"})
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|(\r\n|[\n\r\u2028\u2029])|([\s\S]))"
)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def script_leaves(name: PartName, path: Path, text: str, stretch: Span, budget: Budget) -> Iterator[Leaf]:
    """The string literals of a stretch of the text that is a script; none where it holds HTML-like comments."""
    script = text[stretch.start : stretch.end]
    if "<!--" in script or "-->" in script:
        return
    for start, end in _strings(text, stretch):
        means = string_text(text[start:end])
        yield Leaf(path, means, Span(start, end), "script_string", inner=budget.nest(budget, name, path, means))


def string_text(raw: str) -> str:
    """What a string literal, quotes included, means."""
    if "\\" not in raw:
        return raw[1:-1]
    text = _ESCAPE.sub(_unescape, raw[1:-1])
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else match[0]
    return "" if match[4] else _PLAIN_ESCAPES.get(match[5], match[5])


def _strings(text: str, stretch: Span) -> Iterator[tuple[int, int]]:
    """Places of string literals, up to the first thing that can't be told."""
    at, last, last_but_one = stretch.start, "", ""
    while at < stretch.end:
        token = _TOKEN.match(text, at, stretch.end)
        if token is None:
            return
        end = _end(token, last, last_but_one)
        if end is None:
            return
        if token["quote"] in {"'", '"'} and not (last == "(" and last_but_one in _RUNS_STRINGS):
            yield at, end
        if not token["blank"]:
            last, last_but_one = token["word"] or text[end - 1], last
        at = end


def _end(token: re.Match[str], last: str, last_but_one: str) -> int | None:
    """Where a token ends; None if it never does, or if that can't be told."""
    if token["quote"]:
        return _closed(token)
    if token["slash"]:
        return _slash(token, last, last_but_one)
    return token.end()


def _closed(quote: re.Match[str]) -> int | None:
    inside, at = _INSIDE[quote[0]], quote.end()
    while (match := inside.match(quote.string, at, quote.endpos)) and match.end() > at:
        at = match.end()
    return at + 1 if quote.string.startswith(quote[0], at, quote.endpos) else None


def _slash(slash: re.Match[str], last: str, last_but_one: str) -> int | None:
    """Behind a division sign, or behind a whole regular expression; None where that can't be told."""
    if last in {")", "}"} or (last in {"+", "-"} and last == last_but_one):
        return None
    ends_a_value = last[-1:].isalnum() or last[-1:] in {"_", "$", "]", '"', "'", "`", "/"}
    if ends_a_value and last not in _BEFORE_REGEX:
        return slash.end()
    regex = _REGEX.match(slash.string, slash.start(), min(slash.endpos, slash.start() + _LONGEST_REGEX))
    return regex.end() if regex else None

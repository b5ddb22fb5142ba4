"""A reply that goes back to a foreign party: what the request revealed becomes a token again, all else is judged.

Every text of the reply is read. A value that the request has told is found in other spellings too (blanks, case, the
layout of a number); a single word of a name that was told is blanked. Then whatever detection finds, and the rules do
not let go to that party in plain, is taken out. What can't be inspected is not sent on at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from gateway.core.classify import classify
from gateway.core.codec import decode_in_full, encode_reply, respell
from gateway.core.codec.codings import undo
from gateway.core.codec.media import codings_of
from gateway.core.egress import still_in
from gateway.model.document import Leaf
from gateway.model.errors import PayloadError
from gateway.model.finding import Finding
from gateway.model.limits import Limits
from gateway.model.message import Headers, Reply
from gateway.model.names import Kind, Path
from gateway.model.rules import Ruleset

MASK = "***"
_SHORTEST = 3
"""Shorter originals are found where they are all of a text."""

_SHORTEST_WORD = 3
_DIGITS = re.compile(r"[+(]?[0-9][0-9\s().\-\u2010-\u2013/№#]{5,}")
_BETWEEN = r"[\s().\-\u2010-\u2013/]{0,3}"
_WORDS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"\w")
_OF_BODIES = frozenset(("content-md5", "content-digest", "digest", "repr-digest", "etag", "last-modified"))
_NEVER_BACK = frozenset(("set-cookie", "set-cookie2", "authorization", "cookie"))
_NAMED = ("person.", "address", "birth_place")

Told = Mapping[str, tuple[Kind, str]]
"""By original: its kind, and the token (or stand-in) that stood in its place."""

MayGo = Callable[[Kind | None, Path], bool]
"""Whether the rules let a kind (None: nothing was found) pass to the party at a place, in plain."""

_Cut = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class PutBack:
    """The reply for the foreign party. ``withheld``: its body could not be inspected, or not be cleaned."""

    reply: Reply
    restored: int = 0
    taken_out: int = 0
    withheld: bool = False


def put_back(reply: Reply, told: Told, may_go: MayGo, ruleset: Ruleset, limits: Limits) -> PutBack:
    """Never an error: what can't be made safe is left out."""
    reply = replace(reply, headers=_without(reply.headers, _NEVER_BACK), reason="")
    try:
        cleaned = _cleaned(reply, told, may_go, ruleset, limits)
        if not _still_holds(cleaned.reply, told, limits):
            return cleaned
    except PayloadError:
        pass
    return PutBack(_empty(reply), withheld=True)


def _cleaned(reply: Reply, told: Told, may_go: MayGo, ruleset: Ruleset, limits: Limits) -> PutBack:
    document = decode_in_full(reply, limits)
    findings: dict[int, list[Finding]] = {}
    for finding in classify(document, ruleset):
        findings.setdefault(finding.leaf, []).append(finding)
    edits: dict[int, str | None] = {}
    restored = taken_out = 0
    for ordinal, leaf in enumerate(document.leaves):
        back = _values_in(leaf.text, told)
        found = findings.get(ordinal, ())
        if not found and not back and not may_go(None, leaf.path):
            edits[ordinal], taken_out = None, taken_out + 1
            continue
        forbidden = [one for one in found if not may_go(one.kind, one.path)]
        cuts = [*back, *_rest(leaf, forbidden, back)]
        if cuts:
            edits[ordinal] = _cut(leaf.text, cuts, back)
            restored, taken_out = restored + len(back), taken_out + len(cuts) - len(back)
    changed = respell(document, edits) if edits else document
    encoded = encode_reply(changed, reply)
    if changed is not document:
        encoded = replace(encoded, headers=_without(encoded.headers, _OF_BODIES))
    return PutBack(encoded, restored, taken_out)


def _values_in(text: str, told: Told) -> list[_Cut]:
    """Where originals stand, longest first where they overlap; words of told names after them."""
    cuts: list[_Cut] = []
    for original in sorted(told, key=len, reverse=True):
        kind, shown = told[original]
        _add(cuts, text, _pattern(original, kind), shown)
    for original, (kind, _) in told.items():
        if kind.startswith(_NAMED):
            for word in _WORDS.findall(original):
                if len(word) >= _SHORTEST_WORD and word != original:
                    _add(cuts, text, _whole(re.escape(word)), MASK)
    return cuts


def _add(cuts: list[_Cut], text: str, pattern: re.Pattern[str], new: str) -> None:
    for match in pattern.finditer(text):
        if not any(match.start() < end and start < match.end() for start, end, _ in cuts):
            cuts.append((match.start(), match.end(), new))


@lru_cache(maxsize=512)
def _pattern(original: str, kind: Kind) -> re.Pattern[str]:
    bare = original.strip()
    if len(bare) < _SHORTEST:
        return re.compile(rf"\A\s*{re.escape(bare)}\s*\Z", re.IGNORECASE)
    if _DIGITS.fullmatch(bare):
        return _number(re.sub(r"\D", "", bare), kind)
    return _whole(r"\s+".join(map(re.escape, bare.split())))


def _number(digits: str, kind: Kind) -> re.Pattern[str]:
    """The digits in any layout; a Russian phone number with either prefix or none."""
    before = ""
    if kind == "phone" and len(digits) == 11 and digits[0] in "78":
        before, digits = rf"(?:\+?[78]{_BETWEEN})?", digits[1:]
    spelled = _BETWEEN.join(digits)
    return re.compile(rf"(?<!\d)\+?{before}\(?{spelled}(?!\d)")


def _whole(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){form}(?!\w)", re.IGNORECASE)


def _rest(leaf: Leaf, forbidden: Sequence[Finding], back: Sequence[_Cut]) -> Iterator[_Cut]:
    """What of the findings stands beside the values that are put back."""
    done = sorted((start, end) for start, end, _ in back)
    for finding in forbidden:
        at, last = finding.span.start, min(finding.span.end, len(leaf.text))
        for start, end in (*done, (last, last)):
            if at < min(start, last) and _WORD.search(leaf.text[at : min(start, last)]):
                yield at, min(start, last), MASK
            at = max(at, end)


def _cut(text: str, cuts: Sequence[_Cut], back: Sequence[_Cut]) -> str | None:
    """The text with all of it done; None (the member goes) if nothing but forbidden values is in it."""
    merged: list[_Cut] = []
    for start, end, new in sorted(cuts):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), MASK)
        else:
            merged.append((start, end, new))
    if not back and len(merged) == 1 and not _WORD.search(text[: merged[0][0]] + text[merged[0][1] :]):
        return None
    pieces, at = list[str](), 0
    for start, end, new in merged:
        pieces += text[at:start], new
        at = end
    return "".join([*pieces, text[at:]])


def _still_holds(reply: Reply, told: Told, limits: Limits) -> bool:
    """The last look, at the bytes: no value that was told stands in them in any spelling."""
    head = "\n".join(f"{name}:{value}" for name, value in reply.headers).encode("utf-8", "surrogateescape")
    body = undo(reply.body, codings_of(reply.headers), limits).raw
    return still_in([(kind, original) for original, (kind, _) in told.items()], head + b"\n" + body)


def _empty(reply: Reply) -> Reply:
    """Status and nothing else."""
    return Reply(reply.status, (("Cache-Control", "no-store"),), b"")


def _without(headers: Headers, names: frozenset[str]) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() not in names)

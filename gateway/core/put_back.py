"""A reply that goes back to a foreign party: what the request revealed becomes a token again, all else is judged.

Every text of the reply is read. A value that the request has told is found in other spellings too (blanks, case, the
layout of a number); a single word of a name that was told is blanked. Then whatever detection finds, and the rules do
not let go to that party in plain, is taken out. What can't be inspected is not sent on at all.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.core.classify import classify
from gateway.core.codec import decode_in_full, encode_reply, respell
from gateway.core.codec.codings import undo
from gateway.core.codec.media import codings_of
from gateway.core.egress import still_in
from gateway.core.told_values import MASK, Cut, Told, told_values, values_in
from gateway.model.document import Leaf
from gateway.model.errors import PayloadError
from gateway.model.finding import Finding
from gateway.model.limits import Limits
from gateway.model.message import Headers, Reply
from gateway.model.names import Kind, Path
from gateway.model.rules import Ruleset

_WORD = re.compile(r"\w")
_OF_BODIES = frozenset(("content-md5", "content-digest", "digest", "repr-digest", "etag", "last-modified"))
_NEVER_BACK = frozenset(("set-cookie", "set-cookie2", "authorization", "cookie"))

MayGo = Callable[[Kind | None, Path], bool]
"""Whether the rules let a kind (None: nothing was found) pass to the party at a place, in plain."""


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
    values = told_values(told)
    edits: dict[int, str | None] = {}
    restored = taken_out = 0
    for ordinal, leaf in enumerate(document.leaves):
        back = values_in(leaf.text, values)
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


def _rest(leaf: Leaf, forbidden: Sequence[Finding], back: Sequence[Cut]) -> Iterator[Cut]:
    """What of the findings stands beside the values that are put back."""
    done = sorted((start, end) for start, end, _ in back)
    for finding in forbidden:
        at, last = finding.span.start, min(finding.span.end, len(leaf.text))
        first = max(bisect_left(done, (at, at)) - 1, 0)
        for start, end in (*done[first : bisect_left(done, (last, last))], (last, last)):
            if at < min(start, last) and _WORD.search(leaf.text[at : min(start, last)]):
                yield at, min(start, last), MASK
            at = max(at, end)


def _cut(text: str, cuts: Sequence[Cut], back: Sequence[Cut]) -> str | None:
    """The text with all of it done; None (the member goes) if nothing but forbidden values is in it."""
    merged: list[Cut] = []
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

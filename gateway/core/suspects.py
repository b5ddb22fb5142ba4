"""What looks like personal data beyond doubt and stands in the outgoing bytes where nobody has looked.

The detectors read leaves. Bytes that no codec made a leaf of (what stands between the parts of a multipart body, behind
the end of a document, in a header that was built wrong) reach them never; here the bytes themselves are read, for the
few shapes that mean one thing only. A find that stands in a leaf that stays was judged there, and is left alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from gateway.core.decide import may_leave
from gateway.core.detect.checksums import luhn, snils
from gateway.core.detect.linear import Match, linear
from gateway.core.judge import Judgement
from gateway.core.once import once
from gateway.model.document import Document, Part, Span
from gateway.model.kept import Kept
from gateway.model.names import DestinationName, Kind
from gateway.model.protection import Plan
from gateway.model.rules import Ruleset

_EMAIL, _PHONE, _SNILS, _PAN = Kind("email"), Kind("phone"), Kind("ru.snils"), Kind("card.pan")
_ADDRESSES = linear(r"(?i)[a-z0-9._+\-]{1,64}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){0,8}\.[a-z]{2,24}")
_PHONES = linear(r"\+7[ (\-]{0,2}9[0-9]{2}[ )\-]{0,2}[0-9]{3}[ \-]?[0-9]{2}[ \-]?[0-9]{2}")
_DOCUMENTS = linear(
    r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ \-][0-9]{2}|(?:220[0-4]|4[0-9]{3}|5[1-5][0-9]{2})(?:[ \-][0-9]{4}){3}"
)
SPELLED_ALIKE = frozenset({_SNILS, _PAN})
"""Kinds whose tokens look like them, check digits and all."""

_ALIKE = (b"000-000-000-00", b"0000-0000-0000-0000")
_SHAPE = bytes.maketrans(b"123456789 ", b"000000000-")
_NO_DIGIT = re.compile(rb"[^0-9]+")
_LAYOUT = b" \t-()./"
_MOST_COMPARISONS = 2**28
"""Bytes of the message times finds that are in none of its addresses; what is beyond has to be taken for unexplained.
"""

_MOST_SHAPES = 512
"""Lengths of addresses before and in all that are looked for in a find: tokens of one destination have one or two."""

_GLUED = 6
"""Characters of an escape before an address that read like a part of it: ``\\u003canna@…``, ``%0Aanna@…``."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What a find is judged by."""

    judgement: Judgement
    plan: Plan
    ruleset: Ruleset
    kept: Kept
    today: date

    @property
    def document(self) -> Document:
        return self.judgement.reading.document


class Reading(Protocol):
    """The outgoing bytes as they are (or decoded once), and in small letters without separators."""

    @property
    def exact(self) -> bytes: ...
    @property
    def bare(self) -> bytes: ...


def suspects(of: Suspicion, views: Sequence[Reading], numbers: int = 0) -> list[Kind]:
    """The kinds of what stands in no leaf and is forbidden. ``numbers``: how many tokens are ``SPELLED_ALIKE``."""
    own = _own(of.ruleset, of.judgement.decision.to)
    finds = [find for view in views for find in _finds(view, own, numbers)]
    return _unexplained(of, finds) if finds else []


def _finds(view: Reading, own: tuple[bytes, bytes], numbers: int) -> Iterable[tuple[Kind, bytes]]:
    """Kind and bare spelling. A message with no more addresses than tokens of that shape is not read for them at all,
    and so for each shape: tokens are told by their domain, their block of numbers, their number.
    """
    exact, bare = view.exact, view.bare
    finds: list[tuple[Kind, bytes]] = []
    domain, block = own
    if exact.count(b"@") > exact.count(domain):
        found = [exact[slice(*match.span())].lower() for match in _ADDRESSES.finditer(exact)]
        finds += [(_EMAIL, address) for address in found if not address.endswith(domain)]
    if bare.count(b"+7") > bare.count(block):
        phones = [_digits(exact, match) for match in _PHONES.finditer(exact)]
        finds += [(_PHONE, b"+" + number) for number in phones if not number.startswith(block[1:])]
    shape = exact.translate(_SHAPE)
    if shape.count(_ALIKE[0]) + shape.count(_ALIKE[1]) > numbers:
        others = [_digits(exact, match) for match in _DOCUMENTS.finditer(exact)]
        finds += [(_SNILS, number) for number in others if len(number) == 11 and snils(number.decode())]
        finds += [(_PAN, number) for number in others if len(number) == 16 and luhn(number.decode())]
    return finds


@once
def _own(ruleset: Ruleset, to: DestinationName) -> tuple[bytes, bytes]:
    """The ends of the addresses and the beginnings of the phones that tokens are."""
    return b"@" + ruleset.destinations[to].token_domain.lower().encode(), ruleset.phone_block.encode()


def _digits(text: bytes, match: Match) -> bytes:
    return _NO_DIGIT.sub(b"", text[slice(*match.span())])


def _unexplained(of: Suspicion, finds: Iterable[tuple[Kind, bytes]]) -> list[Kind]:
    """What is no token of this request, forbidden, and in no leaf that stays."""
    own = frozenset(name.encode() for name in (*of.kept.names.values(), *of.kept.sought.values()))
    names = b"\n".join(own)
    forbidden = {kind for kind in {kind for kind, _ in finds} if not _may_leave(of, kind)}
    others = [(kind, find) for kind, find in dict.fromkeys(finds) if kind in forbidden and find not in own]
    if not others:
        return []
    stays = b"\0".join(_stays(of)).lower()
    bare = stays.translate(None, _LAYOUT)
    stand = {stays[slice(*match.span())] for match in _ADDRESSES.finditer(stays)}
    holds = _holder(own | stand if any(map(_runs_on, of.document.parts)) else own)
    others = [(kind, find) for kind, find in others if find not in stand and not (kind == _EMAIL and holds(find))]
    looks = max(1, _MOST_COMPARISONS // (1 + len(stays) + len(names)))
    return [kind for kind, find in others[:looks] if find not in names and not _stands(kind, find, stays, bare)] + [
        kind for kind, _ in others[looks:]
    ]


_RUNNING_ON = frozenset({"protobuf", "grpc", "grpc_text"})


def _runs_on(part: Part) -> bool:
    """True if nothing need be between texts in it but a tag and a length, which may be letters and digits."""
    return part.syntax in _RUNNING_ON or any(leaf.inner is not None and _runs_on(leaf.inner) for leaf in part.leaves)


def _holder(known: Iterable[bytes]) -> Callable[[bytes], bool]:
    """Whether a find is one of the addresses, with what ran on before or behind it: ``ivanJ-t1@t.exampleZ``."""
    addresses = frozenset(one for one in known if b"@" in one)
    shapes = list(dict.fromkeys((one.index(b"@"), len(one)) for one in addresses))[:_MOST_SHAPES]

    def holds(find: bytes) -> bool:
        at = find.index(b"@")
        return any(before <= at and find[at - before : at - before + size] in addresses for before, size in shapes)

    return holds


def _may_leave(of: Suspicion, kind: Kind) -> bool:
    matched = of.judgement.reading.matched
    homes = [home for _, home in of.judgement.decision.homes] or [of.ruleset.residence.unknown]
    return may_leave(kind, homes, of.ruleset, matched.route, matched.intent, of.today)


def _stands(kind: Kind, find: bytes, stays: bytes, bare: bytes) -> bool:
    """True if it stands there; an address also without what an escape before it seems to add."""
    if kind != _EMAIL:
        return find in bare
    return any(find[start:] in stays for start in range(min(_GLUED, find.index(b"@"))))


def _stays(of: Suspicion) -> Iterator[bytes]:
    """The texts of the incoming message that no step touches, and what the rules let pass without a look."""
    cut: dict[int, list[Span]] = defaultdict(list)
    for step in of.plan.steps:
        cut[step.leaf].append(step.span)
    for ordinal, leaf in enumerate(of.document.leaves):
        at, text = 0, leaf.text
        for span in sorted(cut.get(ordinal, ()), key=lambda span: span.start):
            yield text[at : span.start].encode("utf-8", "surrogatepass")
            at = span.end
        yield text[at:].encode("utf-8", "surrogatepass")
    for part in of.document.parts:
        yield from _unread(part)


def _unread(part: Part) -> Iterator[bytes]:
    if part.syntax == "opaque":
        yield part.raw or part.text.encode("utf-8", "surrogatepass")
    for leaf in part.leaves:
        if leaf.inner is not None:
            yield from _unread(leaf.inner)

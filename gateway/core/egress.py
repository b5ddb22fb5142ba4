"""The last look at what is about to leave: none of the values that were just protected may still stand in it.

Works on the outgoing bytes and the plan alone; it shares nothing with the codecs and ``apply``, so that a fault in one
of them is seen here. Values that identify somebody by themselves (contacts, documents, accounts) are looked for in
every spelling that survives a back end: other case, other separators, digits only, percent-encoded, JSON-escaped,
Base64 at its three alignments. Names and places are only counted: a customer Roman may order a book of that name.
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from gateway.core.codec.codings import undo
from gateway.core.decide import UNMATCHED
from gateway.core.detect.linear import linear
from gateway.core.many import TooAlikeError, counted
from gateway.core.once import once
from gateway.core.plan import spec_of
from gateway.core.suspects import SPELLED_ALIKE, Suspicion, suspects
from gateway.model.decision import Action, Ruling
from gateway.model.document import Document
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.names import Kind
from gateway.model.protection import Plan, Step
from gateway.model.rules import Ruleset

_IDENTIFYING = frozenset(
    map(Kind, "messenger hashed_contact mac ru.ogrnip card.pan bank.account crypto.wallet".split())
)
"""Kinds that identify by themselves, beside the equal ones."""

_NAMES_AND_PLACES = ("person.", "address", "birth_place")
_SHORTEST = 8
"""In characters that are no separators, one more in digits: shorter ones stand in any long message by chance."""

_SHORTEST_NAME = 4
_SEPARATORS = b" \t-()./"
_ESCAPED = re.compile(rb"\\u00([0-7][0-9a-fA-F])")
_FIRST, _SECOND, _THIRD, _ANY = "[I-Za-f]", "[C-HS-Xi-ny-z0-3]", "[ABEFIJMNQRUVYZcdghklopstwx014589]", "[A-Za-z0-9+/_-]"
"""What Base64 makes of three printable ASCII characters: the first 26 values are letters 2 to 7, and so on."""

_TRIPLES = (_FIRST + _SECOND + _THIRD + _ANY) * 2
_BASE64 = linear(f"{_TRIPLES}{_FIRST}{_SECOND}|{_THIRD}{_ANY}{_TRIPLES}|{_ANY}{_TRIPLES}{_FIRST}")
"""Stands in every Base64 of eight such characters, whatever stands before them; in other texts next to never."""

_OTHER_ALPHABET = bytes.maketrans(b"+/", b"-_")
_PADDING = (b"\0\0\0", b"\0\0", b"\0")
"""Up to the next multiple of three, and at least one byte."""

_MOST_COMPARISONS = 2**24
"""Bytes of the message times needles; above it, all are looked for at once, and names are counted on a sample."""

_MOST_UNQUOTED = 3
_CHARSETS = frozenset({"utf-8", "us-ascii", "ascii"})


@dataclass(frozen=True, slots=True)
class Proof:
    """``caught``: kinds with the number of values that would have left; ``echoed``: names and places that do."""

    caught: tuple[tuple[Kind, int], ...] = ()
    echoed: int = 0


class View(NamedTuple):
    """One reading of the outgoing bytes: as they are, and small letters without separators."""

    exact: bytes
    bare: bytes

    @classmethod
    def of(cls, exact: bytes) -> View:
        return cls(exact, exact.lower().translate(None, _SEPARATORS))


class _Needle(NamedTuple):
    """One value: as it is, and its bare spellings."""

    kind: Kind
    raw: bytes
    bare: tuple[bytes, ...]

    def most_often_in(self, views: Sequence[View]) -> int:
        (packed,) = _packed([self.raw])
        return max(sum(map(view.bare.count, self.bare)) + sum(map(view.exact.count, packed)) for view in views)


class _Lookout(NamedTuple):
    """The steps of a plan whose values are looked for, and those whose values are counted."""

    identifying: tuple[Step, ...]
    naming: tuple[Step, ...]
    numbers: int
    """How many of them may go out as a number of another that is spelled alike."""


def _lookout(plan: Plan, ruleset: Ruleset) -> _Lookout:
    naming = tuple(step for step in plan.steps if step.kind.startswith(_NAMES_AND_PLACES))
    identifying = tuple(step for step in plan.steps if spec_of(ruleset, step.kind).equal or step.kind in _IDENTIFYING)
    return _Lookout(identifying, naming, sum(step.kind in SPELLED_ALIKE for step in identifying))


_remembered = once(_lookout)


def prove(of: Suspicion, outward: Request, limits: Limits) -> Proof:
    """What of the protected values, and of what the rules forbid, stands in the outgoing message all the same.

    What a ruling lets pass may go out as often as it is passed.
    """
    document = of.document
    views = _views(document, outward, limits)
    lookout = (_remembered if of.judgement.decision.alike else _lookout)(of.plan, of.ruleset)
    steps = lookout.identifying
    left = _left(_needles([step.kind for step in steps], _texts(document, steps)), views) if steps else ()
    rulings = of.judgement.decision.rulings
    leaked = _leaked(list(dict.fromkeys(left)), views, document, rulings) if left else []
    caught = leaked or suspects(of, views, lookout.numbers)
    echoed = _echoed(document, lookout.naming, views[0].exact) if lookout.naming else 0
    return Proof(tuple(sorted(Counter(caught).items())) if caught else (), echoed)


def _views(document: Document, outward: Request, limits: Limits) -> list[View]:
    """The readings of the outgoing bytes; percent-encoding and escapes are undone where there are any."""
    body = document.part("body")
    raw = undo(outward.body, body.codings, limits).raw if body and body.codings else outward.body
    if body and body.charset not in _CHARSETS and not body.boundary:
        raw = raw.decode(body.charset, "replace").encode("utf-8", "replace")
    head = "\n".join([outward.target, *map(":".join, outward.headers), ""])
    return _readings(_encoded(head) + raw)


def still_in(values: Iterable[tuple[Kind, str]], exact: bytes) -> bool:
    """True if one of the values stands in the bytes, in any spelling that survives a back end."""
    listed = [(kind, text.strip()) for kind, text in values]
    needles = _needles([kind for kind, _ in listed], [text for _, text in listed])
    return bool(needles) and bool(_left(needles, _readings(exact)))


def _readings(exact: bytes) -> list[View]:
    exacts = [exact]
    while (
        b"%" in exacts[-1] and len(exacts) <= _MOST_UNQUOTED and (plain := unquote_to_bytes(exacts[-1])) != exacts[-1]
    ):
        exacts.append(plain)
    if b"\\u00" in exact:
        exacts.append(_ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), exacts[-1]))
    return [View.of(exact) for exact in exacts]


def _encoded(head: str) -> bytes:
    """As it goes on the wire; where that can't be (and will be refused), at least so that it can be looked at."""
    try:
        return head.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return head.encode("utf-8", "surrogatepass")


def _texts(document: Document, steps: Sequence[Step]) -> list[str]:
    leaves = document.leaves
    return [leaves[step.leaf].text[step.span.start : step.span.end].strip() for step in steps]


def _needles(kinds: Iterable[Kind], texts: Sequence[str]) -> list[_Needle]:
    """The values to look for, but those that any message may hold by chance."""
    needles: list[_Needle] = []
    for kind, text, (raw, spelled) in zip(kinds, texts, _spelled(texts), strict=True):
        bare = spelled
        if kind == "phone":
            bare = bare.removeprefix(b"+")
            if len(bare) == 11 and bare[0] in b"78":
                bare = bare[1:]
        if len(bare) >= _SHORTEST + bare.isdigit() and not (bare.isalpha() or text.isalpha()):
            forms = (bare,) if len(raw) == len(text) else (bare, _escaped(text).translate(None, _SEPARATORS))
            needles.append(_Needle(kind, raw, forms))
    return needles


def _spelled(texts: Sequence[str]) -> Iterable[tuple[bytes, bytes]]:
    """Each in UTF-8, and that in small letters without separators; all of them in one go where none holds NUL."""
    joined = "\0".join(texts).encode("utf-8", "surrogatepass")
    raws = joined.split(b"\0")
    if len(raws) == len(texts):
        return zip(raws, joined.lower().translate(None, _SEPARATORS).split(b"\0"), strict=True)
    return [View.of(text.encode("utf-8", "surrogatepass")) for text in texts]


def _echoed(document: Document, steps: Sequence[Step], exact: bytes) -> int:
    """How many names and places stand in the message all the same, in UTF-8 or JSON's escapes."""
    texts = {text for text in _texts(document, steps) if len(text) >= _SHORTEST_NAME}
    if len(texts) * len(exact) > _MOST_COMPARISONS:
        texts = set(islice(texts, _MOST_COMPARISONS // len(exact)))
    echoed = 0
    for text in texts:
        if text.encode("utf-8", "surrogatepass") in exact:
            echoed += 1
    return echoed + sum([_escaped(text) in exact for text in texts]) if b"\\u0" in exact else echoed


def _escaped(text: str) -> bytes:
    return text.encode("ascii", "backslashreplace").lower()


def _packed(raws: Sequence[bytes]) -> list[tuple[bytes, ...]]:
    """What of each value's Base64 depends on nothing but the value, for each place modulo three that it may have.

    All values go through the encoder together, each at a multiple of three.
    """
    padded = b"".join([raw + _PADDING[len(raw) % 3] for raw in raws])
    first, second, third = [b2a_base64(before + padded, newline=False) for before in (b"", b"\0", b"\0\0")]
    plain = not (b"+" in first or b"/" in first or b"+" in second or b"/" in second or b"+" in third or b"/" in third)
    packed, at = list[tuple[bytes, ...]](), 0
    for raw in raws:
        bits = len(raw) * 8
        forms = first[at : at + bits // 6], second[at + 2 : at + (bits + 8) // 6], third[at + 3 : at + (bits + 16) // 6]
        packed.append(forms if plain else _in_both_alphabets(forms))
        at += len(raw) // 3 * 4 + 4
    return packed


def _in_both_alphabets(forms: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(dict.fromkeys((*forms, *(form.translate(_OTHER_ALPHABET) for form in forms))))


def _left(needles: Sequence[_Needle], views: Sequence[View]) -> Iterable[_Needle]:
    """The needles that stand in a view, as they are or in Base64."""
    if _are_many(needles, views):
        try:
            return _most_often(needles, views)
        except TooAlikeError:
            return needles
    found = [needle for _, bare in views for needle in needles for form in needle.bare if form in bare]
    if not _are_ascii(needles) or [exact for exact, _ in views if _BASE64.search(exact)]:
        packed = list(zip(needles, _packed([needle.raw for needle in needles]), strict=True))
        found += [needle for exact, _ in views for needle, forms in packed for form in forms if form in exact]
    return found


def _are_many(needles: Sequence[_Needle], views: Sequence[View]) -> bool:
    return len(needles) * sum(len(view.exact) for view in views) > _MOST_COMPARISONS


def _are_ascii(needles: Sequence[_Needle]) -> bool:
    """True if ``_BASE64`` tells of every Base64 of them: they have neither control characters nor any beyond ASCII."""
    raw = b"".join([needle.raw for needle in needles])
    return raw.isascii() and raw.decode("ascii").isprintable()


def _leaked(
    needles: Sequence[_Needle], views: Sequence[View], document: Document, rulings: Sequence[Ruling]
) -> list[Kind]:
    """The kinds of the values that go out more often than rulings let them pass."""
    passed = (View.of("\0".join(_passed(document, rulings)).encode("utf-8", "surrogatepass")),)
    if not _are_many(needles, (*views, *passed)):
        return [one.kind for one in needles if one.most_often_in(views) > one.most_often_in(passed)]
    try:
        out, lawful = _most_often(needles, views), _most_often(needles, passed)
    except TooAlikeError:
        return [one.kind for one in needles]
    return [one.kind for one in needles if out.get(one, 0) > lawful.get(one, 0)]


def _most_often(needles: Sequence[_Needle], views: Sequence[View]) -> dict[_Needle, int]:
    """Those that stand in a view, with how often at most; in two passes over each. Raises TooAlikeError."""
    packed = dict(zip(needles, _packed([needle.raw for needle in needles]), strict=True))
    all_bare = [form for needle in packed for form in needle.bare]
    all_packed = [form for forms in packed.values() for form in forms]
    most: dict[_Needle, int] = {}
    for view in views:
        bare, exact = counted(all_bare, view.bare), counted(all_packed, view.exact)
        for needle, forms in packed.items() if bare or exact else ():
            if times := sum([bare[form] for form in needle.bare]) + sum([exact[form] for form in forms]):
                most[needle] = max(times, most.get(needle, 0))
    return most


def _passed(document: Document, rulings: Sequence[Ruling]) -> Iterator[str]:
    for ruling in rulings:
        finding = ruling.finding
        if ruling.treatment.action is Action.PASS and finding.kind != UNMATCHED:
            yield document.leaves[finding.leaf].text[finding.span.start : finding.span.end]

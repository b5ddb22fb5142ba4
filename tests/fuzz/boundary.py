"""The whole exchange under the leak law: a value planted where it is known must not be in anything that leaves.

The gateway is of real parts with everything in memory (``tests/exchange/stage.py``); what its back end got is searched
by ``gateway/verify`` and by the judge of the attacks, which know none of the codecs.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from dataclasses import replace
from functools import cache
from typing import NamedTuple
from urllib.parse import quote, quote_plus

import brotli

from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError, PayloadError, WorldError
from gateway.model.message import Request
from gateway.model.rules import Ruleset
from gateway.verify.search import find
from tests.attack.cases import PLACES
from tests.attack.encodings import ENCODINGS, PACKINGS
from tests.attack.seen import seen
from tests.exchange.scenes import SUBJECT, echo, world_rules
from tests.exchange.stage import Stage
from tests.fuzz.choices import Choices
from tests.fuzz.messages import request_of, wire_of
from tests.made import route


class Canary(NamedTuple):
    """``said`` is how it stands in a text that tells what it is; ``text`` what must not leave."""

    field: str
    text: str
    said: str


CANARIES = (
    Canary("email", "marina.kedrova@example.ru", "marina.kedrova@example.ru"),
    Canary("phone", "+7 900 000-31-57", "тел. +7 900 000-31-57"),
    Canary("snils", "112-233-445 95", "СНИЛС 112-233-445 95"),
)
MOST_NOISE = 24


@cache
def rules() -> Ruleset:
    """Nobody can say that he is a foreigner: noise must not be able to either."""
    bare = world_rules()
    routes = (
        route("search/**", intent="look_up", search="empty", whose="caller", reveal_to=(SUBJECT,)),
        route("api/**", whose="caller", reveal_to=(SUBJECT,)),
    )
    return replace(bare, routes=routes, residence=replace(bare.residence, evidence=()))


def nested(data: bytes) -> None:
    """A value, in up to two encodings, in a place, packed, among noise."""
    choices = Choices(data)
    canary, place = choices.one_of(CANARIES), PLACES[choices.one_of(list(PLACES))]
    inner, outer = choices.one_of(list(ENCODINGS)), choices.one_of(list(ENCODINGS))
    packing = choices.one_of([None, *PACKINGS])
    before, behind = choices.text(MOST_NOISE), choices.text(MOST_NOISE)
    text = ", ".join(one for one in (before, canary.said, behind) if one)
    try:
        message = place.put(canary.field, ENCODINGS[outer].wrap(ENCODINGS[inner].wrap(text)))
    except UnicodeError:
        return
    headers, body = message.headers, message.body
    if packing and body is not None:
        label = PACKINGS[packing].label
        headers, body = (*headers, ("Content-Encoding", label)) if label else headers, PACKINGS[packing].wrap(body)
    request = request_of(replace(message, headers=headers, body=body).wire())
    if request is not None:
        keeps(canary, request)


def broken(data: bytes) -> None:
    """A value where it is known, and the message around it cut, doubled and sprinkled with bits of syntax."""
    choices = Choices(data)
    canary, place = choices.one_of(CANARIES), PLACES[choices.one_of(list(PLACES))]
    wire = place.put(canary.field, canary.text).wire()
    spelt = next((one for one in _spelt(canary.text) if one in wire), None)
    if spelt is None:
        return
    at = wire.index(spelt)
    first = max(wire.rfind(canary.field.encode(), 0, at), 0) - 2
    last = at + len(spelt) + (5 if b"%" in spelt else 2)  # the quote behind it too, percent-coded twice at most
    before, guarded, behind = wire[:first], wire[first:last], wire[last:]
    while choices.left():
        if choices.below(2):
            behind = _damaged(behind, choices)
        else:
            before = before[:_FIXED] + _damaged(before[_FIXED:], choices)
    request = request_of(before + guarded + behind)
    if request is not None:
        keeps(canary, request)


_FIXED = len("POST /search/people")
_FRAGMENTS = (
    b"{", b"}", b"[", b"]", b'"', b'\\"', b"\\", b",", b":", b"'", b"\r\n", b"\n", b"\r", b"\0", b"\xff",
    b"\xef\xbb\xbf",
    b"&", b"=", b"%", b"%25", b"+", b";", b"#", b"?", b"/", b"<", b">", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"--b0",
    b"--b0--\r\n", b"\\u0000", b"\\ud800", b"0", b"-", b"1e999", b"null", b"\x1f\x8b\x08", b"\xfe\xff", b"[" * 70,
    b'{"a":' * 3, b"/*", b"//", b"a", b" ", b"\xd0\xb0", b"data:", b"=?utf-8?B?", b"--", b"{}", b"(", b")", b"$", b"@",
)  # fmt: skip


def _damaged(wire: bytes, choices: Choices) -> bytes:
    at = choices.below(len(wire) + 1)
    match choices.below(4):
        case 0:
            return wire[:at] + choices.one_of(_FRAGMENTS) + wire[at:]
        case 1:
            return wire[:at] + wire[at + 1 + choices.below(8) :]
        case 2:
            return wire[:at] + choices.take(1) + wire[at:]
    return wire[:at] + wire[at : at + 1 + choices.below(64)] + wire[at:]


def _spelt(text: str) -> tuple[bytes, ...]:
    once = (text, quote(text, safe=""), quote_plus(text))
    return tuple(one.encode() for one in dict.fromkeys((*once, *map(quote, once))))


_LOOP = asyncio.new_event_loop()


def keeps(canary: Canary, request: Request) -> None:
    on = Stage(rules(), respond=echo)
    outcome = _LOOP.run_until_complete(on.send(request))
    lawful = not isinstance(outcome, GatewayError) or isinstance(outcome, PayloadError | WorldError)
    assert lawful, f"an exchange ended with {outcome!r}"
    assert not (isinstance(outcome, Refusal) and on.received), "refused, and yet something left"
    for one in on.received:
        for hit in find([canary.text], _layers(one)):
            view = f"{hit.form} in {hit.view or 'the bytes'}"
            raise AssertionError(f"LEAK of the {canary.field}: {view}")
        for name, shown in (("the head", wire_of(replace(one, body=b""))), ("the body", one.body)):
            assert not seen(shown, canary.text), f"LEAK of the {canary.field}: in a layer of {name}"


def _layers(request: Request) -> bytes:
    """What left, and its body without the codings that have no mark to find them by."""
    shown = [wire_of(request)]
    for wbits in (15, -15):
        try:
            shown.append(zlib.decompressobj(wbits).decompress(request.body, 2**20))
        except zlib.error:
            continue
    try:
        shown.append(bytes(brotli.decompress(request.body)))
    except brotli.error:
        pass
    return re.sub(rb"\0{64,}", b"\0", b"\r\n".join(shown))

"""Every encoding in every place, through the whole exchange: nothing personal leaves, nothing else changes, and what
was sent comes back as it was sent.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.model.decision import Refusal
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Reply, Request
from gateway.model.rules import Ruleset
from gateway.ruleset.load import load
from tests.attack.encodings import CHARSETS, DISGUISES, ENCODINGS, FORM, KINDS, PACKINGS, PLACES, Encoding, holds
from tests.exchange.scenes import echo, world_rules
from tests.exchange.stage import Stage


@cache
def shipped() -> Ruleset:
    return load([Path(__file__).parents[2] / "rules" / "demo.yaml"])


def sent(request: Request) -> bytes:
    """Everything that leaves, as bytes, each header and part of the target a line of its own."""
    lines = [*request.target.replace("?", "/").split("/"), *(value for _, value in request.headers)]
    return b"\n".join([*(line.encode("utf-8", "surrogateescape") for line in lines), request.body])


def carries(request: Request, value: str) -> bool:
    """True if the value stands in any layer of anything that leaves."""
    return any(holds(line, value) for line in (*sent(request).split(b"\n"), request.body))


def is_lawful(outcome: object, place: str) -> bool:
    """A refusal where there has to be one: whoever changes credentials breaks them, and no segment holds a slash."""
    if isinstance(outcome, Refusal):
        return place == "basic" and outcome.code == "GW-X403"
    return place in {"path", "matrix"} and isinstance(outcome, PayloadError) and outcome.code == "GW-P400"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_no_encoding_in_any_place_carries_a_russian_abroad(encoding: str, place: str) -> None:
    failed = []
    for kind, value in KINDS.items():
        on = Stage(shipped(), respond=echo)
        outcome = await on.send(PLACES[place](ENCODINGS[encoding].wrap(value)))
        if not isinstance(outcome, Reply):
            if not is_lawful(outcome, place):
                failed.append((kind, str(outcome)))
        elif carries(on.last_sent, value):
            failed.append((kind, str(sent(on.last_sent))))
    assert failed == []


@pytest.mark.parametrize("place", ["JSON", "form", "text", "form in JSON"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_is_written_in_a_layer_is_read_there_and_so_is_the_old_text_after_it(encoding: str, place: str) -> None:
    coded = ENCODINGS[encoding]
    request = PLACES[place](coded.wrap(VALUE))
    document = decode_request(request, Limits())
    number = next(number for number, leaf in enumerate(document.leaves) if VALUE in leaf.text)
    text = document.leaves[number].text
    changed = encode_request(rewrite(document, {number: text.replace(VALUE, TOKEN)}), request)
    again = decode_request(changed, Limits())
    assert again.leaves[number].text == text.replace(VALUE, TOKEN)
    assert unwrapped(coded, place, changed.body) == TOKEN
    back = encode_request(rewrite(again, {number: text}), changed)
    assert encoding == NO_TRACE or unwrapped(coded, place, back.body) == VALUE


VALUE = "Анна Смирнова"
TOKEN = "t0ken-4711"


NO_TRACE = "percent in cp1251"
"""A token does not show which charset it was written in."""


def unwrapped(coded: Encoding, place: str, body: bytes) -> str:
    text = body.decode()
    match place:
        case "JSON":
            return coded.unwrap(str(json.loads(text)["comment"]))
        case "form":
            return coded.unwrap(dict(parse_qsl(text))["data"])
        case "form in JSON":
            return coded.unwrap(dict(parse_qsl(str(json.loads(text)["body"])))["data"])
    return coded.unwrap(text)


@pytest.mark.parametrize("place", ["JSON", "form", "text", "form in JSON"])
@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_the_caller_gets_back_what_he_sent_in_the_encoding_he_sent_it_in(encoding: str, place: str) -> None:
    on = Stage(world_rules(), respond=lambda request: Reply(200, request.headers[1:2], request.body))
    request = replace(PLACES[place](ENCODINGS[encoding].wrap("anna.smirnova@example.ru")), target="/api/users/42")
    reply = await on.send(request)
    assert isinstance(reply, Reply)
    assert not carries(on.last_sent, "anna.smirnova@example.ru")
    assert unwrapped(ENCODINGS[encoding], place, reply.body) == "anna.smirnova@example.ru"


@pytest.mark.parametrize("disguise", DISGUISES)
async def test_no_disguise_carries_a_russian_abroad(disguise: str) -> None:
    for value in ("anna.smirnova@example.ru", "+7 900 000-01-23", "паспорт 4509 123456"):
        disguised = DISGUISES[disguise](value)
        on = Stage(shipped(), respond=echo)
        await on.send(PLACES["JSON"](f"Пишу: {disguised}, спасибо"))
        assert disguised not in json.loads(on.last_sent.body)["comment"], value


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("media", ["application/json", FORM, "text/plain"])
@pytest.mark.parametrize("label", ["", "; charset=utf-8", "; charset=iso-8859-1", "; charset=koi8-r"])
async def test_no_charset_carries_a_russian_abroad_whatever_its_label(charset: str, media: str, label: str) -> None:
    text = '{"name":"Смирнова Анна Петровна","sku":"ромашка"}'
    if media == FORM:
        text = "name=Смирнова Анна Петровна&sku=ромашка"
    on = Stage(shipped(), respond=echo)
    body = text.encode(charset)
    headers = (("Host", "gw"), ("Content-Type", media + label), ("Content-Length", str(len(body))))
    outcome = await on.send(Request("POST", "/api/users/7", headers, body))
    assert isinstance(outcome, Reply), outcome
    assert not carries(on.last_sent, "Смирнова")
    assert "ромашка" in on.last_sent.body.decode(charset) or quote("ромашка") in on.last_sent.body.decode(charset)


@pytest.mark.parametrize("packing", PACKINGS)
@pytest.mark.parametrize("media", ["application/json", "text/plain"])
async def test_no_content_coding_carries_a_russian_abroad_whatever_its_label(packing: str, media: str) -> None:
    one = PACKINGS[packing]
    body = one.wrap(b'{"email":"anna.smirnova@example.ru","sku":"b-1","note":"' + b"long " * 20 + b'"}')
    labels = (("Content-Encoding", one.label),) if one.label else ()
    headers = (("Host", "gw"), ("Content-Type", media), ("Content-Length", str(len(body))), *labels)
    on = Stage(shipped(), respond=echo)
    outcome = await on.send(Request("POST", "/api/users/7", headers, body))
    assert isinstance(outcome, Reply), outcome
    arrived = json.loads(one.unwrap(on.last_sent.body))
    assert arrived["email"] != "anna.smirnova@example.ru"
    assert (arrived["sku"], arrived["note"]) == ("b-1", "long " * 20)

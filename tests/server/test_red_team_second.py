"""A second attack, with the shipped rules, on what the first one had mended.

Strict expected failures are what still gets through; each says whose it is to mend.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.adapters.sink_memory import MemorySink
from gateway.ruleset.load import load as load_rules
from gateway.settings import load as load_settings
from gateway.verify.search import find
from gateway.wiring import running
from tests.contracts.upstream.server import Peer, Place, destination
from tests.server.wire import body, lines, talk

ANNA = "anna@example.org"
RULES = """
version: 1
packs: [ru]
as_of: 2026-11-22
backend: new
regions:
  ru: {vault: "sqlite:home/ru.db", key: "file:home/keys", keep: {until: account ends}}
residence: {subjects: [body]}
destinations:
  crm: {url: "URL", region: us, role: application, unmatched: pass, token_domain: id.example}
  counter: {url: "URL", region: us, role: analytics}
routes:
  - match: {path: /api/login, method: POST}
    to: crm
    intent: look_up
    session: {cookie: sid, starts_on: {status: 200}, subject: body.email}
  - {match: {path: "/api/**"}, to: crm, whose: caller, reveal_to: [subject]}
  - {match: {path: /collect}, to: counter}
"""

Answer = Callable[[bytes], bytes]


def answer(content: bytes, *headers: bytes, kind: bytes = b"application/json") -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: " + kind, b"Content-Length: %d" % len(content), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def echo(request: bytes) -> bytes:
    return answer(request.partition(b"\r\n\r\n")[2])


@asynccontextmanager
async def gateway(folder: Path, said: Answer = echo) -> AsyncIterator[tuple[int, Place, MemorySink]]:
    """The port of a gateway of real parts, the back end behind it, which answers so, and the log."""

    async def behave(peer: Peer) -> None:
        while request := await peer.request():
            await peer.send(said(request))

    sink = MemorySink()
    async with destination(behave) as place:
        (folder / "rules.yaml").write_text(RULES.replace("URL", place.url), encoding="utf-8")
        settings = load_settings(None, {}, {"state_dir": str(folder), "listen.port": 0, "admin.port": 0})
        async with running(load_rules([folder / "rules.yaml"]), settings, sink) as served:
            yield int(served.address.rpartition(":")[2]), place, sink


def post(target: bytes, content: bytes, *headers: bytes, kind: bytes = b"application/json") -> bytes:
    head = [
        b"POST %b HTTP/1.1" % target,
        b"Host: app.example.org",
        b"Connection: close",
        b"Content-Type: " + kind,
        b"Content-Length: %d" % len(content),
        *headers,
    ]
    return b"\r\n".join(head) + b"\r\n\r\n" + content


async def arrived(folder: Path, message: bytes) -> Sequence[bytes]:
    """What the back end is sent."""
    async with gateway(folder) as (port, place, _):
        await talk(port, message)
    return place.requests


def spelled(text: str | bytes) -> bytes:
    plain = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(plain).rstrip(b"=")


# ---------------------------------------------------------------------------------------------------------- credentials

CLAIMS = json.dumps({"email": ANNA})


@pytest.mark.parametrize(
    "credential",
    [
        spelled('{"alg":"none"}') + b"." + spelled("\n " + CLAIMS) + b".x",
        spelled('{"alg":"none"}') + b"." + spelled("\t" + CLAIMS) + b".x",
        spelled('{"alg":"none"}') + b"." + spelled("\ufeff" + CLAIMS) + b".x",
        spelled('{"alg":"none"}') + b"." + spelled(f"[{CLAIMS}]") + b".x",
        spelled('{"alg":"none"}')
        + b"."
        + base64.b64encode(json.dumps({"n": "\u043e>?>?", "e": ANNA}).encode())
        + b".x",
        spelled(json.dumps({"alg": "none", "kid": ANNA})) + b"." + spelled('{"sub":"1"}') + b".x",
        spelled('{"alg":"none"}') + b"%2e" + spelled(CLAIMS) + b"%2ex",
        spelled(CLAIMS) + b".aRXpqQ.signature",
    ],
    ids=["line", "tab", "mark", "array", "alphabet", "header", "percent", "signed otherwise"],
)
@pytest.mark.parametrize("name", [b"Authorization: Bearer ", b"X-Userinfo: "])
async def test_claims_in_any_spelling_go_nowhere(tmp_path: Path, name: bytes, credential: bytes) -> None:
    assert await arrived(tmp_path, post(b"/api/x", b"{}", name + credential)) == []


async def test_bare_claims_go_nowhere_where_they_authenticate(tmp_path: Path) -> None:
    assert await arrived(tmp_path, post(b"/api/x", b"{}", b"Authorization: Bearer " + spelled(CLAIMS))) == []


async def test_bare_claims_in_a_header_of_their_own_are_spelled_anew(tmp_path: Path) -> None:
    (request,) = await arrived(tmp_path, post(b"/api/x", b"{}", b"X-Userinfo: " + spelled(CLAIMS)))
    said = request.partition(b"X-Userinfo: ")[2].partition(b"\r\n")[0]
    claims = json.loads(base64.urlsafe_b64decode(said + b"=="))
    assert str(claims["email"]).endswith("@id.example")
    assert find([ANNA], request) == []


async def test_credential_that_names_nobody_goes_where_it_authenticates(tmp_path: Path) -> None:
    token = b"Authorization: Bearer " + spelled('{"alg":"none"}') + b"." + spelled(' {"sub":"4711"}') + b".x"
    (request,) = await arrived(tmp_path, post(b"/api/x", b"{}", token))
    assert token in request


# ------------------------------------------------------------------------------------------ what stands beside the text


async def test_file_name_in_a_gzip_header_stays_here(tmp_path: Path) -> None:
    member = gzip.compress(b'{"event":"signup"}', mtime=0)
    named = member[:3] + b"\x08" + member[4:10] + b"Anna-Petrova.json\0" + member[10:]
    (request,) = await arrived(tmp_path, post(b"/collect", named, b"Content-Encoding: gzip"))
    assert (b"Petrova" in request, gzip.decompress(body(request))) == (False, b'{"event":"signup"}')


@pytest.mark.parametrize(
    "header",
    [
        b"Accept: Petrova",
        b"Accept-Language: Petrova",
        b"Cache-Control: for=Petrova",
        b"Content-Language: Anna Petrova",
        b"Content-MD5: Petrova",
        b"Date: Petrova",
        b"If-Match: Petrova",
        b"If-Range: Petrova",
        b"Prefer: for=Petrova",
        b"Priority: Petrova",
        b"Upgrade-Insecure-Requests: Petrova",
    ],
)
async def test_counter_is_told_nothing_by_a_structural_header(tmp_path: Path, header: bytes) -> None:
    (request,) = await arrived(tmp_path, post(b"/collect", b'{"event":"signup"}', header))
    assert b"Petrova" not in request


async def test_counter_is_told_nothing_by_a_parameter_of_the_media_type(tmp_path: Path) -> None:
    (request,) = await arrived(
        tmp_path, post(b"/collect", b'{"event":"signup"}', kind=b"application/json; user=Petrova")
    )
    assert b"Petrova" not in request


# ----------------------------------------------------------------------------------------- which route was really meant


@pytest.mark.parametrize("target", [b"/api/Login", b"/api/login%20", b"/api/x/%252e%252e/login", b"/api/%u006cogin"])
async def test_path_that_a_lenient_back_end_takes_for_the_login_goes_nowhere(tmp_path: Path, target: bytes) -> None:
    assert await arrived(tmp_path, post(target, b"{}")) == []


# ---------------------------------------------------------------------------------------------------- hostile back ends


@pytest.mark.parametrize(
    "cookie",
    [
        b"sid=x; Max-Age=" + b"9" * 5000,
        b"sid=x; Expires=31 Feb 99999999999999 00:00:00 +99999",
        b"sid=x; Max-Age=\xd9\xa3",
        b"sid=\xff; Expires=never",
    ],
    ids=["age", "year", "digits", "words"],
)
async def test_answer_reaches_its_client_whatever_its_cookie_says(tmp_path: Path, cookie: bytes) -> None:
    async with gateway(tmp_path, lambda _: answer(b"{}", b"Set-Cookie: " + cookie)) as (port, _, sink):
        wire = await talk(port, post(b"/api/x", b"{}", b"Cookie: sid=a"))
    assert (lines(wire)[0], "internal_error" in str(sink.events)) == (b"HTTP/1.1 200 OK", False)


def _wrapped(before: bytes, after: bytes) -> Answer:
    """A back end that puts the e-mail it was sent between these, in a member ``a``, and beside it as it is."""

    def said(request: bytes) -> bytes:
        token = json.loads(body(request))["email"].encode()
        return answer(b'{"a":"' + before + token + after + b'","b":"' + token + b'"}')

    return said


async def told(folder: Path, before: bytes, after: bytes = b"") -> dict[str, str]:
    async with gateway(folder, _wrapped(before, after)) as (port, _, _):
        wire = await talk(port, post(b"/api/x", json.dumps({"email": ANNA}).encode()))
    found: dict[str, str] = json.loads(body(wire))
    return found


@pytest.mark.parametrize(
    "before",
    [
        b"https://other.example/?email=",
        b"//other.example/?email=",
        b"https://other.example/",
        b"![logo](https://other.example/?email=",
        b"https://app.example.org@other.example/?email=",
        b"https://other.example\\\\@app.example.org/?email=",
        b"https://app.example.org/?next=https%3A%2F%2Fother.example%2F%3Femail%3D",
        b"<img src='https://app.example.org/?email=",
    ],
)
async def test_original_is_put_into_no_url_that_leads_to_somebody_else(tmp_path: Path, before: bytes) -> None:
    seen = await told(tmp_path, before, b"'>" if before.startswith(b"<") else b"")
    assert (ANNA in seen["a"], "anna" in seen["a"], seen["b"]) == (False, False, ANNA)


@pytest.mark.parametrize("before", [b"/users?email=", b"https://app.example.org/users?email=", b"mailto:", b"Dear "])
async def test_original_is_put_into_what_stays_in_the_house(tmp_path: Path, before: bytes) -> None:
    seen = await told(tmp_path, before)
    assert seen["a"].replace("%40", "@").endswith(ANNA)


# ---------------------------------------------------------------------------------------------------- what gets through


@pytest.mark.parametrize(
    "content",
    [
        {"last_name": {"ru": "Петрова", "en": "Petrova"}},
        {"last_name": "?q=Петрова"},
        {"last_name": "A=1&Петрова"},
        {"address": "https://maps.example/?q=Петрова"},
    ],
)
async def test_value_below_a_telling_name_stays_here(tmp_path: Path, content: object) -> None:
    (request,) = await arrived(tmp_path, post(b"/api/x", json.dumps(content, ensure_ascii=False).encode()))
    assert "Петрова".encode() not in request


async def test_pair_behind_a_semicolon_stays_here(tmp_path: Path) -> None:
    form = "a=1;last_name=Петрова".encode()
    (request,) = await arrived(tmp_path, post(b"/api/x", form, kind=b"application/x-www-form-urlencoded"))
    assert "Петрова".encode() not in request

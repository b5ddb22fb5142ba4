"""Hand-made hostile requests: each has one definite answer, and what the back end sees of it is one plain request.

Every message carries the secret where a reader that ends or splits it elsewhere would find it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

SECRET = "marina.kedrova@example.ru"
_S = SECRET.encode()
_BODY = b'{"email":"%b"}' % _S
_HEAD = b"POST /api/people HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
_SMUGGLED = b"POST /smuggled HTTP/1.1\r\nHost: a\r\nX: %b\r\nContent-Length: 0\r\n\r\n" % _S


@dataclass(frozen=True, slots=True)
class Hostile:
    """``statuses``: the replies that are right, each a whole list. ``arrives``: how many requests the back end gets.

    ``end``: the client closes its half after the last byte; otherwise it waits for the gateway to close.
    """

    sort: str
    name: str
    wire: bytes
    statuses: tuple[tuple[int, ...], ...]
    arrives: tuple[int, ...] = (0,)
    end: bool = False


def sized(size: bytes, body: bytes = _BODY, more: bytes = b"") -> bytes:
    return _HEAD + more + b"Content-Length: " + size + b"\r\n\r\n" + body


def plain(target: bytes = b"/api/people", more: bytes = b"", method: bytes = b"POST", close: bool = True) -> bytes:
    ends = b"Connection: close\r\n" if close else b""
    head = b"%b %b HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" % (method, target)
    return head + ends + more + b"Content-Length: %d\r\n\r\n" % len(_BODY) + _BODY


def chunked(chunks: bytes, more: bytes = b"", close: bool = True) -> bytes:
    ends = b"Connection: close\r\n" if close else b""
    return _HEAD + ends + more + b"Transfer-Encoding: chunked\r\n\r\n" + chunks


def _chunks(body: bytes = _BODY, extension: bytes = b"", trailer: bytes = b"") -> bytes:
    return b"%x%b\r\n%b\r\n0\r\n%b\r\n" % (len(body), extension, body, trailer)


BAD, GOOD = ((400,),), ((200,),)
EITHER = ((200,), (400,))


def _framings() -> Iterator[Hostile]:
    rows = {
        "length and chunked": (b"Content-Length: 6\r\nTransfer-Encoding: chunked", b"0\r\n\r\n"),
        "chunked and length": (b"Transfer-Encoding: chunked\r\nContent-Length: 6", b"0\r\n\r\n"),
        "two lengths": (b"Content-Length: 0\r\nContent-Length: 90", b""),
        "two equal lengths": (b"Content-Length: 26\r\nContent-Length: 26", _BODY),
        "list of lengths": (b"Content-Length: 0, 90", b""),
        "length with a sign": (b"Content-Length: +26", _BODY),
        "negative length": (b"Content-Length: -1", b""),
        "length in hex": (b"Content-Length: 0x1a", _BODY),
        "length with letters": (b"Content-Length: 26a", _BODY),
        "length over 64 bits": (b"Content-Length: 18446744073709551642", _BODY),
        "length with a blank inside": (b"Content-Length: 2 6", _BODY),
        "empty length": (b"Content-Length:", b""),
        "coding twice": (b"Transfer-Encoding: chunked, chunked", _chunks()),
        "coding on two lines": (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", _chunks()),
        "coding not last": (b"Transfer-Encoding: chunked, identity", _chunks()),
        "coding behind gzip": (b"Transfer-Encoding: gzip, chunked", _chunks()),
        "coding unknown": (b"Transfer-Encoding: xchunked", _chunks()),
        "coding quoted": (b'Transfer-Encoding: "chunked"', _chunks()),
        "coding with a tab before it": (b"Transfer-Encoding:\x0bchunked", _chunks()),
        "coding with a blank before its colon": (b"Transfer-Encoding : chunked", _chunks()),
        "coding on a folded line": (b"Transfer-Encoding:\r\n chunked", _chunks()),
        "coding behind a bare LF": (b"X: y\nTransfer-Encoding: chunked", _chunks()),
        "coding behind a bare CR": (b"X: y\rTransfer-Encoding: chunked", _chunks()),
        "coding behind a NUL": (b"X: y\0Transfer-Encoding: chunked", _chunks()),
        "header folded": (b"X-A: b\r\n c: d\r\nContent-Length: 0", b""),
        "header without a colon": (b"no colon here\r\nContent-Length: 0", b""),
        "header with a blank in its name": (b"X A: b\r\nContent-Length: 0", b""),
        "header without a name": (b": b\r\nContent-Length: 0", b""),
        "control character in a value": (b"X-A: \x01\r\nContent-Length: 0", b""),
    }
    for name, (headers, body) in rows.items():
        yield Hostile("framing", name, _HEAD + headers + b"\r\n\r\n" + body + _SMUGGLED, BAD)
    in_caps = b"Transfer-Encoding: CHUNKED\r\nConnection: close\r\n\r\n" + _chunks()
    yield Hostile("framing", "coding in capitals", _HEAD + in_caps, EITHER, (0, 1))
    old = b"POST /api/people HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + _chunks() + _SMUGGLED
    yield Hostile("framing", "chunks in HTTP/1.0", old, BAD)


def _chunkings() -> Iterator[Hostile]:
    rows = {
        "bare LF": b"1a\n" + _BODY + b"\n0\n\n",
        "size with a sign": b"+1a\r\n" + _BODY + b"\r\n0\r\n\r\n",
        "size with 0x": b"0x1a\r\n" + _BODY + b"\r\n0\r\n\r\n",
        "size with a blank before it": b" 1a\r\n" + _BODY + b"\r\n0\r\n\r\n",
        "size over 64 bits": b"1000000000000001a\r\n" + _BODY + b"\r\n0\r\n\r\n",
        "empty size": b"\r\n" + _BODY + b"\r\n0\r\n\r\n",
        "data longer than its size": b"3\r\n" + _BODY + b"\r\n0\r\n\r\n",
        "data without its end": b"1a\r\n" + _BODY + b"XX0\r\n\r\n",
        "extension with a bare LF": b"1a;x\n" + _BODY + b"\r\n0\r\n\r\n",
        "trailer without a colon": b"1a\r\n" + _BODY + b"\r\n0\r\nno colon\r\n\r\n",
    }
    size = b"%x" % len(_BODY)
    for name, chunks in rows.items():
        odd = chunks.replace(b"1a", size)
        yield Hostile("chunks", name, chunked(odd + _SMUGGLED, close=False), BAD)
    yield Hostile("chunks", "extension with the secret", chunked(_chunks(extension=b";x=" + _S)), EITHER, (0, 1))
    yield Hostile("chunks", "extension in quotes", chunked(_chunks(extension=b';x="\\"' + _S + b'"')), EITHER, (0, 1))
    yield Hostile(
        "chunks", "long extension", chunked(_chunks(extension=b";" + b"x" * 70_000)), ((200,), (400,), (431,)), (0, 1)
    )
    yield Hostile("chunks", "leading zeros", chunked(b"0" * 12 + _chunks()), EITHER, (0, 1))
    yield Hostile("chunks", "trailer with the secret", chunked(_chunks(trailer=b"X: " + _S + b"\r\n")), EITHER, (0, 1))
    yield Hostile("chunks", "trailer that frames", chunked(_chunks(trailer=b"Content-Length: 3\r\n")), EITHER, (0, 1))
    yield Hostile("chunks", "nothing but the end", chunked(b"0\r\n\r\n"), ((200,), (400,), (422,)), (0, 1))
    yield Hostile("chunks", "cut off in a size", chunked(b"1"), ((), (400,)), end=True)
    yield Hostile("chunks", "cut off in a chunk", chunked(size + b"\r\n" + _BODY[:9]), ((), (400,)), end=True)
    yield Hostile("chunks", "cut off before the end", chunked(size + b"\r\n" + _BODY + b"\r\n"), ((), (400,)), end=True)


def _targets() -> Iterator[Hostile]:
    refused = {
        "dot segments": b"/api/../api/people",
        "encoded dot segments": b"/api/%2e%2e/api/people",
        "encoded slash before dots": b"/lax%2f..%2fapi/people",
        "backslashes": b"/lax\\..\\api\\people",
        "encoded backslashes": b"/lax%5c..%5capi%5cpeople",
        "NUL": b"/api/people%00.txt",
        "overlong dots": b"/lax/%c0%ae%c0%ae/api/people",
        "overlong slash": b"/lax%c0%af..%c0%afapi/people",
        "full-width dots": "/lax/\uff0e\uff0e/api/people".encode(),
        "fragment": b"/api/people#/lax",
        "parameters on dots": b"/lax/..;a=b/api/people",
        "authority form": b"a.example:80",
        "no form": b"api/people",
        "empty": b"",
        "other scheme": b"ftp://a.example/api/people",
        "host with a user": b"http://u\\@b/api/people",
        "no host": b"http:///api/people",
        "raw UTF-8": "/api/люди".encode(),
        "control character": b"/api/\x7f",
    }
    codes = ((400,), (404,), (403,), (422,))
    for name, target in refused.items():
        yield Hostile("target", name, plain(target), codes)
    taken = {
        "broken percent": b"/api/%zz/people",
        "half a character": b"/api/%d0/people",
        "dot segments twice encoded": b"/api/%252e%252e/api/people",
        "two slashes": b"/api//people",
        "parameters": b"/api/people;jsessionid=1",
        "slash at the end": b"/api/people/",
        "absolute form": b"http://other.example/api/people",
        "absolute form with a port": b"HTTP://other.example:8080/api/people",
        "encoded letters": b"/%61pi/people",
        "question mark twice": b"/api/people?a=1?b=2",
        "the secret in the query": b"/api/people?email=marina.kedrova%40example.ru&email=x",
        "key twice, once encoded": b"/api/people?email=x&em%61il=marina.kedrova%40example.ru",
        "key with brackets": b"/api/people?user[email]=marina.kedrova%40example.ru",
        "semicolons": b"/api/people?a=1;email=marina.kedrova%40example.ru",
    }
    for name, target in taken.items():
        yield Hostile("target", name, plain(target), ((200,), *codes), (0, 1))
    yield Hostile("target", "CONNECT", plain(b"a.example:80", method=b"CONNECT"), ((400,), (501,)))
    yield Hostile("target", "asterisk", plain(b"*", method=b"OPTIONS"), ((200,), *codes), (0, 1))
    yield Hostile("target", "asterisk of a POST", plain(b"*"), codes)
    yield Hostile("target", "too long", plain(b"/api/" + b"a" * 70_000), ((431,), (414,), (400,)))


def _heads() -> Iterator[Hostile]:
    twice = {
        "e-mail header twice": b"X-User-Email: x\r\nX-User-Email: %b\r\n" % _S,
        "cookie header twice": b"Cookie: a=1\r\nCookie: email=%b\r\n" % _S,
        "type twice": b"Content-Type: text/plain\r\n",
        "referer twice": b"Referer: https://a/\r\nReferer: https://a/?email=%b\r\n" % _S,
        "unicode in a value": "X-Note: Ж \U0001f600\r\n".encode(),
        "invalid UTF-8 in a value": b"X-Note: \xff\xfe\r\n",
        "Latin-1 in a value": b"X-Note: caf\xe9\r\n",
        "secret named in Connection": b"Connection: X-User-Email\r\nX-User-Email: %b\r\n" % _S,
        "length named in Connection": b"Connection: Content-Length\r\n",
        "host named in Connection": b"Connection: Host\r\n",
        "forwarded": b"Forwarded: for=%b\r\nX-Forwarded-For: %b\r\n" % (_S, _S),
        "rewritten address": b"X-Original-URL: /smuggled\r\nX-Rewrite-URL: /smuggled\r\n",
        "method override": b"X-HTTP-Method-Override: DELETE\r\n",
    }
    for name, more in twice.items():
        yield Hostile("head", name, plain(more=more), ((200,), (400,), (403,), (415,), (422,)), (0, 1))
    yield Hostile("head", "two hosts", plain(more=b"Host: b\r\n"), EITHER, (0, 1))
    yield Hostile("head", "no host", plain().replace(b"Host: a\r\n", b""), ((200,), (400,)), (0, 1))
    yield Hostile("head", "129 headers", plain(more=b"".join(b"X-%d: 1\r\n" % n for n in range(129))), ((431,), (400,)))
    yield Hostile("head", "large header", plain(more=b"X-A: " + b"a" * 70_000 + b"\r\n"), ((431,), (400,)))
    yield Hostile(
        "head", "large cookie of small ones", plain(more=b"Cookie: a=1\r\n" * 100), ((200,), (400,), (431,)), (0, 1)
    )
    yield Hostile("head", "bare LF lines", plain().replace(b"\r\n", b"\n"), BAD)
    yield Hostile("head", "bare CR lines", plain().replace(b"\r\n", b"\r"), ((), (400,), (408,)), end=True)
    yield Hostile("head", "cut off in a header", plain()[:40], ((), (400,), (408,)), end=True)
    yield Hostile("head", "cut off in the body", plain()[:-5], ((), (400,)), end=True)
    yield Hostile("head", "blank lines before it", b"\r\n\r\n" + plain(), EITHER, (0, 1))
    yield Hostile("head", "unknown expectation", plain(more=b"Expect: the-%b\r\n" % _S), ((417,),))
    yield Hostile(
        "head", "upgrade", plain(more=b"Connection: Upgrade\r\nUpgrade: websocket\r\n"), ((501,), (426,), (400,))
    )
    yield Hostile("head", "too large a body by its length", sized(b"%d" % 2**31), ((413,),))


def _versions() -> Iterator[Hostile]:
    yield Hostile("version", "0.9", b"GET /api/people?email=%b\r\n\r\n" % _S, BAD)
    yield Hostile("version", "0.9 by its name", plain().replace(b"HTTP/1.1", b"HTTP/0.9"), BAD)
    yield Hostile("version", "2.0 by its name", plain().replace(b"HTTP/1.1", b"HTTP/2.0"), BAD)
    yield Hostile("version", "1.2", plain().replace(b"HTTP/1.1", b"HTTP/1.2"), EITHER, (0, 1))
    yield Hostile("version", "preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _S, BAD)
    yield Hostile("version", "TLS to a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + _S, BAD)
    yield Hostile("version", "no version", plain().replace(b" HTTP/1.1", b""), BAD)
    yield Hostile("version", "small letters", plain().replace(b"HTTP/1.1", b"http/1.1"), BAD)
    yield Hostile("version", "two blanks", plain().replace(b" HTTP/1.1", b"  HTTP/1.1"), EITHER, (0, 1))
    for method in (b"get", b"G\xd0\x95T", b"GE T", b"GET\0", b"(GET)"):
        yield Hostile("version", f"method {method!r}", plain(method=method), ((400,), (404,), (405,)))
    for method in (b"FROB", b"TRACE", b"PROPFIND", b"X" * 300):
        answers = ((200,), (400,), (404,), (405,), (501,))
        yield Hostile("version", f"method {method[:8]!r}", plain(method=method), answers, (0, 1))


def _pipelines() -> Iterator[Hostile]:
    one, last = plain(close=False), plain()
    yield Hostile("pipeline", "three at once", one + one + last, ((200, 200, 200),), (3,))
    yield Hostile("pipeline", "a bad one between", one + b"BAD\r\n\r\n" + last, ((200, 400), (400,)), (0, 1))
    yield Hostile("pipeline", "what follows a close", last + one, EITHER, (0, 1))
    yield Hostile("pipeline", "more than the length", last + b"XX" + _S, EITHER, (0, 1))
    yield Hostile("pipeline", "twelve, then the end", one * 11 + last, ((200,) * 12,), (12,))


def _bodies() -> Iterator[Hostile]:
    def body(name: str, content: bytes, *statuses: int, more: bytes = b"") -> Hostile:
        wire = _HEAD + b"Connection: close\r\n" + more + b"Content-Length: %d\r\n\r\n" % len(content) + content
        answers = tuple((status,) for status in statuses)
        return Hostile("body", name, wire, answers, (0, 1) if 200 in statuses else (0,))

    yield body("key twice, secret first", b'{"email":"%b","email":"x"}' % _S, 200, 422)
    yield body("key twice, secret last", b'{"email":"x","email":"%b"}' % _S, 200, 422)
    yield body("key twice, once escaped", b'{"email":"x","em\\u0061il":"%b"}' % _S, 200, 422)
    yield body("secret as a key", b'{"%b":1}' % _S, 200, 422)
    yield body("half of JSON", b'{"email":"%b"' % _S, 422)
    yield body("two documents", b'{"email":"%b"}{"email":"%b"}' % (_S, _S), 200, 422)
    yield body("comment", b'{"email":"x"/*%b*/}' % _S, 422)
    yield body("trailing comma", b'{"email":"%b",}' % _S, 422)
    yield body("single quotes", b"{'email':'%b'}" % _S, 422)
    yield body("NaN", b'{"a":NaN,"email":"%b"}' % _S, 200, 422)
    yield body("huge number", b'{"a":1e999,"b":%b,"email":"%b"}' % (b"9" * 5000, _S), 200, 422)
    yield body("lone surrogate", b'{"a":"\\ud800","email":"%b"}' % _S, 200, 422)
    yield body("raw control character", b'{"a":"\x01","email":"%b"}' % _S, 422)
    yield body("NUL behind it", b'{"email":"x"}\0%b' % _S, 422)
    yield body("byte that is no UTF-8", b'{"a":"\xff","email":"%b"}' % _S, 422)
    yield body("overlong at sign", b'{"email":"%b"}' % _S.replace(b"@", b"\xc1\x80"), 422)
    yield body("deep", b'{"a":' * 70 + b'"%b"' % _S + b"}" * 70, 413)
    yield body("deeper than any stack", b"[" * 200_000 + b"]" * 200_000, 413)
    yield body("many leaves", json.dumps([1] * 60_000).encode(), 413, 422)
    yield body("unknown coding", _BODY, 415, 422, more=b"Content-Encoding: x-own\r\n")
    yield body("coding that is not there", _BODY, 200, 422, more=b"Content-Encoding: gzip\r\n")
    odd = plain().replace(b"application/json", b"application/json; charset=x-own")
    yield Hostile("body", "unknown charset", odd, ((200,),), (1,))
    hidden = plain().replace(b"application/json", b"application/json; charset=utf-7")
    yield Hostile("body", "charset that hides letters", hidden, ((415,), (422,)))
    named = plain().replace(b"application/json", b"application/json; user=" + _S)
    yield Hostile("body", "type with the secret", named, ((200,), (400,), (415,), (422,)), (0, 1))


def hostile() -> list[Hostile]:
    sorts = (_framings, _chunkings, _targets, _heads, _versions, _pipelines, _bodies)
    return [one for sort in sorts for one in sort()]

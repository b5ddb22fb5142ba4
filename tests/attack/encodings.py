"""Every way a text may be wrapped on its way to a back end, and the way back: the raw material of the attack corpus.

An ``Encoding`` wraps a text into a text and unwraps it again; a ``Packing`` does so with the bytes of a whole body; a
``Place`` puts a text somewhere into a request. ``layers`` undoes whatever can be undone in bytes, for a back end that
looks for a text in every layer of what it was sent. Nothing here knows the gateway's own codecs.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
import quopri
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.header import decode_header
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes

import brotli
import zstandard

from gateway.model.message import Headers, Request

Text = Callable[[str], str]
Bytes = Callable[[bytes], bytes]

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Encoding:
    """``only_ascii``: texts beyond ASCII have no such spelling, or none that everybody reads alike."""

    wrap: Text
    unwrap: Text
    only_ascii: bool = False


@dataclass(frozen=True, slots=True)
class Packing:
    """``label``: the Content-Encoding that goes with it, "" for none."""

    wrap: Bytes
    unwrap: Bytes
    label: str = ""


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _unb64(text: str) -> str:
    return _unb64_bytes(text).decode()


def _unb64_bytes(text: str) -> bytes:
    bare = re.sub(r"\s", "", text).rstrip("=").translate(str.maketrans("-_", "+/"))
    return base64.b64decode(bare + "=" * (-len(bare) % 4))


def _lines(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


def _all_percent(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def _js_escape(text: str) -> str:
    return "".join(char if char.isalnum() and char.isascii() else _js_escaped(char) for char in text)


def _js_escaped(char: str) -> str:
    return f"%{ord(char):02X}" if ord(char) < 256 else f"%u{ord(char):04X}"


def _js_unescape(text: str) -> str:
    return re.sub(r"%u([0-9A-Fa-f]{4})|%([0-9A-Fa-f]{2})", lambda found: chr(int(found[1] or found[2], 16)), text)


def _json_escapes(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def _json_unescape(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def _printable(text: str) -> str:
    return quopri.encodestring(text.encode(), quotetabs=True).decode().replace("@", "=40")


def _unprintable(text: str) -> str:
    return quopri.decodestring(text.encode()).decode()


def _words(text: str) -> str:
    return "".join(
        piece.decode(charset or "utf-8") if isinstance(piece, bytes) else piece
        for piece, charset in decode_header(text)
    )


ENCODINGS: Mapping[str, Encoding] = {
    "plain": Encoding(str, str),
    "base64": Encoding(_b64, _unb64),
    "base64 unpadded": Encoding(lambda text: _b64(text).rstrip("="), _unb64),
    "base64url": Encoding(lambda text: base64.urlsafe_b64encode(text.encode()).decode(), _unb64),
    "base64url unpadded": Encoding(lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="), _unb64),
    "base64 twice": Encoding(lambda text: _b64(_b64(text)), lambda text: _unb64(_unb64(text))),
    "base64 data URL": Encoding(
        lambda text: f"data:text/plain;charset=utf-8;base64,{_b64(text)}", lambda text: _unb64(text.partition(",")[2])
    ),
    "base64 of UTF-16": Encoding(
        lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
        lambda text: _unb64_bytes(text).decode("utf-16-le"),
    ),
    "gzip in base64": Encoding(
        lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
        lambda text: gzip.decompress(_unb64_bytes(text)).decode(),
    ),
    "zlib in base64url": Encoding(
        lambda text: base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("="),
        lambda text: zlib.decompress(_unb64_bytes(text)).decode(),
    ),
    "zstd in base64": Encoding(
        lambda text: base64.b64encode(zstandard.compress(text.encode())).decode(),
        lambda text: zstandard.ZstdDecompressor().decompressobj().decompress(_unb64_bytes(text)).decode(),
    ),
    "hex": Encoding(lambda text: text.encode().hex(), lambda text: bytes.fromhex(text).decode()),
    "percent": Encoding(lambda text: quote(text, safe=""), unquote),
    "percent twice": Encoding(lambda text: quote(quote(text, safe=""), safe=""), lambda text: unquote(unquote(text))),
    "percent thrice": Encoding(
        lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
        lambda text: unquote(unquote(unquote(text))),
    ),
    "percent, every byte": Encoding(_all_percent, unquote),
    "percent in cp1251": Encoding(
        lambda text: quote(text.encode("cp1251"), safe=""), lambda text: unquote_to_bytes(text).decode("cp1251")
    ),
    "percent u": Encoding(_js_escape, _js_unescape),
    "JSON escapes": Encoding(_json_escapes, _json_unescape),
    "JSON in a string": Encoding(lambda text: json.dumps({"x": text}), lambda text: str(json.loads(text)["x"])),
    "JSON in base64": Encoding(
        lambda text: _b64(json.dumps({"x": text}, ensure_ascii=False)), lambda text: str(json.loads(_unb64(text))["x"])
    ),
    "JSON, percent-coded": Encoding(
        lambda text: quote(json.dumps({"x": text}, ensure_ascii=False), safe=""),
        lambda text: str(json.loads(unquote(text))["x"]),
    ),
    "form in base64": Encoding(
        lambda text: _b64(f"a=1&x={quote(text, safe='')}"), lambda text: dict(parse_qsl(_unb64(text)))["x"]
    ),
    "query in JSON in a string": Encoding(
        lambda text: json.dumps({"u": f"/p?a=1&x={quote(text, safe='')}"}),
        lambda text: dict(parse_qsl(str(json.loads(text)["u"]).partition("?")[2]))["x"],
    ),
    "HTML entities": Encoding(_entities, html.unescape),
    "HTML entities, hex": Encoding(lambda text: "".join(f"&#x{ord(char):x};" for char in text), html.unescape),
    "quoted-printable": Encoding(_printable, _unprintable),
    "encoded word B": Encoding(lambda text: f"=?utf-8?B?{_b64(text)}?=", _words),
    "encoded word Q": Encoding(
        lambda text: "=?utf-8?Q?" + "".join(f"={byte:02X}" for byte in text.encode()) + "?=", _words
    ),
    "encoded word in koi8-r": Encoding(
        lambda text: f"=?koi8-r?B?{base64.b64encode(text.encode('koi8-r')).decode()}?=", _words
    ),
    "extended parameter": Encoding(
        lambda text: f"UTF-8''{quote(text, safe='')}", lambda text: unquote(text.partition("''")[2])
    ),
}
"""By name. Each holds any Russian or ASCII text of a dozen characters."""

DISGUISES: Mapping[str, Callable[[str], str]] = {
    "full-width digits": lambda text: text.translate({point: point + 0xFEE0 for point in range(0x30, 0x3A)}),
    "Arabic digits": lambda text: text.translate({0x30 + digit: 0x660 + digit for digit in range(10)}),
    "Bengali digits": lambda text: text.translate({0x30 + digit: 0x9E6 + digit for digit in range(10)}),
    "mathematical digits": lambda text: text.translate({0x30 + digit: 0x1D7CE + digit for digit in range(10)}),
    "zero-width spaces": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "byte order marks": "\ufeff".join,
    "variation selectors": "\ufe0e".join,
    "right-to-left marks": "\u200f".join,
    "isolates": lambda text: f"\u2067{text}\u2069"[:2] + f"\u2068{text[1:]}\u2069\u2069",
    "tags": "\U000e0041".join,
    "Mongolian separators": "\u180e".join,
    "combining marks": "\u0301".join,
    "look-alike letters": lambda text: text.translate(str.maketrans("aeopcx", "аеорсх")) if text.isascii() else text,
    "letters for zeros": lambda text: text.replace("00", "ОO") if re.search(r"\d{5}", text) else text,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
}
"""The same text to a reader, other characters to a machine."""

CHARSETS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1251",
            "koi8-r", "cp866", "iso-8859-5")  # fmt: skip
"""In which a Russian JSON or form body may come without a label."""


def _raw_deflate(raw: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(raw) + compressor.flush()


def _unzstd(raw: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(raw)


def _gzipped(raw: bytes) -> bytes:
    return gzip.compress(raw, mtime=0)


def _raw_inflate(raw: bytes) -> bytes:
    return zlib.decompress(raw, wbits=-15)


PACKINGS: Mapping[str, Packing] = {
    "gzip": Packing(_gzipped, gzip.decompress, "gzip"),
    "gzip, unlabelled": Packing(_gzipped, gzip.decompress),
    "gzip twice": Packing(lambda raw: _gzipped(_gzipped(raw)), lambda raw: gzip.decompress(gzip.decompress(raw)),
                          "gzip, gzip"),
    "gzip twice, labelled once": Packing(lambda raw: _gzipped(_gzipped(raw)),
                                         lambda raw: gzip.decompress(gzip.decompress(raw)), "gzip"),
    "deflate": Packing(zlib.compress, zlib.decompress, "deflate"),
    "deflate, unlabelled": Packing(zlib.compress, zlib.decompress),
    "raw deflate": Packing(_raw_deflate, _raw_inflate, "deflate"),
    "raw deflate, unlabelled": Packing(_raw_deflate, _raw_inflate),
    "br": Packing(brotli.compress, brotli.decompress, "br"),
    "br, unlabelled": Packing(brotli.compress, brotli.decompress),
    "zstd": Packing(zstandard.compress, _unzstd, "zstd"),
    "zstd, unlabelled": Packing(zstandard.compress, _unzstd),
    "zstd, labelled gzip": Packing(zstandard.compress, _unzstd, "gzip"),
    "plain, labelled gzip": Packing(bytes, bytes, "gzip"),
    "plain, labelled br": Packing(bytes, bytes, "br"),
}  # fmt: skip
"""Content codings by name."""


def in_json(text: str) -> Request:
    """A member of a JSON body."""
    return _posted("application/json", json.dumps({"sku": "b-1", "comment": text}, ensure_ascii=False).encode())


def in_form(text: str) -> Request:
    """A pair of a form."""
    return _posted(FORM, f"sku=b-1&data={quote(text, safe='')}".encode())


def in_text(text: str) -> Request:
    """The whole of a text body."""
    return _posted("text/plain; charset=utf-8", text.encode())


def in_form_in_json(text: str) -> Request:
    """A form that stands in a JSON string."""
    inner = f"sku=b-1&data={quote(text, safe='')}"
    return _posted("application/json", json.dumps({"body": inner}).encode())


def in_query(text: str) -> Request:
    """A pair of the query."""
    return _asked(f"/api/users/7?sku=b-1&x={quote(text, safe='')}")


def in_path(text: str) -> Request:
    """A path segment."""
    return _asked(f"/api/users/{quote(text, safe='')}")


def in_matrix(text: str) -> Request:
    """A matrix parameter of a path segment."""
    return _asked(f"/api/users/7;v=1;x={quote(text, safe='')}")


def in_header(text: str) -> Request:
    """A header of the application's own."""
    return _asked("/api/users/7", (("X-User-Data", _for_header(text)),))


def in_cookie(text: str) -> Request:
    """A cookie, URL-encoded as scripts write them."""
    return _asked("/api/users/7", (("Cookie", f"theme=dark; prefs={quote(text, safe='')}; lang=ru"),))


def in_referer(text: str) -> Request:
    """The page that the request came from."""
    return _asked("/api/users/7", (("Referer", f"https://shop.example/find?q={quote(text, safe='')}"),))


def in_json_cookie(text: str) -> Request:
    """A cookie whose value is JSON."""
    value = quote(json.dumps({"theme": "dark", "data": text}, ensure_ascii=False), safe="")
    return _asked("/api/users/7", (("Cookie", f"prefs={value}"),))


def in_basic(text: str) -> Request:
    """The user's name in Basic authentication."""
    return _asked("/api/users/7", (("Authorization", f"Basic {_b64(text + ':word')}"),))


PLACES: Mapping[str, Callable[[str], Request]] = {
    "JSON": in_json,
    "form": in_form,
    "text": in_text,
    "form in JSON": in_form_in_json,
    "query": in_query,
    "path": in_path,
    "matrix": in_matrix,
    "header": in_header,
    "cookie": in_cookie,
    "JSON cookie": in_json_cookie,
    "referer": in_referer,
    "basic": in_basic,
}
"""Where a text may stand, by name."""

KINDS: Mapping[str, str] = {
    "email": "anna.smirnova@example.ru",
    "phone": "+7 900 000-01-23",
    "name": "Смирнова Анна Петровна",
    "snils": "СНИЛС 112-233-445 95",
    "passport": "паспорт 4509 123456",
}
"""A value of each kind that says by itself what it is."""


def requests() -> Iterator[tuple[str, str, Request]]:
    """Every encoding in every place for every kind: a name, the value in it, and the request."""
    for place, put in PLACES.items():
        for encoding, coded in ENCODINGS.items():
            for kind, value in KINDS.items():
                if not coded.only_ascii or value.isascii():
                    yield f"{encoding} · {place} · {kind}", value, put(coded.wrap(value))


def _posted(media: str, body: bytes, headers: Headers = ()) -> Request:
    length = ("Content-Length", str(len(body)))
    return Request("POST", "/api/users/7", (("Host", "gw"), ("Content-Type", media), length, *headers), body)


def _asked(target: str, headers: Headers = ()) -> Request:
    return Request("PUT", target, (("Host", "gw"), *headers), b"")


def _for_header(text: str) -> str:
    """Header values travel as bytes: UTF-8 as surrogate escapes, line ends folded away."""
    return re.sub(r"[\r\n]+", " ", text).strip().encode().decode("ascii", "surrogateescape")


# ------------------------------------------------------------------------------------------------- the way back


MOST_LAYERS = 6


@lru_cache(maxsize=4)
def layers(data: bytes) -> frozenset[bytes]:
    """The bytes, and all that undoing one coding after the other makes of them or of any stretch of them."""
    found, fresh = {data}, {data}
    for _ in range(MOST_LAYERS):
        fresh = {one for old in fresh for one in _undone(old) if len(one) > 3} - found
        found |= fresh
    return frozenset(found)


def holds(data: bytes, text: str) -> bool:
    """True if the text stands in any layer, in any charset, case or grouping of digits."""
    wanted = [spelt for one in (text, text.lower(), text.upper()) for spelt in _spelt(one)]
    digits = re.sub(r"\D", "", text).encode() if re.search(r"\d{3}", text) else b""
    for layer in layers(data):
        if any(one in layer for one in wanted):
            return True
        if len(digits) > 8 and digits in re.sub(rb"(?<=\d)[ \t().\-/+]+(?=\d)", b"", layer):
            return True
    return False


def _spelt(text: str) -> Iterator[bytes]:
    for charset in ("utf-8", "utf-16-le", "utf-16-be", "cp1251", "koi8-r", "cp866", "iso-8859-5"):
        try:
            yield text.encode(charset)
        except UnicodeEncodeError:
            continue


def _undone(data: bytes) -> Iterator[bytes]:
    for pack in (gzip.decompress, zlib.decompress, _raw_inflate, brotli.decompress, _unzstd):
        try:
            yield pack(data)
        except (OSError, EOFError, ValueError, zlib.error, brotli.error, zstandard.ZstdError):
            continue
    if b"%" in data or b"+" in data:
        yield unquote_to_bytes(data)
        yield unquote_to_bytes(data.replace(b"+", b" "))
    if b"\0" in data:
        yield from (data.decode(charset, "ignore").encode() for charset in ("utf-16-le", "utf-16-be"))
    text = data.decode("utf-8", "replace")
    if "%u" in text:
        yield _js_unescape(text).encode("utf-8", "surrogatepass")
    if "\\" in text:
        yield _unescaped(text).encode("utf-8", "surrogatepass")
    if "&" in text:
        yield html.unescape(text).encode("utf-8", "surrogatepass")
    if "=" in text:
        yield quopri.decodestring(data)
        yield quopri.decodestring(_NAME.sub(rb"\1: ", data))
    yield from _runs(data)


def _runs(data: bytes) -> Iterator[bytes]:
    """What may be Base64 or hex, in lines, in one, behind a tag and a length and before a tag that look like it."""
    for run in re.findall(rb"[A-Za-z0-9+/_-]{8,}(?:[\r\n]+[A-Za-z0-9+/_-]+)*", data):
        pieces = [piece for piece in re.split(rb"[\s/]+", run) if len(piece) > 7]
        for one in dict.fromkeys((run, run[1:], run[2:], run[:-1], run[1:-1], run[2:-1], *run.split(), *pieces)):
            yield from _decoded(one)


_NAME = re.compile(rb"((?:^|[&?; /\n])[A-Za-z_]+)=")
"""Of a pair: its equals sign begins no escape."""


def _unescaped(text: str) -> str:
    units = re.sub(
        r"\\(?:u([0-9a-fA-F]{4})|(.))", lambda found: chr(int(found[1], 16)) if found[1] else found[2] or "", text
    )
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _decoded(run: bytes) -> Iterator[bytes]:
    try:
        yield _unb64_bytes(run.decode())
    except ValueError:
        pass
    if re.fullmatch(rb"(?:[0-9A-Fa-f]{2})+", run):
        yield bytes.fromhex(run.decode())

"""Writes the seed corpus anew from the attack cases: ``python -m tests.fuzz.seeds``. Small files, one an idea."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.attack.cases import PLACES, cases
from tests.attack.encodings import ENCODINGS, PACKINGS
from tests.core.stream.streams import SHOWN
from tests.fuzz.boundary import CANARIES
from tests.fuzz.files import CANARY
from tests.fuzz.streams import CODINGS, MEDIA

CORPUS = Path(__file__).parent / "corpus"
_PAGE = """<!doctype html><title>Анна</title><p title="Анна">Анна &amp; Ко<a href='/x?email=a%40b.ru#y'>x</a>
<script type="application/json">{"a":"Анна"}</script><script>var a = "Анна";</script><!-- Анна -->
<textarea>x</textarea>"""


def main() -> None:
    for target, seeds in SEEDS.items():
        folder = CORPUS / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            if not old.name.startswith("found-"):
                old.unlink()
        for name, data in seeds():
            (folder / re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")).write_bytes(data)


def _requests() -> Iterator[tuple[str, bytes]]:
    for case in cases():
        if case.kind == "email" and "chunks" not in case.coat and (case.spelling == "plain" or case.place == "json"):
            yield case.name, b"\0\0" + case.wire


def _replies() -> Iterator[tuple[str, bytes]]:
    for media, body in {
        "text/html": _PAGE,
        "application/json": json.dumps({"a": [SHOWN[0], {"b": SHOWN[2]}], "c": '{"d":"x"}', "n": 1.50}),
        "text/csv": f'a,b\r\n{SHOWN[2]},"x\ny"\r\n',
        "application/xml": f"<?xml version='1.0'?><a b='c'>{SHOWN[0]}<![CDATA[x]]><!-- y --></a>",
        "text/plain": f"Hello {SHOWN[2]}",
        "application/x-ndjson": '{"a":1}\n{"b":"c"}\n',
        "application/graphql": 'mutation { add(email: "a@b.ru") { id } }',
    }.items():
        head = f"HTTP/1.1 200\r\nContent-Type: {media}\r\nLocation: https://h.example/a?b=c\r\n\r\n"
        yield media, b"\0\0" + (head + body).encode()


def _streams() -> Iterator[tuple[str, bytes]]:
    for number, media in enumerate(MEDIA):
        for at, token in enumerate(SHOWN):
            text = {
                "text/event-stream": f'id: 1\r\nevent: a\ndata: {token}\ndata: я\n\n: c\rdata: {{"a":"{token}"}}\n\n',
                "application/x-ndjson": f'{{"a":"{token}"}}\n["x"]\r\n',
                "application/json": f'[{{"a":"{token}","b":[1.50,null]}}, "{token}"]',
            }.get(media, f"Да: <{token}>, +7 (976) x")
            charset = "koi8-r" if "koi8" in media else "utf-8"
            yield f"{number}-{at}", bytes([number, 2, 3, 1]) + text.encode(charset, "replace")


def _packed() -> Iterator[tuple[str, bytes]]:
    for name, packing in PACKINGS.items():
        for number, codings in enumerate(CODINGS):
            if codings[:1] == (packing.label,) or (not codings and not packing.label):
                yield f"{name} {number}", bytes([number, 1, 4]) + packing.wrap(b"abc " * 9)


def _multipart() -> Iterator[tuple[str, bytes]]:
    field = '--b0\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
    file = (
        '--b0\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n-b\r\n'
    )
    for name, text in {"form": field + file, "before": "pre\r\n" + file, "empty": "", "twice": field * 2}.items():
        yield name, b"\x01\x02\x05\x00" + (text + "--b0--\r\nbehind").encode()
    yield "related", b"\0\x01\x03" + b"--b0\r\nContent-Type: application/json\r\n\r\n{}\r\n--b0--"


def _archives() -> Iterator[tuple[str, bytes]]:
    for entry, text in {
        "a.txt": f"write to {CANARY}",
        "word/document.xml": f"<?xml version='1.0'?><w:p xmlns:w='w'><w:t>{CANARY}</w:t></w:p>",
        "b.csv": f"a,{CANARY}\n",
    }.items():
        for kind in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", kind) as made:
                made.writestr(zipfile.ZipInfo("mimetype"), "text")
                made.writestr(zipfile.ZipInfo(entry), text, kind)
            yield f"{entry} {kind}", packed.getvalue()
    for number in range(32):
        yield f"built {number}", bytes([number % 3, number, number, number * 5, 0, 0, 15, number, 0, 15, 0, 15])


def _pdfs() -> Iterator[tuple[str, bytes]]:
    for place in range(5):
        yield f"whole {place}", bytes([place])
        yield f"damaged {place}", bytes([place, 2, 0, 200, 3, 5, 1, 44, 2, 8])


def _nested() -> Iterator[tuple[str, bytes]]:
    for kind in range(len(CANARIES)):
        for place in range(len(PLACES)):
            yield f"place {kind} {place}", bytes([kind, place, 0, 0, 0])
        for encoding in range(len(ENCODINGS)):
            yield f"encoding {kind} {encoding}", bytes([kind, 0, encoding, 0, 0, 2]) + b"no"
    for packing in range(1, len(PACKINGS) + 1):
        yield f"packing {packing}", bytes([0, packing % 3, 0, 0, packing, 1, 65])


def _broken() -> Iterator[tuple[str, bytes]]:
    for kind in range(len(CANARIES)):
        for place in range(len(PLACES)):
            yield f"{CANARIES[kind].field} {place}", bytes([kind, place, 1, 0, 0, kind, 0, 9, 1, 2])


SEEDS = {
    "request": _requests,
    "reply": _replies,
    "stream": _streams,
    "unpack": _packed,
    "multipart": _multipart,
    "archive": _archives,
    "pdf": _pdfs,
    "nested": _nested,
    "broken": _broken,
}

if __name__ == "__main__":
    main()

"""Archives of any bytes: refused as unreadable, or nothing that another reader finds in an entry is missing."""

from __future__ import annotations

import re
import zlib

from gateway.adapters.extractor.formats import UnreadableError, known, texts_of

CANARY = "marina.kedrova@example.ru"
_MOST = 2**20


def archive(data: bytes) -> None:
    """Zip files only: a broken PDF may end its reader's process, which says the same."""
    if not known(data) or b"%PDF-" in data:
        return
    shown = any(CANARY.encode() in entry for entry in _entries(data))
    try:
        texts = texts_of(data)
    except UnreadableError:
        return
    assert not shown or any(CANARY in text for text in texts), "an entry's text is not among the archive's texts"


def _entries(data: bytes) -> list[bytes]:
    """What stands behind every local header, stored or deflated, whatever the archive's directory says."""
    found = []
    for match in re.finditer(rb"PK\x03\x04", data):
        head = data[match.start() : match.start() + 30]
        if len(head) < 30:
            continue
        start = match.start() + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        size = int.from_bytes(head[18:22], "little")
        if head[8:10] == b"\0\0":
            found.append(data[start : start + size])
        try:
            found.append(zlib.decompressobj(-15).decompress(data[start:], _MOST))
        except zlib.error:
            continue
    return found

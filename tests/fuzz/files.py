"""Archives and PDFs of any bytes: refused as unreadable, or nothing that another reader finds is missing."""

from __future__ import annotations

import re
import signal
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from gateway.adapters.extractor.formats import UnreadableError, known, texts_of
from tests.fuzz.archives import CANARIES, an_archive
from tests.fuzz.choices import Choices
from tests.uploads.test_extractor import a_pdf, updated, with_orphan
from tests.uploads.test_pdf_drawn import drawn
from tests.uploads.test_pdf_rest import noted, packed

CANARY = CANARIES[0].decode()
_MOST = 2**20
_MOST_DEPTH = 3
_PATIENCE_S = 5.0


def archive(data: bytes) -> None:
    """A zip file as it is, or one built of choices. PDFs have a target of their own."""
    made = data if known(data) else an_archive(Choices(data))
    if not known(made) or b"%PDF-" in made:
        return
    try:
        texts = texts_of(made)
    except UnreadableError:
        return
    views = [*_views(made, 0)]
    for canary in CANARIES:
        shown = any(canary in view for view in views)
        assert not shown or any(canary.decode() in text for text in texts), "what an archive holds is not in its texts"


def pdf(data: bytes) -> None:
    """A PDF made with the canary in one place, and damaged: refused, or the canary is among its texts."""
    choices = Choices(data)
    make, damage = choices.one_of(_PDFS)
    made = make()
    for _ in range(choices.below(4)):
        at = choices.below(len(made) + 1)
        cut = at + choices.below(8)
        made = made[:at] + choices.one_of(damage) + made[cut:]
    if not known(made) or CANARY.encode() not in made:
        return
    with _patience():
        try:
            texts = texts_of(made)
        except UnreadableError:
            return
    assert any(CANARY in text for text in texts), "what stands in the PDF is not among its texts"


def _page() -> bytes:
    return a_pdf(CANARY)


def _description() -> bytes:
    return a_pdf("nothing", author=CANARY)


def _earlier() -> bytes:
    return updated(a_pdf(CANARY), "nothing")


def _unreferred() -> bytes:
    return with_orphan(CANARY)


def _remark() -> bytes:
    return a_pdf("nothing") + b"\n% " + CANARY.encode()


@cache
def _shown() -> bytes:
    return drawn(f"[(x) ({CANARY})] TJ ET")


@cache
def _read_aloud() -> bytes:
    return drawn(f"/Span << /ActualText ({CANARY}) >> BDC (x) Tj EMC ET")


@cache
def _named() -> bytes:
    return drawn(f"/{CANARY} gs ET")


@cache
def _noted() -> bytes:
    return noted(f" /A [(x) ({CANARY})]")


@cache
def _packed() -> bytes:
    return packed(f"% {CANARY}")


_DAMAGE = (
    b"", b"0", b"9", b"<<", b">>", b"(", b")", b"%", b"\n", b"endobj", b"endstream", b"stream\n", b"obj", b"1 0 R",
    b"xref", b"%%EOF", b"/Type", b"/Contents", b"/Length 3", b"trailer",
)  # fmt: skip
_ODDS = (
    *_DAMAGE, b"Tj", b"TJ", b"[", b"]", b"BT", b"ET", b"'", b'"', b"<", b">", b"\\", b" ", b"\r", b"BDC", b"{", b"R",
    b"8.9.1", b"null",
)  # fmt: skip
_PDFS: tuple[tuple[Callable[[], bytes], Sequence[bytes]], ...] = (
    *((make, _DAMAGE) for make in (_page, _description, _earlier, _unreferred, _remark)),
    *((make, _ODDS) for make in (_shown, _read_aloud, _named, _noted, _packed)),
)
"""Each with what it is damaged by."""


@contextmanager
def _patience() -> Iterator[None]:
    """As the process that reads files has: what takes longer is not read."""
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(_number: int, _frame: object) -> None:
    raise TimeoutError


def _views(data: bytes, depth: int) -> Iterator[bytes]:
    """The bytes, and what stands behind every local header when it is unpacked, whatever the directory says."""
    yield data
    for match in re.finditer(rb"PK\x03\x04", data) if depth < _MOST_DEPTH else ():
        head = data[match.start() : match.start() + 30]
        start = match.start() + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        try:
            yield from _views(zlib.decompressobj(-15).decompress(data[start:], _MOST), depth + 1)
        except zlib.error:
            continue

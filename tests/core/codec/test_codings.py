"""Content codings: every stack undone and redone, every bomb refused."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from urllib.parse import quote, unquote

import brotli
import pytest
import zstandard

from gateway.core.codec import decode_reply, decode_request, encode_reply
from gateway.core.codec.codings import Unpacked, redo, undo
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Request
from tests.core.codec.messages import FORM, LIMITS, edited, read, reply, request, seen

TEXT = b'{"a":"Anna"}'
MIB = 2**20


def raw_deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(data) + compressor.flush()


PACKED = {
    "gzip": gzip.compress(TEXT),
    "x-gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
    "identity": TEXT,
    "": TEXT,
}


def packed(data: bytes, coding: str | None, kind: str = "application/json") -> Request:
    headers = (("Content-Encoding", coding),) if coding is not None else ()
    return request(data, kind, headers=headers)


def refusal(message: Request, limits: Limits = LIMITS) -> tuple[str, int]:
    with pytest.raises(PayloadError) as refused:
        decode_request(message, limits)
    return refused.value.code, refused.value.status


@pytest.mark.parametrize("coding", list(PACKED))
def test_a_packed_body_is_inspected_and_packed_again(coding: str) -> None:
    message = packed(PACKED[coding], coding)
    after = edited(message, {"body.a": "tk"})
    assert seen(after) == {"body.a": "tk"}
    assert after.header("content-encoding") == coding
    assert after.header("content-length") == str(len(after.body))


@pytest.mark.parametrize("coding", [coding for coding in PACKED if coding != "br"])
def test_a_packed_body_nobody_edits_stays_byte_for_byte(coding: str) -> None:
    message = packed(PACKED[coding], coding)
    assert edited(message, {}).body is message.body


def test_codings_are_undone_in_reverse_order() -> None:
    message = packed(brotli.compress(gzip.compress(TEXT)), "gzip, br")
    assert read(message).parts[-1].codings == ("br", "gzip")
    after = edited(message, {"body.a": "tk"})
    assert gzip.decompress(brotli.decompress(after.body)) == b'{"a":"tk"}'


def test_codings_of_several_headers_are_one_list() -> None:
    headers = (("Content-Encoding", "GZIP"), ("content-encoding", " br "))
    message = request(brotli.compress(gzip.compress(TEXT)), headers=headers)
    assert read(message).parts[-1].codings == ("br", "gzip")


@pytest.mark.parametrize(
    "data",
    [gzip.compress(TEXT), zstandard.compress(TEXT), gzip.compress(gzip.compress(TEXT))],
    ids=["gzip", "zstd", "gzip twice"],
)
@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_packed_bodies_are_known_without_a_label(data: bytes, kind: str) -> None:
    message = packed(data, None, kind)
    after = edited(message, {"body.a": "tk"})
    assert seen(after) == {"body.a": "tk"}
    assert after.body[:2] == data[:2]


def test_raw_deflate_under_the_label_deflate_is_undone_and_redone_as_such() -> None:
    after = edited(packed(raw_deflate(TEXT), "deflate"), {"body.a": "tk"})
    assert zlib.decompress(after.body, wbits=-15) == b'{"a":"tk"}'


def test_several_members_and_frames_are_one_body() -> None:
    halves = TEXT[:4], TEXT[4:]
    for pack in (gzip.compress, zstandard.compress):
        assert undo(b"".join(map(pack, halves)), (), LIMITS).raw == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("damage", ["cut", "junk behind", "garbage", "one byte"])
def test_a_damaged_body_is_refused(coding: str, damage: str) -> None:
    whole = PACKED[coding]
    damaged = {
        "cut": whole[:-1],
        "junk behind": whole + b"junk",
        "garbage": b"\x8c\xffxx" * 9,
        "one byte": b"\x03",
    }
    assert refusal(packed(damaged[damage], coding)) == ("GW-P106", 422)


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_too_many_members_are_refused(coding: str, pack: Callable[[bytes], bytes]) -> None:
    assert refusal(packed(pack(b"") * 65 + pack(TEXT), coding)) == ("GW-P106", 422)


@pytest.mark.parametrize("coding", ["compress", "gzip, foo", "gzip;q=1"])
def test_an_unknown_coding_is_refused(coding: str) -> None:
    assert refusal(packed(TEXT, coding)) == ("GW-P105", 415)


def test_five_layers_are_refused() -> None:
    data = TEXT
    for _ in range(5):
        data = gzip.compress(data)
    assert refusal(packed(data, None)) == ("GW-P107", 413)


def bomb(coding: str) -> bytes:
    zeros = bytes(MIB)
    match coding:
        case "gzip" | "deflate":
            compressor = zlib.compressobj(9, wbits=31 if coding == "gzip" else 15)
            return b"".join(compressor.compress(zeros) for _ in range(64)) + compressor.flush()
        case "br":
            brotlis = brotli.Compressor(quality=3)
            return b"".join(brotlis.process(zeros) for _ in range(64)) + brotlis.finish()
        case _:
            frames = zstandard.ZstdCompressor().compressobj()
            return b"".join(frames.compress(zeros) for _ in range(64)) + frames.flush()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("limits", [Limits(max_body_bytes=2 * MIB, max_ratio=10**9), Limits(max_ratio=10)])
def test_a_bomb_is_refused_before_it_is_unpacked(coding: str, limits: Limits) -> None:
    message = packed(bomb(coding), coding)
    tracemalloc.start()
    try:
        assert refusal(message, limits) == ("GW-P107", 413)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


def test_a_uniform_body_under_a_mebibyte_is_no_bomb() -> None:
    data = b'"' + b"a" * 500_000 + b'"'
    assert len(seen(packed(gzip.compress(data), "gzip"))["body"]) == 500_000


def test_the_ratio_is_judged_layer_by_layer() -> None:
    twice = gzip.compress(gzip.compress(b'"' + b"a" * (3 * MIB) + b'"'))
    assert refusal(packed(twice, "gzip, gzip")) == ("GW-P107", 413)


def test_an_empty_body_under_a_coding_is_empty() -> None:
    assert undo(b"", ("gzip",), LIMITS) == Unpacked(b"")


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_nothing_packed_is_an_empty_body(coding: str) -> None:
    nothing = {"gzip": gzip.compress(b""), "br": brotli.compress(b"")}[coding]
    assert read(packed(nothing, coding)).parts[-1].syntax == "empty"


def test_a_body_that_loses_all_its_pairs_is_packed_empty() -> None:
    message = packed(gzip.compress(b"a=1"), "gzip", FORM)
    assert gzip.decompress(edited(message, {"body.a": None}).body) == b""


def test_nothing_is_redone_where_nothing_was_undone() -> None:
    assert redo(TEXT, ()) == TEXT


def named_gzip(flag: int, told: bytes) -> bytes:
    """A gzip member with one of its optional fields (RFC 1952, 2.3)."""
    member = gzip.compress(TEXT, mtime=0)
    return member[:3] + bytes([flag]) + member[4:10] + told + member[10:]


def _bits(raw: bytes) -> tuple[int, int]:
    return int.from_bytes(raw, "little"), 8 * len(raw)


def with_metadata() -> bytes:
    """Brotli: a block that decoders pass over, one that is stored as it is, and the last one (RFC 7932, 9.2)."""
    hidden = b"\xffanna@example.org"
    bits = [(0, 1), (0, 1), (3, 2), (0, 1), (1, 2), (len(hidden) - 1, 8), (0, 1), _bits(hidden)]
    bits += [(0, 1), (0, 2), (len(TEXT) - 1, 16), (1, 1), (0, 4), _bits(TEXT), (3, 8)]
    number = at = 0
    for value, width in bits:
        number, at = number | value << at, at + width
    return number.to_bytes(at // 8, "little")


SKIPPED = b"\x5f\x2a\x4d\x18\x10\0\0\0anna@example.org"
HIDING = {
    "a file name": ("gzip", named_gzip(8, b"anna@example.org\0")),
    "a comment": ("gzip", named_gzip(16, b"anna@example.org\0")),
    "an extra field": ("gzip", named_gzip(4, b"\x10\0anna@example.org")),
    "the second member's name": ("gzip", gzip.compress(b" ", mtime=0) + named_gzip(8, b"anna@example.org\0")),
    "a frame that is skipped": ("zstd", SKIPPED + zstandard.compress(TEXT)),
    "a last frame that is skipped": ("zstd", zstandard.compress(TEXT) + SKIPPED),
    "metadata of Brotli": ("br", with_metadata()),
    "a name around nothing": ("gzip", b"\x1f\x8b\x08\x08\0\0\0\0\0\xffanna@example.org\0\x03\0" + bytes(8)),
}


@pytest.mark.parametrize("place", list(HIDING))
def test_what_a_packed_body_holds_beside_its_text_stays_behind(place: str) -> None:
    coding, body = HIDING[place]
    after = edited(packed(body, coding), {})
    assert (b"anna" in after.body, undo(after.body, [coding], LIMITS).raw) == (False, undo(body, [coding], LIMITS).raw)


@pytest.mark.parametrize("place", list(HIDING))
def test_what_a_packed_text_holds_beside_what_it_says_stays_behind(place: str) -> None:
    """In Base64, and in hex where it has a mark, wherever they stand: nothing else of the message changes."""
    coding, raw = HIDING[place]
    coded = b64encode(raw).decode()
    told = coded if coding == "br" else raw.hex()
    after = edited(request(f'{{"a":"{told}","b":1.50}}', target=f"/a?x={quote(coded, safe='')}"), {})
    stays = json.loads(after.body)["a"]
    kept = [
        b64decode(unquote(after.target.partition("=")[2])),
        b64decode(stays) if coding == "br" else bytes.fromhex(stays),
    ]
    assert [b"anna" in one for one in kept] == [False, False]
    assert {undo(one, (coding,), LIMITS).raw for one in kept} == {undo(raw, (coding,), LIMITS).raw}
    assert b'"b":1.50' in after.body


def test_what_is_found_by_trying_may_hide_something_too() -> None:
    after = edited(packed(zlib.compress(named_gzip(8, b"anna@example.org\0")), None), {})
    assert b"anna" not in zlib.decompress(after.body)


def test_a_frame_that_is_skipped_marks_zstd() -> None:
    assert seen(packed(SKIPPED + zstandard.compress(TEXT), None)) == seen(packed(TEXT, None))


def test_a_packed_reply_stays_byte_for_byte_whatever_it_holds_beside_its_text() -> None:
    body = named_gzip(8, b"notes.json\0")
    answer = reply(body, headers=(("Content-Encoding", "gzip"),))
    assert encode_reply(decode_reply(answer, LIMITS), answer).body is body


def test_an_unpacked_body_does_not_print() -> None:
    assert repr(undo(gzip.compress(TEXT), (), LIMITS)) == "Unpacked(12 bytes, ('gzip',))"


def _unmarked(raw: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(raw) + packer.flush()


@pytest.mark.parametrize("pack", [zlib.compress, brotli.compress, _unmarked])
def test_a_coding_without_label_and_mark_is_found_by_trying(pack: Callable[[bytes], bytes]) -> None:
    message = packed(pack(TEXT), None)
    assert seen(message) == seen(packed(TEXT, None))


def test_what_is_found_by_trying_may_hold_more() -> None:
    assert seen(packed(zlib.compress(gzip.compress(TEXT)), None)) == seen(packed(TEXT, None))


@pytest.mark.parametrize("raw", [bytes(range(128, 256)), zlib.compress(bytes(range(256))), zlib.compress(b"a\x01b")])
def test_noise_is_no_text_however_it_is_unpacked(raw: bytes) -> None:
    assert refusal(packed(raw, None)) == ("GW-P102", 422)


def test_a_bomb_without_label_and_mark_is_refused() -> None:
    assert refusal(packed(zlib.compress(b"a" * (20 * MIB)), None)) == ("GW-P107", 413)


@pytest.mark.parametrize("label", ["gzip", "br", "deflate", "zstd", "gzip, br"])
def test_a_text_under_a_label_is_a_text(label: str) -> None:
    message = packed(TEXT, label)
    assert seen(message) == seen(packed(TEXT, None))


def test_a_mark_wins_over_another_label() -> None:
    assert seen(packed(zstandard.compress(TEXT), "gzip")) == seen(packed(TEXT, None))

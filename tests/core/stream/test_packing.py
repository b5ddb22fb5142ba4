"""Packed streams are unpacked as they come and packed again, whatever the pieces; bombs and stumps break off."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard

from gateway.core.stream import Packer, Unpacker
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

TEXT = b"".join(b"line %d of a text that is packed\n" % number for number in range(3000))
RAW = zlib.compressobj(wbits=-15)
PACKED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT),
    "zstd": zstandard.compress(TEXT),
    "gzip in two members": gzip.compress(TEXT[:100]) + gzip.compress(TEXT[100:]),
    "zstd in two frames": zstandard.compress(TEXT[:100]) + zstandard.compress(TEXT[100:]),
    "deflate without header": RAW.compress(TEXT) + RAW.flush(),
}


def unpacked(codings: tuple[str, ...], pieces: list[bytes], limits: Limits | None = None) -> bytes:
    unpacker = Unpacker(codings, limits or Limits())
    made = b"".join(raw for piece in pieces for raw in unpacker.feed(piece))
    unpacker.end()
    return made


@pytest.mark.parametrize("size", [1, 7, 600, 10**6])
@pytest.mark.parametrize("name", PACKED)
def test_a_packed_stream_comes_out_whatever_the_pieces(name: str, size: int) -> None:
    wire = PACKED[name]
    pieces = [wire[at : at + size] for at in range(0, len(wire), size)]
    assert unpacked((name.split(maxsplit=1)[0],), pieces) == TEXT


def test_several_codings_are_undone_from_the_outside_and_redone_from_the_inside() -> None:
    packer = Packer(("br", "gzip"))
    wire = [packer.feed(TEXT[:500]), packer.feed(TEXT[500:]), packer.end()]
    assert unpacked(("br", "gzip"), wire) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_each_piece_can_be_read_when_it_is_there(coding: str) -> None:
    packer, unpacker = Packer((coding,)), Unpacker((coding,), Limits())
    for piece in (b"one", b"two", b"three"):
        assert b"".join(unpacker.feed(packer.feed(piece))) == piece
    with pytest.raises(PayloadError) as cut:
        unpacker.end()
    assert cut.value.code == "GW-P106"
    assert b"".join(unpacker.feed(packer.end())) == b""
    unpacker.end()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_empty_stream_is_in_no_coding(coding: str) -> None:
    assert unpacked((coding,), [b""]) == b""
    assert unpacked((), [b"a", b"b"]) == b"ab"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_so_packed_breaks_off(coding: str) -> None:
    with pytest.raises(PayloadError) as broken:
        unpacked((coding,), [b"\x00\x01this is no packed stream at all"])
    assert broken.value.code == "GW-P106"


ZEROS = b"\0" * 2**26
BOMBS = {
    "gzip": gzip.compress(ZEROS, 1),
    "deflate": zlib.compress(ZEROS, 1),
    "br": brotli.compress(ZEROS, quality=1),
    "zstd": zstandard.compress(ZEROS),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_breaks_off_in_little_memory(name: str) -> None:
    sizes = list[int]()
    unpacker = Unpacker((name,), Limits(max_ratio=10))
    with pytest.raises(PayloadError) as bomb:
        sizes.extend(len(raw) for raw in unpacker.feed(BOMBS[name]))
    assert (bomb.value.code, sum(sizes) <= 2**22, max(sizes, default=0) <= 2**24) == ("GW-P107", True, True)


def test_a_deflate_of_one_byte_is_cut_off() -> None:
    with pytest.raises(PayloadError):
        unpacked(("deflate",), [b"x"])

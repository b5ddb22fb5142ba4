"""Content codings of a stream undone piece by piece, with bounded memory, however much a piece unpacks to.

Source: RFC 9110 8.4, RFC 1950-1952, RFC 7932, RFC 8878.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import brotli
import zstandard

from gateway.core.codec.codings import is_zlib
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits

_PIECE = 2**17
_JUDGED_ABOVE = 2**20
_ZSTD_BITE = 512
"""Its decompressor knows no bound of its output: 512 bytes make at most 128 blocks of 128 KiB."""

_ZSTD_WINDOW = 8 * 2**20


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def ended(self) -> bool: ...


class Unpacker:
    """One after another, outermost first. No codings: the bytes as they are."""

    def __init__(self, codings: Sequence[str], limits: Limits) -> None:
        self._decoders: list[_Decoder] = [_DECODERS[coding]() for coding in codings]
        self._ratio = limits.max_ratio
        self._taken = self._made = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Raises PayloadError (GW-P106 broken, GW-P107 unpacks to more than the limits allow)."""
        self._taken += len(data)
        if not self._decoders:
            yield data
            return
        try:
            for piece in self._through(data, 0):
                self._made += len(piece)
                if self._made > max(_JUDGED_ABOVE, self._ratio * self._taken):
                    raise PayloadError(
                        "GW-P107",
                        "the reply unpacks to more than `limits.max_ratio` allows, so it was broken off.",
                        "see which destination sends it, or raise the limit.",
                    )
                yield piece
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise _broken(type(error).__name__) from None

    def end(self) -> None:
        """Raises PayloadError (GW-P106) where something is missing. A body without a byte is one in no coding."""
        if self._taken and not all(decoder.ended() for decoder in self._decoders):
            raise _broken("cut off")

    def _through(self, data: bytes, depth: int) -> Iterator[bytes]:
        if depth == len(self._decoders):
            yield data
            return
        for piece in self._decoders[depth].feed(data):
            yield from self._through(piece, depth + 1)


def _broken(why: str) -> PayloadError:
    return PayloadError(
        "GW-P106",
        f"the reply is not in the content coding that it names ({why}), so it was broken off.",
        "check Content-Encoding and how the body is packed.",
    )


class _Zlib:
    """gzip of any number of members; deflate with its header or without."""

    def __init__(self, wbits: int = 16 + zlib.MAX_WBITS) -> None:
        self._wbits = wbits
        self._inner = zlib.decompressobj(wbits)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inner.eof:
                self._inner = zlib.decompressobj(self._wbits)
            self._begun = True
            piece = self._inner.decompress(data, _PIECE)
            data = self._inner.unconsumed_tail or self._inner.unused_data
            if piece:
                yield piece

    def ended(self) -> bool:
        return self._inner.eof or not self._begun


class _Deflate:
    def __init__(self) -> None:
        self._first = b""
        self._inner: _Zlib | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            data = self._first = self._first + data
            if len(data) < 2:
                return
            self._inner = _Zlib(zlib.MAX_WBITS if is_zlib(data) else -zlib.MAX_WBITS)
        yield from self._inner.feed(data)

    def ended(self) -> bool:
        return self._inner is not None and self._inner.ended()


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data or not self._inner.can_accept_more_data():
            piece = self._inner.process(data, output_buffer_limit=_PIECE)
            data = b""
            if piece:
                yield piece
            elif self._inner.is_finished():
                return

    def ended(self) -> bool:
        return bool(self._inner.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._inner = self._frame()
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        for at in range(0, len(data), _ZSTD_BITE):
            bite = data[at : at + _ZSTD_BITE]
            while bite:
                if self._inner.eof:
                    self._inner = self._frame()
                self._begun = True
                piece = self._inner.decompress(bite)
                bite = self._inner.unused_data
                if piece:
                    yield piece

    def ended(self) -> bool:
        return bool(self._inner.eof) or not self._begun

    @staticmethod
    def _frame() -> zstandard.ZstdDecompressionObj:
        return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()


_DECODERS: dict[str, Callable[[], _Decoder]] = {"gzip": _Zlib, "deflate": _Deflate, "br": _Brotli, "zstd": _Zstd}

"""Content codings of a stream done again: every piece can be read when it is there, since each is flushed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

import brotli
import zstandard

_LEVEL = 5


class _Encoder(Protocol):
    def feed(self, data: bytes) -> bytes: ...

    def end(self) -> bytes: ...


class Packer:
    """One after another, innermost first. No codings: the bytes as they are."""

    def __init__(self, codings: Sequence[str]) -> None:
        self._encoders = [_ENCODERS[coding]() for coding in reversed(codings)]

    def feed(self, data: bytes) -> bytes:
        for encoder in self._encoders:
            data = encoder.feed(data)
        return data

    def end(self) -> bytes:
        """The last bytes of all, for a stream that has ended well."""
        data = b""
        for encoder in self._encoders:
            data = (encoder.feed(data) if data else b"") + encoder.end()
        return data


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._inner = zlib.compressobj(_LEVEL, wbits=wbits)

    def feed(self, data: bytes) -> bytes:
        return self._inner.compress(data) + self._inner.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self._inner.flush()


class _Brotli:
    def __init__(self) -> None:
        self._inner = brotli.Compressor(quality=_LEVEL)

    def feed(self, data: bytes) -> bytes:
        return bytes(self._inner.process(data) + self._inner.flush())

    def end(self) -> bytes:
        return bytes(self._inner.finish())


class _Zstd:
    def __init__(self) -> None:
        self._inner = zstandard.ZstdCompressor().compressobj()

    def feed(self, data: bytes) -> bytes:
        return self._inner.compress(data) + self._inner.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self._inner.flush()


_ENCODERS: dict[str, Callable[[], _Encoder]] = {
    "gzip": lambda: _Zlib(16 + zlib.MAX_WBITS),
    "deflate": lambda: _Zlib(zlib.MAX_WBITS),
    "br": _Brotli,
    "zstd": _Zstd,
}

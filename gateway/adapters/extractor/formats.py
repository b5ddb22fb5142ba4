"""Which reader a file goes to, told by its bytes."""

from __future__ import annotations

import struct
import zlib


class UnreadableError(Exception):
    """The file can't be read, or holds something that is no text: nobody can say what is in it."""


BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError,
    TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What readers raise over broken files. Anything else ends their process, which says the same."""


def known(body: bytes) -> bool:
    """True for files that there is a reader for."""
    return body.startswith((b"%PDF-", b"PK\x03\x04", b"PK\x05\x06"))


def texts_of(body: bytes) -> list[str]:
    """Every text in the file. Raises UnreadableError."""
    if body.startswith(b"%PDF-"):
        from gateway.adapters.extractor.pdf import pdf_texts  # noqa: PLC0415 - only its own process needs it

        return pdf_texts(body)
    from gateway.adapters.extractor.zipped import zip_texts  # noqa: PLC0415 - the same

    return zip_texts(body)

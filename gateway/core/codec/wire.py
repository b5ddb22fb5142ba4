"""What a rewritten message looks like on the wire: the body packed again, Content-Length in step with it."""

from __future__ import annotations

from gateway.core.codec.codings import redo
from gateway.core.codec.headers import header_text, split_headers
from gateway.model.document import Document
from gateway.model.message import Headers


def outward(document: Document, headers: Headers) -> tuple[Headers, bytes]:
    """Header block and body of a document; the given headers are those it was decoded from."""
    parts = {part.name: part for part in document.parts}
    body, block = parts["body"], parts["headers"].text
    if block != header_text(headers):
        headers = split_headers(block)
    if body.wire is not None:
        return headers, body.wire
    packed = redo(body.raw, body.codings)
    return _with_length(headers, str(len(packed))), packed


def _with_length(headers: Headers, length: str) -> Headers:
    """A Content-Length in step with a rewritten body; none is added where there was none (the body was chunked)."""
    return tuple((name, length if name.lower() == "content-length" else value) for name, value in headers)

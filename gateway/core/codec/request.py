"""Requests: bytes to Document, and a rewritten Document back to bytes."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from gateway.core.codec.body import opaque_body, request_body
from gateway.core.codec.budget import budget_of
from gateway.core.codec.form import form_part
from gateway.core.codec.headers import request_headers
from gateway.core.codec.nest import look_inside
from gateway.core.codec.rewrite import packed_anew
from gateway.core.codec.url import segments_part
from gateway.core.codec.wire import outward
from gateway.core.outlines import outline_of
from gateway.model.document import Document
from gateway.model.errors import PayloadError
from gateway.model.files import Files
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.protobuf import NO_SCHEMA, ProtobufSpec


def decode_request(
    request: Request,
    limits: Limits,
    *,
    opaque: bool = False,
    protobuf: ProtobufSpec | None = None,
    files: Files = MappingProxyType({}),
) -> Document:
    """The whole request as one Document: path, query (if there is a ``?``), headers, body.

    Raises PayloadError. ``opaque``: a body that can't be inspected becomes a part without leaves instead.
    ``files``: what the stand-ins in the body stand for.
    """
    size = len(request.target) + sum(len(name) + len(value) + 4 for name, value in request.headers)
    if size > limits.max_header_bytes:
        raise PayloadError(
            "GW-P113",
            "target and headers are longer than `limits.max_header_bytes`, so they were not inspected.",
            "send fewer or shorter headers, or raise the limit.",
            status=431,
        )
    path, mark, query = request.target.partition("?")
    told = (protobuf.schema, protobuf.message(path, reply=False)) if protobuf else (NO_SCHEMA, "")
    budget = budget_of(limits, look_inside, told=told, files=files)
    parts = [segments_part("path", ("path",), path, budget)]
    if mark:
        parts.append(form_part("query", ("query",), query, budget, syntax="query"))
    parts.append(request_headers(request.headers, budget))
    try:
        parts.append(request_body(request.headers, request.body, limits, budget))
    except PayloadError:
        if not opaque:
            raise
        parts.append(opaque_body(request.body))
    if budget.hides:
        return packed_anew(Document(tuple(parts)))
    return Document(tuple(parts), outline_of(parts))


def decode_shown(request: Request, limits: Limits) -> Document:
    """A request into which originals are going to be written: strings of its body may be pages that somebody reads.

    Raises PayloadError.
    """
    document = decode_request(request, limits)
    body = request_body(request.headers, request.body, limits, budget_of(limits, look_inside, markup=True))
    return Document((*(part for part in document.parts if part.name != "body"), body))


def encode_request(document: Document, request: Request) -> Request:
    """The request that the document spells; the identical bytes where it was not rewritten."""
    parts = {part.name: part for part in document.parts}
    query = parts.get("query")
    target = parts["path"].text + ("?" + query.text if query else "")
    headers, body = outward(document, request.headers)
    return replace(request, target=target, headers=headers, body=body)

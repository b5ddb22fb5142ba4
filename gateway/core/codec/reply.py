"""Replies: bytes to Document, and a rewritten Document back to bytes."""

from __future__ import annotations

from dataclasses import replace

from gateway.core.codec.body import reply_body, request_body
from gateway.core.codec.budget import budget_of
from gateway.core.codec.headers import fixed_headers, reply_headers, request_headers
from gateway.core.codec.nest import look_inside
from gateway.core.codec.wire import outward
from gateway.model.document import Document
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Reply
from gateway.model.protobuf import NO_SCHEMA, ProtobufSpec


def decode_reply(reply: Reply, limits: Limits, protobuf: ProtobufSpec | None = None, target: str = "") -> Document:
    """The reply as a Document of headers and body, its leaves only where a text could be restored safely.

    Never an error: a body that can't be inspected is an opaque part, a header block that can't be has no leaves.
    ``target``: what was asked for, which may name the message that answers.
    """
    path = target.partition("?")[0]
    told = (protobuf.schema, protobuf.message(path, reply=True)) if protobuf else (NO_SCHEMA, "")
    budget = budget_of(limits, look_inside, markup=True, told=told)
    try:
        headers = reply_headers(reply.headers, budget)
    except PayloadError:
        headers = fixed_headers(reply.headers)
    return Document((headers, reply_body(reply.headers, reply.body, limits, budget)))


def decode_in_full(reply: Reply, limits: Limits) -> Document:
    """The reply with every text in it a leaf, as of a request. Raises PayloadError where it can't be inspected."""
    budget = budget_of(limits, look_inside)
    headers = request_headers(reply.headers, budget)
    return Document((headers, request_body(reply.headers, reply.body, limits, budget)))


def encode_reply(document: Document, reply: Reply) -> Reply:
    """The reply that the document spells; the identical bytes where it was not rewritten."""
    headers, body = outward(document, reply.headers)
    return replace(reply, headers=headers, body=body)

"""Bytes ⇄ Document, one syntax a file."""

from gateway.core.codec.reply import decode_in_full, decode_reply, encode_reply
from gateway.core.codec.request import decode_request, decode_shown, encode_request
from gateway.core.codec.rewrite import respell, rewrite

__all__ = [
    "decode_in_full",
    "decode_reply",
    "decode_request",
    "decode_shown",
    "encode_reply",
    "encode_request",
    "respell",
    "rewrite",
]

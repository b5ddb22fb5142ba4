"""Bytes ⇄ Document, one syntax a file."""

from gateway.core.codec.reply import decode_reply, encode_reply
from gateway.core.codec.request import decode_request, encode_request
from gateway.core.codec.rewrite import respell, rewrite

__all__ = ["decode_reply", "decode_request", "encode_reply", "encode_request", "respell", "rewrite"]

"""The smallest token classifier in ONNX: logits are rows of a table, looked up by token. Written byte by byte.

The field numbers are those of onnx.proto (ModelProto, GraphProto, NodeProto, TensorProto, ValueInfoProto).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_FLOAT, _INT64 = 1, 7


def look_up_model(table: Sequence[Sequence[float]]) -> bytes:
    """``input_ids`` [texts, tokens] → ``logits`` [texts, tokens, labels]."""
    labels = len(table[0])
    raw = struct.pack(f"<{len(table) * labels}f", *[number for row in table for number in row])
    tensor = b"".join([_int(1, len(table)), _int(1, labels), _int(2, _FLOAT), _text(8, "table"), _bytes(9, raw)])
    node = b"".join([_text(1, "table"), _text(1, "input_ids"), _text(2, "logits"), _text(4, "Gather")])
    graph = b"".join(
        [
            _bytes(1, node),
            _text(2, "look_up"),
            _bytes(5, tensor),
            _bytes(11, _value("input_ids", _INT64, ("texts", "tokens"))),
            _bytes(12, _value("logits", _FLOAT, ("texts", "tokens", labels))),
        ]
    )
    return b"".join([_int(1, 8), _bytes(7, graph), _bytes(8, _int(2, 13))])


def _value(name: str, element: int, shape: Sequence[str | int]) -> bytes:
    sizes = b"".join([_bytes(1, _text(2, one) if isinstance(one, str) else _int(1, one)) for one in shape])
    return _text(1, name) + _bytes(2, _bytes(1, _int(1, element) + _bytes(2, sizes)))


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def _int(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _bytes(field: int, raw: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _text(field: int, text: str) -> bytes:
    return _bytes(field, text.encode())

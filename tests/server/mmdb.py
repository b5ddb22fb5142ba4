"""A small writer of MaxMind DB files, enough for tests. Source: maxmind.github.io/MaxMind-DB."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path

Value = str | int | tuple[int, int] | list[str] | Mapping[str, "Value"]
"""A tuple is a number with its type; a bare number is a uint32."""

_UINT16, _UINT32, _UINT64, _ARRAY = 5, 6, 9, 11
_MARK = b"\xab\xcd\xefMaxMind.com"
_RECORD_BITS = 32


def write_mmdb(path: Path, places: Mapping[str, Value], *, built: int, ip_version: int = 4) -> Path:
    """A file that maps prefixes to records. ``built`` is Unix seconds."""
    data = bytearray()
    offsets = {prefix: _append(data, record) for prefix, record in places.items()}
    nodes: list[list[int | None]] = [[None, None]]
    leaves: dict[tuple[int, int], int] = {}
    for prefix, offset in offsets.items():
        network = ip_network(prefix)
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        if ip_version == 6 and network.version == 4:
            bits = "0" * 96 + bits
        node = 0
        for bit in map(int, bits[:-1]):
            if nodes[node][bit] is None:
                nodes.append([None, None])
                nodes[node][bit] = len(nodes) - 1
            child = nodes[node][bit]
            assert child is not None
            node = child
        leaves[node, int(bits[-1])] = offset
    tree = bytearray()
    for number, children in enumerate(nodes):
        for bit, child in enumerate(children):
            leaf = leaves.get((number, bit))
            pointer = len(nodes) + 16 + leaf if leaf is not None else len(nodes) if child is None else child
            tree += struct.pack(">I", pointer)
    metadata: Mapping[str, Value] = {
        "binary_format_major_version": (_UINT16, 2),
        "binary_format_minor_version": (_UINT16, 0),
        "build_epoch": (_UINT64, built),
        "database_type": "Test-Country",
        "description": {},
        "ip_version": (_UINT16, ip_version),
        "languages": [],
        "node_count": (_UINT32, len(nodes)),
        "record_size": (_UINT16, _RECORD_BITS),
    }
    path.write_bytes(bytes(tree) + bytes(16) + bytes(data) + _MARK + _encoded(metadata))
    return path


def _append(data: bytearray, record: Value) -> int:
    offset = len(data)
    data += _encoded(record)
    return offset


def _encoded(value: Value) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return _control(2, len(text)) + text
    if isinstance(value, int):
        value = (_UINT32, value)
    if isinstance(value, tuple):
        packed = value[1].to_bytes(8, "big").lstrip(b"\0")
        return _control(value[0], len(packed)) + packed
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(_encoded(item) for item in value)
    return _control(7, len(value)) + b"".join(_encoded(key) + _encoded(item) for key, item in value.items())


def _control(kind: int, size: int) -> bytes:
    """The control byte (a second one for extended types); sizes up to 284."""
    first = kind << 5 if kind <= 7 else 0
    extended = b"" if kind <= 7 else bytes([kind - 7])
    if size < 29:
        return bytes([first | size]) + extended
    return bytes([first | 29]) + extended + bytes([size - 29])

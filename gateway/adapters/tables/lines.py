"""A JSON line as a message: the line is the body as it is, and what the rules leave alone stays byte for byte."""

from __future__ import annotations

import orjson

from gateway.adapters.tables.faults import id_changed
from gateway.model.table import Row


def row_of(raw: bytes, number: int, line: int, end: int, id_member: str | None) -> Row:
    """A line as a row; whether it is JSON, the codec of requests tells. ``id_member``: steps parted by dots."""
    body = raw.rstrip(b"\r\n")
    return Row(number, line, raw, end, body, reference=_id_of(body, id_member))


def outward(row: Row, body: bytes, id_member: str | None) -> bytes:
    """The line with a changed body. Raises PayloadError where its id was changed."""
    if id_member and _id_of(body, id_member) != row.reference:
        raise id_changed()
    return body + row.raw[len(row.body) :]


def _id_of(body: bytes, id_member: str | None) -> str | None:
    if not id_member:
        return None
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    for step in id_member.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else None

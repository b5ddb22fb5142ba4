"""Messages written short, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.core.codec import decode_reply, decode_request, encode_reply, encode_request, rewrite
from gateway.model.document import Document
from gateway.model.limits import Limits
from gateway.model.message import Headers, Reply, Request
from gateway.model.names import print_path

LIMITS = Limits()
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TEXT = "text/plain"
HTML = "text/html; charset=utf-8"


def request(
    body: bytes | str = b"", kind: str = JSON, *, target: str = "/", headers: Headers = (), method: str = "POST"
) -> Request:
    raw = body.encode() if isinstance(body, str) else body
    labelled = (("Content-Type", kind), ("Content-Length", str(len(raw)))) if raw else ()
    return Request(method, target, (*labelled, *headers), raw)


def reply(body: bytes | str = b"", kind: str = JSON, *, headers: Headers = ()) -> Reply:
    raw = body.encode() if isinstance(body, str) else body
    return Reply(200, (("Content-Type", kind), ("Content-Length", str(len(raw))), *headers), raw, "OK")


def read(message: Request | Reply) -> Document:
    if isinstance(message, Reply):
        return decode_reply(message, LIMITS)
    return decode_request(message, LIMITS)


def seen(message: Request | Reply, below: str = "body", *, keys: bool = False) -> dict[str, str]:
    """Printed path → text of the leaves below a path; names only if asked for."""
    leaves = ((print_path(leaf.path), leaf) for leaf in read(message).leaves)
    return {path: leaf.text for path, leaf in leaves if path.split(".")[0] == below and leaf.is_key is keys}


def edited(message: Request, edits: Mapping[str, str | None], *, keys: bool = False) -> Request:
    """The request with new texts in the leaves of these printed paths; all leaves of a repeated path."""
    document = read(message)
    return encode_request(rewrite(document, _ordinals(document, edits, keys=keys)), message)


def restored(message: Reply, edits: Mapping[str, str | None]) -> Reply:
    """The reply with some texts replaced wherever they occur in a leaf."""
    document = read(message)
    changed = {
        number: leaf.text.replace(old, new or "")
        for number, leaf in enumerate(document.leaves)
        for old, new in edits.items()
        if old in leaf.text
    }
    return encode_reply(rewrite(document, changed), message)


def body(message: Request | Reply) -> str:
    return message.body.decode()


def _ordinals(document: Document, edits: Mapping[str, str | None], *, keys: bool) -> dict[int, str | None]:
    ordinals = {
        number: edits[print_path(leaf.path)]
        for number, leaf in enumerate(document.leaves)
        if print_path(leaf.path) in edits and leaf.is_key is keys
    }
    assert {print_path(document.leaves[number].path) for number in ordinals} == set(edits)
    return ordinals

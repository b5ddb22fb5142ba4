"""Runs in Kinto's own environment: does with the client that Kinto's people publish what each line of the input says.

A line is ``{"url", "auth", "headers", "call", "with"}``, or ``batch`` (a list of calls) instead of ``call``; the answer
is ``{"got": …}`` or ``{"status": …, "body": …}``.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from kinto_http import Client, KintoException  # type: ignore[import-not-found] # its own environment
from kinto_http.patch_type import JSONPatch, MergePatch  # type: ignore[import-not-found] # its own environment

_PATCHES = {"json": JSONPatch, "merge": MergePatch}


def answer(line: dict[str, Any]) -> dict[str, Any]:
    client = Client(
        server_url=line["url"],
        auth=tuple(line["auth"]) if line["auth"] else None,
        headers=line["headers"],
        bucket="shop",
        collection="customers",
    )
    try:
        if "batch" not in line:
            return {"got": _call(client, line)}
        with client.batch() as batch:
            for call in line["batch"]:
                _call(batch, call)
        return {"got": batch.results()}
    except KintoException as error:
        reply = error.response
        return {"status": reply.status_code, "body": reply.text}


def _call(client: Any, line: dict[str, Any]) -> Any:
    named = dict(line.get("with", {}))
    if line["call"] == "request":  # what the client has no method for: accounts
        body, _ = client.session.request(**named)
        return body
    if "patch" in line:
        named["changes"] = _PATCHES[line["patch"]](named["changes"])
    return getattr(client, line["call"])(**named)


for text in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(text))) + "\n")
    sys.stdout.flush()

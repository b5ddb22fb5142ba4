"""A tally as JSON: what ``serve`` writes while it observes, and ``discover`` reads."""

from __future__ import annotations

import json
from dataclasses import asdict

from gateway.core.tally import Field, Seen, Tally
from gateway.model.names import Kind

MARK = "pii-gateway tally 1"


def written(tally: Tally) -> str:
    """One document; no value in it."""
    fields = [
        {
            "route": route,
            "path": list(path),
            "values": one.values,
            "kinds": {kind: asdict(seen) for kind, seen in one.kinds.items()},
        }
        for (route, path), one in tally.fields.items()
    ]
    told = {"form": MARK, "messages": tally.messages, "overflow": tally.overflow, "fields": fields}
    return json.dumps(told, ensure_ascii=False)


def tally_in(told: object) -> Tally | None:
    """The tally; None if that is none. Raises ValueError, TypeError or LookupError where it is broken."""
    if not isinstance(told, dict) or told.get("form") != MARK:
        return None
    tally = Tally(messages=dict(told["messages"]), overflow=int(told["overflow"]))
    for one in told["fields"]:
        kinds = {Kind(kind): Seen(**seen) for kind, seen in one["kinds"].items()}
        tally.fields[str(one["route"]), tuple(map(str, one["path"]))] = Field(int(one["values"]), kinds)
    return tally

"""How a store spells which imports are unfinished: one JSON object in its ``meta``, by the imports' names."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from gateway.model.table import Unfinished


def spelt(imports: Sequence[Unfinished]) -> str:
    return orjson.dumps({one.name: [one.to, one.begun_ms] for one in imports}).decode()


def unspelt(text: str | None) -> list[Unfinished]:
    found = orjson.loads(text) if text else {}
    return [Unfinished(name, *facts) for name, facts in sorted(found.items())]


def begun(text: str | None, one: Unfinished) -> str:
    known = unspelt(text)
    return spelt(known if any(one.name == other.name for other in known) else [*known, one])


def ended(text: str | None, name: str) -> str:
    return spelt([one for one in unspelt(text) if one.name != name])

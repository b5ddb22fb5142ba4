"""The identifiers that the whole project speaks in."""

from __future__ import annotations

from typing import Literal, NewType

Path = tuple[str | int, ...]
"""The address of a leaf, e.g. ("body", "user", "email"); prints as ``body.user.email``."""

Region = NewType("Region", str)
"""Where data may live: a key of ``regions`` in the rules, or the built-in ``elsewhere``."""

Kind = NewType("Kind", str)
"""What a value is, e.g. ``email``, ``ru.passport``, ``card.pan``; see ``core/detect/kinds.py``."""

Scope = NewType("Scope", str)
"""The set of destinations that share tokens; by default the destination's own name."""

Token = NewType("Token", str)
"""The canonical text of a name that the home store handed out for one value (formatting removed)."""

SubjectId = NewType("SubjectId", str)
"""One person in one region: 28 lower-case hex digits, also the id of that person's data key."""

RecordId = NewType("RecordId", str)
"""One sealed record: 28 lower-case hex digits, the first two the region, the next twelve the time in ms."""

Digest = NewType("Digest", str)
"""A hex digest: of a rules file, of a blinded value, of a session id."""

RuleId = NewType("RuleId", str)
DestinationName = NewType("DestinationName", str)

Category = Literal[
    "personal", "attribute", "special", "biometric", "payment", "credential", "technical", "organisation"
]
Role = Literal["application", "analytics", "ai", "partner", "store"]
Intent = Literal["collect", "look_up"]
Rank = Literal["declared", "document", "inferred"]
PartName = Literal["path", "query", "headers", "cookies", "body"]

Standing = Literal["mentioned", "registered", "proven"]
"""How certain it is whose identifier a blind is, rising: written down before anything was forwarded; part of a creation
that the back end agreed to; used in a login that worked."""

ELSEWHERE = Region("elsewhere")
"""The built-in region of a person who declared a country that is not one of ours."""


def print_path(path: Path) -> str:
    """``("body", "users", 0, "e.mail")`` → ``body.users.0."e.mail"``: parts that hold a dot or a blank are quoted."""
    return ".".join(_print_part(part) for part in path)


def print_place(path: Path) -> str:
    """``("body", "users", 0, "email")`` → ``body+3``: the part and how deep in it; a key may be personal itself."""
    return f"{path[0]}+{len(path) - 1}" if path else "message"


def _print_part(part: str | int) -> str:
    text = str(part)
    plain = text and all(char.isalnum() or char in "_-$#@" for char in text)
    return text if plain else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

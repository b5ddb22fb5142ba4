"""The small words of the language: names, paths, days, networks; each refuses with its own code and mend."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from ipaddress import ip_network
from typing import Annotated, Final, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from gateway.model.rules import PathPattern
from gateway.ruleset.countries import COUNTRIES
from gateway.ruleset.problems import did_you_mean

PARTS: Final = ("body", "query", "path", "headers", "cookies")
_STEP = re.compile(r'"((?:[^"\\]|\\.)*)"|([^."\s]+)')
_NAME = "[a-z][a-z0-9_-]*"
_KIND = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*"
_KINDS = rf"(not )?{_KIND}(\.\*)?"

T = TypeVar("T")
_V = TypeVar("_V", bound=object)


class Sentence(BaseModel):
    """Every map of the language: nothing re-typed, nothing unknown."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=False)


def _form(value: object) -> str:
    return "<list>" if isinstance(value, list) else "<one>"


OneOrMany = Annotated[
    Annotated[T, Tag("<one>")] | Annotated[list[T], Field(min_length=1), Tag("<list>")], Discriminator(_form)
]
"""``x`` or ``[x, y]``."""


def many(value: _V | list[_V] | None) -> list[_V]:
    """The values of a OneOrMany; none where it was left out."""
    return value if isinstance(value, list) else [] if value is None else [value]


def refuse(code: str, what: str, mend: str) -> NoReturn:
    """Leave a validator; the place is added where the tree is known."""
    raise PydanticCustomError(code, "{what}", {"what": what, "mend": mend})


def parse_pattern(text: str) -> PathPattern:
    """``body.users.*."e.mail"`` → ``("body", "users", "*", "e.mail")``. Raises ValueError where it is no pattern."""
    steps, at = [], 0
    while True:
        found = _STEP.match(text, at)
        if not found:
            raise ValueError(f"a step is missing at character {at + 1}")
        quoted, bare = found.groups()
        steps.append(bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        at = found.end()
        if at == len(text):
            return tuple(steps)
        if text[at] != ".":
            raise ValueError(f"a dot is missing at character {at + 1}")
        at += 1


def starts_path(text: str) -> bool:
    """True if the first step is a part of a message, or any."""
    return re.split(r"[.\s]", text)[0] in (*PARTS, "*", "**")


def _matching(pattern: str, what: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            refuse("GW-R205", f"'{text}' is no {what}.", "use small Latin letters, digits, _ or -, a letter first.")
        return text

    return check


def _path(text: str) -> str:
    try:
        steps = parse_pattern(text)
    except ValueError as error:
        refuse("GW-R205", f"'{text}' is no path: {error}.", 'write it like body.users.*.email or body."e.mail".')
    if not starts_path(text):
        nearest = did_you_mean(steps[0], PARTS, f"start with {', '.join(PARTS)}, * or **.")
        refuse("GW-R205", f"'{text}' starts with no part of a message.", nearest)
    return text


def _reply_or_request_path(text: str) -> str:
    return text if text.startswith("reply.") else _path(text)


def _route_path(text: str) -> str:
    steps = text[1:].split("/")
    if not text.startswith("/"):
        refuse("GW-R205", f"'{text}' is no route path.", f"start it with a slash: /{text.lstrip('/')}")
    if "**" in steps[:-1]:
        refuse("GW-R205", f"'{text}' has ** in the middle: it only ends a route path.", "use * for one step.")
    if odd := next((step for step in steps if not _is_route_step(step)), None):
        refuse("GW-R205", f"'{odd}' is no step of a route path.", "write a literal step, {name}, *, or ** at the end.")
    return text


def _is_route_step(step: str) -> bool:
    if step in ("*", "**") or re.fullmatch(r"\{[a-z][a-z0-9_]*\}", step):
        return True
    return not re.search(r"[*{}?#\s]", step)


def _day(text: str) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        refuse("GW-R205", f"'{text}' is no day.", "write it as YYYY-MM-DD.")
    return text


def _country(text: str) -> str:
    if text not in COUNTRIES:
        nearest = did_you_mean(text.upper(), (), "use the two capital letters of ISO 3166, e.g. RU or US.")
        known = f"write '{text.upper()}'." if text.upper() in COUNTRIES else nearest
        refuse("GW-R205", f"'{text}' is no country.", known)
    return text


def network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        refuse("GW-R205", f"'{text}' is no address range.", "write it like 10.0.0.0/8 or 192.0.2.1.")
    return text


def _why(text: str) -> str:
    if not text.strip():
        what = "a blank reason: receipts, refusals and explain quote it."
        refuse("GW-R206", what, "say in a sentence why the rule is there.")
    return " ".join(text.split())


def _nonblank(text: str) -> str:
    if not text.strip():
        refuse("GW-R205", "a blank text.", "fill it in or leave the key out.")
    return text


def _url(text: str) -> str:
    found = re.fullmatch(r"https?://[^/\s@?#]+(/[^\s?#]*)?|smtps?://[^/\s@?#]+/?", text)
    if not found:
        refuse(
            "GW-R205", f"'{text.rpartition('@')[2]}' is no upstream address.", "write it like https://crm.example:8443."
        )
    return text


def _shaped(kind: str, pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "title": kind})


Name = Annotated[str, AfterValidator(_matching(_NAME, "name")), _shaped("name", _NAME)]
KindName = Annotated[str, AfterValidator(_matching(_KIND, "kind")), _shaped("kind", _KIND)]
KindWord = Annotated[str, AfterValidator(_matching(_KINDS, "kind")), _shaped("kind, prefix.* or not kind", _KINDS)]
PathText = Annotated[str, AfterValidator(_path), WithJsonSchema({"type": "string", "title": "path of a leaf"})]
ReferencePath = Annotated[
    str, AfterValidator(_reply_or_request_path), WithJsonSchema({"type": "string", "title": "path.id or reply.id"})
]
RoutePath = Annotated[str, AfterValidator(_route_path), _shaped("path of a route", "/.*")]
Day = Annotated[str, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Country = Annotated[str, AfterValidator(_country), _shaped("ISO 3166 country", "[A-Z]{2}")]
Network = Annotated[str, AfterValidator(network), WithJsonSchema({"type": "string", "title": "address range"})]
Why = Annotated[str, AfterValidator(_why), _shaped("reason", r"[\s\S]*\S[\s\S]*")]
Text = Annotated[str, AfterValidator(_nonblank), _shaped("text", r"[\s\S]*\S[\s\S]*")]
Url = Annotated[str, AfterValidator(_url), _shaped("http(s) or smtp(s) address", "(https?|smtps?)://.+")]

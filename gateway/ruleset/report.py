"""pydantic's findings in our own words, each at its place in the file, with a code and a mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from gateway.ruleset.problems import Problem, did_you_mean, one_of
from gateway.ruleset.schema.file import RulesFile, json_schema
from gateway.ruleset.schema.sentences import ACTIONS
from gateway.ruleset.schema.words import starts_path
from gateway.ruleset.tree import Items, Loc, Members, Node, mark_at, plain

_FORMS = {
    "int_type": "a whole number",
    "string_type": "a text",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map",
    "model_type": "a map",
}
_Says = tuple[str, str, str]
"""Code, what, mend."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """One of pydantic's findings: its type, where it is in the tree, what stood there."""

    type: str
    loc: Loc
    given: object
    message: str
    context: Mapping[str, object]

    @property
    def key(self) -> str:
        return str(next((step for step in reversed(self.loc) if isinstance(step, str)), ""))


def validate(root: Members) -> tuple[RulesFile | None, list[Problem]]:
    """The file as models, or everything that is wrong with its form."""
    try:
        return RulesFile.model_validate(plain(root)), []
    except ValidationError as error:
        return None, [_problem(root, details) for details in error.errors(include_url=False)]


def _problem(root: Members, details: ErrorDetails) -> Problem:
    loc = _real(root, details["loc"])
    context = cast(Mapping[str, object], details.get("ctx", {}))
    fault = _Fault(details["type"], loc, details["input"], details["msg"], context)
    of_key = fault.type == "extra_forbidden" or details["loc"][-1:] == ("[key]",) or _is_stranger(fault)
    code, what, mend = _says(fault)
    return Problem(code, what, mend, mark_at(root, loc, key=of_key))


def _real(root: Node, loc: Loc) -> Loc:
    """The steps that exist in the tree, less the names of union branches; a missing last step stays."""
    here: Node | None = root
    real: list[str | int] = []
    for step in loc:
        if isinstance(here, Members) and not str(step).startswith(("<", "[")):
            member = here.member(step)
            here = member.value if member else None
            real.append(step)
        elif isinstance(here, Items) and isinstance(step, int):
            here = here.items[step]
            real.append(step)
    return tuple(real)


def _is_stranger(fault: _Fault) -> bool:
    """True for a key of ``expect`` that is neither one of its words nor a path."""
    return fault.loc[-2:-1] == ("expect",) and fault.key not in keys_at(fault.loc[:-1]) and not starts_path(fault.key)


def _says(fault: _Fault) -> _Says:
    if _is_stranger(fault):
        return _unknown_key(fault)
    if fault.type.startswith("GW-"):
        return fault.type, str(fault.context["what"]), str(fault.context["mend"])
    if fault.type in _FORMS:
        return _wrong_form(_FORMS[fault.type], fault.given)
    return _TELLERS.get(fault.type, _other)(fault)


def _wrong_form(wanted: str, given: object) -> _Says:
    mend = "fill in a value or remove the key." if given is None else f"write {wanted}."
    if wanted == "a text" and isinstance(given, bool | int):
        mend = "put it in quotes."
    return "GW-R203", f"{wanted} is wanted here, not {_form_of(given)}.", mend


def _form_of(value: object) -> str:
    forms = ((bool, "true or false"), (list, "a list"), (dict, "a map"), (str, "a text"), (int | Decimal, "a number"))
    return next((form for types, form in forms if isinstance(value, types)), "nothing")


def _unknown_key(fault: _Fault) -> _Says:
    if fault.loc[-2:-1] == ("then",) and fault.key in ACTIONS:
        return "GW-R201", f"'{fault.key}' takes no parameters.", f"write then: {fault.key}."
    return "GW-R201", f"'{fault.key}' is no key here.", did_you_mean(fault.key, keys_at(fault.loc[:-1]))


def _missing(fault: _Fault) -> _Says:
    return "GW-R202", f"'{fault.key}' is missing.", f"add {fault.key}: {_EXAMPLES.get(fault.key, '…')}"


_EXAMPLES = {
    "type": "image/png",
    "why": "and say the reason in a sentence.",
    "version": "1",
    "role": "application, analytics, ai, partner or store.",
    "method": "GET",
    "phone_block": '"+7976"',
    "path": "/api/users",
}


def _unknown_word(fault: _Fault) -> _Says:
    expected = str(fault.context["expected"])
    known = re.findall(r"'([^']*)'", expected) or [expected]
    if not isinstance(fault.given, str):
        return "GW-R203", f"{_form_of(fault.given)} is no answer here.", f"write {one_of(known)}."
    return "GW-R204", f"'{fault.given}' is none of the words that may stand here.", did_you_mean(fault.given, known)


def _out_of_range(fault: _Fault) -> _Says:
    bound = "at least" if fault.type == "greater_than_equal" else "at most"
    return "GW-R205", f"{fault.given} is out of range.", f"write {bound} {next(iter(fault.context.values()))}."


def _size(fault: _Fault) -> _Says:
    least, actual = fault.context.get("min_length"), fault.context["actual_length"]
    mend = "name at least one, or remove the key." if least == 1 else "write two, e.g. [24, 48]."
    return "GW-R205", f"the list has {actual} items.", mend


def _pattern(fault: _Fault) -> _Says:
    example = _EXAMPLES.get(fault.key, "…")
    return "GW-R205", f"'{fault.given}' is not written as it must be.", f"write it like {example}."


def _other(fault: _Fault) -> _Says:
    return "GW-R203", f"{fault.message}.", "see docs/reference/rules.md."


_TELLERS: dict[str, Callable[[_Fault], _Says]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing,
    "literal_error": _unknown_word,
    "greater_than_equal": _out_of_range,
    "less_than_equal": _out_of_range,
    "too_short": _size,
    "too_long": _size,
    "string_pattern_mismatch": _pattern,
}


def keys_at(loc: Loc) -> list[str]:
    """The keys that the language knows at a place."""
    schemas: list[object] = [_schema()]
    for step in loc:
        schemas = [below for schema in schemas for below in _below(schema, step)]
    return sorted({key for schema in schemas for variant in _variants(schema) for key in _properties(variant)})


@cache
def _schema() -> dict[str, object]:
    return json_schema()


def _variants(schema: object) -> Iterator[Mapping[str, object]]:
    """The schema with references followed and alternatives taken apart."""
    here = cast(Mapping[str, object], schema)
    if "$ref" in here:
        definitions = cast(Mapping[str, object], _schema()["$defs"])
        yield from _variants(definitions[str(here["$ref"]).rpartition("/")[2]])
    for word in ("anyOf", "oneOf"):
        for branch in cast(list[object], here.get(word, [])):
            yield from _variants(branch)
    yield here


def _properties(schema: Mapping[str, object]) -> Mapping[str, object]:
    return cast(Mapping[str, object], schema.get("properties", {}))


def _below(schema: object, step: str | int) -> Iterator[object]:
    for variant in _variants(schema):
        if isinstance(step, int):
            found = variant.get("items")
        else:
            found = _properties(variant).get(step, variant.get("additionalProperties"))
            patterns = cast(Mapping[str, object], variant.get("patternProperties", {}))
            yield from patterns.values()
        if isinstance(found, dict):
            yield found

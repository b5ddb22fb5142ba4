"""What the library makes of a PDF's values: strings, and all that stands in a dictionary or a row."""

from __future__ import annotations

from collections.abc import Iterator

from pypdf.generic import ArrayObject, DictionaryObject, NameObject


def text_of(one: object) -> str:
    """What a string says; nothing for anything else."""
    if isinstance(one, bytes):
        return one.decode("utf-8", "replace")
    return str(one) if is_string(one) else ""


def strings_in(value: object) -> int:
    """How many strings it holds, what it refers to left out."""
    return sum(map(is_string, all_in(value)))


def is_string(one: object) -> bool:
    return isinstance(one, bytes | str) and not isinstance(one, NameObject)


def all_in(value: object) -> Iterator[object]:
    """Everything in it that is no container, names of members included."""
    match value:
        case DictionaryObject():
            for name, inner in value.items():
                yield name
                yield from all_in(inner)
        case ArrayObject() | list():
            for inner in value:
                yield from all_in(inner)
        case _:
            yield value

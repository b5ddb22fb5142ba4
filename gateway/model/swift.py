"""Frozen dataclasses that are made in half the time, for those of which every request has some.

The standard library fills a frozen instance by ``object.__setattr__``, which looks each slot up by its name. The slots'
own descriptors are at hand when the class is made; the instance is as frozen afterwards.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from types import FunctionType
from typing import TypeVar, cast

T = TypeVar("T")


def swift(cls: type[T]) -> type[T]:
    """A frozen, slotted dataclass with an ``__init__`` of the same signature that fills its slots directly.

    For fields in their order: none by keyword only, and those that ``__post_init__`` sets have no default.
    """
    known: dict[str, object] = {"_missing": MISSING}
    places, body = [], []
    for one in fields(cls):  # type: ignore[arg-type]  # TypeError for what is no dataclass
        if one.init:
            place = value = one.name
            if one.default_factory is not MISSING:
                known[f"_make_{one.name}"] = one.default_factory
                place, value = f"{place}=_missing", f"_make_{one.name}() if {value} is _missing else {value}"
            elif one.default is not MISSING:
                known[f"_default_{one.name}"] = one.default
                place = f"{place}=_default_{one.name}"
            known[f"_set_{one.name}"] = getattr(cls, one.name).__set__
            places.append(place)
            body.append(f"_set_{one.name}(self, {value})")
    body += ["self.__post_init__()"] if hasattr(cls, "__post_init__") else ["pass"]
    exec("\n ".join([f"def __init__(self, {', '.join(places)}):", *body]), known)  # noqa: S102 - of names of fields only
    made = cast("FunctionType", known["__init__"])  # what the line above has defined
    made.__qualname__, made.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    made.__annotations__ = cls.__init__.__annotations__
    cls.__init__ = made  # type: ignore[method-assign]  # the same one, made anew
    return cls

"""What is wrong with a treatment's parameters, for the author of the rules; the checker adds file, line and caret."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from gateway.core.naming.stand_in import FACT
from gateway.core.transform.generalize import TECHNIQUES
from gateway.core.transform.pseudonymize import ROTATE, SCOPES
from gateway.model.decision import Action, Treatment

_MOST_KEPT = 12


def problems(treatment: Treatment) -> list[str]:
    """One sentence a problem; ``pass`` is judged elsewhere, its parameters are not about texts."""
    judge = _JUDGES.get(treatment.action)
    return [] if judge is None else [problem for name, value in treatment.parameters for problem in judge(name, value)]


def _generalize(name: str, value: object) -> Iterator[str]:
    if name not in TECHNIQUES:
        yield f"generalize has no technique {name!r}: one of {', '.join(sorted(TECHNIQUES))}."
    elif TECHNIQUES[name].fineness(value) is None:
        yield f"generalize {name} expects {TECHNIQUES[name].expects}."


def _mask(name: str, value: object) -> Iterator[str]:
    if name not in ("first", "last"):
        yield f"mask has no parameter {name!r}: first or last."
    elif isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_KEPT:
        yield f"mask {name} expects how many characters stay visible, 0 to {_MOST_KEPT}."


def _pseudonymize(name: str, value: object) -> Iterator[str]:
    words: Mapping[str, tuple[str, ...]] = {"scope": SCOPES, "rotate": tuple(ROTATE)}
    if name not in words:
        yield f"pseudonymize has no parameter {name!r}: scope or rotate."
    elif value not in words[name]:
        yield f"pseudonymize {name} expects one of {', '.join(words[name])}."


def _tokenize(name: str, value: object) -> Iterator[str]:
    if name == "ttl_days":
        yield from _encrypt(name, value)
    elif name != "keeps":
        yield f"tokenize has no parameter {name!r}: keeps or ttl_days."
    elif not isinstance(value, tuple | list):
        yield "tokenize keeps expects a list of facts such as [over_18]."
    else:
        for fact in value:
            if not isinstance(fact, str) or not FACT.fullmatch(fact):
                yield "tokenize keeps knows year, over_<years>, within_<years> and first_<characters>."


def _encrypt(name: str, value: object) -> Iterator[str]:
    if name != "ttl_days":
        yield from _none(name, value)
    elif isinstance(value, bool) or not isinstance(value, int) or value < 1:
        yield "ttl_days expects a number of days, 1 or more."


def _none(name: str, _value: object) -> Iterator[str]:
    yield f"this action has no parameter {name!r}."


_JUDGES: Mapping[Action, Callable[[str, object], Iterator[str]]] = MappingProxyType(
    {
        Action.GENERALIZE: _generalize,
        Action.MASK: _mask,
        Action.PSEUDONYMIZE: _pseudonymize,
        Action.TOKENIZE: _tokenize,
        Action.ENCRYPT: _encrypt,
        Action.DROP: _none,
        Action.BLOCK: _none,
    }
)

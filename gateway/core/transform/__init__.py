"""What a text becomes under an action that nothing undoes: generalize, mask, pseudonymize. One action a file.

Tokenize and encrypt need a record or a nonce (``core/naming``, ``core/seal``); pass, drop and block change no text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from gateway.core.transform.generalize import generalize
from gateway.core.transform.mask import mask
from gateway.core.transform.means import Means
from gateway.core.transform.parameters import problems
from gateway.core.transform.pseudonymize import pseudonymize
from gateway.core.transform.strictness import stricter
from gateway.model.decision import Action, Treatment
from gateway.model.kinds import KindSpec

__all__ = ["TEXT_ACTIONS", "Means", "problems", "stricter", "transform"]

_ACTIONS: Mapping[Action, Callable[[Treatment, KindSpec, str, Means], str]] = MappingProxyType(
    {Action.GENERALIZE: generalize, Action.MASK: mask, Action.PSEUDONYMIZE: pseudonymize}
)

TEXT_ACTIONS = frozenset(_ACTIONS)


def transform(treatment: Treatment, spec: KindSpec, text: str, means: Means) -> str:
    """The text that goes out. ValueError for an action that is none of ``TEXT_ACTIONS``."""
    action = _ACTIONS.get(treatment.action)
    if action is None:
        raise ValueError(f"{treatment.action.name} makes no text out of a text")
    return action(treatment, spec, text, means)

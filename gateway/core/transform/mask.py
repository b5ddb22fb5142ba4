"""Characters blotted out, the layout kept. RKN order 140, annex 2, p. 9(2).

What is kept is so little that at least three characters stay hidden; a shorter text is masked as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from gateway.core.transform.means import Means
from gateway.model.decision import Treatment
from gateway.model.kinds import KindSpec
from gateway.model.names import Kind

_LEAST_HIDDEN = 3
_BLOT = "*"

_KEPT: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"card.pan": (6, 4), "bank.account": (0, 4), "iban": (2, 4), "phone": (0, 2), "email": (1, 0)}
)
"""First and last characters that stay where the rules don't say. Cards: PCI DSS 4.0, 3.4.1."""


def mask(treatment: Treatment, spec: KindSpec, text: str, _means: Means) -> str:
    """Parameters: ``first``, ``last``: how many letters and digits stay visible at either end."""
    first, last = kept(treatment, spec.name)
    total = sum(char.isalnum() for char in text)
    if first + last + _LEAST_HIDDEN > total:
        first = last = 0
    seen, masked = 0, []
    for char in text:
        if char.isalnum():
            seen += 1
            masked.append(char if seen <= first or seen > total - last else _BLOT)
        else:
            masked.append(char if char.isascii() or char.isspace() else _BLOT)
    return "".join(masked)


def kept(treatment: Treatment, kind: Kind) -> tuple[int, int]:
    """How many characters stay; a treatment that says one end means zero at the other."""
    if not treatment.parameters:
        return _KEPT.get(kind, (0, 0))
    first, last = treatment.parameter("first", 0), treatment.parameter("last", 0)
    return (first, last) if isinstance(first, int) and isinstance(last, int) else (0, 0)

"""Counts for ``/metrics``: events by name, exchanges by route, refusals by code, failures by kind.

Only facts whose values the operator or the code base wrote become labels, so that neither personal data nor an
attacker's spelling can, and the number of series stays small.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

Labels = tuple[tuple[str, str], ...]

_LABELS: dict[str, tuple[str, ...]] = {
    "mail": ("route", "status"),
    "exchange": ("route", "destination", "status"),
    "refused": ("code", "status"),
    "reveal_failed": ("code",),
    "settle_failed": ("code",),
    "relay_broken": ("code",),
    "internal_error": ("error",),
    "connection_failed": ("error",),
    "claims_refused": ("reason",),
    "jwks_refresh_failed": ("reason",),
    "incident": ("what", "route"),
    "free_text_unread": ("route", "answer"),
    "names_unread": ("why",),
    "observed_unread": ("route", "code"),
    "model_failed": ("error",),
}
_SUMS = ("restored", "kept", "echoed")
_ACTIONS = "pii_gateway_actions_total"
_UNCOUNTED: tuple[str, Labels] = ("pii_gateway_uncounted_series_total", ())


class CountingSink:
    """Events as Prometheus counters; a fact ``n_tokenize=3`` counts an action.

    Prometheus' own client would bring locks and a registry for this much.
    """

    def __init__(self, most_series: int = 10_000) -> None:
        self._most_series = most_series
        self._counts: Counter[tuple[str, Labels]] = Counter()

    def emit(self, event: str, **facts: str | float) -> None:
        labels = tuple([(name, str(facts[name])) for name in _LABELS.get(event, ()) if name in facts])
        self._count((_family(event), labels), 1)
        route = labels[:1] if labels and labels[0][0] == "route" else ()
        for name, amount in facts.items():
            if name in _SUMS and amount:
                self._count((_family(name), route), int(amount))
            elif name.startswith("n_"):
                self._count((_ACTIONS, (*route, ("action", name[2:]))), int(amount))

    def render(self) -> str:
        """The text exposition format, version 0.0.4."""
        lines: list[str] = []
        family = ""
        for (name, labels), count in sorted(self._counts.items()):
            if name != family:
                lines.append(f"# TYPE {name} counter")
                family = name
            lines.append(f"{name}{_braced(labels)} {count}")
        return "".join(f"{line}\n" for line in lines)

    def _count(self, key: tuple[str, Labels], by: int) -> None:
        if key in self._counts or len(self._counts) < self._most_series:
            self._counts[key] += by
        else:
            self._counts[_UNCOUNTED] += by


@lru_cache(256)
def _family(event: str) -> str:
    return f"pii_gateway_{''.join(char if char.isascii() and char.isalnum() else '_' for char in event)}_total"


def _braced(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")

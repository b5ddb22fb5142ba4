"""What a bulk import counts for its report; never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.judge import Judgement
from gateway.model.decision import Action
from gateway.model.names import Kind, Path
from gateway.model.rules import Ruleset

_WORDS = {action: action.name.lower() for action in Action}


@dataclass(slots=True)
class Tally:
    """Plain counts under names: ``rows``, ``rows:ru``, ``persons:ru`` (seen for the first time),
    ``field:email:tokenize``, ``reject:GW-P400`` …; as such it travels in the journal.
    """

    counts: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Tally:
        return cls(Counter(counts))

    def taken(self, judgement: Judgement, about: Path, ruleset: Ruleset, *, new: bool) -> None:
        """One row that was taken; ``about``: the person it is of."""
        where = _where(judgement, about, ruleset)
        self.counts["rows"] += 1
        self.counts[f"rows:{where}"] += 1
        if new:
            self.counts[f"persons:{where}"] += 1
        for ruling in judgement.decision.rulings:
            self.counts[f"field:{ruling.finding.kind}:{_WORDS[ruling.treatment.action]}"] += 1

    def rejected(self, code: str) -> None:
        self.counts["rows"] += 1
        self.counts["rejects"] += 1
        self.counts[f"reject:{code}"] += 1

    def under(self, name: str) -> dict[str, int]:
        """Everything counted as ``name:…``, the most first."""
        head = f"{name}:"
        found = [(key.removeprefix(head), count) for key, count in self.counts.items() if key.startswith(head)]
        return dict(sorted(found, key=lambda one: (-one[1], one[0])))


def kinds_of(judgements: Sequence[Judgement]) -> tuple[tuple[Kind, str, int], ...]:
    """Kind, action and count over many messages, sorted, as the ledger wants them."""
    counts = Counter(
        (ruling.finding.kind, _WORDS[ruling.treatment.action]) for one in judgements for ruling in one.decision.rulings
    )
    return tuple((kind, action, count) for (kind, action), count in sorted(counts.items()))


def _where(judgement: Judgement, about: Path, ruleset: Ruleset) -> str:
    found = next((one.region for one in judgement.residences if one.about == about), None)
    if found is not None:
        return found
    return f"unknown, treated as {ruleset.residence.unknown or 'unknown'}"

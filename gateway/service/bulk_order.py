"""Which rows of a batch can be judged at once with the outcome of one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.core.judge import Judgement
from gateway.model.kept import Blinded
from gateway.model.names import SubjectId
from gateway.model.rules import Ruleset
from gateway.service.recall import Recollection


@dataclass(slots=True)
class Order:
    """What the rows before, taken or waiting, make of the directory and of persons."""

    ruleset: Ruleset
    _entered: set[Blinded] = field(default_factory=set)
    _recorded: set[SubjectId] = field(default_factory=set)
    _moved: set[SubjectId] = field(default_factory=set)

    def takes(self, judgement: Judgement, recollection: Recollection, ref: Blinded | None) -> bool:
        """True if the row depends on none before it; from now on later ones may depend on this one."""
        known = recollection.asked.recalled.known
        names = {*recollection.asked.identities.values(), *((ref,) if ref else ())}
        new = {blinded for blinded in names if blinded not in known}
        own = {owner.subject for about, owner in judgement.owners.items() if self._is_recorded(judgement, about)}
        named = {entry.subject for entry in known.values()}
        free = not (new & self._entered or own & self._recorded or named & self._moved)
        self._entered |= new
        self._recorded |= own
        self._moved.update(_moved(judgement))
        return free

    def _is_recorded(self, judgement: Judgement, about: tuple[str | int, ...]) -> bool:
        return judgement.decision.home(about) in self.ruleset.regions


def _moved(judgement: Judgement) -> Iterator[SubjectId]:
    """Known persons of whom the row says something else than the directory does."""
    residences = {one.about: (one.region, one.rank) for one in judgement.residences}
    for about, entry in {**judgement.named, **judgement.owners}.items():
        if residences.get(about, (None, None)) not in ((None, None), (entry.region, entry.rank)):
            yield entry.subject

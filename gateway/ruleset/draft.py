"""The rules on the way from the file to the compiled form: the tree, the models, and what is wrong so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.model.kinds import KindSpec
from gateway.model.names import ELSEWHERE, Kind
from gateway.ruleset.countries import COUNTRIES
from gateway.ruleset.problems import Mark, Problem, did_you_mean, one_of
from gateway.ruleset.schema.file import RulesFile
from gateway.ruleset.tree import Loc, Members, mark_at


@dataclass(slots=True)
class Draft:
    """``whole`` False: a pack by itself, to which a deployment adds regions' vaults, destinations and routes."""

    root: Members
    file: RulesFile
    kinds: Mapping[Kind, KindSpec]
    whole: bool = True
    problems: list[Problem] = field(default_factory=list)

    def say(
        self,
        code: str,
        what: str,
        mend: str,
        loc: Loc,
        *,
        key: bool = False,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        self.problems.append(Problem(code, what, mend, self.mark(loc, key=key), severity))

    def mark(self, loc: Loc, *, key: bool = False) -> Mark:
        return mark_at(self.root, loc, key=key)

    def refer(self, code: str, what: str, word: str, known: Collection[str], loc: Loc) -> bool:
        """True if the word is known; else a problem."""
        if word not in known:
            self.say(code, f"there is no {what} '{word}'.", did_you_mean(word, known), loc)
        return word in known

    def region(self, word: str, loc: Loc, *, countries: bool = False) -> bool:
        """True if it names a region of the file, ``elsewhere``, or, where that makes sense, a country."""
        known = {*self.file.regions, ELSEWHERE}
        if countries and word.upper() in COUNTRIES and word == word.lower():
            return True
        if word not in known:
            also = ", or a country in small letters (us)" if countries else ""
            mend = did_you_mean(word, known, f"declare it under regions, or use {one_of(sorted(known))}{also}.")
            self.say("GW-R301", f"there is no region '{word}'.", mend, loc)
        return word in known

    def kinds_of(self, words: Iterable[str], loc: Loc) -> frozenset[Kind]:
        """The kinds that words, prefixes (``ru.*``) and negations (``not user_id``) stand for."""
        listed = list(words)
        negated = [word.startswith("not ") for word in listed]
        if any(negated) and not all(negated):
            what = "kinds to include beside kinds to leave out: 'not' already means all the others."
            self.say("GW-R205", what, "write one or the other.", loc)
        found: set[Kind] = set()
        for number, word in enumerate(listed):
            found |= self._kinds_named(word.removeprefix("not "), (*loc, number))
        return frozenset(self.kinds) - found if any(negated) else frozenset(found)

    def _kinds_named(self, word: str, loc: Loc) -> set[Kind]:
        if not word.endswith(".*"):
            return {Kind(word)} if self.refer("GW-R303", "kind", word, self.kinds, loc) else set()
        found = {kind for kind in self.kinds if kind.startswith(word[:-1])}
        if not found:
            families = {f"{kind.partition('.')[0]}.*" for kind in self.kinds if "." in kind}
            self.say("GW-R303", f"no kind begins with '{word[:-1]}'.", did_you_mean(word, families), loc)
        return found

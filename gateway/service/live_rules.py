"""The rules in force: swapped whole, so that one exchange sees one set of rules from beginning to end."""

from __future__ import annotations

from gateway.model.rules import Ruleset


class LiveRules:
    """Holds the current Ruleset; a bad reload leaves the old one in force because nothing is swapped before it
    loaded.
    """

    def __init__(self, ruleset: Ruleset) -> None:
        self._current = ruleset

    @property
    def current(self) -> Ruleset:
        return self._current

    def swap(self, ruleset: Ruleset) -> None:
        self._current = ruleset

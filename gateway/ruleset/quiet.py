"""Why a leaf stays as it is: the core rules on what it finds or changes, tests and ``explain`` ask about the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gateway.core.decide import Facts, Verdict, decide_one
from gateway.core.judge import Judgement
from gateway.core.people import person
from gateway.model.names import Path
from gateway.model.rules import Ruleset


def quiet_verdicts(judgement: Judgement, ruleset: Ruleset, today: date) -> Mapping[int, Verdict]:
    """The verdict on each value leaf without a ruling, by its ordinal."""
    ruled = {ruling.finding.leaf for ruling in judgement.decision.rulings}
    leaves = enumerate(judgement.reading.document.leaves)
    return {
        ordinal: _verdict(judgement, ruleset, leaf.path, today)
        for ordinal, leaf in leaves
        if ordinal not in ruled and not leaf.is_key
    }


def _verdict(judgement: Judgement, ruleset: Ruleset, path: Path, today: date) -> Verdict:
    matched = judgement.reading.matched
    homes = dict(judgement.decision.homes)
    facts = Facts(
        kind=None,
        category=None,
        path=path,
        home=homes.get(person(path, ruleset.residence, matched.route), ruleset.residence.unknown),
        destination=ruleset.destinations[matched.route.to],
        route=matched.route.name,
        purpose=matched.route.purpose,
        intent=matched.intent,
    )
    return decide_one(ruleset, facts, today)

"""A request judged without a store: as inline tests and ``explain`` do it."""

from __future__ import annotations

from datetime import date

from gateway.core.asked import Asked
from gateway.core.judge import Judgement, judge
from gateway.core.reading import read
from gateway.core.route import find_route
from gateway.model.limits import Limits
from gateway.model.message import Request
from gateway.model.rules import Ruleset

TODAY = date(2026, 11, 22)


def judged(request: Request, ruleset: Ruleset) -> Judgement:
    matched = find_route(ruleset, request)
    assert matched is not None
    return judge(read(request, matched, ruleset, Limits()), ruleset, Asked(TODAY))

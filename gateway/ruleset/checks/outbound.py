"""Outbound routes: tokens are revealed in a request only towards a place in the region, and only for named callers."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.outbound import homes_of
from gateway.ruleset.checks.examined import Examined
from gateway.ruleset.problems import Problem
from gateway.ruleset.schema.places import RouteModel
from gateway.ruleset.tree import Loc

_OF_PEOPLE = tuple(
    "reveal_to session subject_ref version consent opaque search mode erases whose signature upgrade stream files"
    " protobuf".split()
)
"""Words that say how a person's own request is treated; a back end's call is none."""


def outbound_routes(examined: Examined) -> Iterator[Problem]:
    """What an outbound route lacks, and words that mean nothing there."""
    destinations = {str(to.name): to for to in examined.ruleset.destinations.values()}
    for number, model in enumerate(examined.draft.file.routes):
        loc: Loc = ("routes", number)
        if model.source is None:
            if model.callers or model.unresolved != "refuse":
                what = "callers and unresolved mean something only on an outbound route, which names a from."
                yield examined.problem("GW-R442", what, "add from: the back end that calls, or remove them.", loc)
            continue
        if not model.callers:
            what = "an outbound route reveals originals to whoever asks for it: it names no callers."
            yield examined.problem("GW-R440", what, "add callers: [certificate:…, address:…, role:…].", loc)
        if model.source == model.to:
            what = f"the tokens of {model.to} would be revealed to itself."
            yield examined.problem("GW-R441", what, "write another destination.", (*loc, "to"))
        elif model.to in destinations and not homes_of(destinations[model.to], examined.ruleset):
            what = f"{model.to} stands in none of the regions of these rules: originals may not be sent there."
            yield examined.problem("GW-R441", what, "use a service in the region.", (*loc, "to"))
        for word in _OF_PEOPLE:
            if getattr(model, word) != RouteModel.model_fields[word].get_default(call_default_factory=True):
                what = f"'{word}' means nothing on an outbound route."
                yield examined.problem("GW-R442", what, "remove it.", (*loc, word))

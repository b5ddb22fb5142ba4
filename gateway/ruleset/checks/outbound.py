"""Outbound routes: tokens are revealed in a request only towards a place in the region, and only for named callers."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.core.outbound import homes_of
from gateway.ruleset.checks.examined import Examined
from gateway.ruleset.problems import Problem
from gateway.ruleset.schema.places import RouteModel
from gateway.ruleset.tree import Loc

_OF_PEOPLE = tuple(
    "reveal_to session new_login subject_ref version consent opaque search mode erases whose signature upgrade stream"
    " files protobuf downloads".split()
)
"""Words that say how a person's own request is treated; a back end's call is none."""


def outbound_routes(examined: Examined) -> Iterator[Problem]:
    """What an outbound route lacks, and words that mean nothing there."""
    destinations = {str(to.name): to for to in examined.ruleset.destinations.values()}
    for number, model in enumerate(examined.draft.file.routes):
        loc: Loc = ("routes", number)
        yield from _mail(examined, model, loc)
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


def _mail(examined: Examined, model: RouteModel, loc: Loc) -> Iterator[Problem]:
    """Mail goes to mail servers, requests do not; and words of the one that stand on the other."""
    to = {str(one.name): one for one in examined.ruleset.destinations.values()}.get(model.to)
    by_mail = model.match.mail is not None
    if to is not None and to.url.startswith("smtp") != by_mail:
        what = f"{model.to} is a mail server, which takes no requests." if not by_mail else f"{model.to} takes no mail."
        mend = "match: {mail: ...}" if not by_mail else "give it a url like smtp://mail.example:25"
        yield examined.problem("GW-R443", what, f"{mend}, or write another destination.", (*loc, "to"))
    if by_mail and model.source is None:
        what = "a route of mail reveals tokens: it has to say whose."
        yield examined.problem("GW-R443", what, "add from: the back end that sends.", loc)
    if not by_mail and model.mail is not None:
        what = "'mail' means nothing on a route of requests."
        yield examined.problem("GW-R442", what, "remove it, or match: {mail: ...}.", (*loc, "mail"))
    if not by_mail and any(one.startswith("login:") for one in model.callers):
        what = "nobody logs in to a route of requests."
        yield examined.problem("GW-R442", what, "use role:, certificate: or address:.", (*loc, "callers"))

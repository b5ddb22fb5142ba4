"""Destinations and routes, from the models to the compiled form."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from gateway.model.files import FileRule
from gateway.model.names import DestinationName, Region, Scope
from gateway.model.protobuf import ProtobufSpec
from gateway.model.rules import (
    CredentialsSpec,
    Destination,
    MailSpec,
    NewLogin,
    OutboundSpec,
    PathPattern,
    RevealTo,
    Route,
    SessionSpec,
    SignatureSpec,
    SubjectRef,
    Unread,
)
from gateway.ruleset.draft import Draft
from gateway.ruleset.learned import learned_of
from gateway.ruleset.problems import one_of
from gateway.ruleset.schema.places import (
    CredentialsModel,
    DestinationModel,
    FileModel,
    MailModel,
    NewLoginModel,
    ProtobufModel,
    RouteModel,
    SessionModel,
    SignatureModel,
    SubjectRefModel,
)
from gateway.ruleset.schema.words import many, parse_pattern
from gateway.ruleset.tree import Loc

_DAY_S = 86400


def destinations_of(draft: Draft) -> Iterator[Destination]:
    """The destinations, by name."""
    for name, model in sorted(draft.file.destinations.items()):
        yield _destination(draft, name, model)


def _destination(draft: Draft, name: str, model: DestinationModel) -> Destination:
    loc: Loc = ("destinations", name)
    draft.region(model.region, (*loc, "region"), countries=True)
    unmatched = model.unmatched or draft.file.unmatched.get(model.role)
    if unmatched is None:
        what = f"destination {name} does not say what happens to a leaf that no rule matches."
        mend = "add unmatched: drop (or pass, where the rules name all that matters)."
        draft.say("GW-R310", what, mend, loc, key=True)
    to = Destination(
        name=DestinationName(name),
        url=model.url,
        region=Region(model.region),
        country=_country(draft, name, model),
        role=model.role,
        unmatched=unmatched or "drop",
        scope=Scope(model.scope or name),
        token_domain=model.token_domain or f"{name.replace('_', '-')}.example",
        own_cookies=frozenset(model.cookies),
        reveal_location_hosts=frozenset(host.lower() for host in model.reveal_location_hosts),
        credentials=_credentials(model.credentials),
        unread=_unread(draft, name, model),
    )
    return to if model.refused_on is None else replace(to, refused_on=frozenset(model.refused_on))


def _unread(draft: Draft, name: str, model: DestinationModel) -> Unread:
    """As it is said; else pass at home and refuse abroad, where less than the model's protection is none."""
    at_home = model.region in draft.file.regions
    if model.unread == "pass" and not at_home:
        what = f"destination {name} stands abroad: free text that the model did not read would leave as rules find it."
        draft.say("GW-R460", what, "write unread: refuse or unread: hide.", ("destinations", name, "unread"))
    return model.unread or ("pass" if at_home else "refuse")


def _credentials(model: CredentialsModel | None) -> CredentialsSpec | None:
    if model is None:
        return None
    return CredentialsSpec(model.key or "", model.issuer or "", basic=model.basic is not None)


def _country(draft: Draft, name: str, model: DestinationModel) -> str:
    """The country it stands in: as said, or as the region tells."""
    loc: Loc = ("destinations", name)
    region = draft.file.regions.get(model.region)
    told = set(region.countries or ()) if region else {model.region.upper()}
    if model.country is None and len(told) != 1:
        what = f"destination {name} does not tell its country: where none is told it counts as abroad (LOC-07)."
        mend = f"add country: {one_of(sorted(told)) if told else 'and its ISO 3166 code'}"
        draft.say("GW-R310", what, mend, loc, key=True)
    if model.country is not None and model.country not in told and (region or len(model.region) == 2):
        what = f"country {model.country} is not in region {model.region}: one of the two is wrong."
        draft.say("GW-R417", what, "correct country or region.", (*loc, "country"))
    return model.country or min(told, default="")


def routes_of(draft: Draft) -> tuple[Route, ...]:
    """The routes, sorted by name and path."""
    learned = learned_of(draft)
    routes = [_route(draft, ("routes", number), model) for number, model in enumerate(draft.file.routes)]
    routes = [replace(route, learned=learned.get(route.name, ())) for route in routes]
    return tuple(sorted(routes, key=lambda route: (route.name, route.path, sorted(route.methods))))


def route_name(model: RouteModel) -> str:
    """``POST /api/users``, or as the file names it."""
    match = model.match
    if match.mail is not None:
        return model.name or "mail " + ",".join(sorted(set(many(match.mail))))
    words = [",".join(sorted(many(match.method))), ",".join(sorted(many(match.host))) + (match.path or "")]
    return model.name or " ".join(filter(None, words))


def _route(draft: Draft, loc: Loc, model: RouteModel) -> Route:
    draft.refer("GW-R302", "destination", model.to, draft.file.destinations, (*loc, "to"))
    return Route(
        name=route_name(model),
        path=tuple(model.match.path[1:].split("/")) if model.match.path else (),
        methods=frozenset(many(model.match.method)),
        to=DestinationName(model.to),
        at=str(draft.mark(loc)),
        hosts=frozenset(host.lower() for host in many(model.match.host)),
        intent=model.intent or ("collect" if model.match.mail is not None else None),
        purpose=model.purpose or "",
        whose=model.whose,
        subject_ref=_subject_ref(model),
        session=_session(model.session),
        new_login=_new_login(model.new_login),
        reveal_to=_allowed(model.reveal_to),
        opaque=model.opaque,
        search=model.search,
        mode=model.mode,
        erases=model.erases,
        upgrade=model.upgrade,
        stream=model.stream,
        version=_place(model.version),
        consent=_place(model.consent),
        protobuf=_protobuf(draft, loc, model.protobuf) if model.protobuf else None,
        files=tuple(_file_rule(draft, (*loc, "files", number), one) for number, one in enumerate(model.files)),
        downloads=model.downloads,
        outbound=_outbound(draft, loc, model),
        signature=_signature(model.signature),
        mail=_mail(model),
    )


def _mail(model: RouteModel) -> MailSpec | None:
    if model.match.mail is None:
        return None
    given = model.mail or MailModel()
    return MailSpec(frozenset(many(model.match.mail)), given.about, frozenset(given.recipients), given.signed)


def _protobuf(draft: Draft, loc: Loc, model: ProtobufModel) -> ProtobufSpec:
    """The file's place, which is beside the rules file; ``read`` reads it."""
    file = os.path.normpath(Path(draft.mark((*loc, "protobuf")).file).parent / model.descriptor)
    return ProtobufSpec(file, model.request or "", model.reply or "")


def _file_rule(draft: Draft, loc: Loc, model: FileModel) -> FileRule:
    types = frozenset(many(model.type))
    return FileRule(types, model.do, model.otherwise or "refuse", model.max_bytes, str(draft.mark(loc)))


def _signature(model: SignatureModel | None) -> SignatureSpec | None:
    if model is None:
        return None
    return SignatureSpec(
        header=model.header.lower(),
        incoming=tuple(many(model.incoming)),
        outgoing=model.outgoing or "",
        algorithm=model.algorithm,
        encoding=model.encoding,
        prefix=model.prefix,
        signs=model.signs,
        timestamp=(model.timestamp or "").lower(),
        tolerance_s=model.tolerance_s,
        form=model.form or "",
    )


def _outbound(draft: Draft, loc: Loc, model: RouteModel) -> OutboundSpec | None:
    if model.source is None:
        return None
    draft.refer("GW-R302", "destination", model.source, draft.file.destinations, (*loc, "from"))
    return OutboundSpec(DestinationName(model.source), _allowed(model.callers), model.unresolved)


def _allowed(words: Iterable[str]) -> tuple[RevealTo, ...]:
    return tuple(sorted(map(_reveal_to, set(words)), key=lambda who: (who.what, who.name)))


def _reveal_to(text: str) -> RevealTo:
    what, _, name = text.partition(":")
    match what:
        case "role" | "certificate" | "address" | "login":
            return RevealTo(what, name)
    return RevealTo("subject")


def _place(text: str | None) -> PathPattern:
    """Names of headers in small letters."""
    pattern = parse_pattern(text) if text else ()
    return tuple(step.lower() for step in pattern) if pattern[:1] == ("headers",) else pattern


def _subject_ref(model: RouteModel) -> SubjectRef | None:
    ref = model.subject_ref
    if ref is None:
        return None
    if isinstance(ref, str):
        ref = SubjectRefModel(learn=ref) if ref.startswith("reply.") else SubjectRefModel(read=ref)
    return SubjectRef(
        name=ref.name or model.to,
        read=parse_pattern(ref.read) if ref.read else (),
        learn=parse_pattern(ref.learn) if ref.learn else (),
    )


def _session(model: SessionModel | None) -> SessionSpec | None:
    if model is None:
        return None
    return SessionSpec(
        cookie=model.cookie,
        subject=parse_pattern(model.subject),
        statuses=frozenset(many(model.starts_on.status)),
        location=model.starts_on.location,
        ttl_s=model.ttl_days * _DAY_S,
    )


def _new_login(model: NewLoginModel | None) -> NewLogin | None:
    if model is None:
        return None
    on = model.starts_on
    return NewLogin(parse_pattern(model.subject), frozenset(many(on.status)), on.location)

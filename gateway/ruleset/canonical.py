"""The one spelling of a meaning: compiled rules written back in the language, sorted, with every answer given.

Loading what this prints gives rules of the same digest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gateway.core.detect.kinds import KINDS
from gateway.model.addresses import printable
from gateway.model.decision import Treatment
from gateway.model.files import FileRule
from gateway.model.kinds import Finder, KindSpec
from gateway.model.protobuf import ProtobufSpec
from gateway.model.rules import (
    ClaimsSpec,
    Condition,
    CredentialsSpec,
    Destination,
    Evidence,
    MailSpec,
    NewLogin,
    OutboundSpec,
    PathPattern,
    RegionSpec,
    RevealTo,
    Route,
    Rule,
    Ruleset,
    SessionSpec,
    SignatureSpec,
    SubjectRef,
)

Said = dict[str, object]

_IMPLIED = ("special", "biometric", "payment")
"""Categories that the word ``personal`` covers."""


def canonical(ruleset: Ruleset) -> Said:
    """The rules as plain dicts and lists in the language's own words; empty answers are left out."""
    return _given(
        version=1,
        as_of=ruleset.as_of.isoformat() if ruleset.as_of else None,
        mode=ruleset.mode,
        backend=ruleset.backend,
        regions={name: _region(region) for name, region in sorted(ruleset.regions.items())},
        residence=_given(
            subjects=[pattern_text(pattern) for pattern in ruleset.residence.subjects],
            evidence=[_evidence(evidence) for evidence in ruleset.residence.evidence],
            unknown=ruleset.residence.unknown,
            inferred_may_relax=ruleset.residence.inferred_may_relax,
        ),
        destinations={name: _destination(to) for name, to in sorted(ruleset.destinations.items())},
        routes=[_route(route) for route in ruleset.routes],
        rules=[_rule(rule) for rule in ruleset.rules],
        callers=_given(
            trusted_proxies=list(ruleset.trusted_proxies), claims=_claims(ruleset.claims) if ruleset.claims else None
        ),
        kinds={name: _kind(kind, ruleset) for name, kind in sorted(ruleset.kinds.items()) if name not in KINDS},
        fields=dict(sorted(ruleset.fields.items())),
        learned=[
            {"route": route.name, "path": pattern_text(one.path), "kind": one.kind or "none"}
            for route in ruleset.routes
            for one in route.learned
        ],
        tokens={"phone_block": ruleset.phone_block},
    )


def pattern_text(pattern: PathPattern) -> str:
    """``("body", "e.mail")`` → ``body."e.mail"``."""
    return ".".join(_step(step) for step in pattern)


def action_word(treatment: Treatment) -> object:
    """The ``then`` of a treatment: a word, or a map of its parameters."""
    word = treatment.action.name.lower()
    if not treatment.parameters:
        return word
    parameters = {key: list(value) if isinstance(value, tuple) else value for key, value in treatment.parameters}
    if "issued_there" in parameters:
        parameters = {"basis": "issued_there"}
    return {word: parameters}


def _given(**answers: object) -> Said:
    return {key: value for key, value in answers.items() if value not in (None, "", [], {})}


def _step(step: str) -> str:
    plain = step in ("*", "**") or all(char not in '."\\' and not char.isspace() for char in step)
    return step if plain and step else '"' + step.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_or_list(values: Iterable[str]) -> object:
    listed = sorted(values)
    return listed[0] if len(listed) == 1 else listed


def _region(region: RegionSpec) -> Said:
    keep = _given(days=region.keep_days, until=region.keep_until)
    return _given(
        countries=sorted(region.countries), law=region.law, vault=printable(region.vault), key=printable(region.key),
        key_store=printable(region.key_store), files=printable(region.files), keep=keep,
    )  # fmt: skip


def _evidence(evidence: Evidence) -> Said:
    return {
        "from": evidence.source,
        **_given(
            path=pattern_text(evidence.path),
            kinds=sorted(evidence.kinds),
            name=evidence.claim,
            **{"is": sorted(evidence.values), "region": evidence.region, "else": evidence.otherwise},
        ),
    }


def _destination(to: Destination) -> Said:
    return _given(
        url=printable(to.url),
        region=to.region,
        country=to.country,
        role=to.role,
        unmatched=to.unmatched,
        scope=to.scope,
        token_domain=to.token_domain,
        cookies=sorted(to.own_cookies),
        reveal_location_hosts=sorted(to.reveal_location_hosts),
        credentials=_credentials(to.credentials) if to.credentials else None,
        unread=to.unread,
    ) | {"refused_on": sorted(to.refused_on)}


def _credentials(spec: CredentialsSpec) -> Said:
    exchange = {"jwt": "exchange" if spec.key else None, "basic": "exchange" if spec.basic else None}
    return _given(**exchange, key=spec.key, issuer=spec.issuer)


def _route(route: Route) -> Said:
    return _given(
        name=route.name,
        match=_match(route),
        to=route.to,
        intent=route.intent,
        purpose=route.purpose,
        whose=route.whose,
        subject_ref=_subject_ref(route.subject_ref) if route.subject_ref else None,
        session=_session(route.session) if route.session else None,
        new_login=_new_login(route.new_login) if route.new_login else None,
        reveal_to=_people(route.reveal_to),
        opaque=route.opaque,
        search=route.search,
        mode=route.mode,
        erases=route.erases,
        upgrade=route.upgrade,
        stream=route.stream,
        version=pattern_text(route.version),
        consent=pattern_text(route.consent),
        protobuf=_protobuf(route.protobuf) if route.protobuf else None,
        files=[_file_rule(one) for one in sorted(route.files, key=lambda one: sorted(one.types))],
        downloads=route.downloads or None,
        signature=_signature(route.signature) if route.signature else None,
        mail=_mail(route.mail) if route.mail else None,
    ) | (_outbound(route.outbound) if route.outbound else {})


def _match(route: Route) -> Said:
    if route.mail is not None:
        return _given(mail=sorted(route.mail.senders))
    return _given(path="/" + "/".join(route.path), method=sorted(route.methods), host=sorted(route.hosts))


def _mail(spec: MailSpec) -> Said:
    return _given(about=spec.about, recipients=sorted(spec.recipients), signed=spec.signed)


def _protobuf(spec: ProtobufSpec) -> Said:
    return _given(descriptor=spec.file, request=spec.request, reply=spec.reply)


def _file_rule(rule: FileRule) -> Said:
    otherwise = rule.otherwise if rule.action == "inspect" else None
    return _given(type=sorted(rule.types), do=rule.action, **{"else": otherwise}, max_bytes=rule.max_bytes)


def _signature(spec: SignatureSpec) -> Said:
    return _given(
        header=spec.header,
        incoming=list(spec.incoming),
        outgoing=spec.outgoing,
        algorithm=spec.algorithm,
        encoding=spec.encoding,
        prefix=spec.prefix,
        signs=spec.signs,
        timestamp=spec.timestamp,
        tolerance_s=spec.tolerance_s,
        form=spec.form,
    )


def _outbound(spec: OutboundSpec) -> Said:
    return {"from": spec.source, "callers": _people(spec.callers), "unresolved": spec.unresolved}


def _people(allowed: Iterable[RevealTo]) -> list[str]:
    return [f"{who.what}:{who.name}" if who.name else who.what for who in allowed]


def _subject_ref(ref: SubjectRef) -> Said:
    return _given(name=ref.name, read=pattern_text(ref.read), learn=pattern_text(ref.learn))


def _session(session: SessionSpec) -> Said:
    return _given(
        cookie=session.cookie,
        starts_on=_given(status=sorted(session.statuses), location=session.location),
        subject=pattern_text(session.subject),
        ttl_days=session.ttl_s // 86400,
    )


def _new_login(spec: NewLogin) -> Said:
    on = _given(status=sorted(spec.statuses), location=spec.location)
    return _given(subject=pattern_text(spec.subject), starts_on=on)


def _rule(rule: Rule) -> Said:
    return {
        "id": rule.id,
        "why": rule.why,
        "when": _when(rule.when),
        "then": action_word(rule.then),
        **_given(
            overrides=sorted(rule.overrides), until=rule.until.isoformat() if rule.until else None, mode=rule.mode
        ),
    }  # fmt: skip


def _when(when: Condition) -> Said:
    categories = {c for c in when.categories if "personal" not in when.categories or c not in _IMPLIED}
    to = when.destination
    return _given(
        kind=_one_or_list(when.kinds),
        category=_one_or_list(categories),
        residence=_regions(when.residences, negated=when.residence_negated),
        path=_one_or_list(pattern_text(path) for path in when.paths),
        destination=_given(
            name=_one_or_list(to.names),
            role=_one_or_list(to.roles),
            region=_regions(to.regions, negated=to.region_negated),
        ),
        route=_one_or_list(when.routes),
        purpose=_one_or_list(when.purposes),
        intent=_one_or_list(when.intents),
    )


def _regions(regions: Iterable[str], *, negated: bool) -> object:
    return _one_or_list(f"not {region}" if negated else region for region in regions)


def _claims(claims: ClaimsSpec) -> Mapping[str, object]:
    return _given(
        jwks=printable(claims.jwks),
        issuer=claims.issuer,
        audience=claims.audience,
        header=claims.header,
        subject=claims.subject,
        subject_kind=claims.subject_kind,
        roles=claims.roles,
        country=claims.country,
        vouches=dict(sorted(claims.vouches.items())),
    )


def _kind(kind: KindSpec, ruleset: Ruleset) -> Said:
    finders = [_finder(finder) for finder in ruleset.finders if finder.kind == kind.name]
    return {
        "category": kind.category,
        "shape": kind.shape,
        "normal": kind.normal,
        "equal": kind.equal,
        "title": kind.title_en if kind.title_en == kind.title_ru else {"en": kind.title_en, "ru": kind.title_ru},
        **_given(
            law=kind.law,
            checksum=kind.checksum,
            fields=list(ruleset.own_fields.get(kind.name, ())),
            find=sorted(finders, key=lambda finder: str(finder["pattern"])),
        ),
    }


def _finder(finder: Finder) -> Said:
    said = _given(pattern=finder.pattern, near=list(finder.near), unless=list(finder.unless))
    return {**said, "yes": list(finder.yes), "no": list(finder.no)}

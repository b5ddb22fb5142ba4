"""Before a request is judged: who the caller is and what the home store knows of the identifiers and tokens in it.

One batched read of the home vault (and one of each further region's, where the rules have several).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from gateway.core.asked import Asked
from gateway.core.blind import blind, blind_idempotency, blind_session, normal_form
from gateway.core.encrypted import decrypted, shown_as
from gateway.core.identity import identify, identity, reference_blind, text_at
from gateway.core.incoming import near_stand_ins
from gateway.core.owners import speaks_for
from gateway.core.plan import default_region
from gateway.core.reading import Reading
from gateway.model.kept import Blinded, DirectoryEntry, Recall, Recalled, SessionFact
from gateway.model.message import Request
from gateway.model.names import Digest, Kind, Region, Scope, SubjectId, Token
from gateway.model.residency import Caller, Claims
from gateway.model.rules import Ruleset
from gateway.model.secret import RegionKeys
from gateway.model.swift import swift
from gateway.service.stand_ins import stand_ins_of
from gateway.service.world import World


@swift
@dataclass(frozen=True, slots=True)
class Recollection:
    """What the judge is told, the keys of the home region, and the blinds the rest of the exchange goes on with."""

    asked: Asked
    keys: RegionKeys
    idempotency: Digest | None
    session: Digest | None = None
    """The blind of the session cookie that came in, whether it is known or not."""
    claim: DirectoryEntry | None = None
    """What the directory says of the verified claim that named the caller."""
    sealed_by: Mapping[Region, str] = field(default_factory=dict)
    """By which versions of field keys an earlier request under the same idempotency blind was sealed."""
    same: tuple[DirectoryEntry, ...] = ()
    """Identifiers of other persons of the directory that the caller has been verified to have."""


async def recollect(
    request: Request, reading: Reading, ruleset: Ruleset, world: World, ref: Blinded | None = None
) -> Recollection:
    """Verify the caller's claims and ask the vault, once, for all that the decision depends on.

    ``ref``: the back end's own id of the person, where that is known from beside the message.
    """
    claims = await world.claims.verify(request.headers) if world.claims else None
    keys = await world.keys.region_keys(default_region(ruleset))
    identities = await world.aside(reading.size, identify, reading, ruleset, keys.index)
    claimed = _claimed(claims, ruleset, reading.matched.route.to, keys)
    session = _session(reading, ruleset, keys) or (_claim_session(claims, keys) if claims else None)
    ref = ref or reference_blind(reading, keys.index)
    cookies = _cookie_blinds(reading, ruleset, keys)
    idempotency = _idempotency(request, reading, session, keys)
    vouched = _vouched(claims, ruleset, reading.matched.route.to, keys) if claimed else ()
    query = Recall(
        scope=ruleset.destinations[reading.matched.route.to].scope,
        identifiers=tuple(_present(*identities.values(), claimed, *vouched, ref, *cookies)),
        tokens=tuple(dict.fromkeys(shown_as(one.token) for one in (*reading.sightings, *reading.sealed))),
        session=session,
        idempotency=idempotency,
    )
    recalled, sealed_by = await _recall(query, ruleset, world)
    claim = recalled.known.get(claimed) if claimed else None
    asked = Asked(
        today=world.today(),
        caller=_caller(request, claims, recalled, claim if claimed else recalled.session, session, ruleset),
        country=world.signals.country(request.peer) if request.peer else None,
        identities=identities,
        recalled=recalled,
        reference=recalled.known.get(ref) if ref else None,
        own_cookies=frozenset(name for (_, digest), name in cookies.items() if (_, digest) in recalled.known),
        sealed=await _sealed(reading, query.scope, world) if reading.sealed else {},
    )
    near, persons = near_stand_ins(reading, ruleset, asked)
    if near:
        asked = replace(asked, stand_ins=await stand_ins_of(persons, near, query.scope, world))
    claim = claim if claim and claim.subject == asked.caller.subject else None
    return Recollection(
        asked, keys, idempotency, _session(reading, ruleset, keys), claim, sealed_by, _same(claim, vouched, recalled)
    )


def _same(claim: DirectoryEntry | None, vouched: Iterable[Blinded], recalled: Recalled) -> tuple[DirectoryEntry, ...]:
    """Who else the caller is, by what the identity provider has verified, both proven by a login before.

    What was merely written somewhere, or registered and never logged in with, may be anybody's doing.
    """
    if claim is None or claim.standing != "proven":
        return ()
    entries = (recalled.known.get(one) for one in vouched)
    return tuple(one for one in entries if one and one.standing == "proven" and one.subject != claim.subject)


async def _sealed(reading: Reading, scope: Scope, world: World) -> dict[Token, SubjectId]:
    """The encrypted fields that open under a region's key for this scope, and whose they are."""
    holders = {}
    for region in world.vaults:
        keys = await world.keys.region_keys(region)
        for sighting in reading.sealed:
            if (opened := decrypted(sighting.token, keys, scope)) is not None:
                holders[sighting.token] = opened.subject
    return holders


async def _recall(query: Recall, ruleset: Ruleset, world: World) -> tuple[Recalled, dict[Region, str]]:
    """The home vault's answer, with tokens and earlier records of the other vaults; by what each was sealed."""
    if not (query.identifiers or query.tokens or query.session or query.idempotency):
        return Recalled(), {}
    recalled = await world.home_vault(ruleset).recall(query)
    sealed_by = {default_region(ruleset): recalled.sealed_by} if recalled.sealed_by else {}
    for region, vault in world.vaults.items():
        if region != default_region(ruleset) and (query.tokens or query.idempotency):
            more = await vault.recall(replace(query, identifiers=()))
            tokens = {**more.tokens, **recalled.tokens}
            shown = recalled.shown | more.shown
            replay, whose = recalled.replay + more.replay, {**recalled.whose, **more.whose}
            recalled = replace(recalled, tokens=tokens, replay=replay, whose=whose, shown=shown)
            sealed_by |= {region: more.sealed_by} if more.sealed_by else {}
    return recalled, sealed_by


def _caller(
    request: Request,
    claims: Claims | None,
    recalled: Recalled,
    known: DirectoryEntry | SessionFact | None,
    session: Digest | None,
    ruleset: Ruleset,
) -> Caller:
    """A verified claim names the caller, else the session does, else the caller is nobody.

    Nobody too where a claim says what only somebody else has said of that person; it still protects.
    """
    is_known = known is not None and (isinstance(known, SessionFact) or speaks_for(known, recalled))
    lives = known is not None and (is_known or known.region in ruleset.regions)
    return Caller(
        subject=known.subject if known and is_known else None,
        region=known.region if known and lives else None,
        rank=known.rank if known and lives else None,
        session=session if recalled.session or claims else None,
        roles=claims.roles if claims else frozenset(),
        country=claims.country if claims else None,
        address=request.peer,
        certificate=request.certificate,
    )


def _claimed(claims: Claims | None, ruleset: Ruleset, destination: str, keys: RegionKeys) -> Blinded | None:
    if claims is None or claims.subject is None or ruleset.claims is None:
        return None
    spec = ruleset.kinds[ruleset.claims.subject_kind]
    return identity(spec, normal_form(spec, claims.subject), destination, keys.index)


def _vouched(claims: Claims | None, ruleset: Ruleset, destination: str, keys: RegionKeys) -> tuple[Blinded, ...]:
    found = []
    for kind, text in claims.vouched.items() if claims is not None else ():
        spec = ruleset.kinds[kind]
        if spec.equal and (normal := normal_form(spec, text)):
            found.append(identity(spec, normal, destination, keys.index))
    return tuple(found)


def _session(reading: Reading, ruleset: Ruleset, keys: RegionKeys) -> Digest | None:
    """The blind of the session cookie that a login route of the same destination declares."""
    to = reading.matched.route.to
    for route in ruleset.routes:
        if route.session and route.to == to and (text := text_at(reading.document, ("cookies", route.session.cookie))):
            return session_blind(to, text, keys)
    return None


def session_blind(destination: str, cookie: str, keys: RegionKeys) -> Digest:
    """The name under which the vault knows a session of a destination."""
    return blind_session(keys.index, destination, unquote(cookie.strip().strip('"')))


def cookie_blind(destination: str, name: str, keys: RegionKeys) -> Blinded:
    """The directory's name for a cookie that a destination has set itself."""
    kind = Kind(f"cookie:{destination}")
    return kind, blind(keys.index, kind, name)


def _claim_session(claims: Claims, keys: RegionKeys) -> Digest | None:
    return blind_session(keys.index, "claim", claims.subject) if claims.subject else None


def _cookie_blinds(reading: Reading, ruleset: Ruleset, keys: RegionKeys) -> dict[Blinded, str]:
    to = reading.matched.route.to
    listed = ruleset.destinations[to].own_cookies
    names = {str(leaf.path[1]) for leaf in reading.document.leaves if leaf.path[0] == "cookies" and len(leaf.path) > 1}
    return {cookie_blind(to, name, keys): name for name in names - listed}


def _idempotency(request: Request, reading: Reading, session: Digest | None, keys: RegionKeys) -> Digest | None:
    """One blind over key, caller, route, target, body and what headers say of a person: the same is a retry."""
    key = request.header("idempotency-key")
    if key is None or reading.matched.intent != "collect":
        return None
    leaves = reading.document.leaves
    facts: list[str | bytes] = [key, session or request.peer, reading.matched.route.name, request.target, request.body]
    facts += [leaves[one.leaf].text for one in reading.findings if one.path[0] in ("headers", "cookies")]
    return blind_idempotency(keys.index, *facts)


def _present(*blinds: Blinded | None) -> Iterable[Blinded]:
    return dict.fromkeys(one for one in blinds if one is not None)

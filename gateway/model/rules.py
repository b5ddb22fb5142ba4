"""The compiled rules: what ``ruleset/`` makes of the YAML and ``core/`` decides by. Every answer is explicit here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from gateway.model.decision import Treatment
from gateway.model.files import FileRule
from gateway.model.kinds import Finder, KindSpec
from gateway.model.names import (
    Category,
    DestinationName,
    Digest,
    Intent,
    Kind,
    Rank,
    Region,
    Role,
    RuleId,
    Scope,
)
from gateway.model.protobuf import ProtobufSpec

Unread = Literal["refuse", "hide", "pass"]
"""Refuse the request; hide each such text as somebody's name; pass it as the rules alone find it (at home only)."""

PathPattern = tuple[str, ...]
"""``body.users.*.email`` as a tuple; ``*`` is one step, ``**`` any number of steps, anything else that very step."""


@dataclass(frozen=True, slots=True)
class RegionSpec:
    """Where a vault stands, what keys it has, and how long it keeps (``keep_days`` None: until the person's account
    ends).
    """

    name: Region
    countries: frozenset[str]
    law: str
    vault: str = field(repr=False)
    key: str = field(repr=False)
    keep_days: int | None = None
    keep_until: str | None = None
    key_store: str = field(default="", repr=False)
    """Where the wrapped keys lie; empty: in a file beside the root key."""
    files: str = field(default="", repr=False)
    """The object store of files; empty: the folder ``files/REGION``."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source of signals.

    ``source``: field, known_subject, document, claim, phone, geoip, language. ``values`` (case-folded) say which texts
    mean ``region``; other texts mean ``otherwise``. ``path`` for field, ``kinds`` for document, ``claim`` for claim.
    """

    source: Literal["field", "known_subject", "document", "claim", "phone", "geoip", "language"]
    rank: Rank
    region: Region | None = None
    otherwise: Region | None = None
    path: PathPattern = ()
    kinds: frozenset[Kind] = frozenset()
    claim: str = ""
    values: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ResidenceSpec:
    """Who is a person in a message and what tells where that person lives.

    ``unknown`` is the region that a person of unknown residence is treated as (None: stays unknown).
    ``inferred_may_relax`` False (LOC-10): inferred foreign evidence alone leaves a person unknown.
    """

    subjects: tuple[PathPattern, ...]
    evidence: tuple[Evidence, ...]
    unknown: Region | None
    inferred_may_relax: bool = False


@dataclass(frozen=True, slots=True)
class CredentialsSpec:
    """Credentials exchanged for a destination: JWTs signed by ``key`` (``env:NAME``, ``file:PATH``; empty: none),
    under ``issuer`` (empty: that of the JWT as it came); ``basic``: user names of Basic.
    """

    key: str = ""
    issuer: str = ""
    basic: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """One back end or vendor. ``unmatched`` is what happens to a leaf that no rule matched."""

    name: DestinationName
    url: str
    region: Region
    country: str
    role: Role
    unmatched: Literal["pass", "drop"]
    scope: Scope
    token_domain: str
    """Domain of e-mail tokens, a subdomain of the operator's."""
    own_cookies: frozenset[str] = frozenset()
    """Names of cookies that go back to it untouched, beside those learnt from its Set-Cookie."""
    reveal_location_hosts: frozenset[str] = frozenset()
    refused_on: frozenset[int] = frozenset({400, 401, 403, 404, 409, 410, 413, 415, 422})
    credentials: CredentialsSpec | None = None
    unread: Unread = "refuse"
    """What happens to free text that the model did not read in time; without a model it means nothing."""


@dataclass(frozen=True, slots=True)
class SessionSpec:
    """A login route: which cookie of the reply is the session, how a working login is told, whose session it
    becomes.
    """

    cookie: str
    subject: PathPattern
    statuses: frozenset[int]
    location: str | None = None
    ttl_s: int = 30 * 86400


@dataclass(frozen=True, slots=True)
class NewLogin:
    """A route by which somebody changes what he logs in with: where the request names it, and by which reply the back
    end says that it has been changed.
    """

    subject: PathPattern
    statuses: frozenset[int]
    location: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectRef:
    """The back end's own id of a person: read from the request (``path.id``), learnt from the create reply
    (``reply.id``).
    """

    name: str
    read: PathPattern = ()
    learn: PathPattern = ()


@dataclass(frozen=True, slots=True)
class RevealTo:
    """Who may see originals: the subject, a role of a verified claim, a client certificate, an address range; who sends
    mail, also a name that has logged in with its password.
    """

    what: Literal["subject", "role", "certificate", "address", "login"]
    name: str = ""


@dataclass(frozen=True, slots=True)
class SignatureSpec:
    """An HMAC that the sender puts on a request. ``signs``: a template with ``{body}``, ``{timestamp}``, ``{method}``
    and ``{target}``; names of headers in small letters. ``incoming`` and ``outgoing`` say where the secrets are
    (``env:NAME``, ``file:PATH``); without ``outgoing`` the first of ``incoming`` signs what has changed.
    """

    header: str
    incoming: tuple[str, ...]
    outgoing: str = ""
    algorithm: Literal["sha1", "sha256", "sha384", "sha512", "aws4"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    signs: str = "{body}"
    timestamp: str = ""
    tolerance_s: int = 300
    form: str = ""
    """How the header is written where it holds more than the signature: ``t={timestamp},v1={signature}``."""


@dataclass(frozen=True, slots=True)
class OutboundSpec:
    """A route by which a back end calls a service of the region: whose tokens are revealed, and who may ask for it.

    ``unresolved``: what becomes of a token that stays one: the request is refused; it may stand in links that lead
    elsewhere (``links``); it goes out as it is (``pass``).
    """

    source: DestinationName
    callers: tuple[RevealTo, ...]
    unresolved: Literal["refuse", "links", "pass"] = "refuse"


@dataclass(frozen=True, slots=True)
class MailSpec:
    """A route of mail: of which senders (domains of MAIL FROM, ``*`` any), and what mail has beside other requests.

    ``about``: who may be told of in a mail: its recipient, or anyone. ``recipients``: domains of plain addresses that
    it may go to (``*`` any; none: to tokens only). ``signed``: what becomes of a signed mail that has to change.
    """

    senders: frozenset[str]
    about: Literal["recipient", "anyone"] = "recipient"
    recipients: frozenset[str] = frozenset()
    signed: Literal["refuse", "strip"] = "refuse"


@dataclass(frozen=True, slots=True)
class Learned:
    """What a field of one route is although its name does not say so. ``kind`` None: somebody has looked, and it is
    left to the detectors; ``discover`` does not propose it again.
    """

    path: PathPattern
    kind: Kind | None


@dataclass(frozen=True, slots=True)
class Route:
    """Requests that match ``method`` and ``path`` go to one destination. ``path`` holds literal steps, ``{name}``,
    ``*`` and ``**``.

    The most specific route wins: by host, then by path (literal before ``{name}`` before ``*`` before ``**``), then by
    method; order in the file never matters.
    """

    name: str
    path: tuple[str, ...]
    methods: frozenset[str]
    to: DestinationName
    at: str
    hosts: frozenset[str] = frozenset()
    intent: Intent | None = None
    purpose: str = ""
    whose: Literal["message", "caller"] = "message"
    subject_ref: SubjectRef | None = None
    session: SessionSpec | None = None
    new_login: NewLogin | None = None
    reveal_to: tuple[RevealTo, ...] = ()
    opaque: Literal["refuse", "pass"] = "refuse"
    search: Literal["refuse", "empty"] = "refuse"
    mode: Literal["enforce", "observe"] = "enforce"
    erases: bool = False
    upgrade: Literal["refuse", "websocket"] = "refuse"
    stream: bool = False
    """Replies are sent on while they come, whatever their media type says."""
    version: PathPattern = ()
    """Where the client names the version of the person's data that it changes."""
    consent: PathPattern = ()
    """Where the request names the consent that was recorded for it."""
    protobuf: ProtobufSpec | None = None
    files: tuple[FileRule, ...] = ()
    """What happens to files in bodies; the narrowest media type speaks."""
    downloads: bool = False
    """The last step of the path is the reference of a kept file, and the gateway answers with the file itself."""
    outbound: OutboundSpec | None = None
    signature: SignatureSpec | None = None
    mail: MailSpec | None = None
    """Of mail, not of requests: no path, no methods."""
    learned: tuple[Learned, ...] = ()
    """The operator's verdicts on fields of this route alone."""


@dataclass(frozen=True, slots=True)
class DestinationFilter:
    """Which destinations a rule speaks of. ``region`` may be ``$residence``: the person's own; ``region_not``
    negates.
    """

    names: frozenset[DestinationName] = frozenset()
    roles: frozenset[Role] = frozenset()
    regions: frozenset[str] = frozenset()
    region_negated: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A rule's ``when``: all given facts must hold; an empty one does not restrict."""

    kinds: frozenset[Kind] = frozenset()
    categories: frozenset[Category] = frozenset()
    residences: frozenset[Region] = frozenset()
    residence_negated: bool = False
    paths: tuple[PathPattern, ...] = ()
    destination: DestinationFilter = DestinationFilter()
    routes: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    intents: frozenset[Intent] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of the rules; ``at`` is ``file:line:column`` of its id."""

    id: RuleId
    why: str
    when: Condition
    then: Treatment
    at: str
    overrides: frozenset[RuleId] = frozenset()
    until: date | None = None
    mode: Literal["enforce", "observe"] = "enforce"

    def in_force(self, today: date) -> bool:
        """``until`` includes that day."""
        return self.until is None or today <= self.until


@dataclass(frozen=True, slots=True)
class ClaimsSpec:
    """Where verified JWTs come from. ``jwks`` is a file path or an https URL; dotted names say where the facts
    stand.
    """

    jwks: str
    issuer: str | None = None
    audience: str | None = None
    header: str = "Authorization"
    subject: str = "sub"
    subject_kind: Kind = Kind("user_id")
    roles: str = "roles"
    country: str = "country"
    vouches: Mapping[str, Kind] = field(default_factory=dict)
    """Claims that name an identifier of that kind, believed where ``<claim>_verified`` is true beside it."""


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A whole, checked configuration."""

    digest: Digest
    files: tuple[str, ...]
    regions: Mapping[Region, RegionSpec]
    residence: ResidenceSpec
    destinations: Mapping[DestinationName, Destination]
    routes: tuple[Route, ...]
    rules: tuple[Rule, ...]
    kinds: Mapping[Kind, KindSpec]
    mode: Literal["enforce", "observe"] = "enforce"
    backend: Literal["new", "adopted"] = "adopted"
    trusted_proxies: tuple[str, ...] = ()
    claims: ClaimsSpec | None = None
    phone_block: str = "+7976"
    as_of: date | None = None
    fields: Mapping[str, Kind] = field(default_factory=dict)
    """The operator's own verdicts: field name as written → kind."""
    finders: tuple[Finder, ...] = ()
    """How the operator's own kinds are found in texts."""
    own_fields: Mapping[Kind, tuple[str, ...]] = field(default_factory=dict)
    """The field names of the operator's own kinds, told by their words: ``room_no`` and ``Room No`` are one."""

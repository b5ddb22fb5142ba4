"""Where data may live and where it goes: regions, residence, destinations, routes, callers."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from gateway.model.files import FileAction, FileFallback
from gateway.model.names import Intent, Role
from gateway.model.rules import Unread
from gateway.ruleset.schema.words import (
    Country,
    KindName,
    KindWord,
    Name,
    Network,
    OneOrMany,
    PathText,
    ReferencePath,
    RoutePath,
    Sentence,
    Text,
    Url,
    many,
    network,
    refuse,
)

Unmatched = Literal["pass", "drop"]
Mode = Literal["enforce", "observe"]
Status = Annotated[int, Field(ge=100, le=599)]
MEDIA_RANGE = r"^(\*/\*|[a-z]+/(\*|[a-z0-9][a-z0-9.+_-]*))$"
Source = Literal["field", "known_subject", "document", "claim", "phone", "geoip", "language"]


class KeepModel(Sentence):
    """How long a region keeps records: a number of days after the last use, or until an event."""

    days: Annotated[int, Field(ge=1)] | None = Field(None, description="days after collection")
    until: Literal["account ends"] | None = Field(None, description="the event that ends the keeping")

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if (self.days is None) == (self.until is None):
            refuse("GW-R203", "keep needs one answer.", 'write {days: 365} or {until: "account ends"}.')
        return self


def _keep_word(value: object) -> object:
    if isinstance(value, str):
        what = f"keep: {value}: data kept without a term break art. 5(7) of 152-FZ (RET-01)."
        refuse("GW-R403", what, 'write {days: 365} or {until: "account ends"}.')
    return value


class RegionModel(Sentence):
    """A place where data may live: its countries, its vault, its keys, its term."""

    countries: list[Country] | None = Field(None, description="countries whose people live in this region")
    law: Text | None = Field(None, description="the law that asks for it, quoted in reports")
    vault: Text | None = Field(None, description='the home store, e.g. "sqlite:var/ru.db"')
    key: Text | None = Field(None, description='the key provider, e.g. "file:var/keys/ru"')
    key_store: Text | None = Field(None, description='where wrapped keys lie, e.g. "postgresql://keys@db/ru_keys"')
    files: Text | None = Field(None, description='the object store of files, e.g. "dir:var/files" or "s3:https://…"')
    keep: Annotated[KeepModel, BeforeValidator(_keep_word)] | None = Field(None, description="how long records stay")


class EvidenceModel(Sentence):
    """One source of evidence of where a person lives. Field, claim and document evidence outranks the rest."""

    source: Source = Field(alias="from", description="where the evidence comes from")
    path: PathText | None = Field(None, description="field: where it stands")
    kinds: OneOrMany[KindWord] | None = Field(None, description="document: kinds of documents of the region")
    name: Text | None = Field(None, description="claim: its name in the verified JWT")
    values: Annotated[OneOrMany[Text] | None, Field(alias="is", description="texts that mean the region")] = None
    region: Name | None = Field(None, description="the region that the evidence points to")
    otherwise: Annotated[Name | None, Field(alias="else", description="field: what other texts mean")] = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        wanted = {"field": ("path", "is", "region"), "document": ("kinds", "region"), "claim": ("name",)}
        needs = {**wanted, "language": ("is", "region")}.get(self.source, ())
        given = {
            "path": self.path, "kinds": self.kinds, "name": self.name, "is": self.values, "region": self.region,
            "else": self.otherwise,
        }  # fmt: skip
        optional = ("else",) if self.source == "field" else ()
        for key, value in given.items():
            if key in needs and value is None:
                refuse("GW-R202", f"evidence from {self.source} needs '{key}'.", f"add {key}: …")
            if value is not None and key not in needs + optional:
                refuse("GW-R201", f"evidence from {self.source} has no '{key}'.", "remove it.")
        return self


class ResidenceModel(Sentence):
    """Who is a person in a message, and what tells where that person lives."""

    subjects: list[PathText] | None = Field(None, description="subtrees that describe one person each")
    evidence: list[EvidenceModel] | None = Field(None, description="sources of evidence; their order never matters")
    unknown: Name | None = Field(None, description="how a person of unknown residence is treated: a region")
    inferred_may_relax: bool = Field(default=False, description="inferred evidence may make an unknown person foreign")


def _where_secret(text: str) -> str:
    if not text.startswith(("env:", "file:")) or text.endswith(":"):
        refuse("GW-R205", "a secret does not stand in the rules.", "write where it is: env:NAME or file:PATH.")
    return text


SecretPlace = Annotated[str, AfterValidator(_where_secret)]


class CredentialsModel(Sentence):
    """Credentials that are exchanged: verified, what they say of people judged like any text, and closed again."""

    jwt: Literal["exchange"] | None = Field(None, description="JWTs that callers.claims verifies")
    basic: Literal["exchange"] | None = Field(None, description="user names of HTTP Basic")
    key: SecretPlace | None = Field(None, description="signs JWTs: Ed25519 or RSA in PEM, env:NAME or file:PATH")
    issuer: Text | None = Field(None, description="iss of the JWTs that go out; as it came by default")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if (self.jwt is None) != (self.key is None):
            refuse("GW-R202", "jwt: exchange and key: belong together.", "write both, or neither.")
        return self


class DestinationModel(Sentence):
    """One back end or vendor."""

    url: Url = Field(description="where requests are sent")
    region: Name = Field(description="a region of this file, or a country in small letters, e.g. us")
    country: Country | None = Field(None, description="the country it stands in, where the region does not tell")
    role: Role = Field(description="what it is to the company")
    unmatched: Unmatched | None = Field(None, description="what happens to a leaf that no rule matches")
    scope: Name | None = Field(None, description="destinations of one scope share tokens; its own name by default")
    token_domain: Text | None = Field(None, description="domain of e-mail tokens, a subdomain of the operator's")
    cookies: list[Text] = Field(default=[], description="names of its own cookies, sent back untouched")
    reveal_location_hosts: list[Text] = Field(default=[], description="hosts towards which URLs may carry originals")
    refused_on: list[Status] | None = Field(None, description="statuses by which it definitely refused a record")
    credentials: CredentialsModel | None = Field(None, description="exchanged on the way to it; else refused by rules")
    unread: Unread | None = Field(
        None, description="free text that the model had no time for: refuse (abroad), hide whole, or pass (at home)"
    )
    store: Text | None = Field(None, description="where it keeps what it gets, to compare with the vaults")
    provider: Text | None = Field(None, description="who runs it (LOC-07)")
    owner: Text | None = Field(None, description="who owns it (LOC-07)")
    address: Text | None = Field(None, description="its postal address (LOC-07)")


def _domain(text: str) -> str:
    if text != "*" and not re.fullmatch(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+", text):
        refuse("GW-R205", f"'{text}' is no domain of mail.", "write it like shop.example, or * for any.")
    return text.lower()


MailDomain = Annotated[str, AfterValidator(_domain)]


class MatchModel(Sentence):
    """Which requests a route speaks of. The most specific route wins, never the first."""

    path: RoutePath | None = Field(None, description="literal steps, {name}, * and a final **")
    mail: OneOrMany[MailDomain] | None = Field(
        None, description="in place of a path: mail whose sender (MAIL FROM) is of this domain; * for any"
    )
    method: OneOrMany[Annotated[str, Field(pattern=r"^[A-Z]+$")]] | None = Field(None, description="any by default")
    host: OneOrMany[Text] | None = Field(None, description="any by default")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.path is None) == (self.mail is None):
            refuse("GW-R202", "a route matches requests by their path, or mail by its sender.", "write path: or mail:.")
        if self.mail is not None and (self.method is not None or self.host is not None):
            refuse("GW-R201", "mail has no method and no host.", "remove them.")
        return self


class StartsOnModel(Sentence):
    """How a login that worked is told from one that did not, by the back end's reply."""

    status: OneOrMany[Status] = Field(description="status of the reply")
    location: Text | None = Field(None, description='where it redirects to, e.g. "/account*"')


class SessionModel(Sentence):
    """A login route: whose session it becomes when the reply says that the login worked."""

    cookie: Text = Field(description="name of the session cookie in the reply")
    starts_on: StartsOnModel
    subject: PathText = Field(description="the leaf of the request that names the person")
    ttl_days: Annotated[int, Field(ge=1)] = Field(default=30, description="how long the session is remembered")


class NewLoginModel(Sentence):
    """A route on which people change what they log in with, and how a change that worked is told."""

    subject: PathText = Field(description="the leaf of the request that names the person from now on")
    starts_on: StartsOnModel

    @model_validator(mode="after")
    def _is_certain(self) -> Self:
        if self.starts_on.location is None and any(300 <= status < 400 for status in many(self.starts_on.status)):
            what = "a redirect alone does not say that the login was changed: who is logged out is redirected too."
            refuse("GW-R203", what, 'add location: "/profile*" or wherever a change that worked leads.')
        return self


class SubjectRefModel(Sentence):
    """The back end's own id of a person: read from the request, learnt from the create reply."""

    name: Name | None = Field(None, description="ids of one name are the same ids; the destination's name by default")
    read: PathText | None = Field(None, description="where the request holds it, e.g. path.id")
    learn: ReferencePath | None = Field(None, description="where the create reply holds it, e.g. reply.id")


def _ref_form(value: object) -> str:
    return "<map>" if isinstance(value, dict) else "<one>"


SubjectRefWord = Annotated[
    Annotated[ReferencePath, Tag("<one>")] | Annotated[SubjectRefModel, Tag("<map>")], Discriminator(_ref_form)
]


def _reveal_to(text: str) -> str:
    what, _, name = text.partition(":")
    if not ((what == "subject" and not name) or (what in ("role", "certificate", "address") and name)):
        forms = "subject, role:NAME, certificate:NAME or address:RANGE"
        refuse("GW-R205", f"'{text}' is nobody who could see originals.", f"use {forms}.")
    return f"address:{network(name)}" if what == "address" else text


class ProtobufModel(Sentence):
    """What the Protocol Buffers bodies of a route are."""

    descriptor: Text = Field(description="a file beside this one: protoc --include_imports --descriptor_set_out")
    request: Text | None = Field(None, description="full name of the message; of gRPC the path tells it")
    reply: Text | None = None


class FileModel(Sentence):
    """What happens to files of some media types. The narrowest type speaks, never the first."""

    type: OneOrMany[Annotated[str, Field(pattern=MEDIA_RANGE)]] = Field(description='"image/png", "image/*" or "*/*"')
    do: FileAction = Field(description="look into it, keep it in the country, pass or refuse it")
    otherwise: Annotated[
        FileFallback | None, Field(alias="else", description="inspect: of a file that can't be read or rewritten")
    ] = None
    max_bytes: Annotated[int, Field(ge=1)] | None = Field(None, description="larger files are refused")

    @model_validator(mode="after")
    def _falls_back(self) -> Self:
        if self.otherwise is not None and self.do != "inspect":
            refuse("GW-R201", f"files that are to {self.do} have no 'else'.", "remove it, or write do: inspect.")
        return self


_AT, _MADE = r"[\w\-]+=\{timestamp\}", r"[\w\-]+=\{signature\}"
_SIGNATURE_FORM = re.compile(rf"{_AT}[,;] ?{_MADE}|{_MADE}(?:[,;] ?{_AT})?", re.ASCII)


class SignatureModel(Sentence):
    """An HMAC that the sender puts on a request, checked on the way in and made anew on the way out."""

    header: Text = Field(description="the header that holds it, e.g. X-Hub-Signature-256")
    incoming: OneOrMany[SecretPlace] = Field(description="the sender's secrets: env:NAME or file:PATH")
    outgoing: SecretPlace | None = Field(None, description="signs what goes out; else the first of incoming")
    algorithm: Literal["sha1", "sha256", "sha384", "sha512", "aws4"] = Field(
        default="sha256", description="aws4: AWS Signature Version 4, which says for itself what is signed"
    )
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = Field(default="", description='what stands before it, e.g. "sha256="')
    signs: Text = Field(default="{body}", description='what is signed, e.g. "{timestamp}.{body}", {method}, {target}')
    timestamp: Text | None = Field(None, description="the header with the Unix time of signing")
    form: Text | None = Field(None, description='of a header of several values, e.g. "t={timestamp},v1={signature}"')
    tolerance_s: Annotated[int, Field(ge=1, le=86400)] = Field(default=300, description="how old a timestamp may be")

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        more = self.model_fields_set & {"signs", "timestamp", "form", "prefix", "encoding"}
        if self.algorithm == "aws4" and (more or self.header.lower() != "authorization"):
            what = "AWS Signature Version 4 stands in Authorization and says for itself what is signed."
            refuse("GW-R205", what, "write {header: Authorization, algorithm: aws4, incoming: …} and no more.")
        if "{body}" not in self.signs:
            refuse("GW-R205", "a signature that leaves the body out proves nothing of it.", 'write signs: "{body}".')
        if self.form is not None and (self.prefix or not _SIGNATURE_FORM.fullmatch(self.form)):
            what = (
                "form says how a header of several values is written: names, values, one comma or semicolon; no prefix."
            )
            refuse("GW-R205", what, 'write form: "t={timestamp},v1={signature}".')
        told = self.timestamp is not None, "{timestamp}" in (self.form or "")
        if ("{timestamp}" in self.signs) != any(told) or all(told):
            what = "a timestamp is signed, and stands in one header: one of the two is missing, or it stands twice."
            mend = (
                'write signs: "{timestamp}.{body}", and timestamp: X-Timestamp or form: "t={timestamp},v1={signature}".'
            )
            refuse("GW-R203", what, mend)
        return self


class MailModel(Sentence):
    """What mail has beside other outbound requests."""

    about: Literal["recipient", "anyone"] = Field(
        default="recipient", description="who may be told of in a mail: whoever gets it, or anyone"
    )
    recipients: list[MailDomain] = Field(
        default=[], description="domains of plain addresses that it may go to, * for any; else to tokens only"
    )
    signed: Literal["refuse", "strip"] = Field(
        default="refuse", description="a mail signed by DKIM that has to change: refused, or sent without the signature"
    )


def _caller(text: str) -> str:
    if text.startswith("login:") and text != "login:":
        return text
    if text == "subject":
        refuse("GW-R205", "no person calls on an outbound route.", "use role:NAME, certificate:NAME or address:RANGE.")
    return _reveal_to(text)


class RouteModel(Sentence):
    """Requests that match go to one destination."""

    match: MatchModel
    to: Name = Field(description="a destination")
    source: Name | None = Field(
        None, alias="from", description="outbound: the destination whose tokens are revealed in the request"
    )
    callers: list[Annotated[str, AfterValidator(_caller)]] = Field(
        default=[],
        description="outbound: who may ask for it: role:NAME, certificate:NAME, address:RANGE; of mail also login:NAME",
    )
    unresolved: Literal["refuse", "links", "pass"] = Field(
        default="refuse", description="outbound: a token that stays one: never, in links that lead elsewhere, anywhere"
    )
    name: Text | None = Field(None, description='e.g. "POST /api/users", the default')
    intent: Intent | None = Field(None, description="GET and HEAD look up, everything else collects unless declared")
    purpose: Text | None = Field(None, description="what the data is for, in a word or two")
    whose: Literal["message", "caller"] = Field(default="message", description="whose data the body holds")
    subject_ref: SubjectRefWord | None = Field(None, description="the back end's id of the person")
    session: SessionModel | None = None
    new_login: NewLoginModel | None = Field(None, description="people change here what they log in with")
    reveal_to: list[Annotated[str, AfterValidator(_reveal_to)]] = Field(
        default=[], description="who sees originals in replies: subject, role:NAME, certificate:NAME, address:RANGE"
    )
    opaque: Literal["refuse", "pass"] = Field(default="refuse", description="a body that cannot be inspected")
    search: Literal["refuse", "empty"] = Field(default="refuse", description="a look-up by a kind without index")
    mode: Mode = Field(default="enforce", description="observe: decide and record, do not act")
    erases: bool = Field(default=False, description="DELETE here is an erasure, not only the end of the record")
    upgrade: Literal["refuse", "websocket"] = Field(
        default="refuse", description="websocket: its messages are judged one by one, as requests of this route"
    )
    stream: bool = Field(default=False, description="replies are sent on while they come, whatever they are called")
    version: PathText | None = Field(None, description="where the client names the version it changes (LOC-03)")
    consent: PathText | None = Field(None, description="where the request names the recorded consent (CON-01)")
    protobuf: ProtobufModel | None = None
    files: list[FileModel] = Field(default=[], description="what happens to files in bodies, by media type")
    downloads: bool = Field(
        default=False, description="the gateway answers with the kept file that the last step names"
    )
    signature: SignatureModel | None = Field(None, description="the sender's HMAC: checked, and made anew")
    mail: MailModel | None = Field(None, description="of a route of mail: what mail has beside other requests")

    @model_validator(mode="after")
    def _names_a_file(self) -> Self:
        if self.downloads and not ((self.match.path or "").endswith("}") and many(self.match.method) == ["GET"]):
            what = "a route of downloads has the file's reference as the last step of its path, and is for GET alone."
            refuse("GW-R205", what, "write match: {path: /files/{reference}, method: GET}.")
        return self


class ClaimsModel(Sentence):
    """Where verified JWTs come from, and where the facts stand in them."""

    jwks: Text = Field(description="a file beside this one, or an https address")
    issuer: Text | None = None
    audience: Text | None = None
    header: Text = "Authorization"
    subject: Text = "sub"
    subject_kind: KindName = "user_id"
    roles: Text = "roles"
    country: Text = "country"
    vouches: dict[Text, KindName] = Field(
        default={},
        description="claim: kind of the identifier that it names; believed where <claim>_verified is true. Whom the "
        "subject names and who has logged in by that identifier become one person",
    )


class CallersModel(Sentence):
    """How callers are known."""

    trusted_proxies: list[Network] = Field(default=[], description="whose X-Forwarded-For counts")
    claims: ClaimsModel | None = None

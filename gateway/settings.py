"""Process settings: addresses, paths, limits. What happens to data stands in the rules, never here.

From a TOML file, then the environment (``PII_GATEWAY_LISTEN__PORT=8080``), then the command line; the later wins. TOML,
because it has types and none of YAML's traps. Every setting is described in ``docs/reference/settings.md``.
"""

from __future__ import annotations

import difflib
import ipaddress
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from gateway.model.errors import RulesError
from gateway.model.limits import ClientPatience, KeyPace, Limits, Patience
from gateway.model.mail import MailPatience

PREFIX = "PII_GATEWAY_"
_SEPARATOR = "__"
_MOST_WORKERS = 256

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Port = Annotated[int, Field(ge=0, le=65_535)]


def _split(value: object) -> object:
    """``a,b`` of the environment is a list."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _processes(value: object) -> object:
    """One plain complaint, where a union would make two."""
    if value == "auto" or (str(value).isdecimal() and 1 <= int(str(value)) <= _MOST_WORKERS):
        return value
    raise ValueError(f"write a number from 1 to {_MOST_WORKERS}, or auto")


Paths = Annotated[tuple[Path, ...], BeforeValidator(_split)]
Workers = Annotated[int | Literal["auto"], BeforeValidator(_processes)]


class Section(BaseModel):
    """What every section has in common: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listen(Section):
    """Where clients come in, and how long they may take."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: Port = Field(8080, description="0 takes any free port")
    backlog: Annotated[int, Field(ge=1, le=65_535)] = Field(1024, description="connections the kernel holds for us")
    tls_cert: Path | None = Field(None, description="PEM file of the certificate and its chain; TLS 1.2 or newer")
    tls_key: Path | None = Field(None, description="PEM file of its key")
    client_ca: Path | None = Field(None, description="PEM file of authorities whose client certificates are believed")
    client_certificate: Literal["optional", "required"] = Field(
        "optional", description="required: nobody comes in without one; needs client_ca"
    )
    head_s: Seconds = Field(20, description="time for a request's head")
    body_s: Seconds = Field(60, description="time for a request's whole body")
    write_s: Seconds = Field(60, description="longest time a client may not read its reply")
    keep_s: Seconds = Field(75, description="time an idle connection is kept")

    @model_validator(mode="after")
    def _both_or_none(self) -> Listen:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key come together")
        if self.client_ca is not None and self.tls_cert is None:
            raise ValueError("client_ca needs tls_cert and tls_key: certificates are shown to whoever ends TLS")
        if self.client_certificate == "required" and self.client_ca is None:
            raise ValueError("client_certificate: required needs client_ca")
        return self

    def patience(self) -> ClientPatience:
        return ClientPatience(self.head_s, self.body_s, self.write_s, self.keep_s)


class AdminListen(Section):
    """Where operators ask: /live, /ready, /metrics, /rules. No password: keep it on loopback or guard it."""

    host: str = Field("127.0.0.1", description="address of the admin listener")
    port: Port = Field(9901, description="0 takes any free port")
    beyond_loopback: bool = Field(default=False, description="allow another address; something else must guard it")

    @model_validator(mode="after")
    def _stays_at_home(self) -> AdminListen:
        if not self.beyond_loopback and not _is_loopback(self.host):
            raise ValueError("the admin listener has no password: listen on loopback, or set beyond_loopback")
        return self


class MailAccount(Section):
    """By what the gateway logs in at a mail server, under TLS only."""

    name: Annotated[str, Field(min_length=1)] = Field(description="of the account")
    password: Annotated[str, Field(pattern=r"^(env|file):.+$")] = Field(description="its place: env:NAME or file:PATH")


class MailSettings(Section):
    """Where back ends hand in mail for people of the region, by SMTP; nobody can without a port."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: Port | None = Field(None, description="none: no mail is taken there; 0 takes any free port")
    tls_port: Port | None = Field(
        None, description="a port that begins with TLS (465), beside or in place of `port`; needs tls_cert"
    )
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,200}[A-Za-z0-9])?$")] = Field(
        "pii-gateway", description="what it calls itself in greetings and in the trace header"
    )
    tls_cert: Path | None = Field(None, description="PEM file of the certificate that is shown")
    tls_key: Path | None = Field(None, description="PEM file of its key")
    client_ca: Path | None = Field(None, description="PEM file of authorities whose client certificates are believed")
    starttls: Literal["required", "offered"] = Field(
        "required", description="offered: mail is also taken without TLS; means something only with tls_cert"
    )
    logins: dict[str, Annotated[str, Field(pattern=r"^(env|file):.+$")]] = Field(
        {}, description="who may log in (AUTH PLAIN, under TLS only), and where the password is: env:NAME or file:PATH"
    )
    accounts: dict[str, MailAccount] = Field(
        {}, description="by destination: name and password by which the gateway logs in at that mail server"
    )
    max_message_bytes: Annotated[int, Field(ge=1024, le=2**30)] = Field(
        25 * 2**20, description="the largest message; each is held in memory"
    )
    max_connections: Annotated[int, Field(ge=1)] = Field(100, description="clients at once; others are sent away (421)")
    command_s: Seconds = Field(60, description="longest silence between commands")
    message_s: Seconds = Field(300, description="time for a whole message")

    @model_validator(mode="after")
    def _both_or_none(self) -> MailSettings:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key come together")
        if (self.client_ca is not None or self.logins) and self.tls_cert is None:
            raise ValueError("client_ca and logins need tls_cert and tls_key: they are believed under TLS only")
        if self.tls_port is not None and self.tls_cert is None:
            raise ValueError("tls_port needs tls_cert and tls_key")
        return self

    def places(self) -> dict[str, tuple[str, str]]:
        """By destination the account's name, and where its password is."""
        return {destination: (one.name, one.password) for destination, one in self.accounts.items()}

    def patience(self) -> MailPatience:
        return MailPatience(self.command_s, self.message_s)


class UpstreamSettings(Section):
    """How long destinations may take."""

    client: Literal["http11", "session"] = Field("http11", description="own client, or aiohttp's ClientSession")
    connect_s: Seconds = Field(5, description="time to connect, or to wait for a free connection")
    first_byte_s: Seconds = Field(30, description="time from the request to the first byte of the answer")
    idle_s: Seconds = Field(30, description="longest silence within an answer, or while a request is written")
    total_s: Seconds = Field(300, description="time for a whole exchange")
    keep_s: Seconds = Field(4, description="time an idle connection is kept; below what common servers keep")
    max_connections: Annotated[int, Field(ge=1)] = Field(256, description="connections a destination gets")
    stream_idle_s: Seconds = Field(900, description="longest silence of an event stream or a WebSocket")
    ca_file: Path | None = Field(None, description="PEM file of authorities to trust instead of the system's")

    def patience(self) -> Patience:
        return Patience(**{field.name: getattr(self, field.name) for field in fields(Patience)})


class LimitSettings(Section):
    """How much of a message is looked at; over a limit is refused, never passed blindly."""

    max_body_bytes: Annotated[int, Field(ge=1)] = Field(
        8 * 2**20, description="a request's body, a reply to restore in"
    )
    max_header_bytes: Annotated[int, Field(ge=256)] = Field(64 * 2**10, description="request line and headers together")
    # Every leaf holds its whole path, so a deep message costs memory by the square of its depth.
    max_depth: Annotated[int, Field(ge=1, le=256)] = Field(64, description="nesting of JSON, at most 256")
    max_leaves: Annotated[int, Field(ge=1)] = Field(50_000, description="scalars of one message")
    max_ratio: Annotated[int, Field(ge=2)] = Field(100, description="decompressed over compressed size")
    max_file_bytes: Annotated[int, Field(ge=1)] = Field(
        4 * 2**30, description="an upload whose files the rules keep or pass, streamed with bounded memory"
    )

    def limits(self) -> Limits:
        return Limits(**{field.name: getattr(self, field.name) for field in fields(Limits)})


class GeoIp(Section):
    """Where addresses are looked up. Sources that disagree say nothing."""

    files: Paths = Field((), description="mmdb files: MaxMind, DB-IP, ip-location")
    embedded: bool = Field(default=True, description="also ask the registries' data that comes with the gateway")


class LogSettings(Section):
    """Lines on the error stream."""

    form: Literal["auto", "json", "console"] = Field("auto", description="auto: columns on a terminal, else JSON")


class ModelSettings(Section):
    """A model that reads names in free text, in processes beside the gateway's; what happens when it has no time stands
    in the rules (``unread``).
    """

    use: Annotated[str, Field(pattern=r"^(none|builtin|slovnet|onnx|[A-Za-z_][\w.]*:[A-Za-z_]\w*)$")] = Field(
        "none", description="none, builtin, slovnet, onnx, or a plug-in of your own as module:function"
    )
    path: Path | None = Field(None, description="folder with the model's files; nothing is fetched")
    processes: Annotated[int, Field(ge=1, le=64)] = Field(1, description="processes of the model, a gateway process")
    budget_s: Seconds = Field(0.5, description="time for the free text of one request, waiting included")
    patience_s: Seconds = Field(10, description="longest time for one batch, before a process is started again")
    start_s: Seconds = Field(60, description="time to load the model")
    batch_chars: Annotated[int, Field(ge=1)] = Field(20_000, description="characters that are read together")
    waiting_chars: Annotated[int, Field(ge=1)] = Field(200_000, description="characters that may wait; more is unread")

    @model_validator(mode="after")
    def _has_files(self) -> ModelSettings:
        if self.use in {"slovnet", "onnx"} and self.path is None:
            raise ValueError(f"use = {self.use} needs path, the folder with the model's files")
        return self


class KeySettings(Section):
    """How fast keys turn, and how long they are trusted. Where they are kept stands in the rules."""

    epoch_hours: Annotated[float, Field(ge=1, le=360)] = Field(24, description="a new epoch key so often")
    erase_grace_days: Annotated[float, Field(ge=1, le=30)] = Field(
        14, description="age at which epoch keys are destroyed; older copies can't be opened for erased people"
    )
    turn_root: bool = Field(default=True, description="each epoch has a root key of its own, where it can be made")
    root_s: Seconds = Field(5, description="time for one call to the root's keeper")
    hold_s: Seconds = Field(3600, description="how long keys are used that the root could not confirm")

    @model_validator(mode="after")
    def _turns_in_time(self) -> KeySettings:
        if self.erase_grace_days * 24 < 2 * (self.epoch_hours + self.hold_s / 3600):
            raise ValueError("erase_grace_days is less than two epochs and two hold_s: data keys can't follow in time")
        return self

    def pace(self) -> KeyPace:
        return KeyPace(**{field.name: getattr(self, field.name) for field in fields(KeyPace)})


class Settings(Section):
    """Everything about this process."""

    rules: Paths = Field((), description="rules files or folders, read as one")
    state_dir: Path = Field(Path(), description="where relative paths of vaults, keys and anchors in the rules begin")
    observed_dir: Path | None = Field(
        None, description="folder where routes that observe leave counts for discover; no values"
    )
    workers: Workers = Field(1, description="processes on the one port; auto: one a core that may be used")
    shutdown_grace_s: Seconds = Field(30, description="time that requests under way get to finish")
    problem_details: Literal["caller", "all"] = Field(
        "caller", description="all: callers also see the operator's side of 5xx problems"
    )
    listen: Listen = Field(default_factory=Listen)
    admin: AdminListen = Field(default_factory=AdminListen)
    mail: MailSettings = Field(default_factory=MailSettings)
    upstream: UpstreamSettings = Field(default_factory=UpstreamSettings)
    limits: LimitSettings = Field(default_factory=LimitSettings)
    geoip: GeoIp = Field(default_factory=GeoIp)
    keys: KeySettings = Field(default_factory=KeySettings)
    log: LogSettings = Field(default_factory=LogSettings)
    model: ModelSettings = Field(default_factory=ModelSettings)

    @field_validator("state_dir")
    @classmethod
    def _whole(cls, value: Path) -> Path:
        return value.expanduser()


def load(
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings; RulesError GW-S010 with every problem at once. ``overrides`` are dotted: ``{"listen.port": 0}``."""
    tree: dict[str, Any] = _read(file) if file else {}
    for name, value in _from_environment(environment or {}):
        _put(tree, name, value)
    for dotted, given in (overrides or {}).items():
        _put(tree, dotted.split("."), given)
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        raise _told(error, file) from None


def every_setting(model: type[BaseModel] = Settings, before: str = "") -> Iterator[tuple[str, object, str]]:
    """Dotted name, default and description of every setting, sections spelled out."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield from every_setting(field.annotation, f"{before}{name}.")
        else:
            yield before + name, field.get_default(call_default_factory=True), field.description or ""


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise RulesError(
            "GW-S010", f"settings file {str(file)!r} can't be read.", "check its path and rights"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        where = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "it is not UTF-8"
        raise RulesError("GW-S010", f"settings file {str(file)!r} is not TOML: {where}.", "write key = value") from None


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[list[str], str]]:
    """``PII_GATEWAY_LISTEN__PORT`` → listen.port.

    Names without ``__`` count only if they are settings: orchestrators put names of their own beside ours
    (``PII_GATEWAY_SERVICE_HOST``). A name with ``__`` is meant for us, so a misspelt one is an error.
    """
    for key, value in environment.items():
        if key.startswith(PREFIX):
            steps = key.removeprefix(PREFIX).lower().split(_SEPARATOR)
            if len(steps) > 1 or steps[0] in Settings.model_fields:
                yield steps, value


def _put(tree: dict[str, Any], steps: list[str], value: object) -> None:
    for step in steps[:-1]:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            return  # the file has something else there, which validation tells of
        tree = below
    tree[steps[-1]] = value


def _told(error: ValidationError, file: Path | None) -> RulesError:
    problems = "; ".join(f"{'.'.join(map(str, one['loc']))}: {_what(one['msg'], one['loc'])}" for one in error.errors())
    where = f"settings ({file})" if file else "settings"
    return RulesError("GW-S010", f"{where}: {problems}.", "see docs/reference/settings.md")


def _what(message: str, place: tuple[int | str, ...]) -> str:
    if message != "Extra inputs are not permitted":
        return message.removeprefix("Value error, ")
    known = [name for name, _, _ in every_setting()]
    near = difflib.get_close_matches(".".join(map(str, place)), known, n=1, cutoff=0.5)
    return "there is no such setting" + (f", did you mean {near[0]}?" if near else "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""PostgreSQL's errors told as ours: what failed, where, the mend; never the driver's text, which may hold rows."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from enum import Enum, auto
from typing import Literal

import asyncpg

from gateway.model.errors import WorldError

Store = Literal["vault", "data key store"]


class Trouble(Enum):
    """The ways a server can fail us, by what an operator has to do."""

    AWAY = auto()
    LOST = auto()
    BUSY = auto()
    REFUSED = auto()
    LAYOUT = auto()
    VOLATILE = auto()
    FULL = auto()
    READ_ONLY = auto()
    CORRUPT = auto()
    SLOW = auto()
    UNSURE = auto()
    UNPROVEN = auto()
    CLOSED = auto()
    FOREIGN = auto()
    RESTORED = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Told:
    code: str
    what: str
    mend: str


_TOLD = {
    Trouble.FULL: _Told("GW-V104", "can't be written", "make room on its disk"),
    Trouble.READ_ONLY: _Told("GW-V105", "is read-only", "name the primary, or promote the standby"),
    Trouble.CORRUPT: _Told("GW-V106", "is damaged", "stop the gateway and restore the database from a backup"),
    Trouble.SLOW: _Told("GW-V107", "did not answer in time", "look for a slow disk, a slow network or a held lock"),
    Trouble.CLOSED: _Told("GW-V109", "is closed", "the gateway is stopping; send the request again"),
    Trouble.FOREIGN: _Told("GW-V110", "is not what is wanted there", "check the address in the rules"),
    Trouble.OTHER: _Told("GW-V111", "failed", "look the SQLSTATE up in PostgreSQL's list of error codes"),
    Trouble.RESTORED: _Told(
        "GW-V144",
        "was restored from a backup and is kept closed",
        "pii-gateway vault restore --accept-gap, once somebody answers for what is missing",
    ),
    Trouble.LAYOUT: _Told("GW-V114", "has another layout than this gateway knows", "pii-gateway vault migrate"),
    Trouble.AWAY: _Told("GW-V115", "can't be reached", "start the server or check the address; no restart is needed"),
    Trouble.LOST: _Told("GW-V116", "broke off the connection", "send the request again; no restart is needed"),
    Trouble.BUSY: _Told("GW-V117", "is too busy", "send the request again; raise max_connections if it stays so"),
    Trouble.REFUSED: _Told(
        "GW-V118", "refuses us", "check user, password, certificate; pii-gateway vault migrate grants rights"
    ),
    Trouble.VOLATILE: _Told("GW-V119", "forgets what it acknowledged", "set synchronous_commit and fsync to on"),
    Trouble.UNSURE: _Told(
        "GW-V122", "gave up waiting for its standby", "send the request again; bring the synchronous standby back"
    ),
    Trouble.UNPROVEN: _Told(
        "GW-V123", "can't prove who it is", "check sslrootcert, the name in the server's certificate and its end"
    ),
}

_BY_STATE = {
    "08": Trouble.LOST,
    "22": Trouble.OTHER,
    "25006": Trouble.READ_ONLY,
    "25P03": Trouble.SLOW,
    "28": Trouble.REFUSED,
    "3D": Trouble.LAYOUT,
    "3F": Trouble.LAYOUT,
    "40": Trouble.BUSY,
    "42501": Trouble.REFUSED,
    "42703": Trouble.LAYOUT,
    "42P01": Trouble.LAYOUT,
    "53100": Trouble.FULL,
    "53200": Trouble.BUSY,
    "53300": Trouble.BUSY,
    "55P03": Trouble.BUSY,
    "57014": Trouble.SLOW,
    "57P": Trouble.LOST,
    "58030": Trouble.FULL,
    "XX001": Trouble.CORRUPT,
    "XX002": Trouble.CORRUPT,
}
"""By SQLSTATE or the longest beginning of it that stands here. Source: PostgreSQL, appendix A."""

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, EOFError)
"""What asyncpg raises, connections and TLS included."""


def trouble_of(error: BaseException) -> Trouble:
    """What an operator has to do about it."""
    if isinstance(error, TimeoutError):
        return Trouble.SLOW
    if isinstance(error, asyncpg.TargetServerAttributeNotMatched):
        return Trouble.READ_ONLY
    if isinstance(error, ssl.SSLCertVerificationError):
        return Trouble.UNPROVEN
    state = getattr(error, "sqlstate", None)
    if not isinstance(state, str):
        return Trouble.OTHER if isinstance(error, asyncpg.DataError | ValueError) else Trouble.LOST
    known = (state[:size] for size in range(5, 1, -1))
    return next((_BY_STATE[part] for part in known if part in _BY_STATE), Trouble.OTHER)


def spoilt(error: BaseException) -> bool:
    """True if one entry's values are at fault, not the store."""
    return isinstance(error, asyncpg.DataError) or str(getattr(error, "sqlstate", "")).startswith("22")


def world_error(trouble: Trouble, store: Store, place: str, detail: str = "") -> WorldError:
    """The error under the vault's own codes, or under the one code of the data key store."""
    told = _TOLD[trouble]
    code, loss = (
        (told.code, "nothing is recorded or forwarded") if store == "vault" else ("GW-K201", "no data key is at hand")
    )
    return WorldError(code, f"{store} {place} {told.what}{f' ({detail})' if detail else ''}: {loss}.", f"{told.mend}.")


def translated(error: BaseException, store: Store, place: str, trouble: Trouble | None = None) -> WorldError:
    """An error of the driver as one of ours: its class and SQLSTATE, not its text. Raise it ``from None``.

    The driver's text quotes rows; a cause would be printed with every traceback.
    """
    state = getattr(error, "sqlstate", None)
    detail = f"{type(error).__name__} {state}" if state else type(error).__name__
    return world_error(trouble or trouble_of(error), store, place, detail)

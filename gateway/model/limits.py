"""How much of a message the core is willing to look at; over a limit is a PayloadError, never a blind pass."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``max_ratio``: decoded over encoded size of a content coding, judged above 1 MiB of output."""

    max_body_bytes: int = 8 * 2**20
    max_header_bytes: int = 64 * 2**10
    max_depth: int = 64
    max_leaves: int = 50_000
    max_ratio: int = 100
    max_file_bytes: int = 4 * 2**30


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an upstream may take, in seconds, and how many connections a destination gets.

    ``idle_s`` is the longest silence inside a body or while a request is being written, ``stream_idle_s`` that of an
    event stream or a WebSocket, which need not end within ``total_s``; ``keep_s`` how long an unused
    connection is kept, below what common servers allow.
    """

    connect_s: float = 5.0
    first_byte_s: float = 30.0
    idle_s: float = 30.0
    total_s: float = 300.0
    keep_s: float = 4.0
    max_connections: int = 256
    stream_idle_s: float = 900.0


@dataclass(frozen=True, slots=True)
class ClientPatience:
    """How long a client may take, in seconds: a request's head, its whole body, reading a reply, between requests."""

    head_s: float = 20.0
    body_s: float = 60.0
    write_s: float = 60.0
    keep_s: float = 75.0


@dataclass(frozen=True, slots=True)
class KeyPace:
    """How fast keys turn and how long they are trusted; the whole story stands in ``docs/how-to/keys.md``.

    A new epoch key every ``epoch_hours``; destroyed once it is ``erase_grace_days`` old. ``turn_root``: each epoch has
    a root key of its own, where the root can make one. A call to the root may take ``root_s``; a key set that the root
    has not confirmed for ``hold_s`` is used no more.
    """

    epoch_hours: float = 24.0
    erase_grace_days: float = 14.0
    turn_root: bool = True
    root_s: float = 5.0
    hold_s: float = 3600.0

"""Files sealed piece by piece, so that one of any size is sealed and opened with bounded memory.

An object is a mark of its version and chunks of AES-256-GCM under a key that this one file has. A chunk's nonce is its
number and whether it is the last, and the object's name is bound to each, so that chunks can't be swapped, left out or
put into another object. The key lies in the ticket, which is a value of the person's sealed record: whoever destroys
that person's data key has destroyed the file. Source: NIST SP 800-38D; the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár (2015).
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.model.errors import WorldError
from gateway.model.names import Region
from gateway.model.secret import Secret

_MARK = b"PGF1"
_CHUNK = 2**20
_TAG = 16
_TICKET = "file1"


@dataclass(frozen=True, slots=True, repr=False)
class Ticket:
    """All that is needed to fetch a kept file."""

    region: Region
    name: str
    key: Secret
    size: int
    media_type: str

    def __repr__(self) -> str:
        return f"Ticket({self.region}, {self.name}, {self.size} bytes)"


def write_ticket(ticket: Ticket) -> str:
    """The ticket as the text that a record keeps."""
    key = urlsafe_b64encode(ticket.key.expose()).decode()
    return f"{_TICKET} {ticket.region} {ticket.name} {key} {ticket.size} {ticket.media_type}"


def read_ticket(text: str) -> Ticket | None:
    """The ticket that a text is; None if it is none."""
    fields = text.split(" ")
    if len(fields) != 6 or fields[0] != _TICKET:
        return None
    _, region, name, key, size, media_type = fields
    return Ticket(Region(region), name, Secret(urlsafe_b64decode(key)), int(size), media_type)


class Sealer:
    """One file being sealed: ``feed`` it all its pieces, of any size, then ``finish``."""

    def __init__(self, key: Secret, name: str) -> None:
        self._cipher = AESGCM(key.expose())
        self._name = name.encode()
        self._waiting = bytearray()
        self._number = -1

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The object's bytes as far as they are certain."""
        if self._number < 0:
            yield _MARK
            self._number = 0
        self._waiting += piece
        while len(self._waiting) > _CHUNK:
            yield self._cipher.encrypt(_nonce(self._number, last=False), bytes(self._waiting[:_CHUNK]), self._name)
            del self._waiting[:_CHUNK]
            self._number += 1

    def finish(self) -> Iterator[bytes]:
        yield from self.feed(b"")
        yield self._cipher.encrypt(_nonce(self._number, last=True), bytes(self._waiting), self._name)


class Opener:
    """One object being opened. Raises WorldError (GW-F103) where its bytes are not what was sealed.

    A piece is true when it is handed out; that it was the last one is only known when ``finish`` has said so.
    """

    def __init__(self, key: Secret, name: str) -> None:
        self._cipher = AESGCM(key.expose())
        self._name = name
        self._waiting = bytearray()
        self._number = -1

    def feed(self, piece: bytes) -> Iterator[bytes]:
        self._waiting += piece
        if self._number < 0 and len(self._waiting) >= len(_MARK):
            if self._waiting[: len(_MARK)] != _MARK:
                raise _broken(self._name)
            del self._waiting[: len(_MARK)]
            self._number = 0
        while self._number >= 0 and len(self._waiting) > _CHUNK + _TAG:
            yield self._opened(bytes(self._waiting[: _CHUNK + _TAG]), last=False)
            del self._waiting[: _CHUNK + _TAG]
            self._number += 1

    def finish(self) -> Iterator[bytes]:
        if self._number < 0:
            raise _broken(self._name)
        yield self._opened(bytes(self._waiting), last=True)

    def _opened(self, chunk: bytes, *, last: bool) -> bytes:
        try:
            return self._cipher.decrypt(_nonce(self._number, last=last), chunk, self._name.encode())
        except InvalidTag:
            raise _broken(self._name) from None


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _broken(name: str) -> WorldError:
    return WorldError(
        "GW-F103",
        f"object {name} does not open under its key: it was altered, moved or cut short, so it is not handed out.",
        "compare the object store with its last copy; keep this one as evidence.",
    )

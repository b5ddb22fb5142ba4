"""A back end hands in mail for people of the region: it goes on with originals in it, while the sender waits.

    MAIL ─ route ─ admitted?         RCPT ─ resolve ─ ledger ─▶ server of the region
    DATA ─ read ─ resolve ─ objection ─ ledger ─▶ server ─ its answer ─▶ sender

Nothing is queued, so nothing personal is stored: what the server of the region has not accepted was not accepted here.
Each recipient gets the server's own answer. The ledger knows of every disclosure before it is made.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

import idna

from gateway.core.asked import admitted_by
from gateway.core.mail import Letter, letter_with, read_letter
from gateway.core.mail.letter import changes_sealed
from gateway.core.mail.spelling import address as spelled_address
from gateway.core.mail.spelling import is_address
from gateway.core.mailing import (
    ABOUT_OTHERS,
    INTERNATIONAL,
    LOOP,
    MALFORMED,
    MOST_HOPS,
    NO_ROUTE,
    NOBODY,
    SIGNED,
    TOO_LARGE,
    Recipient,
    envelope,
    is_all_of,
    keeps_mailed,
    mail_route,
    objection_to_plain,
    read_mailed,
    tells_others,
)
from gateway.core.outbound import NOT_ALLOWED, UNRESOLVED, Outgoing, objection
from gateway.core.reveal import reveal
from gateway.core.route import Matched
from gateway.model.decision import Refusal
from gateway.model.document import WHOLE, Document
from gateway.model.ledger import Entry
from gateway.model.mail import MailLine, MailUpstream, Said
from gateway.model.names import SubjectId
from gateway.model.residency import Caller
from gateway.model.rules import MailSpec, OutboundSpec, RevealTo, Ruleset
from gateway.service.live_rules import LiveRules
from gateway.service.outbound import disclosing, entry_of, originals_of, refused, stand_ins_near
from gateway.service.resolve import Resolved
from gateway.service.versions import BLOCKED
from gateway.service.world import World

_ONE_EACH = Said(452, "4.5.3")
"""What senders take for "send this recipient a mail of its own" (RFC 5321, 4.5.3.1.10)."""


class Mailroom:
    """The use case. ``own_name`` is that of the trace header."""

    def __init__(self, rules: LiveRules, world: World, upstream: MailUpstream, own_name: str) -> None:
        self._rules = rules
        self._world = world
        self._upstream = upstream
        self._own_name = own_name

    async def begin(self, caller: Caller, sender: str, request_id: str, *, international: bool) -> Handing | Refusal:
        """What follows MAIL FROM, or why this caller may not send for that sender. Raises GatewayError."""
        ruleset = self._rules.current
        matched = mail_route(ruleset, sender)
        if matched is None or matched.route.outbound is None or matched.route.mail is None:
            return NO_ROUTE
        spec, mail = matched.route.outbound, matched.route.mail
        admitted = admitted_by(spec.callers, caller)
        handing = Handing(request_id, admitted, matched, spec, mail, ruleset, self)
        if admitted is None:
            return handing.refuse(NOT_ALLOWED)
        return await handing.begin(sender, international=international)

    @property
    def world(self) -> World:
        return self._world

    @property
    def upstream(self) -> MailUpstream:
        return self._upstream

    def trace(self, request_id: str) -> bytes:
        """What a server that has had a mail writes above it (RFC 5321, 4.4), without anybody's address."""
        at = datetime.fromtimestamp(self._world.clock.now_ms() / 1000, UTC)
        line = f"Received: by {self._own_name} with ESMTP id {request_id};\r\n {format_datetime(at)}\r\n"
        return line.encode("ascii")


class Handing:
    """One mail on its way, from MAIL to the answer to DATA. Close it, whatever happens."""

    def __init__(
        self,
        request_id: str,
        admitted: RevealTo | None,
        matched: Matched,
        spec: OutboundSpec,
        mail: MailSpec,
        ruleset: Ruleset,
        room: Mailroom,
    ) -> None:
        self._matched, self._spec, self._mail, self._ruleset = matched, spec, mail, ruleset
        self._room, self._world = room, room.world
        self._request_id = request_id
        self._entry = entry_of(request_id, admitted, matched, ruleset, room.world)
        self._sender = ""
        self._of_sender: Entry | None = None
        self._senders = frozenset[SubjectId]()
        self._international = False
        self._line: MailLine | None = None
        self._to = list[Recipient]()

    def refuse(self, refusal: Refusal) -> Refusal:
        """Refused, and counted."""
        return refused(refusal, self._entry, self._world)

    async def begin(self, sender: str, *, international: bool) -> Handing | Refusal:
        self._international = international
        if sender in ("", NOBODY):
            return self
        told = await self._told(sender, "from")
        if isinstance(told, Refusal):
            return told
        self._sender, self._senders, self._of_sender = told
        return self if is_address(self._sender) else self.refuse(MALFORMED)

    async def recipient(self, address: str) -> Said | Refusal:
        """The server's answer to RCPT, or why it was not asked. Raises GatewayError."""
        told = await self._told(address, "to")
        if isinstance(told, Refusal):
            return told
        written, persons, entry = told
        if not persons:
            domain = self._ruleset.destinations[self._spec.source].token_domain
            if (refusal := objection_to_plain(written, self._mail.recipients, domain)) is not None:
                return self.refuse(refusal)
        line = await self._connected(written)
        if not isinstance(line, Said) and not isinstance(line, Refusal):
            if not (self._international or written.isascii()):
                return _ONE_EACH
            await self._record(entry)
            said = await line.recipient(written)
            if said.accepted:
                self._to.append(Recipient(persons))
            return said
        return line

    async def message(self, raw: bytes) -> Said | Refusal:
        """The server's answer to the whole mail, or why it was not handed over. Raises GatewayError."""
        ready = await self._ready(raw)
        if isinstance(ready, Refusal):
            return ready
        sent, entry = ready
        line = self._line
        if line is None:
            return self.refuse(UNRESOLVED)
        whole = self._room.trace(self._request_id) + sent
        if (refusal := _unfit(whole, line, international=self._international)) is not None:
            return self.refuse(refusal)
        await self._record(entry)
        said = await line.deliver(whole)
        route, count = self._matched.route, len(self._to)
        self._world.sink.emit("mail", request=self._request_id, route=route.name, status=said.code, count=count)
        return said

    async def aclose(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()

    # --------------------------------------------------------------------------------------------------- envelope

    async def _told(self, address: str, name: str) -> tuple[str, frozenset[SubjectId], Entry | None] | Refusal:
        """The address with originals in place of tokens, whose it is, and what the ledger will say of it.

        Nobody's if a token is a piece of it only, as of an address by which a phone gets a mail.
        """
        document = envelope(address, name)
        outgoing = read_mailed(document, self._matched, self._spec, self._ruleset)
        if not outgoing.sightings and not outgoing.in_links:
            return address, frozenset(), None
        found = await self._resolved(outgoing)
        if isinstance(found, Refusal):
            return found
        revealed = reveal(document, outgoing.sightings, found.originals, {})
        if not revealed.restored:
            return address, frozenset(), None
        written = revealed.document.parts[0].text
        spelled_address(written)
        entry = disclosing(self._entry, outgoing, found.originals, ())
        whole = [one for one in outgoing.sightings if one.span == WHOLE]
        persons = found.holders.get(whole[0].token, frozenset()) if whole else frozenset[SubjectId]()
        return _sendable(written), persons, entry

    async def _connected(self, first: str) -> MailLine | Said | Refusal:
        """The line on which MAIL was accepted; opened for the first recipient."""
        if self._line is not None:
            return self._line
        line = await self._room.upstream.open(self._ruleset.destinations[self._matched.route.to])
        self._line = line
        self._international |= not (self._sender + first).isascii()
        if self._international and "SMTPUTF8" not in line.extensions:
            await self.aclose()
            return self.refuse(INTERNATIONAL)
        await self._record(self._of_sender)
        said = await line.begin(self._sender, international=self._international, wide=True)
        if not said.accepted:
            await self.aclose()
            return said
        return line

    # ---------------------------------------------------------------------------------------------------- message

    async def _ready(self, raw: bytes) -> tuple[bytes, Entry] | Refusal:
        """The bytes that are to be sent and what they disclose."""
        letter = await self._read(raw)
        if letter.hops > MOST_HOPS:
            return self.refuse(LOOP)
        aside, size = self._world.aside, len(raw)
        outgoing = await aside(size, read_mailed, letter.document, self._matched, self._spec, self._ruleset)
        found = await self._resolved(outgoing)
        if isinstance(found, Refusal):
            return found
        if self._mail.about == "recipient" and self._tells_others(outgoing, found):
            return self.refuse(ABOUT_OTHERS)
        stand_ins = await stand_ins_near(
            outgoing, found.originals, self._matched, self._spec, self._ruleset, self._world
        )
        revealed = await aside(size, reveal, letter.document, outgoing.sightings, found.originals, stand_ins)
        sent = await aside(size, _written, letter, revealed.document, self._mail)
        if isinstance(sent, Refusal):
            return self.refuse(sent)
        again = letter if sent == raw else await self._read(sent)
        if await aside(len(sent), keeps_mailed, again, self._matched, self._spec, self._ruleset):
            return self.refuse(UNRESOLVED)
        return sent, disclosing(self._entry, outgoing, found.originals, stand_ins.values())

    async def _read(self, raw: bytes) -> Letter:
        """A large one beside the loop: 20 MiB of attachment take a fifth of a second."""
        return await self._world.aside(len(raw), read_letter, raw, self._world.limits)

    def _tells_others(self, outgoing: Outgoing, found: Resolved) -> bool:
        """The sender's address is read by every recipient, as the path by which a bounce returns."""
        if self._of_sender is not None and not is_all_of(self._senders, self._to):
            return True
        return tells_others(outgoing, found.originals, found.holders, self._to)

    async def _resolved(self, outgoing: Outgoing) -> Resolved | Refusal:
        found = await originals_of(outgoing, self._matched, self._spec, self._ruleset, self._world)
        if found.blocked:
            return self.refuse(BLOCKED)
        today = self._world.today()
        refusal = objection(outgoing, found.originals, self._matched, self._spec, self._ruleset, today)
        return found if refusal is None else self.refuse(refusal)

    async def _record(self, entry: Entry | None) -> None:
        """In the ledger before anything is disclosed; what discloses nothing is counted."""
        if entry is None:
            return
        if entry.kinds:
            await self._world.ledger.append([replace(entry, at_ms=self._world.clock.now_ms())])
        else:
            self._world.ledger.tally(entry)


def _written(letter: Letter, document: Document, mail: MailSpec) -> bytes | Refusal:
    """The mail as it will be sent; the very same bytes where nothing changes."""
    unchanged = all(a.text == b.text for a, b in zip(letter.document.parts, document.parts, strict=True))
    if unchanged:
        return letter.text.encode("latin-1")
    if changes_sealed(letter, document) or (letter.signed and mail.signed == "refuse"):
        return SIGNED
    return letter_with(letter, document, unsigned=letter.signed)


def _sendable(address: str) -> str:
    """The domain in its ASCII form, which every server takes; a mailbox that is none needs SMTPUTF8."""
    local, _, domain = address.rpartition("@")
    if domain.isascii() or not local.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return address


def _unfit(raw: bytes, line: MailLine, *, international: bool) -> Refusal | None:
    """Why the server could not take these bytes."""
    most = line.extensions.get("SIZE", "").strip()
    if most.isdecimal() and 0 < int(most) < len(raw):
        return TOO_LARGE
    head = raw.partition(b"\r\n\r\n")[0]
    if not raw.isascii() and "8BITMIME" not in line.extensions:
        return INTERNATIONAL
    return INTERNATIONAL if not head.isascii() and not international else None

"""Files on their way in: each is looked into, kept, passed or refused as the rules say, before the message is judged.

Where a file stood a stand-in stands while the message is read, judged and rewritten; what goes out has the file, or the
token that the home store gave for it, in its place. A kept file is sealed and durable in the object store before the
record that names it is, and that is before anything is forwarded. What is larger than ``limits.max_body_bytes`` is
never in memory as a whole: kept files stream into the object store, passed ones into the spool.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace

from gateway.core.codec.body import undone_parts
from gateway.core.codec.codings import undo
from gateway.core.codec.formats import is_message
from gateway.core.codec.in_place import reads_in_place
from gateway.core.codec.media import Media, codings_of, media_of
from gateway.core.codec.multipart import boundary_of
from gateway.core.codec.multipart_stream import Begin, Between, End, Event, Piece, Splitter
from gateway.core.files import HEAD_BYTES, media_type, rule_for
from gateway.core.plan import default_region
from gateway.core.route import Matched
from gateway.core.seal_file import Ticket
from gateway.model.errors import PayloadError
from gateway.model.files import FileRule, FileView
from gateway.model.message import Request, first_header
from gateway.model.rules import Ruleset
from gateway.model.secret import Secret
from gateway.ports import Spooled
from gateway.service.intake import Held, Intake, filing
from gateway.service.sealing import seal_file
from gateway.service.world import World

_ANY = frozenset({"*/*"})
_DEFAULT = FileRule(_ANY, "inspect")
_PASSING = FileRule(_ANY, "inspect", "pass")
_UNSEEN = FileRule(_ANY, "pass")


def may_hold_files(request: Request) -> bool:
    """True unless the body is certainly none, or one of the usual messages: the one question asked of every request."""
    if request.stream is not None:
        return True
    if not request.body:
        return False
    label = first_header(request.headers, "content-type")
    return label is not None and not label.startswith(_USUAL)


_USUAL = ("application/json", "application/x-www-form-urlencoded")


async def take_in(request: Request, matched: Matched, ruleset: Ruleset, world: World) -> Intake | None:
    """The request with its files taken out of it; None where it holds none. Raises PayloadError, WorldError."""
    taking = _Taking(request, matched, ruleset, world)
    media = media_of(request.headers)
    if media.type.startswith("multipart/"):
        return await taking.multipart(media)
    named = any(media.type in rule.types for rule in matched.route.files)
    if (is_message(media) and not named) or not (taking.rules or taking.passes):
        if request.stream is not None:
            raise _too_large(world)
        return None
    return await taking.raw(media)


async def fall_back(intake: Intake, stand_ins: Iterable[str], ruleset: Ruleset, world: World) -> None:
    """What the rules say of inspected files in which something would have to change. Raises PayloadError."""
    for name in stand_ins:
        one = intake.held[name]
        match one.rule.otherwise:
            case "refuse":
                raise _unreadable(one.media_type, "holds personal data where nothing can be put in its place")
            case "pass":
                one.view = FileView()
            case "keep":
                assert isinstance(one.content, bytes)  # noqa: S101 - only what was in memory was looked into
                one.is_kept(*await _kept(one.media_type, _once(one.content), ruleset, world))


@dataclass(slots=True, repr=False)
class _Taking:
    """One request being taken in. ``read``: bytes in memory that will be the message."""

    request: Request
    matched: Matched
    ruleset: Ruleset
    world: World
    read: int = 0
    seen: int = 0

    @property
    def rules(self) -> Sequence[FileRule]:
        return self.matched.route.files

    @property
    def passes(self) -> bool:
        """True where a file of which nothing is said passes: at home, unseen by rule, or while only observed."""
        route = self.matched.route
        at_home = self.ruleset.destinations[route.to].region in self.ruleset.regions
        return at_home or route.opaque == "pass" or self.observes

    @property
    def observes(self) -> bool:
        return "observe" in (self.ruleset.mode, self.matched.route.mode)

    async def multipart(self, media: Media) -> Intake | None:
        source = first_header(self.request.headers, "content-type") or ""
        boundary = boundary_of(source)
        splitter = Splitter(boundary, form=media.type == "multipart/form-data")
        codings = codings_of(self.request.headers)
        request = self.request
        if request.stream is None:
            unpacked = undone_parts(undo(request.body, codings, self.world.limits), boundary, self.world.limits)
            request, codings = replace(request, body=unpacked.raw), unpacked.codings
        elif codings:
            raise _coded()
        intake = Intake(request)
        body = bytearray()
        try:
            await self._parts(_events(splitter, self._pieces(request)), body, intake)
        except BaseException:
            intake.close()
            raise
        if not intake.held:
            whole = replace(self.request, body=bytes(body), stream=None)
            return Intake(whole if self.request.stream is not None else self.request)
        if codings:
            intake.close()
            raise _coded()
        intake.request = replace(self.request, body=bytes(body), stream=None)
        return intake

    async def _parts(self, events: AsyncIterator[Event], body: bytearray, intake: Intake) -> None:
        async for event in events:
            match event:
                case Between(raw):
                    body += self._counted(raw)
                case Begin(head):
                    content = _content(events)
                    is_file = head.is_file or not is_message(head.media)
                    if not is_file or head.media.type.startswith("multipart/"):
                        async for piece in content:
                            body += self._counted(piece)
                    else:
                        body += await self._file(head.media, head.transfer, content, intake)

    async def raw(self, media: Media) -> Intake:
        """A body that is one file from end to end."""
        codings = codings_of(self.request.headers)
        intake = Intake(self.request)
        if codings:
            raise _coded()
        body = await self._file(media, "", self._pieces(self.request), intake, whole=True)
        intake.request = replace(self.request, body=body, stream=None)
        return intake

    async def _file(
        self, media: Media, transfer: str, content: AsyncIterator[bytes], intake: Intake, *, whole: bool = False
    ) -> bytes:
        """What stands in the message for the file: a stand-in, or the file itself where it is read in place."""
        head, content = await _begun(content)
        kind = media_type(media.type, head) if not transfer else media.type
        said = rule_for(self.rules, kind)
        rule = said if said is not None and not self.observes else self._unsaid()
        content = self._bounded(content, rule)
        stand_in = f"file-{self.world.clock.random(24).hex()}"
        match rule.action:
            case "refuse":
                raise _refused(kind)
            case "pass":
                intake.held[stand_in] = held = Held(rule, kind, FileView(), b"")
                held.content = await self._spooled(content)
            case "keep":
                if transfer:
                    raise _coded()
                intake.held[stand_in] = await self._keep(rule, kind, content)
            case "inspect":
                raw = b"".join([self._counted(piece) async for piece in content])
                as_labelled = kind == media.type or not media.type
                if not whole and as_labelled and reads_in_place(media, transfer, raw, self.world.limits):
                    return raw
                if whole and is_message(media):
                    return raw
                texts = await self._texts(kind, raw) if rule is said and not transfer else None
                intake.held[stand_in] = await self._looked_into(rule, kind, raw, texts, transfer)
        return stand_in.encode()

    def _unsaid(self) -> FileRule:
        """What happens where the rules say nothing: read in place, else refused, or passed where that is harmless."""
        if not self.passes:
            return _DEFAULT
        return _PASSING if self.request.stream is None else _UNSEEN

    async def _looked_into(
        self, rule: FileRule, kind: str, raw: bytes, texts: tuple[str, ...] | None, transfer: str
    ) -> Held:
        if texts is not None:
            return Held(rule, kind, FileView(texts=texts), raw)
        if rule.otherwise == "refuse" or transfer:
            raise _unreadable(kind, "can't be looked into")
        if rule.otherwise == "pass":
            return Held(rule, kind, FileView(), raw)
        return await self._keep(rule, kind, _once(raw))

    async def _texts(self, kind: str, raw: bytes) -> tuple[str, ...] | None:
        files = self.world.files
        return None if files is None else await files.extractor.texts(kind, raw)

    async def _keep(self, rule: FileRule, kind: str, content: AsyncIterator[bytes]) -> Held:
        if self.matched.intent == "look_up":
            raise _unreadable(kind, "is to be kept, and a look-up keeps nothing")
        held = Held(rule, kind, FileView())
        held.is_kept(*await _kept(kind, content, self.ruleset, self.world))
        return held

    async def _spooled(self, content: AsyncIterator[bytes]) -> bytes | Spooled:
        """In memory while the whole message is; else on its way through the spool."""
        if self.request.stream is None:
            return b"".join([piece async for piece in content])
        spooled = filing(self.world).spool()
        await _written(spooled, content)
        return spooled

    async def _bounded(self, content: AsyncIterator[bytes], rule: FileRule) -> AsyncIterator[bytes]:
        size = 0
        async for piece in content:
            size += len(piece)
            if rule.max_bytes is not None and size > rule.max_bytes:
                raise PayloadError(
                    "GW-P134",
                    f"a file is larger than the {rule.max_bytes} bytes that the rules allow for its type.",
                    "send a smaller file, or raise max_bytes in the rules.",
                    status=413,
                )
            yield piece

    def _counted(self, raw: bytes) -> bytes:
        self.read += len(raw)
        if self.read > self.world.limits.max_body_bytes:
            raise _too_large(self.world)
        return raw

    async def _pieces(self, request: Request) -> AsyncIterator[bytes]:
        if request.stream is None:
            yield request.body
            return
        async for piece in request.stream.pieces():
            self.seen += len(piece)
            if self.seen > self.world.limits.max_file_bytes:
                raise PayloadError(
                    "GW-P134",
                    "the upload is larger than `limits.max_file_bytes`.",
                    "send smaller files, or raise the limit.",
                    status=413,
                )
            yield piece


async def _kept(
    kind: str, content: AsyncIterator[bytes], ruleset: Ruleset, world: World
) -> tuple[Ticket, Spooled | None]:
    """The ticket of a file that is sealed and durable in the object store.

    Where there are several regions, and so several stores, it waits sealed in the spool until its person is known.
    """
    region = default_region(ruleset)
    size = 0

    async def measured() -> AsyncIterator[bytes]:
        nonlocal size
        async for piece in content:
            size += len(piece)
            yield piece

    name, key = world.clock.random(16).hex(), Secret(world.clock.random(32))
    sealed, stores = seal_file(key, name, measured()), filing(world).stores
    waiting = filing(world).spool() if len(stores) > 1 else None
    if waiting is None:
        await stores[region].put(name, sealed)
    else:
        await _written(waiting, sealed)
    return Ticket(region, name, key, size, kind), waiting


async def _written(spooled: Spooled, pieces: AsyncIterator[bytes]) -> None:
    try:
        async for piece in pieces:
            await spooled.write(piece)
    except BaseException:
        spooled.close()
        raise


async def _events(splitter: Splitter, pieces: AsyncIterator[bytes]) -> AsyncIterator[Event]:
    async for piece in pieces:
        for event in splitter.feed(piece):
            yield event
    for event in splitter.finish():
        yield event


async def _content(events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    async for event in events:
        if isinstance(event, End):
            return
        if isinstance(event, Piece):
            yield event.raw


async def _once(raw: bytes) -> AsyncIterator[bytes]:
    yield raw


async def _begun(content: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """The first bytes, and all of it again."""
    head = b""
    async for piece in content:
        head += piece
        if len(head) >= HEAD_BYTES:
            break

    async def all_of_it() -> AsyncIterator[bytes]:
        yield head
        async for piece in content:
            yield piece

    return head[:HEAD_BYTES], all_of_it()


def _too_large(world: World) -> PayloadError:
    return PayloadError(
        "GW-C004",
        f"the request's body exceeds {world.limits.max_body_bytes} bytes: what is not read whole cannot be inspected.",
        "send less at once, raise limits.max_body_bytes, or let the rules keep or pass such files",
        status=413,
    )


def _refused(kind: str) -> PayloadError:
    return PayloadError(
        "GW-P133",
        f"the rules of this route refuse files of type {_named(kind)}: nothing was forwarded.",
        "leave the file out, or say another answer under files: of the route.",
        status=415,
    )


def _unreadable(kind: str, what: str) -> PayloadError:
    return PayloadError(
        "GW-P135",
        f"a file of type {_named(kind)} {what}: nothing was forwarded.",
        "leave the file out, or say `do: keep` or `else: keep` under files: of the route.",
    )


def _coded() -> PayloadError:
    return PayloadError(
        "GW-P136",
        "a file comes in a content or transfer coding, in which it can't be kept or streamed: nothing was forwarded.",
        "send files as they are, without Content-Encoding and Content-Transfer-Encoding.",
        status=415,
    )


_TOLD = ("application/pdf", "application/zip", "application/octet-stream", "image/png", "image/jpeg", "image/gif",
         "text/plain", "text/csv", "application/json", "application/xml")  # fmt: skip


def _named(kind: str) -> str:
    """The type in a message of ours: a caller may write anything for one."""
    return kind if kind in _TOLD else kind.partition("/")[0] + "/…" if kind.startswith(_FAMILIES) else "unknown"


_FAMILIES = ("application/", "audio/", "font/", "image/", "message/", "model/", "text/", "video/")

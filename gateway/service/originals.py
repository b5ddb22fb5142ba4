"""The originals that a caller may see in a reply: those sent in this very request, and what the store holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gateway.core.apply import encrypted_fields
from gateway.core.asked import may_reveal
from gateway.core.enclose import stand_in_of, text_of
from gateway.core.encrypted import EncryptedField, decrypted
from gateway.core.reading import Sighting
from gateway.core.reveal import Originals, unexplained
from gateway.core.seal import ENCRYPTED_MARK, SealedField
from gateway.core.seal_file import Ticket, read_ticket
from gateway.core.stand_ins import StandIn, stand_ins_in
from gateway.model.document import Document
from gateway.model.files import FILE
from gateway.model.kept import Fetch, Fetched, Holding
from gateway.model.names import DestinationName, RecordId, SubjectId, Token
from gateway.model.protection import KeepDraft
from gateway.model.residency import Caller
from gateway.model.rules import Destination, Ruleset
from gateway.model.secret import RegionKeys
from gateway.service.collect import Collected
from gateway.service.opened import opened
from gateway.service.passage import Passage
from gateway.service.stand_ins import stand_ins_of

Page = tuple[Document, Sequence[Sighting]]
"""A document of a reply and where it may be restored. Most replies are one; what comes of a stream at once may be many.
"""


async def originals_for(pages: Sequence[Page], passage: Passage, caller: Caller) -> tuple[list[Originals], Originals]:
    """For each page all that may be restored in it, and of all of them what the caller did not send in this very
    request.
    """
    sightings = [sighting for _, own in pages for sighting in own]
    own = _own_originals(passage, sightings, caller)
    theirs = await _their_originals([s for s in sightings if s.token not in own.texts], passage, caller)
    both = _together(own, theirs)
    _link_files(both, place_of_files(passage.ruleset, passage.route.to))
    theirs = _without_files(theirs)
    each = [both] if len(pages) == 1 else [both.only({one.token for one in seen}) for _, seen in pages]
    await _remember_more(pages, each, passage)
    return each, theirs


async def tickets_for(
    sightings: Sequence[Sighting], passage: Passage, caller: Caller
) -> tuple[Ticket, RecordId] | None:
    """The first kept file among these that this caller may see, and the record that names it."""
    own = _own_originals(passage, sightings, caller)
    theirs = await _their_originals(sightings, passage, caller)
    for originals in (own, theirs):
        for token in (sighting.token for sighting in sightings):
            if originals.kinds.get(token) == FILE and (ticket := read_ticket(originals.texts[token])) is not None:
                return ticket, originals.records[token]
    return None


def _own_originals(passage: Passage, sightings: Iterable[Sighting], caller: Caller) -> Originals:
    """What the caller sent in this very request: restored without asking the store."""
    own, collected = Originals(), passage.collected
    if collected is None:
        return own
    for number, draft in enumerate(passage.plan.keeps):
        _add_recorded(own, draft, number, collected, passage, caller)
    document = passage.judgement.reading.document
    for seek_draft, sought in zip(passage.plan.seeks, collected.seeks, strict=True):
        token = collected.kept.sought[sought.kind, sought.blind]
        own.texts[token] = text_of(document, seek_draft.leaf, seek_draft.span)
        own.kinds[token] = sought.kind
    sealed = {one.token for one in sightings if one.token.startswith(ENCRYPTED_MARK)}
    for text, original, kind in encrypted_fields(document, passage.plan, collected.material) if sealed else ():
        if text in sealed:
            own.texts[Token(text)], own.kinds[Token(text)] = original, kind
    return own


def _add_recorded(
    own: Originals, draft: KeepDraft, number: int, collected: Collected, passage: Passage, caller: Caller
) -> None:
    """One person's record of this request: tokens, and beside each the stand-ins of the same record."""
    document, material = passage.judgement.reading.document, collected.material
    record, person = material.records[number], SubjectId(material.people[number].id)
    sees, stand_ins = _sees(person, passage, caller), list[StandIn]()
    for field in draft.fields:
        text = text_of(document, field.leaf, field.span)
        token = collected.kept.names.get((record, field.index))
        if token is not None:
            own.texts[token], own.kinds[token], own.records[token] = text, field.kind, record
            own.stand_ins[token] = stand_ins
            if sees:
                own.persons[token] = person
        shown = stand_in_of(document, field, record, passage.ruleset, material)
        if shown is not None:
            stand_ins.append(StandIn(tuple(map(str, field.path)), shown, text, field.kind, record))


async def _their_originals(sightings: Sequence[Sighting], passage: Passage, caller: Caller) -> Originals:
    """What the store holds and this caller may see, judged token by token."""
    world = passage.world
    anybodys, own = _seen_by(caller, passage)
    originals = Originals()
    tokens = tuple(dict.fromkeys(sighting.token for sighting in sightings))
    if not tokens or not (anybodys or own):
        return originals
    for region, vault in world.vaults.items():
        region_keys = await world.keys.region_keys(region)
        fields = _decrypted(tokens, passage.destination, region_keys, None if anybodys else own)
        persons = tuple(dict.fromkeys(field.subject for field in fields.values() if field.subject))
        fetched = await vault.fetch(Fetch(tokens=tokens, subjects=persons, scope=passage.destination.scope, most=1))
        chosen = _chosen(fetched, passage.destination, own, anybodys=anybodys)
        records = {token: fetched.records.get(holding.ref[0]) for token, holding in chosen.items()}
        whose = dict.fromkeys(record.subject for record in records.values() if record is not None)
        keys = await world.keys.open(region, tuple(whose | dict.fromkeys(persons)))
        for token, record in records.items():
            if record is not None and record.subject in keys:
                _add(originals, token, chosen[token], opened(keys[record.subject], record))
        for token, field in fields.items():
            erased = field.subject and field.subject not in keys
            if field.subject not in fetched.blocked and not erased:
                originals.kinds[token], originals.texts[token] = field.kind, field.text
    return originals


def _add(originals: Originals, token: Token, holding: Holding, fields: Sequence[SealedField]) -> None:
    """The field that the token names, and the stand-ins of its record."""
    record, index = holding.ref
    field = next((field for field in fields if field.index == index), None)
    if field is not None:
        originals.texts[token], originals.kinds[token] = field.text, field.kind
        originals.records[token], originals.persons[token] = record, holding.subject
        originals.stand_ins[token] = list(stand_ins_in(record, fields))


async def _remember_more(pages: Sequence[Page], each: Sequence[Originals], passage: Passage) -> None:
    """The stand-ins of other records of the same persons, where something near their tokens may be one of those."""
    asked = [
        unexplained(document, sightings, originals, passage.ruleset)
        for (document, sightings), originals in zip(pages, each, strict=True)
    ]
    subjects = tuple(dict.fromkeys(subject for own in asked for subject in own))
    found = await stand_ins_of(subjects, (), passage.destination.scope, passage.world)
    for originals, own in zip(each, asked, strict=True):
        for token, subject in originals.persons.items():
            if subject in own:
                originals.stand_ins[token] = [*originals.stand_ins[token], *found[subject]]


def _seen_by(caller: Caller, passage: Passage) -> tuple[bool, SubjectId | None]:
    """Whether the caller may see anybody's originals, and whose own ones."""
    reveal_to = passage.route.reveal_to
    own = caller.subject if any(allowed.what == "subject" for allowed in reveal_to) else None
    return may_reveal(reveal_to, caller), own


def _sees(subject: SubjectId, passage: Passage, caller: Caller) -> bool:
    anybodys, own = _seen_by(caller, passage)
    return anybodys or subject == own


def _decrypted(
    tokens: Sequence[Token], destination: Destination, keys: RegionKeys, only: SubjectId | None
) -> dict[Token, EncryptedField]:
    """Encrypted fields; ``only``: those of one person."""
    fields = {token: decrypted(token, keys, destination.scope) for token in tokens}
    return {token: one for token, one in fields.items() if one is not None and only in (None, one.subject)}


def _chosen(
    fetched: Fetched, destination: Destination, own: SubjectId | None, *, anybodys: bool
) -> dict[Token, Holding]:
    """For each token the holding whose value this caller gets: the caller's own, else anybody's if allowed.

    Nobody gets a blocked person's.
    """
    chosen = {}
    for token, holdings in fetched.holdings.items():
        seen = [h for h in holdings if h.scope == destination.scope and h.subject not in fetched.blocked]
        allowed = [h for h in seen if anybodys or h.subject == own]
        if allowed:
            chosen[token] = min(allowed, key=lambda holding: holding.subject != own)
    return chosen


def place_of_files(ruleset: Ruleset, to: DestinationName) -> str | None:
    """Where the gateway hands out kept files of a destination, as the beginning of a URL's path."""
    paths = [route.path for route in ruleset.routes if route.downloads and route.to == to]
    return "/".join(("", *paths[0][:-1], "")) if paths else None


def _link_files(originals: Originals, place: str | None) -> None:
    """In the place of a file that the caller may have: where it is to be had. No original is in that."""
    if place is None:
        _without_files(originals)
    for token in [token for token, kind in originals.kinds.items() if kind == FILE]:
        originals.texts[token] = f"{place}{token}"


def _without_files(originals: Originals) -> Originals:
    """A ticket is nobody's to see: the file itself comes back in its own way (``service/downloads.py``)."""
    tickets = [token for token, kind in originals.kinds.items() if kind == FILE]
    for token in tickets:
        for facts in (originals.texts, originals.kinds, originals.records, originals.persons, originals.stand_ins):
            facts.pop(token, None)
    return originals


def _together(own: Originals, theirs: Originals) -> Originals:
    return Originals(
        {**theirs.texts, **own.texts},
        {**theirs.kinds, **own.kinds},
        {**theirs.records, **own.records},
        {**theirs.persons, **own.persons},
        {**theirs.stand_ins, **own.stand_ins},
    )

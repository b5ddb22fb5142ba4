"""Two persons of the directory are one by a verified login: the caller has proven to be both.

The claim's subject and an identifier that the identity provider has verified name different persons, and each has been
logged in with. What an operator has undone is not done again.
"""

from __future__ import annotations

from gateway.model.errors import GatewayError
from gateway.model.kept import DirectoryEntry
from gateway.model.marks import Dossier
from gateway.model.names import SubjectId
from gateway.service.ordering import Ordering
from gateway.service.passage import Passage

BY = "gateway"
"""Who orders it, as marks and ledger say."""


async def merge_by_login(passage: Passage) -> None:
    """Nothing, for nearly everybody. Raises WorldError."""
    claim = passage.recollection.claim
    for entry in passage.recollection.same if claim is not None and passage.world.registries else ():
        assert claim is not None  # noqa: S101 - as above
        await _merge(entry, claim.subject, passage)


async def _merge(entry: DirectoryEntry, caller: SubjectId, passage: Passage) -> None:
    world = passage.world
    ordering = Ordering(passage.ruleset, world, world.registries)
    other, own = await ordering.said(entry.subject), await ordering.said(caller)
    if other is None or own is None or _undone(other, caller) or _undone(own, entry.subject):
        return
    gone, remains = (own.subject, other.subject) if other.includes else (other.subject, own.subject)
    try:
        await ordering.order("merge", gone, BY, f"verified claim of {entry.kind}", remains, "login")
        world.sink.emit("merged", route=passage.entry.route, kind=entry.kind)
    except GatewayError as error:
        if error.status != _POINTLESS:
            raise
        world.sink.emit("merge_refused", code=error.code, route=passage.entry.route)


_POINTLESS = 409
"""One of them is part of a merge already, or is being erased."""


def _undone(dossier: Dossier, other: SubjectId) -> bool:
    """True if somebody has parted the two before."""
    return any(mark.what == "unmerge" and mark.other == other for mark in dossier.marks)

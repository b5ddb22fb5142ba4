"""A vault that came back from a backup is told again what was ordered about its people since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from gateway.model.erasure import Condemnation
from gateway.model.errors import GatewayError, HeldError
from gateway.model.marks import Dossier, Instruction, Mark
from gateway.model.names import Region, SubjectId
from gateway.model.orders import OrderLine
from gateway.ports import KeyProvider, Registry
from gateway.service.erasure import Erasing

_POINTLESS = "GW-V131"


class Restored(Registry, Erasing, Protocol):
    """A vault that nobody uses yet."""


async def replay(lines: Sequence[OrderLine], region: Region, vault: Restored, keys: KeyProvider) -> Counter[str]:
    """How many of each order were carried out; what the vault knows already is not done twice. Raises WorldError.

    Of whom the vault does not know (registered since the backup, and lost) nothing is to be done; an order that makes
    no sense over what is left does not stop the others. Keys of who was erased are destroyed once more: the key store
    may have come back too.
    """
    done: Counter[str] = Counter()
    erased = [line for line in lines if line.what == "erase"]
    if erased:
        await keys.erase(region, [line.subject for line in erased])
    for line in lines:
        if await (_erase(line, vault) if line.what == "erase" else _order(line, vault)):
            done[line.what] += 1
    return done


async def _erase(line: OrderLine, vault: Restored) -> bool:
    if await vault.dossier(line.subject) is None:
        return False
    try:
        whole = await vault.condemn(Condemnation((line.subject,), line.at, line.by, line.why))
    except HeldError:  # by a hold whose release is lost: the key is gone all the same
        return False
    await _cleared(whole, vault)
    await vault.gone(whole, line.at)
    return True


async def _cleared(whole: Sequence[SubjectId], vault: Restored) -> None:
    while await vault.clear(whole):
        pass


async def _order(line: OrderLine, vault: Restored) -> bool:
    dossier = await vault.dossier(line.subject)
    if line.what == "erase" or dossier is None or _knows(dossier, line):
        return False
    if line.into is not None and await vault.dossier(line.into) is None:
        return False
    try:
        await vault.instruct(Instruction(line.subject, Mark(line.what, line.at, line.by, line.why), line.into))
    except GatewayError as error:
        if error.code != _POINTLESS:
            raise
        return False
    return True


def _knows(dossier: Dossier, line: OrderLine) -> bool:
    order = (line.what, line.at, line.by, line.why)
    return any((mark.what, mark.at, mark.by, mark.why) == order for mark in dossier.marks)

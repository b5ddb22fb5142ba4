"""The egress proof in the exchange: what may not leave is withheld, alarmed, recorded; what was kept for it is undone.

Nothing has been sent, so the records of this request are records of nothing: they go as if the upstream had refused it.
"""

from __future__ import annotations

from dataclasses import replace

from gateway.core.egress import Proof, prove
from gateway.core.plan import default_region
from gateway.core.suspects import Suspicion
from gateway.model.decision import Refusal
from gateway.model.errors import GatewayError
from gateway.model.kept import Kept, Settlement
from gateway.service.passage import Passage

WITHHELD = Refusal(
    422,
    "GW-X424",
    "A protected value stands in the message once more, where it could not be replaced: nothing was forwarded. "
    "Mend: send it without the second copy, or tell the operator this request's id.",
)


async def proved(passage: Passage) -> Passage | Refusal:
    """The passage, or its refusal. Raises WorldError where the ledger could not be told of it."""
    kept = passage.collected.kept if passage.collected else Kept.nothing()
    of = Suspicion(passage.judgement, passage.plan, passage.ruleset, kept, passage.recollection.asked.today)
    size = passage.judgement.reading.size
    proof = await passage.world.aside(size, prove, of, passage.outward, passage.world.limits)
    if not proof.caught:
        return replace(passage, echoed=proof.echoed) if proof.echoed else passage
    await _withheld(passage, proof)
    return WITHHELD


async def _withheld(passage: Passage, proof: Proof) -> None:
    world, entry = passage.world, passage.entry
    total = sum(count for _, count in proof.caught)
    world.sink.emit(
        "incident", what="egress_withheld", route=entry.route, request=entry.request, code=WITHHELD.code, count=total
    )
    kinds = tuple((kind, "withhold", count) for kind, count in proof.caught)
    records = passage.collected.created if passage.collected else ()
    await world.ledger.append([replace(entry, event="incident", kinds=kinds, records=records, outcome=WITHHELD.code)])
    try:
        await _undo(passage)
    except GatewayError as error:
        world.sink.emit("settle_failed", code=error.code, request=entry.request)


async def _undo(passage: Passage) -> None:
    """Forget what was kept for a message that was never sent."""
    collected = passage.collected
    if collected is None:
        return
    home = default_region(passage.ruleset)
    elsewhere = {keep.subject for keep in collected.keeps if keep.region != home}
    for region, vault in passage.world.vaults.items():
        own = {keep.record for keep in collected.keeps if keep.region == region}
        refused = tuple(record for record in collected.created if record in own)
        entered = tuple(one for one in collected.entered if one.subject not in elsewhere) if region == home else ()
        if refused or entered:
            await vault.settle(Settlement(refused=refused, withdrawn=entered))

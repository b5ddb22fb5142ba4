"""Somebody who is always first: between a request's recall and its keep, its identifiers become another person's."""

from __future__ import annotations

from gateway.adapters.vault_memory import MemoryVault
from gateway.model.kept import Batch, DirectoryEntry, Recall, Recalled
from gateway.model.names import SubjectId


def overtake(vault: MemoryVault, times: int) -> None:
    """The next so many recalls are each followed by another person's entry of whatever they found unknown."""
    recall, done = vault.recall, list[SubjectId]()

    async def then_somebody_enters(query: Recall) -> Recalled:
        answer = await recall(query)
        unknown = [blinded for blinded in query.identifiers if blinded not in answer.known]
        if len(done) < times and unknown:
            somebody = SubjectId(f"01{len(done) + 1:026x}")
            done.append(somebody)
            [first, *_] = unknown
            await vault.keep(Batch(directory=(DirectoryEntry(*first, somebody, vault.region, "inferred"),)))
        return answer

    vault.recall = then_somebody_enters  # type: ignore[method-assign]  # the vault itself, with somebody beside

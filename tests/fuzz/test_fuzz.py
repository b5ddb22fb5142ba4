"""Every target holds on its kept corpus: the seeds, and all that a fuzzer ever found (``found-…``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"


def test_every_target_has_seeds_and_every_seed_a_target() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == TARGETS.keys()


@pytest.mark.parametrize("name", TARGETS)
def test_every_law_holds_on_the_corpus(name: str) -> None:
    seeds = sorted((CORPUS / name).iterdir())
    assert seeds
    for seed in seeds:
        try:
            TARGETS[name](seed.read_bytes())
        except AssertionError as broken:
            pytest.fail(f"{name}/{seed.name}: {broken}")

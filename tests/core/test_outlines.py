"""Outlines of messages are remembered, and forgotten together when there are many."""

from __future__ import annotations

import pytest

from gateway.core import outlines
from gateway.model.document import Outline
from tests.core.codec.messages import read, request


def test_when_there_are_too_many_all_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[object, Outline] = {}
    monkeypatch.setattr(outlines, "_known", known)
    monkeypatch.setattr(outlines, "_MOST", 2)
    for name in ("one", "two", "three"):
        assert read(request(f'{{"{name}": 1}}')).outline is not None
    assert len(known) == 1

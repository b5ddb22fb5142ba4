"""Real client traffic: every planted value stands in some leaf, and nothing changes that nobody edits."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from gateway.core.codec import decode_request, encode_request
from gateway.model.message import Request
from tests.core.codec.messages import LIMITS

CAPTURES = Path(__file__).parents[2] / "corpus" / "captures"
NAMES = sorted(str(path.relative_to(CAPTURES).with_suffix("")) for path in CAPTURES.rglob("*.json"))


def captured(name: str) -> Request:
    capture = json.loads((CAPTURES / f"{name}.json").read_text())
    headers = tuple((key, value) for key, value in capture["headers"])
    return Request(capture["method"], capture["path"], headers, base64.b64decode(capture["body_b64"]))


def needles(name: str) -> list[tuple[str, str]]:
    """Where the oracle found a value, and the value."""
    return [(where, value) for where, _, _, value in json.loads((CAPTURES / f"{name}.needles").read_text())["needles"]]


def unseen(name: str) -> list[str]:
    """Places of values that stand in no leaf; letters in any case, since a name may stand in an e-mail address."""
    texts = [leaf.text.casefold() for leaf in decode_request(captured(name), LIMITS).leaves]
    return [where for where, value in needles(name) if not any(value.casefold() in text for text in texts)]


@pytest.mark.parametrize("name", NAMES)
def test_a_captured_request_nobody_edits_stays_byte_for_byte(name: str) -> None:
    request = captured(name)
    assert encode_request(decode_request(request, LIMITS), request) == request


@pytest.mark.parametrize("name", NAMES)
def test_every_planted_value_stands_in_a_leaf(name: str) -> None:
    assert needles(name)
    assert unseen(name) == []

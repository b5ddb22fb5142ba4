"""Every target holds on its kept corpus: the seeds, and all that a fuzzer ever found (``found-…``)."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from gateway.core.codec import decode_request
from tests.attack.cases import PLACES
from tests.attack.encodings import ENCODINGS
from tests.fuzz.boundary import CANARIES, keeps
from tests.fuzz.decoders import LIMITS, texts
from tests.fuzz.messages import request_of
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


def test_an_encoded_word_in_quoted_printable_is_read() -> None:
    body = b'{"snils": "=3D?koi8-r?B?8+7p7PMgMTEyLTIzMy00NDUgOTU=3D?=3D"}'
    wire = b"POST /api/people HTTP/1.1\r\nContent-Type: application/json\r\n\r\n" + body
    sent = request_of(wire)
    assert sent is not None
    assert "СНИЛС 112-233-445 95" in texts(decode_request(sent, LIMITS))


@pytest.mark.parametrize(
    "body",
    ['{"snils 112-233-445 95": 1}', '{"a\\"snils\\": \\"112-233-445 95\\"}": 1}', '{"phone +7 900 000-31-57": ""}'],
)
def test_a_value_in_a_key_that_names_its_field_does_not_leave(body: str) -> None:
    sent = request_of(b"POST /api/people HTTP/1.1\r\nContent-Type: application/json\r\n\r\n" + body.encode())
    assert sent is not None
    for canary in CANARIES:
        keeps(canary, sent)


@pytest.mark.parametrize("inner", list(ENCODINGS))
def test_wherever_quoted_printable_cuts_another_coding_nothing_leaves(inner: str) -> None:
    """Under no name that would tell what it is, and behind texts of many lengths."""
    canary, printable = CANARIES[0], ENCODINGS["quoted-printable"]
    for size in range(0, 80, 7):
        coded = printable.wrap(ENCODINGS[inner].wrap(f"{'Call = ' * 12}"[:size] + canary.said))
        sent = request_of(PLACES["protobuf"].put(canary.field, coded).wire())
        assert sent is not None
        keeps(canary, sent)


def test_base64_whose_second_byte_is_a_control_character_is_read() -> None:
    wire = b"POST /api/people HTTP/1.1\r\nContent-Type: text/plain\r\n\r\n"
    sent = request_of(wire + b64encode("I\x11! СНИЛС 112-233-445 95".encode()))
    assert sent is not None
    assert "I\x11! СНИЛС 112-233-445 95" in texts(decode_request(sent, LIMITS))

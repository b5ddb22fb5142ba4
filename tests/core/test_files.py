"""What a file is whatever it is called, what the rules say of it, and where it stands."""

from __future__ import annotations

import pytest

from gateway.core.codec import decode_request
from gateway.core.codec.formats import is_message
from gateway.core.codec.in_place import reads_in_place
from gateway.core.codec.media import Media
from gateway.core.files import ANYTHING, file_leaves, locked, media_type, rule_for, with_tickets
from gateway.model.decision import Action, Treatment
from gateway.model.document import WHOLE
from gateway.model.files import FILE, FileAction, FileRule, FileView
from gateway.model.finding import Finding
from gateway.model.limits import Limits
from gateway.model.names import Kind
from gateway.model.protection import Plan, Step
from tests.core.codec.messages import request
from tests.core.codec.test_multipart import KIND, field, file, multipart

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("label", "head", "expected"),
    [
        ("image/png", PNG, "image/png"),
        ("text/plain", b"%PDF-1.7", "application/pdf"),
        ("image/png", b"anna@example.org", ANYTHING),
        ("image/webp", b"RIFF....AVI ", ANYTHING),
        ("", b"RIFF....WEBP", "image/webp"),
        ("application/vnd.oasis.opendocument.text", b"PK\x03\x04", "application/vnd.oasis.opendocument.text"),
        ("image/png", b"PK\x03\x04", "application/zip"),
        ("text/csv", b"a,b", "text/csv"),
        ("", b"a,b", ANYTHING),
    ],
)
def test_a_file_is_what_its_bytes_say(label: str, head: bytes, expected: str) -> None:
    assert media_type(label, head) == expected


def rule(action: FileAction, *types: str) -> FileRule:
    return FileRule(frozenset(types), action)


@pytest.mark.parametrize("reverse", [False, True])
def test_the_narrowest_type_speaks_whatever_the_order(reverse: bool) -> None:
    rules = [rule("refuse", "*/*"), rule("keep", "image/*"), rule("pass", "image/png", "image/gif")]
    rules = rules[::-1] if reverse else rules
    said = [getattr(rule_for(rules, one), "action", None) for one in ("image/png", "image/jpeg", "text/csv")]
    assert said == ["pass", "keep", "refuse"]


def test_without_a_rule_nothing_is_said() -> None:
    assert rule_for([rule("keep", "image/*")], "text/csv") is None


def test_messages_are_no_files_and_texts_are_read_in_place() -> None:
    assert [is_message(Media(one)) for one in ("application/json", "text/plain", "", "image/png")] == [
        True,
        True,
        True,
        False,
    ]
    in_place = [
        reads_in_place(Media("text/x-notes"), "", b"Anna", Limits()),
        reads_in_place(Media("text/plain"), "base64", b"QW5uYQ==", Limits()),
        reads_in_place(Media("text/plain"), "", b"\x00", Limits()),
        reads_in_place(Media("image/png"), "", PNG, Limits()),
    ]
    assert in_place == [True, True, False, False]


FILES = {"file-1": FileView(ticket="t"), "file-2": FileView(texts=("Anna",)), "file-3": FileView()}
BODY = multipart(field("a", "1"), *(file("x", name, "Content-Type: image/png") for name in FILES), field("b", "2"))
DOCUMENT = decode_request(request(BODY, KIND), Limits(), files=FILES)


def test_leaves_of_files_are_known_by_their_stand_ins() -> None:
    found = [(DOCUMENT.leaves[at].text, name, ticket) for at, name, ticket in file_leaves(DOCUMENT)]
    assert found == [("t", "file-1", True), ("Anna", "file-2", False)]


def test_a_kept_file_is_a_finding_of_its_own_and_nothing_in_its_ticket_is() -> None:
    leaves = [leaf.text for leaf in DOCUMENT.leaves]
    findings = [
        Finding(leaves.index(text), DOCUMENT.leaves[leaves.index(text)].path, WHOLE, Kind("name"), 0.9, "test")
        for text in ("t", "Anna", "2")
    ]
    assert with_tickets(DOCUMENT, findings, {}) == tuple(findings)
    found = [(leaves[one.leaf], one.kind) for one in with_tickets(DOCUMENT, findings, FILES)]
    assert found == [("t", FILE), ("Anna", "name"), ("2", "name")]


def test_a_step_inside_a_file_tells_which_file() -> None:
    leaves = [leaf.text for leaf in DOCUMENT.leaves]

    def plan(text: str) -> Plan:
        at = leaves.index(text)
        step = Step(at, WHOLE, DOCUMENT.leaves[at].path, Kind("name"), Treatment(Action.TOKENIZE))
        return Plan((step,))

    assert [locked(DOCUMENT, plan(text)) for text in ("Anna", "t", "2")] == [{"file-2"}, frozenset(), frozenset()]

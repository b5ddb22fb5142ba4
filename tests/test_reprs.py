"""Law 1: what holds plaintext or keys prints sizes, never contents."""

from __future__ import annotations

import copy
import pickle

import pytest

from gateway.core.encrypted import EncryptedField
from gateway.core.reveal import Originals
from gateway.core.seal import SealedField
from gateway.core.stand_ins import StandIn
from gateway.model.document import Document, Leaf, Outline, Part, Place, Span
from gateway.model.kept import Keep, SealedRecord, StoredRecord
from gateway.model.message import Reply, Request, SocketMessage
from gateway.model.names import Kind, RecordId, Region, Scope, SubjectId, Token, print_path
from gateway.model.residency import Claims
from gateway.model.secret import DataKey, Secret
from gateway.model.table import Row

CANARY = "canary-4711"
LEAF = Leaf(("body", CANARY), CANARY, Span(0, 11), "plain")
PART = Part("body", "text", CANARY, (LEAF,), CANARY.encode())
TOKEN = Token("tk")
KIND = Kind("email")


@pytest.mark.parametrize(
    "value",
    [
        LEAF,
        PART,
        Outline((Place((CANARY,), "plain", is_key=False),)),
        Document((PART,)),
        Request("POST", f"/{CANARY}", (("X", CANARY),), CANARY.encode(), CANARY),
        Reply(200, (("X", CANARY),), CANARY.encode()),
        SocketMessage("text", CANARY.encode()),
        Secret(CANARY.encode()),
        DataKey("id", Secret(CANARY.encode())),
        Keep(RecordId("r"), Region("ru"), Scope("crm"), SubjectId("s"), "route", CANARY.encode(), (), 0),
        SealedRecord(RecordId("r"), Region("ru"), Scope("crm"), SubjectId("s"), CANARY.encode(), 0),
        StoredRecord(
            SealedRecord(RecordId("r"), Region("ru"), Scope("crm"), SubjectId("s"), CANARY.encode(), 0),
            "route",
            None,
            {0: Token(CANARY)},
        ),
        Row(1, 1, CANARY.encode(), 2, CANARY.encode(), {"id": CANARY}, CANARY),
        Claims(CANARY, country="RU"),
        SealedField(0, "body.email", KIND, CANARY, (), "opaque"),
        EncryptedField(KIND, SubjectId("s"), CANARY),
        StandIn((CANARY,), CANARY, CANARY, KIND, RecordId("r")),
        Originals({TOKEN: CANARY}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_its_repr_holds_no_plaintext(value: object) -> None:
    assert CANARY not in repr(value)
    assert CANARY not in str(value)


def test_a_secret_does_not_pickle() -> None:
    with pytest.raises(TypeError, match="does not pickle"):
        pickle.dumps(Secret(b"x"))


def test_a_secret_does_not_copy_deeply() -> None:
    with pytest.raises(TypeError, match="does not pickle"):
        copy.deepcopy(Secret(b"x"))


def test_a_missing_part_is_none() -> None:
    assert Document((PART,)).part("query") is None


def test_a_path_prints_with_awkward_steps_quoted() -> None:
    assert print_path(("body", "e.mail", 0, "ИНН", 'a"b', "")) == 'body."e.mail".0.ИНН."a\\"b".""'

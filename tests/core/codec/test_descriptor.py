"""Protocol Buffers by descriptor: names and sorts of fields, messages of gRPC methods."""

from __future__ import annotations

from functools import cache

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

from gateway.core.codec import decode_reply, decode_request, encode_request, rewrite
from gateway.core.codec.budget import MalformedError
from gateway.core.codec.descriptor import schema_of
from gateway.model.document import Document
from gateway.model.errors import PayloadError
from gateway.model.message import Reply, Request
from gateway.model.names import print_path
from gateway.model.protobuf import ProtobufSpec
from tests.core.codec.messages import LIMITS, request

PROTO, GRPC = "application/x-protobuf", "application/grpc"


def described() -> descriptor_pb2.FileDescriptorSet:
    file = descriptor_pb2.FileDescriptorProto(name="shop.proto", package="shop", syntax="proto3")
    user = file.message_type.add(name="User")
    user.field.add(name="email", number=1, type=9, label=1)
    user.field.add(name="phone", number=2, type=4, label=1)
    user.field.add(name="notes", number=3, type=9, label=3)
    user.field.add(name="address", number=4, type=11, type_name=".shop.User.Address", label=1)
    user.field.add(name="avatar", number=5, type=12, label=1)
    user.field.add(name="scores", number=6, type=13, label=3)
    user.nested_type.add(name="Address").field.add(name="city", number=4, type=9, label=1)
    service = file.service.add(name="Users")
    service.method.add(name="Create", input_type=".shop.User", output_type=".shop.User.Address")
    loose = descriptor_pb2.FileDescriptorProto(name="loose.proto", syntax="proto3")
    loose.message_type.add(name="Loose")
    return descriptor_pb2.FileDescriptorSet(file=[file, loose])


@cache
def user_class() -> type[Message]:
    pool = descriptor_pool.DescriptorPool()
    pool.Add(described().file[0])
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.User"))


def user() -> Message:
    return user_class()(
        email="hi", phone=79161234567, notes=["one"], address={"city": "М" * 20}, avatar=b"\x08\x01", scores=[1, 2]
    )


SPEC = ProtobufSpec("shop.pb", "shop.User", "shop.User.Address", schema_of(described().SerializeToString()))
BY_PATH = ProtobufSpec("shop.pb", schema=SPEC.schema)


def seen(document: Document) -> dict[str, str]:
    return {print_path(leaf.path): leaf.text for leaf in document.leaves if leaf.path[0] == "body"}


def test_fields_have_their_names_and_sorts() -> None:
    message = request(user().SerializeToString(), PROTO)
    assert seen(decode_request(message, LIMITS, protobuf=SPEC)) == {
        "body.email": "hi",
        "body.phone": "79161234567",
        "body.notes.0": "one",
        "body.address.city": "М" * 20,
        "body.avatar": "\x08\x01",
        "body.scores.0": "\x01\x02",
    }


def test_a_text_that_looks_like_a_message_can_be_replaced_where_a_descriptor_tells() -> None:
    sent = user_class()(email='"(' + "x" * 40)
    message = request(sent.SerializeToString(), PROTO)
    document = decode_request(message, LIMITS, protobuf=SPEC)
    after = encode_request(rewrite(document, {len(document.leaves) - 1: "tk"}), message)
    assert user_class().FromString(after.body) == user_class()(email="tk")


def test_the_path_tells_the_messages_of_a_grpc_method() -> None:
    raw = user().SerializeToString()
    sent = Request("POST", "/shop.Users/Create", (("Content-Type", GRPC),), b"\0" + len(raw).to_bytes(4, "big") + raw)
    assert seen(decode_request(sent, LIMITS, protobuf=BY_PATH))["body.email"] == "hi"
    answer = Reply(200, (("Content-Type", PROTO),), b"\x22\x03abc")
    assert seen(decode_reply(answer, LIMITS, BY_PATH, "/shop.Users/Create?x")) == {"body.city": "abc"}
    assert seen(decode_reply(answer, LIMITS, SPEC, "/other")) == {"body.city": "abc"}
    assert seen(decode_reply(answer, LIMITS, BY_PATH, "/other")) == {"body.4": "abc"}


def test_fields_that_the_descriptor_does_not_know_have_numbers() -> None:
    message = request(b"\x0a\x01a\x7a\x03abc", PROTO)
    assert seen(decode_request(message, LIMITS, protobuf=SPEC)) == {"body.email": "a", "body.15": "abc"}


def test_what_is_not_the_message_that_the_descriptor_says_is_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        decode_request(request(b"\x22\x03abc", PROTO), LIMITS, protobuf=SPEC)
    assert refused.value.code == "GW-P121"


def test_messages_without_a_package_have_bare_names() -> None:
    assert "Loose" in SPEC.schema.messages


@pytest.mark.parametrize("raw", [b"", b"\x0f", b"syntax = 'proto3';", b"\x0a\x00", b"\x0a\x02\x22\x01"])
def test_what_is_no_descriptor_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        schema_of(raw)

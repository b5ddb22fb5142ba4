"""Protocol Buffers and gRPC: texts found without a descriptor, lengths right at every level."""

from __future__ import annotations

import base64
import time
from functools import cache

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import Message

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Reply, Request
from tests.core.codec.messages import LIMITS, edited, read, reply, request, restored, seen

PROTO = "application/x-protobuf"
LOG = "resource_logs"


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def text(number: int, content: bytes | str) -> bytes:
    raw = content.encode() if isinstance(content, str) else content
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def whole(number: int, value: int) -> bytes:
    return varint(number << 3) + varint(value)


INNER = text(1, "anna@example.org") + whole(2, 5) + text(3, "Анна")
MESSAGE = text(1, "hello") + text(2, INNER) + whole(7, 1) + b"\x29" + b"12345678" + b"\x35" + b"1234"


def test_texts_are_found_at_every_level() -> None:
    assert seen(request(MESSAGE, PROTO)) == {"body.1": "hello", "body.2.1": "anna@example.org", "body.2.3": "Анна"}


@pytest.mark.parametrize("new", ["", "x", "y" * 300, "Анна" * 5000, "a\udcffb"])
def test_lengths_are_right_at_every_level(new: str) -> None:
    raw = new.encode("utf-8", "surrogateescape")
    expected = MESSAGE.replace(text(2, INNER), text(2, INNER.replace(text(1, "anna@example.org"), text(1, raw))))
    assert edited(request(MESSAGE, PROTO), {"body.2.1": new}).body == expected


def test_a_removed_field_is_gone() -> None:
    after = edited(request(MESSAGE, PROTO), {"body.2.1": None, "body.1": None}).body
    assert after == MESSAGE.replace(text(1, "hello"), b"").replace(text(2, INNER), text(2, INNER[18:]))


def test_fields_of_one_number_are_numbered() -> None:
    message = request(text(1, "ab?") + text(2, "x@y") + text(1, "cd?"), PROTO)
    assert seen(message) == {"body.1.0": "ab?", "body.2": "x@y", "body.1.1": "cd?"}


def test_bytes_that_are_neither_text_nor_message_are_a_text_of_bytes() -> None:
    raw = text(1, b"\xff\xfe anna@example.org \x00")
    message = request(raw, PROTO)
    assert seen(message) == {"body.1": "\udcff\udcfe anna@example.org \x00"}
    assert edited(message, {"body.1": "\udcff tk"}).body == text(1, b"\xff tk")


def test_long_numbers_are_leaves_and_stay_numbers() -> None:
    message = request(whole(1, 79161234567) + whole(2, 99) + whole(3, 2**63), PROTO)
    assert seen(message) == {"body.1": "79161234567"}
    assert edited(message, {"body.1": "9007199254740991"}).body == whole(1, 2**53 - 1) + whole(2, 99) + whole(3, 2**63)
    assert edited(message, {"body.1": None}).body == whole(2, 99) + whole(3, 2**63)


@pytest.mark.parametrize("new", ["tk", "", "-1", "1.5", str(2**64), "٣"])
def test_a_number_can_not_become_a_text(new: str) -> None:
    with pytest.raises(PayloadError) as refused:
        edited(request(whole(1, 79161234567), PROTO), {"body.1": new})
    assert (refused.value.code, refused.value.status) == ("GW-P121", 422)


EITHER = text(4, "x" * 40)
"""All printable: `"(xxx…`."""


def test_what_may_be_a_text_or_a_message_can_only_change_in_place() -> None:
    message = request(text(1, EITHER), PROTO)
    assert seen(message) == {"body.1": EITHER.decode()}
    assert edited(message, {"body.1": EITHER.decode().replace("x", "y")}).body == text(1, EITHER.replace(b"x", b"y"))
    with pytest.raises(PayloadError) as refused:
        edited(message, {"body.1": "tk"})
    assert refused.value.code == "GW-P121"


@pytest.mark.parametrize("inner", [text(1, "y" * 40), text(4, "ten chars!"), text(5, "nine char"), text(2, "ab") * 9])
def test_printable_messages_are_told_by_how_messages_begin(inner: bytes) -> None:
    assert all(path.startswith("body.1.") for path in seen(request(text(1, inner), PROTO)))


@pytest.mark.parametrize("word", ["hi", "Pa", "Xu", "x", "", "Привет", "a\tb\r\nc", "2023-01-01"])
def test_short_words_are_texts(word: str) -> None:
    message = request(text(1, word), PROTO)
    assert seen(message) == {"body.1": word}
    assert edited(message, {"body.1": "longer text"}).body == text(1, "longer text")


def test_json_in_a_field_is_looked_into() -> None:
    message = request(text(1, '{"email":"x"}'), PROTO)
    assert seen(message) == {"body.1.email": "x"}
    assert edited(message, {"body.1.email": "tk1"}).body == text(1, '{"email":"tk1"}')


def test_a_reply_is_restored() -> None:
    assert restored(reply(MESSAGE, PROTO), {"anna": "АННА"}).body == encode_like(MESSAGE, "АННА@example.org")


def encode_like(message: bytes, email: str) -> bytes:
    return message.replace(text(2, INNER), text(2, INNER.replace(text(1, "anna@example.org"), text(1, email))))


# --------------------------------------------------------------------------------- against another implementation


@cache
def factory() -> type[Message]:
    """A message like OTLP's logs: several levels, repeated fields, ids in bytes, doubles, packed numbers."""
    file = descriptor_pb2.FileDescriptorProto(name="log.proto", package="otlp", syntax="proto3")
    record = file.message_type.add(name="Record")
    record.field.add(name="body", number=5, type=9, label=1)
    record.field.add(name="trace_id", number=9, type=12, label=1)
    record.field.add(name="at", number=1, type=6, label=1)
    record.field.add(name="counts", number=3, type=13, label=3)
    record.field.add(name="inner", number=20, type=11, type_name=".otlp.Record", label=3)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("otlp.Record"))


def record(body: str, *inner: Message) -> Message:
    return factory()(
        body=body, trace_id=bytes(range(16)), at=1_700_000_000_000_000_000, counts=[1, 300, 5], inner=inner
    )


def test_another_implementation_reads_what_was_written_anew() -> None:
    sent = record("root", record("anna@example.org", record("Анна Иванова")), record("second"))
    message = request(sent.SerializeToString(), PROTO)
    after = edited(message, {"body.20.0.5": "tk" * 200, "body.20.0.20.5": ""})
    expected = record("root", record("tk" * 200, record("")), record("second"))
    got = type(sent).FromString(after.body)
    assert str(got) == str(expected)


# ------------------------------------------------------------------------------------------------------------ gRPC


def frame(message: bytes, flag: int = 0) -> bytes:
    return bytes([flag]) + len(message).to_bytes(4, "big") + message


TRAILERS = b"grpc-status:0\r\ngrpc-message:anna\r\n"


@pytest.mark.parametrize("kind", ["application/grpc", "application/grpc+proto", "application/grpc-web+proto"])
def test_frames_get_new_lengths(kind: str) -> None:
    message = request(frame(MESSAGE), kind)
    assert seen(message)["body.2.1"] == "anna@example.org"
    assert edited(message, {"body.2.1": "tk"}).body == frame(encode_like(MESSAGE, "tk"))


def test_several_messages_are_numbered_and_trailers_looked_into() -> None:
    message = request(frame(text(1, "one")) + frame(text(1, "two")) + frame(TRAILERS, 0x80), "application/grpc-web")
    assert seen(message) == {"body.0.1": "one", "body.1.1": "two", "body.trailers": TRAILERS.decode()}
    after = edited(message, {"body.1.1": "three", "body.trailers": "x:я"})
    assert after.body == frame(text(1, "one")) + frame(text(1, "three")) + frame("x:я".encode(), 0x80)


def test_frames_in_base64_are_packed_again() -> None:
    packed = base64.b64encode(frame(MESSAGE)) + base64.b64encode(frame(TRAILERS, 0x80)) + b"\r\n"
    message = request(packed, "application/grpc-web-text+proto")
    assert seen(message)["body.2.1"] == "anna@example.org"
    assert encode_request(decode_request(message, LIMITS), message).body == packed
    after = base64.b64decode(edited(message, {"body.2.1": "tk"}).body)
    assert after == frame(encode_like(MESSAGE, "tk")) + frame(TRAILERS, 0x80)


@pytest.mark.parametrize(
    "raw", [b"\x00", frame(MESSAGE)[:-1], frame(MESSAGE, 0x02), frame(b"\x0f"), frame(MESSAGE) + b"x"]
)
def test_broken_frames_are_refused(raw: bytes) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(raw, "application/grpc"))
    assert (refused.value.code, refused.value.status) == ("GW-P121", 422)


@pytest.mark.parametrize("raw", [b"AAA", b"AAAA*", b"AAAAAA==x", b"A=AA"])
def test_broken_base64_is_refused(raw: bytes) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(raw, "application/grpc-web-text"))
    assert refused.value.code == "GW-P121"


def test_a_compressed_message_is_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(frame(MESSAGE, 1), "application/grpc"))
    assert (refused.value.code, refused.value.status) == ("GW-P105", 415)


def test_a_reply_that_is_broken_is_opaque() -> None:
    assert read(reply(b"\x0f", PROTO)).parts[-1].syntax == "opaque"


# --------------------------------------------------------------------------------------------------------- hostile


def nested(depth: int) -> bytes:
    message = text(1, "\x01")
    for _ in range(depth):
        message = text(1, message)
    return message


@pytest.mark.parametrize(
    "raw",
    [
        b"\x0f",
        b"\x00\x01",
        b"\x0a",
        b"\x0a\x05abc",
        b"\x0b\x0c",
        b"\x09123",
        b"\x08" + b"\xff" * 11,
        b"\xff" * 11,
        b"\x0a" + b"\xff" * 9 + b"\x01",
        b"plain text",
    ],
)
def test_what_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(raw, PROTO))
    assert (refused.value.code, refused.value.status) == ("GW-P121", 422)


def test_what_is_no_message_is_opaque_where_the_rules_allow() -> None:
    assert decode_request(request(b"\x0f", PROTO), LIMITS, opaque=True).parts[-1].syntax == "opaque"


def test_depth_is_bounded() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(nested(70), PROTO))
    assert (refused.value.code, refused.value.status) == ("GW-P110", 413)


def test_copies_are_bounded() -> None:
    message = text(1, "\x01" + "x" * 100_000)
    for _ in range(20):
        message = text(1, message)
    with pytest.raises(PayloadError) as refused:
        read(request(message, PROTO))
    assert refused.value.code == "GW-P110"


def test_leaves_are_bounded() -> None:
    with pytest.raises(PayloadError) as refused:
        decode_request(request(text(1, "ab?") * 60, PROTO), Limits(max_leaves=50))
    assert refused.value.code == "GW-P109"


@pytest.mark.parametrize("raw", [whole(1, 1) * 400000, text(1, "") * 200000, text(1, b"\x08\x01" * 400000)])
def test_hostile_sizes_take_linear_time(raw: bytes) -> None:
    began = time.perf_counter()
    try:
        read(request(raw, PROTO))
    except PayloadError:
        pass
    assert time.perf_counter() - began < 5


def test_every_leaf_alone_can_be_written_anew() -> None:
    message: Request | Reply = request(MESSAGE, PROTO)
    assert isinstance(message, Request)
    document = read(message)
    for ordinal, leaf in enumerate(document.leaves):
        after = read(encode_request(rewrite(document, {ordinal: "новый"}), message))
        assert [one.text for one in after.leaves] == [
            "новый" if at == ordinal else one.text for at, one in enumerate(document.leaves)
        ]
        assert leaf.path == after.leaves[ordinal].path

"""Laws 3 and 7 for every syntax of a body: untouched is untouched, one edit changes one text, reading is total."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest
from google.protobuf import descriptor_pb2
from google.protobuf.message import Message
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.codec import decode_reply, decode_request, encode_reply, encode_request, rewrite
from gateway.model.document import Document
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Reply, Request
from tests.core.codec.messages import HTML, JSON, TEXT

LIMITS = Limits(max_leaves=500, max_depth=8)
LABELS = [
    JSON,
    TEXT,
    HTML,
    "",
    "application/x-ndjson",
    "text/xml",
    "text/csv",
    "application/graphql",
    "application/x-protobuf",
    "application/grpc",
    "application/grpc-web-text",
]

words = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x2FFF), max_size=12)
pieces = st.sampled_from(
    """<a>|</a>|<a b="c">|<!--|-->|<![CDATA[|]]>|&amp;|<?xml version="1.0"?>|<p>|<script>|</script>|<x/>|{"a":|"b"}|\n|,
    |;|"|'|{f(a:|query|(|)|}|[|]|\t|\x00\x00\x00\x00\x03|\n\x01x|\x08\x01|\x12\x03|AAAA|==|\x1e|<!DOCTYPE a>|\\
    |\ufeff""".split("|")
)
odd = st.lists(pieces | words, max_size=12).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
bodies = odd | st.binary(max_size=40)


def request(body: bytes, kind: str) -> Request:
    return Request("POST", "/", (("Content-Type", kind), ("Content-Length", str(len(body)))), body)


def decoded(message: Request) -> Document | None:
    try:
        return decode_request(message, LIMITS)
    except PayloadError:
        return None


@pytest.mark.parametrize("kind", LABELS)
@given(st.data(), bodies)
def test_any_bytes_are_a_document_or_refused_and_what_is_written_is_read(
    kind: str, data: st.DataObject, body: bytes
) -> None:
    message = request(body, kind)
    document = decoded(message)
    if document is None:
        return
    assert encode_request(rewrite(document, {}), message) == message
    if document.leaves:
        edits = data.draw(st.dictionaries(st.integers(0, len(document.leaves) - 1), words | st.none(), max_size=3))
        try:
            encode_request(rewrite(document, edits), message)
        except PayloadError as refused:
            assert refused.code in {"GW-P114", "GW-P121"}  # noqa: PT017 - only these are lawful


@pytest.mark.parametrize("kind", LABELS)
@given(bodies)
def test_any_reply_stays_what_it_is(kind: str, body: bytes) -> None:
    reply = Reply(200, (("Content-Type", kind),), body)
    assert encode_reply(rewrite(decode_reply(reply, LIMITS), {}), reply) == reply


def edited(message: Request, data: st.DataObject, new: str) -> tuple[int, str, bytes] | None:
    """One value written anew: its place among the values, what it was, and the body."""
    document = decode_request(message, Limits())
    values = [at for at, leaf in enumerate(document.leaves) if not leaf.is_key and leaf.path[0] == "body"]
    if not values:
        return None
    place = data.draw(st.sampled_from(range(len(values))))
    after = encode_request(rewrite(document, {values[place]: new}), message)
    return place, document.leaves[values[place]].text, after.body


texts = words.filter(lambda text: text.strip() == text and text != "" and not set(text) & set('<{[=:/&?"'))


@given(st.data(), st.lists(st.tuples(texts, texts), min_size=1, max_size=5), words.map(str.strip))
def test_another_xml_reader_sees_one_changed_text(data: st.DataObject, people: list[tuple[str, str]], new: str) -> None:
    root = ET.Element("users")
    for name, note in people:
        user = ET.SubElement(root, "user", {"name": name})
        ET.SubElement(user, "note").text = note
    changed = edited(request(ET.tostring(root, encoding="utf-8"), "text/xml"), data, new)
    assert changed is not None
    place, _, body = changed
    expected = [text for person in people for text in person]
    expected[place] = new
    seen = [text or "" for user in ET.fromstring(body) for text in (user.get("name"), user[0].text)]
    assert [text.split() for text in seen] == [text.split() for text in expected]


@given(st.data(), st.lists(st.tuples(texts, texts), min_size=1, max_size=5), words, st.sampled_from(",;\t|"))
def test_another_csv_reader_sees_one_changed_cell(
    data: st.DataObject, rows: list[tuple[str, str]], new: str, separator: str
) -> None:
    table = io.StringIO(newline="")
    csv.writer(table, delimiter=separator, quoting=data.draw(st.sampled_from([0, 1]))).writerows([("e", "n"), *rows])
    changed = edited(request(table.getvalue().encode(), "text/csv"), data, new)
    assert changed is not None
    place, old, body = changed
    read = list(csv.reader(io.StringIO(body.decode(), newline=""), delimiter=separator))
    expected = [text for row in rows for text in row]
    assert old == expected[place]
    expected[place] = new
    assert [text for row in read[1:] for text in row] == expected


def filed(names: list[tuple[str, str]]) -> Message:
    """Any message of the library's own will do: descriptors nest and repeat."""
    file = descriptor_pb2.FileDescriptorProto(name="a")
    for name, inner in names:
        message = file.message_type.add(name=name)
        message.nested_type.add(name=inner).field.add(name=inner, number=7)
    return file


@given(st.data(), st.lists(st.tuples(texts, texts), min_size=1, max_size=4), words)
def test_another_protobuf_reader_reads_what_was_written(
    data: st.DataObject, names: list[tuple[str, str]], new: str
) -> None:
    sent = filed(names)
    try:
        changed = edited(request(sent.SerializeToString(), "application/x-protobuf"), data, new)
    except PayloadError as refused:
        assert refused.code == "GW-P121"  # noqa: PT017 - a text that may be a message
        return
    assert changed is not None
    _, old, body = changed
    got = type(sent).FromString(body)
    assert got.ByteSize() - sent.ByteSize() in range(
        len(new.encode()) - len(old.encode()) - 4, len(new.encode()) - len(old.encode()) + 5
    )


@given(st.data(), st.lists(texts, min_size=1, max_size=4), words)
def test_another_graphql_reader_reads_what_was_written(data: st.DataObject, values: list[str], new: str) -> None:
    arguments = ", ".join(f"a{at}: {json.dumps(value)}" for at, value in enumerate(values))
    changed = edited(request(f"{{ f({arguments}) }}".encode(), "application/graphql"), data, new)
    assert changed is not None
    place, _, body = changed
    field = parse(body.decode()).to_dict()["definitions"][0]["selection_set"]["selections"][0]
    assert [argument["value"]["value"] for argument in field["arguments"]] == [
        *values[:place],
        new,
        *values[place + 1 :],
    ]

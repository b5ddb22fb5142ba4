"""Bodies under labels that say something else are told by how they look, in replies where that is safe."""

from __future__ import annotations

import zlib

import pytest

from gateway.model.errors import PayloadError
from gateway.model.message import Request
from tests.core.codec.messages import FORM, TEXT, body, edited, read, reply, request, restored, seen
from tests.core.codec.test_multipart import field, multipart

NDJSON = '{"ref":"r"}\n{"last_name":"Кедрова"}\n'
XML = "<?xml version='1.0'?><p><last_name>Кедрова</last_name></p>"
CSV = "ref,last_name\r\nr,Кедрова\r\n"
PAIRS = "ref=r&last_name=%D0%9A%D0%B5%D0%B4%D1%80%D0%BE%D0%B2%D0%B0"
PARTS = multipart(field("ref", "r"), field("last_name", "Кедрова"), boundary="b0").decode()
BODIES = {
    "json": '{"last_name":"Кедрова"}',
    "ndjson": NDJSON,
    "xml": XML,
    "csv": CSV,
    "form": PAIRS,
    "multipart": PARTS,
}
VAGUE = ("", "application/octet-stream")
UNKNOWN = ("image/png", "application/x-own", "video/mp4", "application/zip")


@pytest.mark.parametrize("kind", [*VAGUE, *UNKNOWN, TEXT, FORM, "application/x-protobuf", "application/grpc-web+proto"])
@pytest.mark.parametrize("sort", BODIES)
def test_what_can_be_told_by_its_look_is_read_as_that(sort: str, kind: str) -> None:
    found = {path: text for path, text in seen(request(BODIES[sort], kind)).items() if "last_name" in path}
    assert list(found.values()) == ["Кедрова"]
    (path,) = found
    after = edited(request(BODIES[sort], kind), {path: "tk"})
    assert (b"tk" in after.body, b"%D0" in after.body or "Кедрова".encode() in after.body) == (True, False)


@pytest.mark.parametrize("kind", ["text/csv", "text/markdown", "application/x-ndjson", "application/json", "text/html"])
def test_multipart_is_told_by_its_boundary_line_whatever_the_label(kind: str) -> None:
    assert seen(request(PARTS, kind)) == {"body.ref": "r", "body.last_name": "Кедрова"}


@pytest.mark.parametrize("before", ["\r\n", "\r\n\r\n", "This is a message in several parts.\r\n"])
def test_what_stands_before_the_first_boundary_hides_no_part(before: str) -> None:
    kinds = {text for path, text in seen(request(before + PARTS, TEXT)).items() if path.endswith("last_name")}
    assert kinds == {"Кедрова"}


@pytest.mark.parametrize("broken", [PARTS.replace("\r\n", "\n"), PARTS[:-6], "\n" + PARTS, "\ufeff" + PARTS,
                                    PARTS.replace("\r\n\r\n", "\r\n")])  # fmt: skip
def test_a_form_of_parts_that_readers_cut_differently_is_refused_under_any_label(broken: str) -> None:
    for kind in (TEXT, FORM, "", "image/png"):
        with pytest.raises(PayloadError) as refused:
            read(request(broken, kind))
        assert refused.value.code in ("GW-P130", "GW-P131")


@pytest.mark.parametrize("text", [
    "Hello\n\nI sent this and got a 400:\n\n--b0\nContent-Disposition: form-data; name=x\n\n1\n",
    "---\ncontent-type: page\ntitle: Notes\n---\nNotes\n", "-- \nAnna", "--", "--b0\r\n",
])  # fmt: skip
def test_a_text_that_only_speaks_of_parts_is_a_text(text: str) -> None:
    assert seen(request(text, TEXT)) == {"body": text}


def test_parts_of_other_multipart_bodies_are_told_too() -> None:
    mixed = "--b0\r\nContent-Type: application/json\r\n\r\n" + BODIES["json"] + "\r\n--b0--\r\n"
    assert seen(request(mixed, TEXT)) == {"body.0.last_name": "Кедрова"}


def test_a_number_in_a_boundary_that_nobody_names_can_not_be_changed() -> None:
    parts = PARTS.replace("b0", "b79000003157")
    assert seen(request(parts, TEXT))["body.boundary"] == "b79000003157"
    for new in ("tk", None):
        with pytest.raises(PayloadError) as refused:
            edited(request(parts, TEXT), {"body.boundary": new})
        assert refused.value.code == "GW-P114"


@pytest.mark.parametrize("kind", [*VAGUE, *UNKNOWN])
@pytest.mark.parametrize("text", ["a=b", "Dear Anna", "a=b&c", "{'a': 1}", "key: value\nother: 1\n", "<p>x", "a\0b"])
def test_what_looks_like_nothing_certain_stays_refused(text: str, kind: str) -> None:
    with pytest.raises(PayloadError):
        read(request(text, kind))


def test_a_part_under_a_wrong_label_is_told_as_well() -> None:
    parts = multipart(field("data", BODIES["json"], "Content-Type: image/png"), boundary="b0")
    assert seen(request(parts, "multipart/form-data; boundary=b0")) == {"body.data.last_name": "Кедрова"}
    inner = multipart(field("all", PARTS.replace("b0", "b1"), "Content-Type: text/plain"), boundary="b0")
    assert seen(request(inner, "multipart/form-data; boundary=b0"))["body.all.last_name"] == "Кедрова"


# ------------------------------------------------------------------------------------------------------- charsets


@pytest.mark.parametrize("label", ["x-unknown", "utf-9", "none", "binary"])
@pytest.mark.parametrize("kind", ["application/json", TEXT])
def test_a_charset_that_nobody_knows_says_nothing(label: str, kind: str) -> None:
    message = request('{"a":"Анна"}', f"{kind}; charset={label}")
    assert (seen(message), body(edited(message, {"body.a": "tk"}))) == ({"body.a": "Анна"}, '{"a":"tk"}')


@pytest.mark.parametrize(
    "label", ["utf-7", "x-utf-7", "unicode-1-1-utf-7", "iso-2022-jp", "csiso2022kr", "hz-gb-2312", "ibm037", "cp500",
              "x-ebcdic", "shift_jis", "gbk", "big5", "euc-kr", "utf-16-xe", "punycode", "rot13", "scsu", "037"],
)  # fmt: skip
def test_a_charset_in_which_bytes_mean_something_else_is_refused(label: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request('{"a":"Anna"}', f"application/json; charset={label}"))
    assert (refused.value.code, refused.value.status) == ("GW-P104", 415)


def test_bytes_that_are_no_text_are_refused_under_a_charset_that_nobody_knows() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(b'{"a":"\xff"}', "application/json; charset=x-unknown"))
    assert refused.value.code == "GW-P104"


# -------------------------------------------------------------------------------------------------------- replies


@pytest.mark.parametrize("kind", [*VAGUE, *UNKNOWN, TEXT])
@pytest.mark.parametrize("sort", BODIES)
def test_a_reply_under_a_label_that_no_browser_renders_is_restored(sort: str, kind: str) -> None:
    sent = BODIES[sort].replace("Кедрова", "tk").replace("%D0%9A%D0%B5%D0%B4%D1%80%D0%BE%D0%B2%D0%B0", "tk")
    assert "Anna" in body(restored(reply(sent, kind), {"tk": "Anna"}))


@pytest.mark.parametrize("kind", ["image/png", "application/x-own", ""])
def test_nothing_that_a_browser_could_take_for_markup_is_written_there(kind: str) -> None:
    assert body(restored(reply('{"a":"tk"}', kind), {"tk": "<b>"})) == '{"a":"\\u003cb\\u003e"}'
    assert body(restored(reply('{"a":"tk"}\n[1]', kind), {"tk": "<b>"})) == '{"a":"\\u003cb\\u003e"}\n[1]'


@pytest.mark.parametrize(
    "kind", ["application/javascript", "text/javascript", "text/css", "application/x-shockwave-flash",
             "application/pdf", "text/x-own", "multipart/x-mixed-replace"],
)  # fmt: skip
@pytest.mark.parametrize("sort", ["json", "form", "multipart"])
def test_a_reply_whose_label_a_browser_goes_by_is_not_told_by_its_look(sort: str, kind: str) -> None:
    document = read(reply(BODIES[sort], kind))
    assert document.leaves == ()


@pytest.mark.parametrize("kind", ["text/html", "application/graphql", "application/xml", "text/csv"])
def test_pairs_tables_and_elements_are_told_under_labels_of_other_texts(kind: str) -> None:
    for sort in ("form", "csv", "xml"):
        assert "Кедрова" in seen(request(BODIES[sort], kind)).values(), sort


@pytest.mark.parametrize(
    "text", ["<?xml version='1.0'?><!DOCTYPE html><html><p>&#65;nna", "<html xmlns='x'><p>&#65;nna</p></html>"]
)
def test_a_page_is_a_page(text: str) -> None:
    assert read(request(text, "text/html")).parts[-1].syntax == "html_sent"


def test_a_message_without_any_label_is_told_by_its_look() -> None:
    assert read(Request("POST", "/", (), PARTS.encode())).parts[-1].syntax == "multipart"


@pytest.mark.parametrize("kind", ["application/json", TEXT, "application/x-own"])
def test_parts_that_are_packed_and_do_not_say_so_are_read(kind: str) -> None:
    raw = zlib.compress(PARTS.encode())
    if kind != "application/json":
        assert seen(request(raw, kind))["body.last_name"] == "Кедрова"
    labelled = request(raw, "multipart/form-data; boundary=b0")
    assert seen(labelled)["body.last_name"] == "Кедрова"
    assert b"tk" in zlib.decompress(edited(labelled, {"body.last_name": "tk"}).body)
    assert seen(request(zlib.compress(XML.encode()), TEXT))["body.p.last_name"] == "Кедрова"
    with pytest.raises(PayloadError):
        read(request(raw, "multipart/form-data; boundary=b9"))


def test_a_part_goes_with_the_boundary_before_it() -> None:
    message = request(PARTS.replace("b0", "b79000003157"), TEXT)
    assert b"ref" not in edited(message, {"body.ref": None}).body

"""What a body is taken for: label, sniffing, charset."""

from __future__ import annotations

import pytest

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.core.codec.media import CHARSETS
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Request
from tests.core.codec.messages import FORM, LIMITS, TEXT, body, edited, read, reply, request, restored, seen


def syntax(message: Request) -> str:
    return read(message).parts[-1].syntax


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "Application/JSON",
        " application/json ; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json; charset='utf-8'",
        "application/json; Charset = utf8;",
        "application/json; v=1; charset=us-ascii",
        "application/ld+json",
        "application/vnd.api+json",
        "text/json",
        "text/x-json",
        "application/x-json",
    ],
)
def test_json_is_known_however_it_is_labelled(kind: str) -> None:
    assert syntax(request('{"a":1}', kind)) == "json"


@pytest.mark.parametrize("kind", [TEXT, FORM, "", "application/octet-stream", "text/csv", "application/x-ndjson"])
def test_json_is_known_under_any_other_label(kind: str) -> None:
    assert syntax(request(' {"a":1}\n', kind)) == "json"


@pytest.mark.parametrize(("kind", "taken_for"), [(TEXT, "text"), (FORM, "form")])
def test_what_only_looks_like_json_is_what_its_label_says(kind: str, taken_for: str) -> None:
    assert syntax(request('{"a":1,}', kind)) == taken_for


@pytest.mark.parametrize(
    "kind",
    ["application/pdf", "image/png", "", "text/rtf", ",", "a b", '"x"'],
)
def test_other_media_types_are_refused(kind: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request("a=b", kind))
    assert (refused.value.code, refused.value.status) == ("GW-P103", 415)


def test_a_body_without_any_label_is_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        read(Request("POST", "/", (), b"a=b"))
    assert refused.value.code == "GW-P103"


def test_two_labels_that_differ_are_refused() -> None:
    headers = (("Content-Type", TEXT), ("content-type", FORM))
    with pytest.raises(PayloadError) as refused:
        read(Request("POST", "/", headers, b"a=b"))
    assert refused.value.code == "GW-P103"


def test_the_same_label_twice_is_one_label() -> None:
    assert syntax(Request("POST", "/", (("Content-Type", FORM), ("content-type", FORM)), b"a=b")) == "form"


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", ""])
def test_an_empty_body_is_empty_whatever_its_label(kind: str) -> None:
    message = Request("POST", "/", (("Content-Type", kind), ("Content-Length", "0")), b"")
    document = decode_request(message, LIMITS)
    assert document.parts[-1].syntax == "empty"
    assert encode_request(document, message) == message


def test_a_body_that_can_not_be_read_is_opaque_where_the_rules_allow() -> None:
    message = request(b"\x00\xff", "application/octet-stream", headers=(("X-A", "1"),))
    document = decode_request(message, LIMITS, opaque=True)
    assert document.parts[-1].syntax == "opaque"
    assert encode_request(document, message) == message


def test_an_opaque_body_passes_while_other_parts_change() -> None:
    message = request(b"\x00\xff", "image/png", target="/anna")
    after = encode_request(rewrite(decode_request(message, LIMITS, opaque=True), {0: "tk"}), message)
    assert (after.target, after.body) == ("/tk", b"\x00\xff")


def test_a_body_over_the_limit_is_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        decode_request(request("[1]"), Limits(max_body_bytes=2))
    assert (refused.value.code, refused.value.status) == ("GW-P108", 413)


def test_plain_text_is_one_leaf() -> None:
    message = request("\ufeffDear Anna", TEXT)
    assert seen(message) == {"body": "Dear Anna"}
    assert body(edited(message, {"body": "Dear tk"})) == "\ufeffDear tk"


def test_a_removed_text_is_an_empty_one() -> None:
    assert edited(request("Dear Anna", TEXT), {"body": None}).body == b""


def test_a_form_without_its_label_is_looked_into() -> None:
    assert body(edited(request("e=a%40b&x=1", TEXT), {"body.e": "t k"})) == "e=t+k&x=1"


def test_the_length_is_in_step_with_a_rewritten_body() -> None:
    assert edited(request('{"a":"x"}'), {"body.a": "Анна"}).header("content-length") == "16"


def test_no_length_is_added_to_a_body_without_one() -> None:
    message = Request("POST", "/", (("Content-Type", TEXT), ("Transfer-Encoding", "chunked")), b"a")
    assert edited(message, {"body": "b"}).headers == message.headers


# ------------------------------------------------------------------------------------------------------ charsets


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "iso-8859-5", "utf-16le", "utf-16be", "cp866"])
def test_a_named_charset_is_read_and_written(charset: str) -> None:
    message = request('{"a":"Анна","b":1}'.encode(charset), f"application/json; charset={charset}")
    assert seen(message)["body.a"] == "Анна"
    assert edited(message, {"body.b": "2"}).body == '{"a":"Анна","b":2}'.encode(charset)


def test_utf_8_wins_over_a_label_that_says_otherwise() -> None:
    assert seen(request('{"a":"Анна"}', "application/json; charset=windows-1251")) == {"body.a": "Анна"}


def test_what_the_charset_can_not_hold_is_escaped_in_json() -> None:
    message = request('{"a":"Анна","b":1}'.encode("cp1251"), "application/json; charset=cp1251")
    assert edited(message, {"body.a": "Яé🙂", "body.b": "я"}).body == (
        b'{"a":"\\u042f\\u00e9\\ud83d\\ude42","b":"\\u044f"}'
    )


def test_what_the_charset_can_not_hold_is_a_question_mark_in_text() -> None:
    message = request("Анна".encode("cp1251"), "text/plain; charset=cp1251")
    assert edited(message, {"body": "é"}).body == b"?"


def test_a_lone_surrogate_is_a_question_mark_in_text() -> None:
    assert edited(request("x", TEXT), {"body": "a\ud800"}).body == b"a?"


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_a_byte_order_mark_tells_the_order_of_utf_16_and_is_kept(mark: bytes) -> None:
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    message = request(mark + '{"a":"я"}'.encode(order), "application/json; charset=utf-16")
    assert edited(message, {"body.a": "ю"}).body == mark + '{"a":"ю"}'.encode(order)


@pytest.mark.parametrize("label", ["utf-7", "rot13", "utf-32-xe", "shift_jis"])
def test_a_charset_out_of_the_table_is_refused(label: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request("[1]", f"application/json; charset={label}"))
    assert (refused.value.code, refused.value.status) == ("GW-P104", 415)


def test_two_charsets_are_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request("x", "text/plain; charset=utf-8; charset=utf-16"))
    assert (refused.value.code, refused.value.status) == ("GW-P104", 415)


def test_one_charset_under_two_names_is_one() -> None:
    assert seen(request("x", "text/plain; charset=utf-8; charset=UTF8")) == {"body": "x"}


@pytest.mark.parametrize("kind", [TEXT, FORM, "text/plain; charset=koi8-r"])
@pytest.mark.parametrize("text", ["a=anna@example.org\0", "\0a=bc"])
def test_a_text_with_nuls_is_refused(kind: str, text: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(text, kind))
    assert (refused.value.code, refused.value.status) == ("GW-P102", 422)


@pytest.mark.parametrize("kind", ["application/json", TEXT, FORM, "text/plain; charset=utf-16"])
def test_bytes_that_are_no_text_are_refused(kind: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(b'"\xff"', kind))
    assert (refused.value.code, refused.value.status) == ("GW-P102", 422)


@pytest.mark.parametrize("name", sorted(set(CHARSETS.values())))
def test_every_charset_of_the_table_holds_ascii(name: str) -> None:
    assert "a@0".encode(name).replace(b"\0", b"") == b"a@0"


# ------------------------------------------------------------------------------------------------------- replies


@pytest.mark.parametrize(
    ("text", "kind"),
    [("{", "application/json"), ("x", "image/png"), ("x", ""), ("<a>", "text/xml"), ("[1]", "application/javascript")],
)
def test_a_reply_that_can_not_be_inspected_is_opaque(text: str, kind: str) -> None:
    document = read(reply(text, kind))
    assert (document.parts[-1].syntax, document.leaves) == ("opaque", ())


def test_a_reply_over_the_limits_is_opaque() -> None:
    assert read(reply("[" * 100)).parts[-1].syntax == "opaque"


@pytest.mark.parametrize("kind", ["text/html", "text/html; charset=utf-8", ""])
def test_json_that_a_browser_may_take_for_html_is_restored_without_markup(kind: str) -> None:
    message = restored(reply('{"a":"tk","n":1}', kind), {"tk": "<img onerror='x'>&\u2028"})
    assert body(message) == '{"a":"\\u003cimg onerror=\\u0027x\\u0027\\u003e\\u0026\\u2028","n":1}'


def test_a_plain_reply_is_restored_as_it_is() -> None:
    assert body(restored(reply("Dear tk", TEXT), {"tk": "<b>"})) == "Dear <b>"

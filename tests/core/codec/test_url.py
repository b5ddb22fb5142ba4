"""Request targets, and URLs inside values."""

from __future__ import annotations

import json

import pytest

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.core.codec.url import anatomy
from gateway.model.errors import PayloadError
from gateway.model.message import Request
from tests.core.codec.messages import LIMITS, body, edited, request, seen


def in_json(text: str) -> Request:
    return request(json.dumps({"u": text}, ensure_ascii=False))


def url_after(text: str, edits: dict[str, str | None]) -> str:
    changed: dict[str, str] = json.loads(body(edited(in_json(text), edits)))
    return changed["u"]


def test_path_segments_are_decoded_leaves_at_their_places() -> None:
    assert seen(request(target="/users//anna%40example.org/"), "path") == {
        "path.0": "users",
        "path.2": "anna@example.org",
    }


def test_matrix_parameters_are_pairs_below_their_segment() -> None:
    message = request(target="/u;tel=%2B79000000001;x/;a=b")
    assert seen(message, "path") == {"path.0": "u", "path.0.tel": "+79000000001", "path.1.a": "b"}
    assert seen(message, "path", keys=True) == {"path.0.tel": "tel", "path.0.x": "x", "path.1.a": "a"}


def test_a_new_segment_can_be_no_other_path() -> None:
    message = request(target="/u/anna?x=1")
    assert edited(message, {"path.1": "a/b?c#d;e=f:%"}).target == "/u/a%2Fb%3Fc%23d%3Be%3Df%3A%25?x=1"


@pytest.mark.parametrize("new", [".", ".."])
def test_a_new_segment_of_dots_is_refused(new: str) -> None:
    with pytest.raises(PayloadError) as refused:
        edited(request(target="/u/anna"), {"path.1": new})
    assert refused.value.code == "GW-P114"


def test_dots_that_were_there_before_do_not_matter() -> None:
    assert edited(request(target="/../anna"), {"path.1": "x"}).target == "/../x"


def test_a_removed_segment_leaves_its_place_behind() -> None:
    assert edited(request(target="/u/anna/x"), {"path.1": None}).target == "/u/_/x"


@pytest.mark.parametrize(
    ("gone", "after"),
    [("path.0.a", "/u;b/v"), ("path.0.b", "/u;a=1/v"), ("path.0", "/_;a=1;b/v")],
)
def test_a_removed_matrix_parameter_goes_alone(gone: str, after: str) -> None:
    assert edited(request(target="/u;a=1;b/v"), {gone: None}, keys=gone == "path.0.b").target == after


def test_the_host_of_an_absolute_target_is_fixed_text() -> None:
    message = request(target="http://anna:pw@crm.example/u/1?x=2")
    assert seen(message, "path") == {"path.userinfo": "anna:pw", "path.0": "u", "path.1": "1"}
    assert edited(message, {"path.userinfo": None, "path.1": "3"}).target == "http://crm.example/u/3?x=2"


@pytest.mark.parametrize("target", ["*", "", "/", "//"])
def test_targets_without_segments_have_no_leaves(target: str) -> None:
    assert seen(request(target=target), "path") == {}


def test_two_slashes_do_not_make_a_host_of_a_path() -> None:
    assert seen(request(target="//anna@x/y"), "path") == {"path.1": "anna@x", "path.2": "y"}


def test_raw_bytes_in_a_target_are_read_as_utf_8() -> None:
    raw = "/" + "Аня".encode().decode("ascii", "surrogateescape") + "/\udcff"
    message = request(target=raw)
    assert seen(message, "path") == {"path.0": "Аня", "path.1": "\udcff"}
    assert encode_request(decode_request(message, LIMITS), message).target == raw


def test_a_url_in_a_value_is_looked_into() -> None:
    assert seen(in_json("https://a:b@h.example:80/p;m=1/%D0%B0?email=x%40y&q#tel=1&z")) == {
        "body.u.userinfo": "a:b",
        "body.u": "h.example:80",
        "body.u.0": "p",
        "body.u.0.m": "1",
        "body.u.1": "а",
        "body.u.email": "x@y",
        "body.u.tel": "1",
    }


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("?a=b&c=d", {"body.u.a": "b", "body.u.c": "d"}),
        ("/profile?email=x%40y", {"body.u.0": "profile", "body.u.email": "x@y"}),
        ("index.php?email=x%40y", {"body.u.0": "index.php", "body.u.email": "x@y"}),
        ("a=b%40c&d", {"body.u.a": "b@c"}),
        ("/p#fio=%D0%90", {"body.u.0": "p", "body.u.fio": "А"}),
        ("https://h.example/#/users/1?email=x%40y", {"body.u": "h.example", "body.u.fragment.0": "users",
                                                     "body.u.fragment.1": "1", "body.u.fragment.email": "x@y"}),
        ("https://h.example/p#%D0%90", {"body.u": "h.example", "body.u.0": "p", "body.u.fragment": "А"}),
        ("https://h.example/p#", {"body.u": "h.example", "body.u.0": "p"}),
        ("https://h.example/r?u=https%3A%2F%2Fi.example%2F%3Fe%3Dx%2540y", {
            "body.u": "h.example", "body.u.0": "r", "body.u.u": "i.example", "body.u.u.e": "x@y"}),
        ("file:///home/anna", {"body.u.0": "home", "body.u.1": "anna"}),
    ],
)  # fmt: skip
def test_what_reads_like_a_url_or_a_query_is_looked_into(text: str, leaves: dict[str, str]) -> None:
    assert seen(in_json(text)) == leaves


@pytest.mark.parametrize(
    "text",
    ["https://example.org", "https://example.org/", "see https://h/?a=b", "what? a=b", "a=b", "#fff", "?", "R&D", "1/2",
     "Anna <anna@example.org>", "user:pw@host", "{not json}", "[1,", "a=b &c=d", "x=1&"],
)  # fmt: skip
def test_other_texts_stay_texts(text: str) -> None:
    assert seen(in_json(text)) == {"body.u": text}


def test_only_the_touched_part_of_a_url_changes() -> None:
    text = "https://h.example/%7eu/a+b?x=%7e&email=x%40y#%41"
    assert url_after(text, {"body.u.email": "tk@t"}) == text.replace("x%40y", "tk%40t")


@pytest.mark.parametrize(
    ("gone", "after"),
    [
        (["body.u.a"], "//i@h/p;m=1?b=2#c=3"),
        (["body.u.a", "body.u.b"], "//i@h/p;m=1#c=3"),
        (["body.u.c"], "//i@h/p;m=1?a=1&b=2"),
        (["body.u.userinfo", "body.u.0.m"], "//h/p?a=1&b=2#c=3"),
        (["body.u.0"], "//i@h/_;m=1?a=1&b=2#c=3"),
    ],
)
def test_parts_of_a_url_are_removed_with_their_marks(gone: list[str], after: str) -> None:
    assert url_after("//i@h/p;m=1?a=1&b=2#c=3", dict.fromkeys(gone)) == after


def test_a_removed_fragment_takes_its_mark_along() -> None:
    assert url_after("//h/p?a=#b", {"body.u.fragment": None}) == "//h/p?a="


def test_a_removed_fragment_needs_no_query_before_it() -> None:
    assert url_after("https://h/p#a=1&b=2", {"body.u.a": None}) == "https://h/p#b=2"


def test_a_name_alone_before_a_fragment_is_removed_alone() -> None:
    message = in_json("/p?a=&b#f")
    assert json.loads(body(edited(message, {"body.u.b": None}, keys=True)))["u"] == "/p?a=#f"


def test_a_url_goes_with_its_host() -> None:
    message = request('{"u":"https://h.example/p?a=1","v":1}')
    assert body(edited(message, {"body.u": None})) == '{"v":1}'


def test_a_query_in_a_value_goes_with_its_last_pair() -> None:
    assert body(edited(request('{"u":"?a=1&b=2","v":1}'), {"body.u.a": None, "body.u.b": None})) == '{"v":1}'


def test_a_new_host_stays_a_host() -> None:
    assert url_after("https://h.example:80/p", {"body.u": "tk:1/?#@"}) == "https://tk:1%2F%3F%23%40/p"


def test_a_url_in_an_object_key_is_looked_into() -> None:
    document = decode_request(request('{"/p?e=x%40y":1}'), LIMITS)
    number = next(number for number, leaf in enumerate(document.leaves) if leaf.text == "x@y")
    assert rewrite(document, {number: "t@k"}).parts[-1].text == '{"/p?e=t%40k":1}'


def test_a_url_is_taken_apart_at_its_marks() -> None:
    parts = anatomy("MAILTO:a@b?c#d")
    assert (parts.user, parts.host, parts.path.start, parts.path.end) == (None, None, 7, 10)

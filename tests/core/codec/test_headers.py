"""Header blocks and cookies."""

from __future__ import annotations

import base64
from time import process_time

import pytest

from gateway.core.codec import decode_reply, decode_request, encode_reply, encode_request, rewrite
from gateway.core.codec.header_forms import FORMS
from gateway.core.codec.headers import STRUCTURAL
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Headers, Reply, Request
from tests.core.codec.messages import LIMITS, edited, read, reply, request, restored, seen


def asked(*headers: tuple[str, str]) -> Request:
    return request(headers=headers, method="GET")


def wire(text: str) -> str:
    return text.encode().decode("ascii", "surrogateescape")


def cookie(value: str) -> Request:
    return asked(("Cookie", value))


def cookies_after(value: str, edits: dict[str, str | None]) -> str | None:
    return edited(cookie(value), edits).header("cookie")


def test_end_to_end_headers_are_leaves_by_lower_case_name() -> None:
    message = asked(("User-Agent", "curl"), ("X-Forwarded-For", "192.0.2.1"), ("Origin", "https://example.org"))
    assert seen(message, "headers") == {
        "headers.user-agent": "curl",
        "headers.x-forwarded-for": "192.0.2.1",
        "headers.origin": "https://example.org",
    }


@pytest.mark.parametrize("name", ["Host", "content-encoding", "CONNECTION", "Transfer-Encoding"])
def test_structural_headers_are_fixed_text(name: str) -> None:
    assert seen(asked((name, "x")), "headers") == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ACCEPT", "text/html,application/xhtml+xml,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"),
        ("Accept", "text/html, image/gif, *; q=.2, */*; q=.2"),
        ("Accept-Charset", "utf-8, iso-8859-1;q=0.5, *;q=0.1"),
        ("Accept-Language", "ru-RU,ru;q=0.9,en-US;q=0.8,zh-Hans-CN;q=0.7,*;q=0.1"),
        ("Cache-Control", "no-cache, max-age=0"),
        ("Content-Range", "bytes 0-49/99"),
        ("content-type", 'application/json;charset="utf-8"'),
        ("Content-Type", "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk"),
        ("Date", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("If-Match", 'W/"v1", "v2"'),
        ("Max-Forwards", "10"),
        ("Pragma", "no-cache"),
        ("Priority", "u=1, i"),
        ("Upgrade-Insecure-Requests", "1"),
        ("Accept", ""),
    ],
)
def test_a_structural_header_of_its_usual_form_is_fixed_text(name: str, value: str) -> None:
    assert seen(asked((name, value)), "headers") == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Accept", "Petrova"),
        ("Accept-Language", "Petrova"),
        ("Cache-Control", "for=Petrova"),
        ("Content-Language", "Anna Petrova"),
        ("Content-Type", "application/json; user=Petrova"),
        ("Date", "Petrova"),
        ("If-Match", "Petrova"),
        ("Priority", "u=1, Petrova"),
        ("Upgrade-Insecure-Requests", "Petrova"),
    ],
)
def test_a_structural_header_that_says_more_is_a_leaf(name: str, value: str) -> None:
    assert seen(asked((name, value)), "headers") == {f"headers.{name.lower()}": value}


@pytest.mark.parametrize("value", ["a/a" + " " * 60_000 + "!", "en" + " , en" * 12_000 + "!", 'a/a;q="' + "a" * 60_000])
def test_a_form_is_told_in_linear_time(value: str) -> None:
    began = process_time()
    assert [bool(form.fullmatch(value)) for form in FORMS.values()] == [False] * len(FORMS)
    assert process_time() - began < 0.5


def test_an_entity_tag_that_is_coded_is_looked_into() -> None:
    coded = base64.b64encode(b"anna@example.org").decode()
    assert "anna@example.org" in [leaf.text for leaf in read(asked(("If-Match", f'"{coded}"'))).leaves]
    assert seen(asked(("If-Match", '"33a64df551425fcc55e4d42a148795d9f25f89d4", W/"aBcDeFgHiJkL"')), "headers") == {}


@pytest.mark.parametrize("value", ['"anna@example.org"', "anna%40example.org", wire("Анна")])
def test_a_structural_header_with_an_odd_value_is_a_leaf_all_the_same(value: str) -> None:
    assert list(seen(asked(("If-Match", value)), "headers")) == ["headers.if-match"]


@pytest.mark.parametrize(("name", "value"), [("Pragma", "89000000001"), ("Prefer", "8 (900) 000"), ("TE", "1-2-34567")])
def test_a_structural_header_with_seven_digits_is_a_leaf(name: str, value: str) -> None:
    assert seen(asked((name, value)), "headers") == {f"headers.{name.lower()}": value}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Content-Length", "12345678"),
        ("Host", "192.0.2.101:8080"),
        ("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Accept", "text/html,application/xml;q=0.9,*/*;q=0.8"),
    ],
)
def test_a_structural_header_with_its_usual_digits_is_fixed_text(name: str, value: str) -> None:
    assert seen(asked((name, value)), "headers") == {}


@pytest.mark.parametrize(
    ("name", "value"), [("If-None-Match", '"v1"'), ("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT")]
)
def test_a_validator_that_a_server_gets_back_is_a_leaf(name: str, value: str) -> None:
    assert seen(asked((name, value)), "headers") == {f"headers.{name.lower()}": value}


def test_the_condition_that_nothing_is_there_yet_is_fixed_text() -> None:
    assert seen(asked(("If-None-Match", "*")), "headers") == {}


def test_a_client_hint_that_no_browser_sends_has_a_name_that_is_looked_into() -> None:
    assert seen(asked(("Sec-Anna", "1")), "headers", keys=True) == {"headers.sec-anna": "Sec-Anna"}


def test_names_out_of_the_common_are_leaves_too() -> None:
    message = asked(("X-Anna", "1"), ("X-Request-Id", "2"), ("Sec-CH-UA", "3"))
    assert seen(message, "headers", keys=True) == {"headers.x-anna": "X-Anna"}


def test_no_structural_header_has_a_capital() -> None:
    assert {name.lower() for name in STRUCTURAL} == STRUCTURAL


def test_only_the_touched_header_changes_and_order_case_and_duplicates_stay() -> None:
    message = asked(("b", "1"), ("A", "2"), ("B", " 3"), ("host", "h"))
    assert edited(message, {"headers.a": "x"}).headers == (("b", "1"), ("A", "x"), ("B", " 3"), ("host", "h"))


def test_a_removed_header_goes_with_its_name() -> None:
    message = asked(("X-A", "1"), ("X-B", "2"), ("X-A", "3"))
    assert edited(message, {"headers.x-a": None}).headers == (("X-B", "2"),)


def test_a_removed_name_takes_the_value_along() -> None:
    message = asked(("X-A", ""), ("X-B", "2"))
    assert edited(message, {"headers.x-a": None}, keys=True).headers == (("X-B", "2"),)


def test_bytes_over_127_mean_utf_8() -> None:
    message = asked(("X-Name", wire("Анна")), ("X-Other", wire("я")))
    assert seen(message, "headers")["headers.x-name"] == "Анна"
    assert edited(message, {"headers.x-name": "Я"}).headers == (("X-Name", wire("Я")), ("X-Other", wire("я")))


def test_bytes_that_are_no_utf_8_stay_what_they_are() -> None:
    message = asked(("X-Name", "\udcff"), ("X-Other", "1"))
    assert edited(message, {"headers.x-other": "2"}).headers[0] == ("X-Name", "\udcff")


@pytest.mark.parametrize("new", ["a\r\nSet-Cookie: x=1", "a\nb", "a\rb", "a\0b"])
def test_a_new_value_can_not_begin_another_header(new: str) -> None:
    with pytest.raises(PayloadError) as refused:
        edited(asked(("X-A", "1")), {"headers.x-a": new})
    assert refused.value.code == "GW-P114"


def test_a_new_name_is_coded_so_that_it_stays_a_name() -> None:
    message = edited(asked(("X-A", "1")), {"headers.x-a": "t k:@\n"}, keys=True)
    assert message.headers == (("t%20k%3A%40%0A", "1"),)
    assert list(seen(message, "headers", keys=True).values()) == ["t k:@\n"]


@pytest.mark.parametrize("header", [("X-A", "a\nb"), ("X-A", "a\rb"), ("X-A", "\0"), ("X:A", "b"), ("X\n", "b")])
def test_a_request_with_a_malformed_header_is_refused(header: tuple[str, str]) -> None:
    with pytest.raises(PayloadError) as refused:
        read(asked(header))
    assert (refused.value.code, refused.value.status) == ("GW-P112", 400)


def test_target_and_headers_over_the_limit_are_refused() -> None:
    message = request(target="/" + "a" * 50, headers=(("X-A", "b" * 50),))
    with pytest.raises(PayloadError) as refused:
        decode_request(message, Limits(max_header_bytes=100))
    assert (refused.value.code, refused.value.status) == ("GW-P113", 431)


def test_the_credential_is_a_leaf_without_its_scheme() -> None:
    message = asked(("Authorization", "Bearer abc.def"))
    assert seen(message, "headers") == {"headers.authorization": "abc.def"}
    assert edited(message, {"headers.authorization": "tk"}).header("authorization") == "Bearer tk"


def test_a_basic_credential_is_user_and_password() -> None:
    message = asked(("Authorization", "Basic " + base64.b64encode("анна:pw".encode()).decode()))
    assert seen(message, "headers") == {"headers.authorization": "анна:pw"}
    assert edited(message, {"headers.authorization": "tk:pw"}).header("authorization") == "Basic dGs6cHc="


@pytest.mark.parametrize(
    "value", ["Basic YW5uYTpwdzE", "Basic\tYW5uYTpwdzE=", "basic YW5u YTpwdzE=", "BASIC  YW5uYTpwdzE="]
)
def test_a_basic_credential_is_read_as_leniently_as_any_server_may(value: str) -> None:
    assert seen(asked(("Authorization", value)), "headers") == {"headers.authorization": "anna:pw1"}


def test_a_basic_credential_that_is_no_utf_8_is_russian() -> None:
    value = "Basic " + base64.b64encode("анна:pw".encode("cp1251")).decode()
    assert seen(asked(("Authorization", value)), "headers") == {"headers.authorization": "анна:pw"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Basic !!!", "!!!"),
        ("Basic", "Basic"),
        ("Basic ", "Basic "),
        (wire("Анна"), "Анна"),
        ("", ""),
    ],
)
def test_a_credential_that_reads_no_further_is_whole(value: str, text: str) -> None:
    assert seen(asked(("Authorization", value)), "headers") == {"headers.authorization": text}


def test_a_referer_is_a_url() -> None:
    message = asked(("Referer", "https://h.example/u?email=x%40y"))
    assert seen(message, "headers") == {
        "headers.referer": "h.example",
        "headers.referer.0": "u",
        "headers.referer.email": "x@y",
    }


def test_a_removed_host_takes_the_referer_along() -> None:
    message = asked(("Referer", "https://h.example/u?email=x"), ("A", "1"))
    assert edited(message, {"headers.referer": None}).headers == (("A", "1"),)


def test_an_empty_referer_is_a_leaf() -> None:
    assert seen(asked(("Referer", "")), "headers") == {"headers.referer": ""}


def test_a_header_that_holds_json_is_looked_into() -> None:
    message = asked(("X-User", '{"email": "a@example.org"}'))
    assert edited(message, {"headers.x-user.email": "tk"}).header("x-user") == '{"email": "tk"}'


# ------------------------------------------------------------------------------------------------------- cookies


def test_cookies_have_an_address_of_their_own() -> None:
    message = cookie("sid=1; _ga = GA1.2 ;flag; n=")
    assert seen(message, "cookies") == {"cookies.sid": "1", "cookies._ga": "GA1.2", "cookies.n": ""}
    assert list(seen(message, "cookies", keys=True)) == ["cookies.sid", "cookies._ga", "cookies.flag", "cookies.n"]


def test_cookie_values_are_decoded_and_coded_again() -> None:
    assert seen(cookie("e=a%40b; f=x+y"), "cookies") == {"cookies.e": "a@b", "cookies.f": "x+y"}
    assert cookies_after("e=a%40b; f=x+y", {"cookies.e": "т;=\n"}) == "e=%D1%82%3B%3D%0A; f=x+y"


def test_quotes_around_a_cookie_stay() -> None:
    assert cookies_after('a="x y"; b=1', {"cookies.a": 'q"'}) == 'a="q%22"; b=1'


@pytest.mark.parametrize("value", ['a="x; b=1', 'a="x"y; b=1', 'a=x"; b=1', 'a= ""z; b=1'])
def test_quotes_that_do_not_surround_are_part_of_the_value(value: str) -> None:
    assert seen(cookie(value), "cookies")["cookies.a"] == value.partition(";")[0][2:].strip()


@pytest.mark.parametrize(
    ("gone", "after"),
    [
        (["a"], 'b="2"; c=3; c=4'),
        (["b"], "a=1; c=3; c=4"),
        (["c"], 'a=1; b="2"'),
        (["a", "b"], "c=3; c=4"),
    ],
)
def test_a_removed_cookie_takes_its_delimiter_along(gone: list[str], after: str) -> None:
    assert cookies_after('a=1; b="2"; c=3; c=4', {f"cookies.{name}": None for name in gone}) == after


def test_the_header_goes_with_its_last_cookie() -> None:
    message = asked(("Cookie", "a=1; b=2"), ("X-A", "1"))
    assert edited(message, {"cookies.a": None, "cookies.b": None}).headers == (("X-A", "1"),)


def test_several_cookie_headers_are_each_read() -> None:
    message = asked(("Cookie", "a=1"), ("cookie", "b=2"))
    assert edited(message, {"cookies.b": "x"}).headers == (("Cookie", "a=1"), ("cookie", "b=x"))


def test_json_in_a_cookie_is_looked_into_and_spelt_as_it_was() -> None:
    assert cookies_after('p={"k":"v","n":1}; q=1', {"cookies.p.k": "t;"}) == 'p={"k":"t%3B","n":1}; q=1'
    assert cookies_after("p=%7B%22k%22%3A%22v%22%7D", {"cookies.p.k": "t"}) == "p={%22k%22:%22t%22}"


@pytest.mark.parametrize("value", ["", ";", " ; ;", "=", "=x", "a", ";;a=1;"])
def test_odd_cookies_stay_byte_for_byte(value: str) -> None:
    message = cookie(value)
    assert encode_request(decode_request(message, LIMITS), message) == message


# ------------------------------------------------------------------------------------------------------- replies


def answered(*headers: tuple[str, str]) -> Reply:
    return Reply(302, headers, b"", "Found")


def test_of_a_reply_only_location_is_a_leaf() -> None:
    headers: Headers = (
        ("Location", "/u/tk1"),
        ("Content-Location", "/u/tk1"),
        ("Set-Cookie", "a=tk1"),
        ("Link", "</tk1>"),
        ("Refresh", "0; url=/tk1"),
        ("X-A", "tk1"),
    )
    assert [leaf.path for leaf in decode_reply(answered(*headers), LIMITS).leaves] == [
        ("headers", "location", 0),
        ("headers", "location", 1),
    ]


def test_what_is_restored_in_location_stays_inside_its_segment() -> None:
    message = restored(answered(("Location", "https://h/u/tk1?n=tk1"), ("Set-Cookie", "a=1")), {"tk1": "А/\r\nB: &x"})
    coded = "%D0%90%2F%0D%0AB%3A%20%26x"
    assert message.headers == (("Location", f"https://h/u/{coded}?n={coded}"), ("Set-Cookie", "a=1"))


def test_the_host_of_location_is_never_rewritten() -> None:
    assert [leaf.text for leaf in decode_reply(answered(("Location", "https://tk1/a")), LIMITS).leaves] == ["a"]


@pytest.mark.parametrize("header", [("Location", "/a\nb"), ("X:Y", "z"), ("Location", "/" * 3 + "a/" * 60_000)])
def test_a_header_block_that_can_not_be_read_has_no_leaves_and_stays(header: tuple[str, str]) -> None:
    message = answered(header, ("Location", "/tk1"))
    document = decode_reply(message, LIMITS)
    assert document.leaves == ()
    assert encode_reply(document, message) == message


def test_a_rewritten_reply_reads_like_its_bytes() -> None:
    message = reply('{"a":"<p>tk</p>"}', headers=(("Location", "/tk"), ("X-A", "1")))
    document = decode_reply(message, LIMITS)
    after = rewrite(document, {0: "x", 2: "y"})
    again = decode_reply(encode_reply(after, message), LIMITS)
    assert [(leaf.path, leaf.text) for leaf in after.leaves] == [(leaf.path, leaf.text) for leaf in again.leaves]

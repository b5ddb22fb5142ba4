"""Documents inside texts."""

from __future__ import annotations

import json

import pytest

from gateway.core.codec import decode_reply, rewrite
from gateway.model.document import Leaf
from gateway.model.errors import PayloadError
from tests.core.codec.messages import FORM, LIMITS, TEXT, body, edited, read, reply, request, seen


def wrapped(levels: int) -> str:
    text = "anna"
    for _ in range(levels):
        text = json.dumps([text])
    return text


@pytest.mark.parametrize("text", ['{"a":"x"}', ' [{"a":"x"}]', "\ufeff{}", "[]"])
def test_json_in_a_string_is_looked_into(text: str) -> None:
    leaf = read(request(json.dumps({"s": text}))).parts[-1].leaves[1]
    assert (leaf.inner is not None) == (len(text) > 2)


def test_a_change_inside_is_spelt_through_every_layer() -> None:
    message = request(json.dumps({"s": json.dumps({"q": "?e=x%40y"}), "t": 1}))
    assert body(edited(message, {"body.s.q.e": 'a"b'})) == '{"s": "{\\"q\\": \\"?e=a%22b\\"}", "t": 1}'


def test_a_text_that_only_begins_like_json_stays_a_text() -> None:
    assert seen(request('{"s":"{x}"}')) == {"body.s": "{x}"}


def test_eight_levels_are_looked_into() -> None:
    message = request(wrapped(9))
    assert list(seen(message).values()) == ["anna"]


@pytest.mark.parametrize("levels", [10, 12])
def test_more_levels_are_refused(levels: int) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(wrapped(levels)))
    assert (refused.value.code, refused.value.status) == ("GW-P111", 413)


def test_a_million_levels_are_refused_without_recursion() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request("?a=" * 300_000 + "1", TEXT))
    assert refused.value.code == "GW-P111"


def test_what_is_no_json_at_the_last_level_is_a_text() -> None:
    message = request(wrapped(9).replace("anna", "[anna"))
    assert list(seen(message).values()) == ["[anna"]


def test_a_new_text_nested_too_deep_is_a_text() -> None:
    document = read(request('{"a":"x"}'))
    after = rewrite(document, {len(document.leaves) - 1: "?a=" * 20 + "1"})
    assert after.leaves[-1].text == "?a=" * 12 + "1"


def test_html_in_a_string_is_looked_into() -> None:
    text = '{"mail":"<p>Dear&#32;tk</p>"}'
    assert seen(request(text)) == seen(reply(text)) == {"body.mail": "Dear tk"}


@pytest.mark.parametrize("text", ["<p>Dear tk</p>", '<img onerror="x">', "Dear <b>Anna</b> Smith"])
def test_html_that_reads_as_it_stands_is_one_text_in_requests(text: str) -> None:
    assert seen(request(json.dumps({"a": text}))) == {"body.a": text}


@pytest.mark.parametrize("text", ["<a href='/x?e=a%40b'>y</a>", "<b>a&commat;b</b>"])
def test_html_that_hides_something_is_looked_into(text: str) -> None:
    assert "a@b" in seen(request(json.dumps({"a": text}))).values()


@pytest.mark.parametrize("text", ["Anna <anna@example.org>", "1 < 2", "a<b", "<3", "<>"])
def test_angle_brackets_alone_make_no_html(text: str) -> None:
    assert seen(reply(json.dumps({"a": text}))) == seen(request(json.dumps({"a": text}))) == {"body.a": text}


def test_a_name_alone_that_is_json_is_looked_into() -> None:
    message = request("%7B%22e%22%3A%22x%22%7D", FORM)
    assert list(seen(message).values()) == ["x"]


def test_a_leaf_with_an_inner_document_is_no_terminal_leaf() -> None:
    part = decode_reply(reply('["[1]"]'), LIMITS).parts[-1]
    held: Leaf = part.leaves[0]
    assert held.inner is not None
    assert held.inner.text == held.text


@pytest.mark.parametrize("text", ['{"b":"%s"}', '["%s"]', "<a>%s</a>", '<a b="%s"/>'])
def test_encoded_words_inside_of_documents_are_read_there(text: str) -> None:
    """Words are read last: what they stand in has escapes of its own, which would be taken for a part of them."""
    word = "=?utf-8?B?0JDQvdC90LA=?="
    leaves = read(request(json.dumps({"s": json.dumps({"t": text % word})}))).leaves
    assert "Анна" in [leaf.text for leaf in leaves]

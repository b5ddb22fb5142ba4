"""JSON bodies: strict, lexical, spliced."""

from __future__ import annotations

import pytest

from gateway.core.codec import decode_request, rewrite
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from tests.core.codec.messages import LIMITS, body, edited, read, request, seen


def test_scalars_are_leaves_with_the_text_they_mean() -> None:
    assert seen(request('{"a":"x","b":{"c":[1,true,null,"\\u0430\\n"]}}')) == {
        "body.a": "x",
        "body.b.c.0": "1",
        "body.b.c.1": "true",
        "body.b.c.2": "null",
        "body.b.c.3": "а\n",
    }


def test_object_keys_are_leaves_at_the_path_of_their_member() -> None:
    assert seen(request('{"anna@example.org":{"\\u0061":1}}'), keys=True) == {
        'body."anna@example.org"': "anna@example.org",
        'body."anna@example.org".a': "a",
    }


@pytest.mark.parametrize("text", ['"x"', " 12 ", "true", "\ufeff null"])
def test_a_lone_scalar_is_the_body(text: str) -> None:
    assert list(seen(request(text))) == ["body"]


@pytest.mark.parametrize("text", ["{}", "[]", " { } ", "[ [ ] , { } ]", "[[],[]]", '{"a":{}}', '{"a":[],"b":[]}'])
def test_empty_containers_hold_no_values(text: str) -> None:
    assert seen(request(text)) == {}


@pytest.mark.parametrize("number", ["0", "-0", "1.50", "1e400", "12345678901234567890123", "1E+2", "-0.0e-0"])
def test_numbers_keep_their_spelling(number: str) -> None:
    message = request(f'{{"n": {number} ,"e":"x"}}')
    assert seen(message)["body.n"] == number
    assert body(edited(message, {"body.e": "y"})) == f'{{"n": {number} ,"e":"y"}}'


def test_both_of_two_equal_keys_are_leaves() -> None:
    texts = [leaf.text for leaf in read(request('{"e":"a@example.org","e":"b@example.org"}')).leaves]
    assert texts[-4:] == ["e", "a@example.org", "e", "b@example.org"]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        '{"a":1]',
        '{"a"}',
        '{"a":}',
        '{"a":1,}',
        "{,}",
        "{a:1}",
        "{'a':1}",
        '{"a":1}}',
        '{"a":1} {"b":2}',
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[1e]",
        "[NaN]",
        "[Infinity]",
        "[True]",
        "[nul]",
        '["a',
        '["\\x41"]',
        '["\\u12"]',
        '["a\nb"]',
        '["a\tb"]',
        "[1] // comment",
        "/**/[]",
        "[\xa01]",
        " ",
        "tru",
        '{"a":{"b":1}',
        '{"a":[1}',
    ],
)
def test_what_is_not_rfc_8259_is_refused_under_a_json_label(text: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(text))
    assert (refused.value.code, refused.value.status) == ("GW-P101", 422)


def test_a_refusal_tells_the_place_and_not_the_text() -> None:
    with pytest.raises(PayloadError, match="at character 10") as refused:
        read(request('{"anna":1,x}'))
    assert "anna" not in str(refused.value)


def test_a_byte_order_mark_is_kept() -> None:
    message = request('\ufeff{"a":"x"}')
    assert body(edited(message, {"body.a": "y"})) == '\ufeff{"a":"y"}'


def test_depth_up_to_the_limit_is_read_and_over_it_refused() -> None:
    limits = Limits(max_depth=3)
    assert decode_request(request("[[[1]]]"), limits).leaves
    with pytest.raises(PayloadError) as refused:
        decode_request(request("[[[[1]]]]"), limits)
    assert (refused.value.code, refused.value.status) == ("GW-P110", 413)


def test_a_million_brackets_are_refused_without_recursion() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request("[" * 1_000_000))
    assert refused.value.code == "GW-P110"


def test_leaves_over_the_limit_are_refused() -> None:
    headers = len(decode_request(request("[]"), LIMITS).leaves)
    limits = Limits(max_leaves=headers + 3)
    assert len(decode_request(request("[1,1,1]"), limits).leaves) == headers + 3
    with pytest.raises(PayloadError) as refused:
        decode_request(request("[1,1,1,1]"), limits)
    assert (refused.value.code, refused.value.status) == ("GW-P109", 413)


def test_texts_inside_texts_count_against_the_same_limit() -> None:
    limits = Limits(max_leaves=5)
    with pytest.raises(PayloadError) as refused:
        decode_request(request('["[1,2,3]","[4,5,6]"]'), limits)
    assert refused.value.code == "GW-P109"


@pytest.mark.parametrize(
    ("new", "spelt"),
    [
        ("", '""'),
        ('"\\/', r'"\"\\/"'),
        ("<b>&</b>", '"<b>&</b>"'),
        ("a\n\t\x00\x1f\x7f", '"a\\n\\t\\u0000\\u001f\x7f"'),
        ("Анна 🙂", '"Анна 🙂"'),
        ("x\ud800", '"x\\ud800"'),
        ("я\udc00", '"я\\udc00"'),
    ],
)
def test_a_string_is_spelt_with_as_few_escapes_as_possible(new: str, spelt: str) -> None:
    assert body(edited(request('{"a":"x"}'), {"body.a": new})) == f'{{"a":{spelt}}}'


def test_a_string_that_escaped_what_is_not_ascii_goes_on_to() -> None:
    message = request('{"a":"\\u0410","b":"\\u000a"}')
    assert body(edited(message, {"body.a": "Б🙂", "body.b": "Б"})) == '{"a":"\\u0411\\ud83d\\ude42","b":"Б"}'


def test_a_number_stays_a_number_where_the_new_text_is_one() -> None:
    assert body(edited(request('{"a":4509123456}'), {"body.a": "9901234567"})) == '{"a":9901234567}'


@pytest.mark.parametrize("new", ["tk1", "007", "1\n", "", "</script>"])
def test_a_number_becomes_a_string_where_the_new_text_is_none(new: str) -> None:
    message = edited(request('{"a":1}'), {"body.a": new})
    assert seen(message) == {"body.a": new}
    assert read(message).leaves[-1].spelling == "json_string"


@pytest.mark.parametrize(("new", "spelt"), [("false", "false"), ("null", "null"), ("tk", '"tk"'), ("1", '"1"')])
def test_a_literal_becomes_another_literal_or_a_string(new: str, spelt: str) -> None:
    assert body(edited(request('{"a":true}'), {"body.a": new})) == f'{{"a":{spelt}}}'


def test_a_new_text_in_a_key_renames_the_member() -> None:
    message = edited(request('{"anna@example.org": 1}'), {'body."anna@example.org"': 'tk"'}, keys=True)
    assert body(message) == '{"tk\\"": 1}'


@pytest.mark.parametrize(
    ("before", "gone", "after"),
    [
        ('{"a":1}', ["body.a"], "{}"),
        ('{ "a" : 1 , "b" : 2 }', ["body.a"], '{ "b" : 2 }'),
        ('{ "a" : 1 , "b" : 2 }', ["body.b"], '{ "a" : 1 }'),
        ('{"a":1,"b":2,"c":3}', ["body.b"], '{"a":1,"c":3}'),
        ('{"a":1,"b":2,"c":3}', ["body.a", "body.b"], '{"c":3}'),
        ('{"a":1,"b":2,"c":3}', ["body.a", "body.c"], '{"b":2}'),
        ('{"a":1,"b":2,"c":3}', ["body.a", "body.b", "body.c"], "{}"),
        ('{"a":1,"a":2,"b":3}', ["body.a"], '{"b":3}'),
        ('{"u":{"a":1,"b":{"c":2}},"v":[3]}', ["body.u.a", "body.u.b.c"], '{"u":{"b":{}},"v":[3]}'),
        ('{"u":{"a":1},"v":[3],"w":{}}', ["body.u.a"], '{"u":{},"v":[3],"w":{}}'),
        ('[1,{"a":"x,]}"},"y"]', ["body.0", "body.2"], '[null,{"a":"x,]}"},null]'),
        ('[[1],{"a":[]},2]', ["body.0.0"], '[[null],{"a":[]},2]'),
        ("\ufeff7", ["body"], "\ufeffnull"),
        ('{"a":"[1,2]"}', ["body.a.0", "body.a.1"], '{"a":"[null,null]"}'),
        ('{"a":"{\\"b\\":1}"}', ["body.a.b"], '{"a":"{}"}'),
    ],
)
def test_a_removed_value_takes_its_member_along_and_leaves_null_in_an_array(
    before: str, gone: list[str], after: str
) -> None:
    assert body(edited(request(before), dict.fromkeys(gone))) == after


def test_a_removed_key_takes_all_below_it_along_whatever_else_was_to_change_there() -> None:
    document = read(request('{"u":{"a":1,"b":["x"]},"v":2}'))
    leaves = {leaf.text: number for number, leaf in enumerate(document.leaves)}
    after = rewrite(document, {leaves["u"]: None, leaves["1"]: "9", leaves["x"]: None, leaves["2"]: "3"})
    assert after.parts[-1].text == '{"v":3}'


def test_no_edits_give_the_same_document() -> None:
    document = read(request('{"a":1}'))
    assert rewrite(document, {}) is document


def test_an_edit_to_the_same_text_changes_nothing() -> None:
    document = read(request('{"a":"\\u0041"}'))
    assert rewrite(document, {len(document.leaves) - 1: "A"}) is document


def test_a_rewritten_document_reads_like_its_bytes() -> None:
    message = request('{"a":"x","b":[1,2]}')
    document = read(message)
    after = rewrite(document, {len(document.leaves) - 1: "tk", len(document.leaves) - 5: "key"})
    assert [(leaf.path, leaf.text) for leaf in after.leaves] == [
        (leaf.path, leaf.text) for leaf in read(request('{"key":"x","b":[1,"tk"]}')).leaves
    ]

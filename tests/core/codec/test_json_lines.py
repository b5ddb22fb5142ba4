"""NDJSON, JSON Lines and JSON text sequences."""

from __future__ import annotations

import json

import pytest

from gateway.core.codec import decode_request
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from tests.core.codec.messages import FORM, HTML, JSON, LIMITS, TEXT, body, edited, read, reply, request, restored, seen

LINES = '{"email":"a@b.example","n":1.50}\n\n {"email":"c@d.example"} \r\n'
LABELS = [
    "application/x-ndjson",
    "application/jsonl",
    "application/json-seq",
    JSON,
    TEXT,
    FORM,
    "",
    "application/x-any",
]


@pytest.mark.parametrize("label", LABELS)
def test_lines_of_json_are_known_under_any_label(label: str) -> None:
    assert read(request(LINES, label)).parts[-1].syntax == "json_lines"
    assert seen(request(LINES, label)) == {
        "body.0.email": "a@b.example",
        "body.0.n": "1.50",
        "body.1.email": "c@d.example",
    }


def test_one_line_is_written_anew_and_all_else_stays() -> None:
    after = edited(request(LINES, "application/x-ndjson"), {"body.1.email": 'x"\ny'})
    assert body(after) == LINES.replace("c@d.example", 'x\\"\\ny')


def test_a_member_is_taken_out_of_its_line() -> None:
    assert body(edited(request(LINES, JSON), {"body.0.email": None})) == LINES.replace('"email":"a@b.example",', "")


def test_records_of_a_text_sequence_may_have_several_lines() -> None:
    text = '\x1e{\n"a": "x"}\n\x1e["y"]\n'
    message = request(text, "application/json-seq")
    assert seen(message) == {"body.0.a": "x", "body.1.0": "y"}
    assert body(edited(message, {"body.0.a": "z"})) == text.replace('"x"', '"z"')


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    message = request("\ufeff[1]\n[2]", "application/x-ndjson")
    assert body(edited(message, {"body.0.0": "3"})) == "\ufeff[3]\n[2]"


def test_a_single_scalar_a_line_is_read_under_its_label() -> None:
    assert seen(request('"a"\n1', "application/x-ndjson")) == {"body.0": "a", "body.1": "1"}


@pytest.mark.parametrize("text", ['{"a":1}\n{"a":', '{"a":1}\nnonsense', " \n"])
@pytest.mark.parametrize("label", ["application/x-ndjson", "application/jsonl", JSON])
def test_one_bad_line_refuses_all(text: str, label: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(text, label))
    assert (refused.value.code, refused.value.status) == ("GW-P101", 422)


@pytest.mark.parametrize("text", ['{"a":1}\n{"a":', "{a@b.example}\n{c}"])
def test_what_only_looks_like_lines_is_a_text(text: str) -> None:
    assert seen(request(text, TEXT)) == {"body": text}


def test_the_words_of_all_lines_count_together() -> None:
    lines = '{"a":1}\n' * 20
    with pytest.raises(PayloadError) as refused:
        decode_request(request(lines, "application/x-ndjson"), Limits(max_leaves=30))
    assert refused.value.code == "GW-P109"


def test_lines_in_a_string_are_looked_into() -> None:
    message = request(json.dumps({"log": '{"email":"x"}\n{"email":"y"}'}))
    assert seen(message) == {"body.log.0.email": "x", "body.log.1.email": "y"}
    assert json.loads(body(edited(message, {"body.log.1.email": "z"}))) == {"log": '{"email":"x"}\n{"email":"z"}'}


def test_a_reply_of_lines_is_restored() -> None:
    assert body(restored(reply('{"a":"tk"}\n{"b":"tk"}', "application/x-ndjson"), {"tk": 'A"'})) == (
        '{"a":"A\\""}\n{"b":"A\\""}'
    )


@pytest.mark.parametrize("label", ["", HTML])
def test_lines_that_a_browser_may_take_for_html_are_restored_without_markup(label: str) -> None:
    after = restored(reply('{"a":"tk"}\n{"b":1}', label), {"tk": "<b>"})
    assert (read(after).parts[-1].syntax, body(after)) == (
        "script_json_lines",
        '{"a":"\\u003cb>"}\n{"b":1}'.replace(">", "\\u003e"),
    )


def test_a_million_lines_end_at_the_limit() -> None:
    with pytest.raises(PayloadError):
        decode_request(request("[]\n" * 200000, "application/x-ndjson"), LIMITS)

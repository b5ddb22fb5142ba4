"""What streams do at their edges: too large, broken, not what they are called, ended in the middle."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.core.stream import cutter_of, is_endless, is_events, message_piece
from gateway.model.limits import Limits
from tests.core.stream.streams import ORIGINALS, SHOWN, TERMS, bites, cutter, shown, splits, view

TOKEN = SHOWN[2]
MAIL = ORIGINALS[TOKEN]
SMALL = replace(TERMS, limits=Limits(max_body_bytes=100, max_depth=4))
LONG = "x" * 120


@pytest.mark.parametrize(
    ("media", "wire", "expected"),
    [
        ("text/event-stream", f"data: {LONG}{{}}\n\ndata: {{}}\n\n", "data: %s{}\n\ndata: {m}\n\n"),
        ("text/event-stream", f"data: {LONG}\rdata: {{}}\r\rdata: {{}}\r\r", None),
        ("text/event-stream", f"data: {LONG}\r\ndata: {{}}\r\n\r\ndata: {{}}\r\n\r\n", None),
        ("application/x-ndjson", f'["{LONG}","{{}}"]\n["{{}}"]\n', None),
        ("application/json", f'{{{{"a":[["{LONG[:50]}","{{}}","{LONG[:50]}"],["{{}}"]]}}}}', None),
    ],
)
def test_what_is_too_large_to_be_held_passes_unread_and_the_next_is_read_again(
    media: str, wire: str, expected: str | None
) -> None:
    wire = wire.replace("{{", "{").replace("}}", "}") if "json" in media and "x-nd" not in media else wire
    last = wire.rindex("{}")
    sent = (wire[:last].replace("{}", TOKEN) + TOKEN + wire[last + 2 :]).encode()
    seen = (wire[:last].replace("{}", TOKEN) + MAIL + wire[last + 2 :]).encode()
    assert view(media, [sent], SMALL) == seen
    for parts in splits(sent):
        assert view(media, parts, SMALL) == seen
    assert view(media, bites(sent, 1), SMALL) == seen


@pytest.mark.parametrize(
    ("wire", "restored"),
    [
        ('{"a": "%s"} ] "T"', 1),
        ('{"a": "%s", b: "T"}', 1),
        ('{"a" "T"}', 0),
        ('{"a": "%s" "T"}', 1),
        ('{1: "T"}', 0),
        ('["%s", {"a" 1, "x": "T"}, "T"]', 1),
        ('["%s" "T"]', 1),
        ('[: "T"]', 0),
        ('{"a": {"a": {"a": {"a": {"a": {"a": "T"}}}}}}', 0),
        (f'["%s", "{LONG}", "T"]', 1),
        (f'["%s", ["{LONG}"], "T"]', 1),
        (f'["%s", ["{LONG}", "T"]', 1),
        (f'["%s", "{LONG} T', 1),
        ('["%s", "\\q T", "T"]', 1),
        ('["%s", [[[[[["T"]]]]]], {"b": "%s"}]', 2),
    ],
)
def test_where_a_text_is_no_json_nothing_further_on_is_restored(wire: str, restored: int) -> None:
    sent = wire.replace("T", TOKEN).replace("%s", TOKEN).encode()
    seen = wire.replace("T", TOKEN).replace("%s", MAIL).encode()
    assert wire.count("%s") == restored
    for parts in splits(sent):
        assert view("application/json", parts, SMALL) == seen
    assert view("application/json", bites(sent, 1), SMALL) == seen


@pytest.mark.parametrize(
    ("media", "start", "kind"),
    [
        ("text/plain", "data: ", "EventCutter"),
        ("", "\n: ", "EventCutter"),
        ("", "retry: ", "EventCutter"),
        ("text/plain", " {", "ValueCutter"),
        ("", '["', "ValueCutter"),
        ("", "[1, ", "ValueCutter"),
        ("text/plain", "[2026-11-22] started " + "x" * 60, "TextCutter"),
        ("text/plain", "[info", "NoneType"),
        ("text/plain", "dat", "NoneType"),
        ("text/plain", "date", "TextCutter"),
        ("text/plain", "Dear", "TextCutter"),
        ("text/plain", "", "NoneType"),
        ("text/plain", "  \n", "NoneType"),
        ("application/problem+json", "", "ValueCutter"),
        ("application/jsonl", "", "LineCutter"),
        ("text/event-stream; charset=koi8-r", "", "EventCutter"),
    ],
)
def test_a_stream_is_told_by_its_label_or_by_how_it_begins(media: str, start: str, kind: str) -> None:
    one = cutter(media)
    one.feed(start.encode())
    assert type(one._inner).__name__ == kind


def test_blanks_before_a_stream_go_out_at_once() -> None:
    one = cutter("application/json")
    assert ["".join(shown(piece, {}) for piece in one.feed(b" \n")), one.held] == [" \n", b""]
    one = cutter("text/plain")
    assert ["".join(shown(piece, {}) for piece in one.feed(b" \n")), one.held] == [" \n", b""]


def test_a_stream_that_ends_before_it_is_told_is_a_text() -> None:
    assert view("", [b"[info"]) == b"[info"
    assert view("", [b""]) == b""


@pytest.mark.parametrize(
    "headers",
    [
        (("Content-Type", "image/png"),),
        (("Content-Type", "text/html"),),
        (("Content-Type", "application/json; charset=utf-16"),),
        (("Content-Type", "application/json; charset=utf-7"),),
        (("Content-Type", "a/b"), ("Content-Type", "c/d")),
    ],
)
def test_nothing_is_restored_in_streams_of_another_kind(headers: tuple[tuple[str, str], ...]) -> None:
    assert (cutter_of(headers, TERMS), is_endless(headers)) == (None, False)


def test_event_streams_and_lines_say_that_they_are_endless() -> None:
    kinds = ("text/event-stream;charset=utf-8", "application/x-ndjson", "application/json", "text/plain")
    assert [is_endless((("Content-Type", kind),)) for kind in kinds] == [True, True, False, False]
    assert not is_endless(())


@pytest.mark.parametrize("media", ["text/event-stream", "application/x-ndjson", "application/json", "text/plain"])
def test_what_is_held_is_what_came(media: str) -> None:
    wire = f'["я{TOKEN}'.encode() if media != "text/event-stream" else f"data: a\ndata: я{TOKEN}".encode()
    for end in range(1, len(wire)):
        one = cutter(media)
        out = b"".join(one.spell(shown(piece, {})) for piece in one.feed(wire[:end]))
        assert out + one.held == wire[:end]


def test_no_more_is_held_than_may_be_a_token() -> None:
    one = cutter("text/plain")
    sent = [one.spell("".join(shown(piece, {}) for piece in one.feed(part))) for part in (b"Hi, ", b"you! ", b"a <")]
    assert (sent, one.held) == ([b"Hi, ", b"you! ", b"a "], b"<")


@pytest.mark.parametrize("media", ["text/event-stream", "application/x-ndjson", "application/json", "text/plain"])
def test_bytes_that_are_no_text_come_through_as_they_are(media: str) -> None:
    wire = {
        "text/event-stream": b"data: \xff %b\n\ndata: %s\n\n",
        "application/x-ndjson": b'["\xff %b"]\n["%s"]\n',
        "application/json": b'[["\xff %b"], "%s", "\xfe"]',
        "text/plain": b"%s \xff %b %b",
    }[media]
    sent = wire.replace(b"%s", TOKEN.encode()).replace(b"%b", TOKEN.encode())
    seen = wire.replace(b"%s", MAIL.encode()).replace(b"%b", TOKEN.encode())
    assert {view(media, parts) for parts in splits(sent)} == {seen}


def test_another_charset_is_written_as_it_is_read() -> None:
    token, name = SHOWN[4], "Анна"
    assert view("text/plain; charset=windows-1251", ["Да, ".encode("cp1251"), token.encode("cp1251"), b"!"]) == (
        f"Да, {name}!".encode("cp1251")
    )
    written = view("application/json; charset=windows-1252", [f'{{"a": "{SHOWN[0]}"}}'.encode()])
    assert json.loads(written.decode("cp1252")) == {"a": ORIGINALS[SHOWN[0]]}
    assert (
        view("text/plain; charset=windows-1252", [f"{SHOWN[0]}!".encode()])
        == "?".join("".join(char if char.isascii() else "?" for char in ORIGINALS[SHOWN[0]]).split("?")).encode() + b"!"
    )


def test_a_number_sign_further_on_makes_it_another_number() -> None:
    assert view("text/plain", [b"x8 ", b"976 000-01-23 "]) == b"x8 976 000-01-23 "
    assert view("text/plain", [b"5991", b"23456.", b"7 "]) == b"599123456.7 "


@pytest.mark.parametrize("run", ["a" * 3000, "https://evil.example/" + "a" * 3000])
def test_a_url_keeps_its_tokens_however_long_it_is(run: str) -> None:
    wire = f"see {run}?u={TOKEN} and {TOKEN}.".encode()
    inside = MAIL if run[0] == "a" else TOKEN
    seen = f"see {run}?u={inside} and {MAIL}.".encode()
    for size in (1, 7, 64, 1000, 2500, 10_000):
        assert view("text/plain", bites(wire, size)) == seen, size


def test_a_url_that_begins_late_in_a_long_run_keeps_its_tokens() -> None:
    run = "a" * 2500 + "//evil.example/" + "b" * 500
    for text in (f"{run}?u={TOKEN} {TOKEN}.", f"{run[:2600]}?{TOKEN}?{'c' * 3000}?{TOKEN} {TOKEN}."):
        seen = text[: text.rindex(TOKEN)] + MAIL + "."
        for size in (1, 50, 999, 20_000):
            assert view("text/plain", bites(text.encode(), size)) == seen.encode(), size


def test_a_no_break_space_ends_no_url() -> None:
    blanks = "\u00a0" * 80
    wire, seen = (f"see //evil.example/{blanks}{TOKEN} {shown}.".encode() for shown in (TOKEN, MAIL))
    assert {view("text/plain", bites(wire, size)) for size in (1, 5, 99, 1000)} == {seen}


def test_a_text_that_begins_as_a_url_is_left_alone() -> None:
    wire = f"https://app.example/ and {TOKEN}.".encode()
    assert {view("text/plain", bites(wire, size)) for size in (1, 5, 99)} == {wire}


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        ("data: T\ndata: b\nid: 1\n\n", 'data: Иванова "Анна" <b>\ndata: & Ко\ndata: b\nid: 1\n\n'),
        ("data:T\n\n", 'data:Иванова "Анна" <b>\ndata:& Ко\n\n'),
    ],
)
def test_a_value_of_several_lines_makes_several_lines_of_data(event: str, seen: str) -> None:
    assert view("text/event-stream", [event.replace("T", SHOWN[0]).encode()]).decode() == seen


def test_a_line_of_data_stays_what_its_reader_takes_it_for() -> None:
    known = {TOKEN: " x\ny"}
    assert view("text/event-stream", [f"data:{TOKEN}\n\n".encode()], known=known) == b"data:  x\ndata:y\n\n"
    assert view("text/event-stream", [f"data\ndata:{TOKEN}\n\n".encode()], known={TOKEN: "x"}) == b"data\ndata:x\n\n"
    assert view("text/event-stream", [f"data\ndata:{TOKEN}\n\n".encode()], known=known) == (
        b"data\ndata:  x\ndata: y\n\n"
    )


def test_a_message_too_deep_to_be_read_is_left_alone() -> None:
    text = json.dumps({"a": {"b": {"c": {"d": {"e": TOKEN}}}}})
    assert message_piece(text, SMALL).document is None
    assert repr(message_piece("secret", SMALL)) == "Piece(6 chars)"


OCTETS = "application/octet-stream"


@pytest.mark.parametrize(
    ("start", "kind"),
    [("data: ", "EventCutter"), (' {"', "ValueCutter"), ("[1, ", "ValueCutter"), ("Dear", "TextCutter")],
)
def test_octets_are_told_by_how_they_begin(start: str, kind: str) -> None:
    one = cutter(OCTETS)
    one.feed(start.encode())
    assert type(one._inner).__name__ == kind


def test_octets_that_are_a_text_are_left_alone() -> None:
    wire = f"Dear {TOKEN}.".encode()
    for parts in splits(wire):
        assert view(OCTETS, parts) == wire
    assert view(OCTETS, [b"[inf"]) == b"[inf"


def test_a_charset_that_nobody_knows_is_none() -> None:
    assert view("text/plain; charset=x-own", [TOKEN.encode()]) == MAIL.encode()


@pytest.mark.parametrize("media", ["text/plain", "", OCTETS])
@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"data: a\n\n", True),
        (b"\xef\xbb\xbfevent: x\r\ndata: a\r\n\r\n", True),
        (b": hi\n\ndata\ndata: b\r\r", True),
        (b"data: a\n", False),
        (b"data: a\n\nDear", False),
        (b"id: 5\n\n", False),
        (b"Dear data: a\n\n", False),
        (b"date: a\ndata: \n\n", False),
        (b'{"data: a\n\n', False),
        (b"", False),
    ],
)
def test_a_whole_reply_is_an_event_stream_if_all_of_it_is_one(media: str, body: bytes, events: bool) -> None:
    assert is_events((("Content-Type", media),), body) is events
    assert not is_events((("Content-Type", "text/html"),), body)


@pytest.mark.parametrize("coded", ["YW5uYUBleGFtcGxlLnJ1", "=?utf-8?Q?a=40b?=", "data:;base64,YW5uYUBleGFtcGxlLnJ1"])
def test_a_coded_string_is_looked_into(coded: str) -> None:
    assert TERMS.may_hold(json.dumps({"a": coded}))

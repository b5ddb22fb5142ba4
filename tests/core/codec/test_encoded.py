"""Texts in a coding of their own: what is read in them, what is left alone, how a change is written."""

from __future__ import annotations

import gzip
import json
import os
import quopri
import re
import time
import zlib
from base64 import b64decode, b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

import brotli
import pytest
import zstandard

from gateway.core.codec import decode_request, encode_request, rewrite
from gateway.core.codec.octets import octets_of
from gateway.core.detect.given_names import GIVEN_NAMES
from gateway.model.errors import PayloadError
from gateway.model.limits import Limits
from gateway.model.message import Request
from tests.core.codec.messages import FORM, TEXT, body, edited, read, reply, request, restored, seen
from tests.corpus import ordinary


def b64(text: str | bytes) -> str:
    return b64encode(text.encode() if isinstance(text, str) else text).decode()


def in_json(text: str) -> str:
    return json.dumps({"a": text, "b": 1})


def after(text: str, new: str | None, *, media: str = "") -> str:
    """What the text becomes when what it says becomes something else."""
    if media:
        return body(edited(request(text, media), {"body": new}))
    return str(json.loads(body(edited(request(in_json(text)), {"body.a": new})))["a"])


def says(text: str) -> str:
    return seen(request(in_json(text)))["body.a"]


# ------------------------------------------------------------------------------------------------------- Base64


@pytest.mark.parametrize(
    "text",
    [b64("Anna <a@b.ru>"), b64("Анна"), urlsafe_b64encode("ы?ы>ы~ы".encode()).decode(), b64("Анна".encode("cp1251"))],
)
def test_base64_of_a_text_is_looked_into(text: str) -> None:
    assert says(text) in {"Anna <a@b.ru>", "Анна", "ы?ы>ы~ы"}


@pytest.mark.parametrize(
    "text",
    [
        "Smirnova", "username", "79000000123", "2026-11-22", "deadbeefdeadbeef", "550e8400e29b41d4a716446655440000",
        "SmirnovaAnna", "ShippingAddress", "Content-Type", "aBcDeFgH", "Zm9v", "YWJj ZGVm", "SGVsbG8h", "AAAAAAAAAAAA",
        "4276550012345678", "H4sIAAAAAAAA",
    ],
)  # fmt: skip
def test_a_word_a_number_and_noise_stay_what_they_are(text: str) -> None:
    assert says(text) == text


def test_no_given_name_and_no_ordinary_text_is_taken_for_base64() -> None:
    names = [name.title() for name in GIVEN_NAMES if name.isascii()]
    words = re.findall(r"[A-Za-z]{4,}", " ".join(str(value) for value in vars(ordinary).values()))
    taken = [word for word in (*names, *words) if says(word) != word]
    assert (len(names) > 100, taken) == (True, [])


def test_the_alphabet_and_the_padding_stay() -> None:
    assert after(urlsafe_b64encode("ы?ы>ы~ы".encode()).decode(), "ы>ы?ы~") == "0Ys-0Ys_0Yt-"
    assert after(b64("Анна Смирнова!").rstrip("="), "x") == "eA"
    assert after(b64("Анна Смирнова!"), "x") == "eA=="
    assert after(b64("Анна Смирнов"), "x") == "eA=="


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_breaks_stay_where_they_were(end: str, last: str) -> None:
    lines = encodebytes(("Анна Смирнова, " * 9).encode()).decode().replace("\n", end)
    lines = lines if last else lines.removesuffix(end)
    assert "Анна" in says(lines)
    changed = after(lines, "Борис " * 20)
    assert changed.replace(end, "") == b64("Борис " * 20)
    assert max(map(len, changed.split(end))) == 76
    assert changed.endswith(end) is bool(last)


def test_a_plus_that_a_form_made_a_blank_of_is_a_plus_again() -> None:
    text = b64("~~> Анна <~~ ы?ы>")
    assert "+" in text
    message = request(f"data={text}", FORM)
    assert seen(message) == {"body.data": "~~> Анна <~~ ы?ы>"}
    assert edited(message, {"body.data": "~~>"}).body == b"data=fn4%2B"


def test_what_the_charset_inside_can_not_hold_is_written_in_utf_8() -> None:
    assert after(b64("Привет, Анна".encode("cp1251")), "日本") == b64("日本")


def test_json_in_base64_keeps_its_other_bytes() -> None:
    inner = '{ "e":"a@b.ru",  "n":1.50}'
    message = request(in_json(b64(inner)))
    assert seen(message) == {"body.a.e": "a@b.ru", "body.a.n": "1.50", "body.b": "1"}
    changed = json.loads(edited(message, {"body.a.e": "tk"}).body)["a"]
    assert changed == b64('{ "e":"tk",  "n":1.50}')


def test_a_removed_text_takes_its_member_with_it() -> None:
    assert edited(request(in_json(b64("anna@example.org"))), {"body.a": None}).body == b'{"b": 1}'


def test_packed_text_is_packed_again() -> None:
    changed = after(b64(zlib.compress(b"anna@example.org")), "tk")
    assert zlib.decompress(b64decode(changed)) == b"tk"


def test_noise_under_a_mark_of_gzip_is_noise() -> None:
    text = b64(b"\x1f\x8b\x08" + bytes(range(20)))
    assert says(text) == text


def test_packed_noise_is_noise() -> None:
    text = b64(gzip.compress(bytes(range(256))))
    assert says(text) == text


def bombs(count: int) -> bytes:
    bomb = b64(gzip.compress(b"a" * 1_000_000))
    return json.dumps([bomb] * count).encode()


def test_texts_may_not_unpack_to_more_than_a_body_may_hold() -> None:
    assert len(read(request(bombs(5))).leaves) == 5
    with pytest.raises(PayloadError) as refused:
        read(request(bombs(30)))
    assert (refused.value.code, refused.value.status) == ("GW-P107", 413)


def test_one_text_may_not_be_a_bomb() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(json.dumps([b64(gzip.compress(b"a" * 12_000_000))])))
    assert refused.value.code == "GW-P107"


def test_broken_streams_are_charged_for_what_they_may_have_been() -> None:
    broken = b64(gzip.compress(b"a" * 900_000)[:-9])
    began = time.process_time()
    with pytest.raises(PayloadError) as refused:
        read(request(json.dumps([broken] * 4000)))
    assert refused.value.code == "GW-P107"
    assert time.process_time() - began < 2


def test_a_bomb_without_a_mark_is_not_unpacked() -> None:
    packer = zlib.compressobj(wbits=-15)
    text = b64(b"\xed" + packer.compress(b"a" * 3_000_000)[1:] + packer.flush())
    assert says(text) == text


def test_random_tokens_cost_little() -> None:
    tokens = [b64(os.urandom(24)) for _ in range(2000)]
    began = time.process_time()
    read(request(json.dumps(tokens)))
    assert time.process_time() - began < 1


def test_a_data_url_is_read_with_its_parameters() -> None:
    text = f"data:text/plain;name=anna.txt;base64,{b64('Dear Anna')}"
    leaves = [leaf.text for leaf in read(request(in_json(text))).leaves if leaf.path == ("body", "a")]
    assert leaves == ["a", "text/plain;name=anna.txt", "Dear Anna"]


@pytest.mark.parametrize("said", ["", "text/plain", "text/html;charset=UTF-8", "application/json;charset=koi8-r"])
def test_a_type_that_says_nothing_of_anybody_is_no_leaf(said: str) -> None:
    text = f"data:{said};base64,{b64('Dear Anna')}"
    assert [leaf.text for leaf in read(request(in_json(text))).leaves if leaf.path == ("body", "a")] == [
        "a",
        "Dear Anna",
    ]


@pytest.mark.parametrize("said", ["text/anna", "text/plain;charset=79000000123", "text/plain;charset=utf-8;name=anna"])
def test_a_type_that_may_say_something_is_a_leaf(said: str) -> None:
    text = f"data:{said};base64,{b64('Dear Anna')}"
    assert said in [leaf.text for leaf in read(request(in_json(text))).leaves]


@pytest.mark.parametrize("text", ["data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==", "say ;base64, and go=on"])
def test_a_data_url_of_no_text_is_a_text(text: str) -> None:
    assert says(text) == text


# ---------------------------------------------------------------------------------------------------------- hex


def test_hex_of_a_text_is_looked_into_and_written_in_the_same_case() -> None:
    assert says(b"anna@example.org".hex()) == "anna@example.org"
    assert after(b"anna@example.org".hex(), "jo") == "6a6f"
    assert after(b"anna@example.org~~".hex().upper(), "jo") == "6A6F"


def test_digits_in_hex_are_no_number_of_anybody() -> None:
    assert says(b"79000000123".hex()) == "79000000123"
    assert says("41424344454647484950") == "41424344454647484950"


# ------------------------------------------------------------------------------------------------------ escapes


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("anna%40example.org", "anna@example.org"),
        ("%D0%90нна %zz", "Анна %zz"),
        ("%u0410%20%u0411", "А Б"),
        ("%ud83d%ude42", "🙂"),
        ("Tom &amp; &#1040;", "Tom & А"),
        ("<b title='&lt;'>Tom &amp;</b>", "Tom &"),
        ("1 < 2 &amp; 3", " 2 & 3"),
        ('say \\"Анна\\"', 'say "Анна"'),
        ("\\u0410\\n", "А\n"),
        ("=D0=90=D0=BD=\n=D0=BD=D0=B0", "Анна"),
        ("a=3Db", "a=b"),
        ("+7=20(900)=20000-31-57", "+7 (900) 000-31-57"),
        ("%CF%F0%E8%E2%E5%F2", "Привет"),
    ],
)
def test_escapes_are_undone(text: str, means: str) -> None:
    assert means in [leaf.text for leaf in read(request(in_json(text))).leaves]


@pytest.mark.parametrize(
    "text",
    [
        "50% off", "100%", "%zz", "%79000000123", "%ud83d alone", "AT&T", "a & b", "&unknown;", "a&b;c",
        "C:\\users\\anna",        "C:\\u0041\\x", "\\d+", "a=b", "2=20 x", "x =79000000123", "=3D1 and a=b", "%uZZZZ",
    ],
)  # fmt: skip
def test_what_only_looks_like_escapes_stays_as_it_is(text: str) -> None:
    assert text in [leaf.text for leaf in read(request(in_json(text))).leaves]


@pytest.mark.parametrize(
    ("old", "new", "spelled"),
    [
        ("a%20b c%2c", "d e,f/й", "d e%2cf%2f%d0%b9"),
        ("Анна%20", "Борис B", "Борис%20B"),
        ("%20x", "tk1", "%74k1"),
        ("%20x", "12-a", "%31%32-a"),
        ("%40%41", "tk", "%74%6B"),
        ("%u0410 x", "tk ы", "tk%20%u044B"),
        ("%u0410 x", "tk", "%u0074k"),
        ("%u043a%20x", "tk ы", "tk%20%u044b"),
        ("Tom &amp; Co>", "A & B>", "A &amp; B>"),
        ("Tom &amp; Co", "tk<й", "tk&lt;й"),
        ("Tom &amp; Co", "tk'", "tk&#39;"),
        ("Tom &amp; Co", "tk", "&#116;k"),
        ("&#1040; x", "Б y", "&#1041; y"),
        ("&#x410; x", "tk", "&#x74;k"),
        ('say \\"a\\" й', 'б"', 'б\\"'),
        ('"\\u0410"', '"б"', '"\\u0431"'),
        ("\\u0410 x", "tk", "\\u0074k"),
        ("a=3Db", "tk", "=74k"),
        ("=D0=90", "й=@", "=D0=B9=3D=40"),
    ],
)
def test_a_new_text_is_escaped_as_the_old_one_was(old: str, new: str, spelled: str) -> None:
    ordinal = next(at for at, leaf in enumerate(read(request(in_json(old))).leaves) if not leaf.is_key)
    leaf = read(request(in_json(old))).leaves[ordinal]
    assert after(old, new) == spelled, leaf


def test_soft_line_ends_stay() -> None:
    old = "=D0=90=D0=BD=\r\n=D0=BD=D0=B0"
    spelled = after(old, "й" * 30 + "\nй")
    assert max(len(line) for line in spelled.split("\r\n")) <= 76
    assert says(spelled) == "й" * 30 + "\nй"


@pytest.mark.parametrize("text", ["%41" * 200_000, "&#65;" * 120_000, "\\u0041" * 100_000, "=D0=90" * 100_000])
def test_long_texts_of_escapes_take_time_in_proportion(text: str) -> None:
    began = time.process_time()
    read(request(text, TEXT))
    assert time.process_time() - began < 3


def test_percent_signs_of_many_levels_are_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(f"x%{'25' * 12}41", TEXT))
    assert refused.value.code == "GW-P111"


# -------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "means"),
    [
        (f"=?utf-8?B?{b64('Анна')}?=", ["Анна"]),
        (f"=?UTF-8*ru?b?{b64('Анна').rstrip('=')}?=", ["Анна"]),
        ("=?utf-8?Q?=D0=90_b?=", ["А b"]),
        ("=?utf-8?Q?=D0?= =?utf-8?Q?=90?=", ["А"]),
        ("=?koi8-r?Q?=E1?= =?utf-8?Q?=D0=91?=", ["АБ"]),
        ("=?utf-8?B?YW5uYUBleGFtcA==?=le.org", ["anna@example.org"]),
        ("=?utf-8?Q?Anna?= <anna@example.org>", ["Anna", " <anna@example.org>"]),
        ("Dear =?utf-8?Q?Anna?=, hi", ["Dear ", "Anna", ", hi"]),
        (f"=?utf-8?B?┼{b64('Анна')}?=", ["Анна"]),
        ("=?utf-8?B?0JDQ.vdC90LA?=", ["Анна"]),
        (f"=?x-unknown?B?{b64('Анна')}?=", ["Анна"]),
        (f"=?utf-8?B?{b64('Привет, Анна'.encode('cp1251'))}?=", ["Привет, Анна"]),
    ],
)
def test_encoded_words_are_read(text: str, means: list[str]) -> None:
    leaves = [leaf.text for leaf in read(request(headers=(("X-A", text),))).leaves]
    assert [leaf for leaf in leaves if leaf in means] == means


@pytest.mark.parametrize("text", ["=?utf-8?B?A?=", "=?x-unknown?B?/w==?=", "a=?b"])
def test_words_that_say_nothing_stay(text: str) -> None:
    assert text in [leaf.text for leaf in read(request(headers=(("X-A", text),))).leaves]


def test_words_are_written_in_their_coding_and_charset() -> None:
    def written(text: str, new: str) -> str:
        return edited(request("[1]", headers=(("X-A", text),)), {"headers.x-a": new}).header("x-a") or ""

    assert written("=?koi8-r?Q?=E1?=", "Б b") == "=?koi8-r?Q?=E2=20b?="
    assert written("=?koi8-r?B?4Q==?=", "日") == f"=?utf-8?B?{b64('日')}?="
    long = written("=?utf-8?B?0JA=?=", "й" * 60)
    assert all(len(word) <= 75 for word in long.split(" "))
    assert "й" * 60 in seen(request("[1]", headers=(("X-A", long),)), "headers").values()


# ------------------------------------------------------------------------------------------------------- octets


def test_bytes_in_a_cyrillic_charset_are_read_and_written_in_it() -> None:
    message = request("a=%CF%F0%E8%E2%E5%F2&b=1", FORM)
    assert seen(message) == {"body.a": "Привет", "body.b": "1"}
    assert edited(message, {"body.a": "Борис"}).body == b"a=%C1%EE%F0%E8%F1&b=1"
    assert edited(message, {"body.a": "日"}).body == b"a=%E6%97%A5&b=1"


def test_a_header_in_koi8_r_is_read() -> None:
    value = "Привет, Анна".encode("koi8-r").decode("ascii", "surrogateescape")
    assert seen(request(headers=(("X-A", value),)), "headers") == {"headers.x-a": "Привет, Анна"}


@pytest.mark.parametrize("text", ["%FF%D8%FF%E0", "%E0", "caf%E9"])
def test_bytes_of_no_charset_stay_bytes(text: str) -> None:
    message = request(f"a={text}", FORM)
    assert "\udce0" in seen(message)["body.a"] or "\udce9" in seen(message)["body.a"]
    assert edited(message, {}).body == message.body


@pytest.mark.parametrize("text", ["anna%C1%80example.org", "anna%E0%81%80example.org", "%F0%80%81%80"])
def test_overlong_forms_are_refused(text: str) -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(f"a={text}", FORM))
    assert (refused.value.code, refused.value.status) == ("GW-P140", 422)


def test_an_overlong_form_in_a_reply_is_a_text() -> None:
    message = reply(json.dumps({"u": "/x?a=%C1%80"}))
    assert seen(message, "body")["body.u.a"] == "\udcc1\udc80"


def test_an_overlong_body_is_refused() -> None:
    with pytest.raises(PayloadError) as refused:
        read(request(b"anna\xc1\x80example.org", TEXT))
    assert refused.value.code == "GW-P102"


# ------------------------------------------------------------------------------------------------------- replies


def test_a_token_in_a_coded_text_of_a_reply_is_restored_in_its_coding() -> None:
    message = reply(json.dumps({"a": b64("Dear tk"), "b": "%74k"}))
    now = json.loads(restored(message, {"tk": "Анна"}).body)
    assert now == {"a": b64("Dear Анна"), "b": quote("Анна")}


def test_no_text_of_a_small_limit_unpacks_over_it() -> None:
    with pytest.raises(PayloadError) as refused:
        decode_request(request(json.dumps([b64(gzip.compress(b"a" * 4000))])), Limits(max_body_bytes=2000))
    assert refused.value.code == "GW-P107"


def test_no_repr_shows_what_bytes_say() -> None:
    assert repr(octets_of("Анна".encode())) == "Octets(chars=4, utf-8, ())"


_NEW = "tk " + " ".join(map(str, range(40)))
PACKING: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": zlib.compress,
    "fast zlib": lambda raw: zlib.compress(raw, 2),
    "stored zlib": lambda raw: zlib.compress(raw, 0),
    "zstd": zstandard.compress,
    "Brotli": brotli.compress,
}


@pytest.mark.parametrize("packing", list(PACKING))
def test_packed_bytes_in_a_form_are_read_and_packed_again(packing: str) -> None:
    raw = PACKING[packing]("Анна, anna@example.ru, ".encode() * 9)
    message = request(f"a=1&b={quote(raw, safe='')}", FORM)
    assert seen(message)["body.b"] == "Анна, anna@example.ru, " * 9
    again = edited(message, {"body.b": _NEW})
    assert seen(again) == {"body.a": "1", "body.b": _NEW}
    assert "tk" not in body(again)


@pytest.mark.parametrize("packing", [packing for packing in PACKING if packing != "Brotli"])
def test_packed_bytes_as_characters_of_their_number_are_read_and_packed_again(packing: str) -> None:
    """As scripts write bytes into a string."""
    raw = PACKING[packing]("Анна, anna@example.ru, ".encode() * 9)
    message = request(json.dumps({"a": raw.decode("latin-1"), "b": 1.50}))
    assert seen(message)["body.a"] == "Анна, anna@example.ru, " * 9
    again = edited(message, {"body.a": _NEW})
    assert seen(again) == {"body.a": _NEW, "body.b": "1.5"}
    assert "tk" not in body(again)


def test_what_bytes_hide_beside_what_they_say_stays_behind() -> None:
    member = gzip.compress("Анна и Юра".encode(), mtime=0)
    raw = member[:3] + b"\x08" + member[4:10] + b"anna@example.org\0" + member[10:]
    assert b"anna" not in edited(request(f"a=1&b={quote(raw, safe='')}", FORM), {}).body


@pytest.mark.parametrize(
    "text", ["x^2", "x^Анна", "x^\u00ff", "(\u00b5/\u00fd", "\x1f\u008b\x08", "P*M\x18", "x^=1&b=2"]
)
def test_what_only_begins_as_packed_is_a_text(text: str) -> None:
    assert "".join(seen(request(json.dumps({"a": text}))).values()) in (text, "12")


@pytest.mark.parametrize("bomb", [b"a" * 1_000_000, gzip.compress(b"a" * 1_000_000)], ids=["plain", "gzip"])
def test_a_bomb_of_deflate_without_a_mark_is_noise_in_a_text(bomb: bytes) -> None:
    text = b64(zlib.compress(bomb))
    assert says(text) == text


@pytest.mark.parametrize("said", ["anna", "Boris", "m", "+7 900", "Привет", "{", "<p>", "  "])
@pytest.mark.parametrize("quality", [0, 1, 5, 11])
@pytest.mark.parametrize("window", [10, 16, 22])
def test_brotli_in_base64_is_read_whatever_it_begins_with(said: str, quality: int, window: int) -> None:
    text = f"{said}, marina.kedrova@example.ru"
    raw = brotli.compress(text.encode(), quality=quality, lgwin=window)
    assert seen(request(json.dumps({"a": b64(raw)})))["body.a"] == text


@pytest.mark.parametrize("said", ["anna", "Boris", "m", "+7 900", "Привет", "{", "<p>", "  "])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_raw_deflate_in_base64_is_read_whatever_it_begins_with(said: str, level: int) -> None:
    packer = zlib.compressobj(level, wbits=-15)
    text = f"{said}, marina.kedrova@example.ru"
    raw = packer.compress(text.encode()) + packer.flush()
    assert seen(request(json.dumps({"a": b64(raw)})))["body.a"] == text


def test_a_removed_stretch_leaves_what_stands_around_it() -> None:
    message = request("[1]", headers=(("X-A", "Dear =?utf-8?Q?Anna?=, hi"),))
    document = read(message)
    number = next(number for number, leaf in enumerate(document.leaves) if leaf.text == "Anna")
    assert encode_request(rewrite(document, {number: None}), message).header("x-a") == "Dear , hi"


def test_base64_between_words_of_a_text_is_looked_into() -> None:
    text = f"phone: {b64('+7 900 000-01-23')}\nref-1, internationalization, {b64('Dear Anna')}"
    leaves = [leaf.text for leaf in read(request(text, TEXT)).leaves]
    assert leaves == ["phone: ", "+7 900 000-01-23", "\nref-1, internationalization, ", "Dear Anna"]


def test_padding_at_the_end_of_a_line_is_no_soft_line_end() -> None:
    text = f"snils: {b64('112-233-445 95')}\nref-7f3a9c51d2\n"
    assert "=\n" in text
    assert "112-233-445 95" in [leaf.text for leaf in read(request(text, TEXT)).leaves]


def test_hex_between_words_of_a_text_is_looked_into() -> None:
    text = f"email: {b'anna@example.ru'.hex()}, order 4276550012345678 of {'ab' * 16}\n"
    assert "anna@example.ru" in [leaf.text for leaf in read(request(text, TEXT)).leaves]
    assert "hex" in [leaf.spelling for leaf in read(request(text, TEXT)).leaves]


def test_a_long_text_of_long_words_takes_time_in_proportion() -> None:
    began = time.process_time()
    read(request("internationalization " * 50_000, TEXT))
    read(request("a" * 1_000_000 + ".", TEXT))
    assert time.process_time() - began < 3


# ------------------------------------------------------------------------------------------- what a fuzzer has found


def test_the_value_of_a_pair_in_a_text_is_read_before_its_escapes_make_more_pairs() -> None:
    text = "see /p?a=1&u=%2Fq%3Fmail%3Danna%2540example.org%26b%3D2 now"
    leaves = {leaf.path[-1]: leaf.text for leaf in read(request(text, TEXT)).leaves if not leaf.is_key}
    assert (leaves["mail"], leaves["b"]) == ("anna@example.org", "2")


def test_quoted_printable_with_ampersands_is_no_form() -> None:
    assert "anna@example.ru, tag & co" in texts_of(request(in_json("anna=40example.ru,=20tag=20&=20co")))
    assert "a=1" not in texts_of(request(in_json("a=1&size=40cm")))


def test_a_remark_without_an_operation_is_no_graphql() -> None:
    assert "#{Анна, w9999" in texts_of(request(in_json("#{=D0=90=D0=BD=D0=BD=D0=B0,=20w999=\n9")))


def test_quoted_printable_between_words_is_looked_into() -> None:
    assert "Анна" in texts_of(request("see x==D0=90=D0=BD=D0=BD=D0=B0; y=1", TEXT))
    told = '{"u": "/p?a=1&x=hi,=20anna=40example.ru,=20there"}, s=1'
    assert "hi, anna@example.ru, there" in texts_of(request(told, TEXT))
    text = "see x==D0=90=D0=BD=312345; y=1 width=40px.then"
    assert texts_of(request(text, TEXT)) == [text]


@pytest.mark.parametrize(
    "coded",
    [
        b64("\x00 anna@example.org"),
        b"\x00 anna@example.org".hex(),
        *(
            b64("\x00 anna@example.org".encode(charset))
            for charset in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
        ),
    ],
)
def test_control_characters_do_not_hide_a_contact(coded: str) -> None:
    assert says(coded) == "\x00 anna@example.org"


def test_control_characters_without_a_contact_are_noise() -> None:
    assert says(b64("\x00 anna and nobody")) == b64("\x00 anna and nobody")


def test_hex_behind_an_equals_sign_is_looked_into() -> None:
    coded = b"anna@example.org".hex()
    assert "anna@example.org" in texts_of(request(f"e-mail: {coded}, thanks", TEXT))
    assert "anna@example.org" in texts_of(request(f"see x={coded}, thanks", TEXT))


def test_base64_that_ends_a_line_is_no_soft_line_end() -> None:
    coded = b64("anna, anna@example.org")
    assert coded.endswith("=")
    assert "anna, anna@example.org" in texts_of(request(f"see {coded}\nmore", TEXT))


def cut_by_quoted_printable(text: str) -> str:
    return quopri.encodestring(text.encode()).decode()


@pytest.mark.parametrize(
    "wrapped",
    [
        b64,
        lambda text: text.encode().hex().upper(),
        lambda text: quote(quote(text)),
        lambda text: f"=?utf-8?B?{b64(text)}?=",
    ],
    ids=["Base64", "hex", "percent-coded", "a word"],
)
@pytest.mark.parametrize("before", range(30, 75, 4))
def test_a_soft_line_end_within_another_coding_hides_nothing(wrapped: Callable[[str], str], before: int) -> None:
    text = f"{'Call = ' * 12}"[:before] + "marina.kedrova@example.ru"
    cut = cut_by_quoted_printable(wrapped(text))
    assert "=\n" in cut
    assert text in texts_of(request(cut, TEXT))


@pytest.mark.parametrize("junk", ["!", "!!", "!!!", "Ж", "\u00a0", "!Ж."])
def test_what_is_no_base64_in_a_data_url_is_passed_over(junk: str) -> None:
    coded = b64("anna@example.org")
    assert says(f"data:text/plain;base64,{coded[:5]}{junk}{coded[5:]}") == "anna@example.org"


def test_padded_base64_at_the_end_of_lines_stands_beside_soft_line_ends() -> None:
    """Lines that can't be read as one, and what quoted-printable has cut."""
    padded = b64("anna, anna@example.org")
    cut = cut_by_quoted_printable(quote("a=b, " * 9 + "boris@example.org"))
    assert "=\n" in cut
    leaves = texts_of(request(f"{padded}\ninternationalisation=\n{padded}\n\n{cut}", TEXT))
    assert leaves.count("anna, anna@example.org") == 2
    assert "boris@example.org" in leaves[-1]


def test_what_stands_in_cut_lines_is_cut_again() -> None:
    old = cut_by_quoted_printable(b64("Call, " * 12 + "marina.kedrova@example.ru"))
    lines = after(old, "Call, " * 12 + "t0ken-4711").splitlines()
    assert len(lines) > 1
    assert all(line.endswith("=") for line in lines[:-1])
    assert says("\n".join(lines)) == "Call, " * 12 + "t0ken-4711"


@pytest.mark.parametrize("end", ["\t", "=\t", "=\x0b\n"])
def test_blanks_behind_base64_are_none_of_it(end: str) -> None:
    assert says(b64("anna@example.org").rstrip("=") + end) == "anna@example.org"


def test_base64_between_words_of_a_path_a_query_and_a_header_is_looked_into() -> None:
    coded = b64("anna, anna@example.org")
    asked = request("", target=f"/a/UTF-8''{coded}?q=see%20{coded}", headers=(("X-Note", f"see {coded}"),))
    assert texts_of(asked).count("anna, anna@example.org") == 3


def texts_of(message: Request) -> list[str]:
    return [leaf.text for leaf in read(message).leaves]


@pytest.mark.parametrize(
    ("text", "old"),
    [
        (f";;;;{b64('anna@example.ru')}", ";;;;"),
        (f"Смирнова{b64('anna@example.ru')}", "Смирнова"),
        (f"x {b64('anna@example.ru')};;;;", ";;;;"),
        (f"Смирнова(=?utf-8?B?{b64('anna@example.ru')}?=", "Смирнова("),
        (f"Смирнова({b'anna@example.ru'.hex()}", "Смирнова("),
    ],
)
def test_a_new_text_beside_a_coded_stretch_does_not_hide_it(text: str, old: str) -> None:
    document = read(request(text, TEXT))
    at = next(number for number, leaf in enumerate(document.leaves) if leaf.text == old)
    after = rewrite(document, {at: "t0ken-4711"})
    assert [leaf.text.strip() for leaf in after.leaves if leaf.text.strip() in ("t0ken-4711", "anna@example.ru")] in (
        ["t0ken-4711", "anna@example.ru"],
        ["anna@example.ru", "t0ken-4711"],
    )


def test_names_in_the_strings_of_a_header_in_koi8_r_are_read() -> None:
    value = '{"a": "Анна Смирнова", "b": "x"}'.encode("koi8-r").decode("ascii", "surrogateescape")
    message = request(headers=(("X-A", value),))
    assert seen(message, "headers")["headers.x-a.a"] == "Анна Смирнова"
    after = edited(message, {"headers.x-a.b": "tk"})
    assert after.header("x-a") == value.replace("x", "tk")


@pytest.mark.parametrize("coded", ["aXZhbkBtYWlsLnJ1", b64("ivan@mail.ru!").rstrip("="), b"ivan@mail.ru".hex()])
def test_what_is_coded_between_words_of_a_plain_json_string_is_looked_into(coded: str) -> None:
    message = request(json.dumps({"note": f"see {coded} thanks"}))
    assert any("ivan@mail.ru" in leaf.text for leaf in read(message).leaves)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (r'a["{\"email\":\"anna@example.org\"}"]', r'a["{\"email\":\"tk\"}"]'),
        (r'log: msg="user \"anna@example.org\" x" y="z"', r'log: msg="user \"tk\" x" y="z"'),
        (r'"\"" \"anna@example.org\" ""', r'"\"" \"tk\" ""'),
        (r'"x\"y" anna@example.org', r'"x\"y" tk'),
    ],
)
def test_quotes_that_are_escaped_and_quotes_that_are_bare_stay_what_they_are(text: str, new: str) -> None:
    """A frame of SockJS, a line of a log: what is escaped in one string is not so between them."""
    message = request(text, TEXT)
    document = read(message)
    edits = {
        number: leaf.text.replace("anna@example.org", "tk")
        for number, leaf in enumerate(document.leaves)
        if "anna@example.org" in leaf.text
    }
    assert len(edits) == 1
    assert body(encode_request(rewrite(document, edits), message)) == new


def test_quotes_that_make_no_strings_are_read_as_a_whole() -> None:
    assert texts_of(request(r'say \"hi" to', TEXT)) == ['say "hi" to']


@pytest.mark.parametrize("before", ["0x", r"\\x", "x"])
def test_hex_behind_its_prefix_is_looked_into(before: str) -> None:
    message = request(f'{{"note": "{before}{b"anna@example.org".hex()}"}}')
    assert "anna@example.org" in texts_of(message)

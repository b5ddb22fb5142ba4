"""Strings of scripts."""

from __future__ import annotations

import pytest

from tests.core.codec.messages import HTML, body, read, reply, restored


def strings(script: str) -> list[str]:
    return [leaf.text for leaf in read(reply(f"<script>{script}</script>", HTML)).leaves]


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("a = 'x' + \"y\"", ["x", "y"]),
        ("a = {'k': 'v'}", ["k", "v"]),
        ("/* 'x' **/ 'y' // 'z'\n'w'", ["y", "w"]),
        ("a / 'x' / b", ["x"]),
        ("a[0] / 'x' / b", ["x"]),
        ("1 / 'x'", ["x"]),
        ("'x' / 'y'", ["x", "y"]),
        ("a = /'x'/g; 'y'", ["y"]),
        ("/[/'\\]]\\/'/.test('y')", ["y"]),
        ("return /'x'/.exec('y')", ["y"]),
        ("`x` / 'y'", ["y"]),
        ("`a$b\\`c` + 'y'", ["y"]),
        ("a + /'x'/ + 'y'", ["y"]),
        ("eval('x') + f('y')", ["y"]),
        ("setTimeout ( 'x', 'y')", ["y"]),
        ("'a' + f(b) / 'x'", ["a"]),
        ("'a'; if (b) {} /'x'/", ["a"]),
        ("'a'; b++ / 'x'", ["a"]),
        ("'a' + `${b}` + 'x'", ["a"]),
        ("'a' + 'b\nc'", ["a"]),
        ("'a' + /b\n/ + 'c'", ["a"]),
        ("'a' + /* 'b'", ["a"]),
        ("'a' + `b", ["a"]),
        ("'a' # 'b' @ 'c'", ["a", "b", "c"]),
        ("/'x'", []),
    ],
)
def test_strings_are_found_up_to_what_can_not_be_told(script: str, found: list[str]) -> None:
    assert strings(script) == found


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        (r"'\x41\u0042\u{43}\u{1F642}'", "ABC🙂"),
        (r"'\ud83d\ude42\ud800'", "🙂\ud800"),
        (r"'\n\t\r\b\f\v\0\'\"\\\/\q'", "\n\t\r\b\f\v\0'\"\\/q"),
        ("'a\\\nb\\\r\nc\\\u2028d'", "abcd"),
        (r"'\u{110000}\x4\u12'", r"\u{110000}x4u12"),
    ],
)
def test_escapes_mean_what_they_mean(literal: str, text: str) -> None:
    assert strings(literal) == [text]


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_string_can_not_be_left(quote: str) -> None:
    original = "'\"\\\n\r`</script><!--${a}&\u2028\u2029é🙂\x85\ud800"
    message = restored(reply(f"<script>{quote}tk{quote}</script>", HTML), {"tk": original})
    quotes = "".join(f"\\u{ord(char):04x}" for char in "'\"\\\n\r`")
    rest = "\\u003c/script\\u003e\\u003c!--${a}\\u0026\\u2028\\u2029é🙂\\u0085\\ud800"
    assert body(message) == f"<script>{quote}{quotes}{rest}{quote}</script>"


def test_what_is_restored_reads_back() -> None:
    original = "'\"\\\n`</script>\u2028é🙂\ud800"
    message = restored(reply("<script>'tk'</script>", HTML), {"tk": original})
    assert [leaf.text for leaf in read(message).parts[-1].leaves] == [original]

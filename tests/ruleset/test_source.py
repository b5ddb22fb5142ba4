"""YAML with the traps removed: what is read as what, and where everything stands."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ruleset.problems import Problem
from gateway.ruleset.source import MAX_BYTES, parse
from gateway.ruleset.tree import Members, mark_at, plain


def read(text: str) -> object:
    root, problems = parse("f.yaml", text.encode())
    assert problems == []
    assert root is not None
    return plain(root)


def problems(raw: str | bytes) -> list[Problem]:
    return parse("f.yaml", raw if isinstance(raw, bytes) else raw.encode())[1]


def root_of(text: str) -> Members:
    root, _ = parse("f.yaml", text.encode())
    assert root is not None
    return root


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30:00", "12:30:00"),
        ("2026-11-22", "2026-11-22"),
        ("192.0.2.1", "192.0.2.1"),
        ("not ru", "not ru"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("1.10", Decimal("1.10")),
        ('"0777"', "0777"),
        ("'true'", "true"),
        ("12345678901234567890123", 12345678901234567890123),
    ],
)
def test_a_plain_text_is_what_it_looks_like(text: str, value: object) -> None:
    assert read(f"a: {text}") == {"a": value}


def test_decimals_keep_their_zeros() -> None:
    assert str(read("a: 1.10")) == "{'a': Decimal('1.10')}"


@pytest.mark.parametrize(
    "text",
    ["0777", "0o17", "0x1F", "0b11", "1_000", "1e5", "+7", "+7.5", ".5", "5.", "True", "NULL", "~", ".inf", ".NaN"],
)
def test_a_text_that_readers_disagree_about_is_refused(text: str) -> None:
    assert [problem.code for problem in problems(f"a: {text}")] == ["GW-R106"]


def test_keys_are_texts_whatever_they_look_like() -> None:
    assert read("{1: a, true: b, null: c}") == {"1": "a", "true": "b", "null": "c"}


def test_a_block_text_keeps_its_lines() -> None:
    assert read("a: |\n  one\n  two\n") == {"a": "one\ntwo\n"}


def test_every_value_knows_its_place() -> None:
    root = root_of("a:\n  - {b: Ёлка, c: 1}\n")
    mark = mark_at(root, ("a", 0, "c"))
    assert (str(mark), mark.width) == ("f.yaml:2:18", 1)


def test_every_key_knows_its_place() -> None:
    assert str(mark_at(root_of("a:\n  - {b: 1, cc: 1}\n"), ("a", 0, "cc"), key=True)) == "f.yaml:2:12"


def test_a_place_that_is_not_there_is_the_nearest_around_it() -> None:
    root = root_of("a:\n  - {b: 1}\n")
    assert str(mark_at(root, ("a", 0, "missing"))) == "f.yaml:2:5"
    assert str(mark_at(root, ("a", 7))) == "f.yaml:2:3"


def test_a_duplicate_key_is_refused_with_the_line_of_the_first() -> None:
    (problem,) = problems("a: 1\nb: 2\na: 3\n")
    assert (problem.code, str(problem.mark)) == ("GW-R103", "f.yaml:3:1")
    assert "first on line 1" in problem.what


@pytest.mark.parametrize("text", ["a: &x 1", "a: !!str 1", "a: {<<: {b: 1}}", "a: ! 1"])
def test_nothing_is_copied_or_retyped(text: str) -> None:
    assert [problem.code for problem in problems(text)] == ["GW-R104"]


def test_an_alias_is_refused_where_it_stands() -> None:
    assert [str(problem.mark) for problem in problems("a: &x [1]\nb: *x\n")] == ["f.yaml:1:4", "f.yaml:2:4"]


@pytest.mark.parametrize("text", ["a: 1\n---\nb: 2\n", "%YAML 1.2\n---\na: 1\n", "%TAG ! x:\n---\na: 1\n"])
def test_one_document_without_directives(text: str) -> None:
    assert [problem.code for problem in problems(text)] == ["GW-R105"]


def test_a_document_may_be_marked_as_such() -> None:
    assert read("---\na: 1\n...\n") == {"a": 1}


def test_a_tab_is_shown_where_it_stands() -> None:
    (problem,) = problems("a:\n\t- 1\n")
    assert (problem.code, str(problem.mark)) == ("GW-R102", "f.yaml:2:1")


def test_bytes_that_are_no_utf8_are_refused_where_they_stand() -> None:
    (problem,) = problems(b"a: 1\nb: \xff\n")
    assert (problem.code, str(problem.mark)) == ("GW-R100", "f.yaml:2:4")


def test_a_character_that_yaml_forbids_is_refused_where_it_stands() -> None:
    (problem,) = problems("a: 1\nb: \x07\n")
    assert (problem.code, str(problem.mark)) == ("GW-R101", "f.yaml:2:4")


@pytest.mark.parametrize("text", ["a: @x", "a: [1", "a: b: c", "a: 'x", "- a\nb: 1", "a: %x\n  - b"])
def test_what_is_no_yaml_says_where_it_breaks_off(text: str) -> None:
    (problem,) = problems(text)
    assert problem.code == "GW-R101"
    assert problem.mend


@pytest.mark.parametrize("text", ["", "# nothing\n", "- 1\n", "just a text\n"])
def test_a_file_is_a_map(text: str) -> None:
    assert [problem.code for problem in problems(text)] == ["GW-R108"]


@pytest.mark.parametrize("text", ["? [a, b]\n: 1\n", "{? {a: 1} : 2}\n"])
def test_a_key_is_a_text(text: str) -> None:
    assert [problem.code for problem in problems(text)] == ["GW-R108"]


def test_a_large_file_is_not_read() -> None:
    assert [problem.code for problem in problems(b"a: " + b"x" * MAX_BYTES)] == ["GW-R107"]


def test_a_deep_file_is_not_followed() -> None:
    assert [problem.code for problem in problems("a: " + "[" * 4000 + "]" * 4000)] == ["GW-R107"]


def test_all_traps_of_a_file_are_shown_at_once() -> None:
    found = problems("a: 0777\nb: &x 1\na: 2\n")
    assert [problem.code for problem in found] == ["GW-R106", "GW-R104", "GW-R103"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_json_is_read_as_the_values_it_holds(value: object) -> None:
    root, found = parse("f.yaml", json.dumps({"a": value}, ensure_ascii=False).encode())
    assert found == []
    assert root is not None
    assert plain(root) == {"a": value}


@given(st.binary(max_size=200))
def test_any_bytes_give_a_tree_or_a_problem(raw: bytes) -> None:
    root, found = parse("f.yaml", raw)
    assert root is not None or found

"""The small words: patterns, names, places; what they mean and what they refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ruleset.canonical import pattern_text
from gateway.ruleset.schema.words import many, parse_pattern, starts_path


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("body.email", ("body", "email")),
        ("**.citizenship", ("**", "citizenship")),
        ('body."e.mail".x', ("body", "e.mail", "x")),
        (r'body."say \"hi\" \\"', ("body", 'say "hi" \\')),
        ('body.""', ("body", "")),
        ("body.users.*.e-mail", ("body", "users", "*", "e-mail")),
        ("headers.x-forwarded-for", ("headers", "x-forwarded-for")),
        ("body.имя", ("body", "имя")),
    ],
)
def test_a_path_is_read_step_by_step(text: str, steps: tuple[str, ...]) -> None:
    assert parse_pattern(text) == steps


@pytest.mark.parametrize("text", ["", "body.", ".body", "body..x", 'body."x', "body x", 'body."x"y', 'bo"dy'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="missing at character"):
        parse_pattern(text)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_every_path_can_be_spelt(steps: list[str]) -> None:
    assert parse_pattern(pattern_text(tuple(steps))) == tuple(steps)


@pytest.mark.parametrize(
    ("text", "starts"), [("body.x", True), ("**", True), ("*.x", True), ("bdy.x", False), ("", False)]
)
def test_a_path_starts_with_a_part_of_the_message(text: str, starts: bool) -> None:
    assert starts_path(text) is starts


def test_one_or_many_is_a_list() -> None:
    two: list[str] = many(["x", "y"])
    assert (many("x"), two) == (["x"], ["x", "y"])

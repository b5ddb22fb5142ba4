"""Files can be split and merged without changing meaning."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.ruleset.merge import merge
from gateway.ruleset.problems import BadRulesError
from gateway.ruleset.read import read
from gateway.ruleset.source import parse
from gateway.ruleset.tree import Members, plain
from tests.ruleset.written import BASE, STAY_HOME, codes, loaded, write, wrong

MORE = """
version: 1
rules:
  - id: no-cards
    why: Cards are not kept.
    when: {kind: card.pan}
    then: drop
"""


def tree(text: str, file: str = "f") -> Members:
    root, _ = parse(file, text.encode())
    assert root is not None
    return root


def test_the_order_of_files_never_matters(tmp_path: Path) -> None:
    base, more = write(tmp_path, BASE, "a.yaml"), write(tmp_path, MORE, "b.yaml")
    assert read([base, more]).ruleset == read([more, base]).ruleset


def test_a_split_file_means_what_it_meant_whole(tmp_path: Path) -> None:
    whole = loaded(tmp_path, BASE + STAY_HOME + MORE.partition("rules:")[2])
    split = loaded(tmp_path, BASE + STAY_HOME, MORE)
    assert split.ruleset.digest == whole.ruleset.digest


def test_a_folder_is_all_rules_files_in_it(tmp_path: Path) -> None:
    write(tmp_path, BASE, "a.yaml")
    write(tmp_path, MORE, "b.yml")
    write(tmp_path, "not: [yaml", "c.txt")
    assert [rule.id for rule in read([tmp_path]).ruleset.rules] == ["no-cards"]


def test_a_folder_without_rules_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(BadRulesError) as raised:
        read([tmp_path])
    assert raised.value.code == "GW-R100"


def test_no_file_at_all_is_an_error() -> None:
    with pytest.raises(BadRulesError) as raised:
        read([])
    assert raised.value.code == "GW-R100"


def test_a_file_named_twice_counts_once(tmp_path: Path) -> None:
    base = write(tmp_path, BASE + STAY_HOME)
    assert read([base, tmp_path / "." / "rules.yaml"]).ruleset.digest == read([base]).ruleset.digest


def test_a_region_may_be_described_in_two_files() -> None:
    merged, problems = merge([tree("regions: {ru: {countries: [RU]}}"), tree("regions: {ru: {vault: x}}")])
    assert (plain(merged), problems) == ({"regions": {"ru": {"countries": ["RU"], "vault": "x"}}}, [])


def test_an_equal_answer_may_be_given_twice() -> None:
    merged, problems = merge([tree("version: 1"), tree("version: 1")])
    assert (plain(merged), problems) == ({"version": 1}, [])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("residence: {unknown: ru}", "residence: {unknown: elsewhere}"),
        ("destinations: {crm: {url: a}}", "destinations: {crm: {url: a}}"),
        ("callers: {claims: {jwks: a}}", "callers: {claims: {issuer: b}}"),
        ("kinds: {loyalty: {equal: true}}", "kinds: {loyalty: {category: personal}}"),
        ("mode: observe", "mode: enforce"),
    ],
)
def test_two_answers_to_one_question_are_refused(first: str, second: str) -> None:
    _, problems = merge([tree(first, "a"), tree(second, "b")])
    assert [(problem.code, problem.mark.file) for problem in problems] == [("GW-R110", "b")]


def test_what_a_file_says_of_itself_stays_its_own() -> None:
    merged, problems = merge([tree("as_of: 2026-01-01\npacks: [a]"), tree("as_of: 2026-02-02\npack: b")])
    assert (plain(merged), problems) == ({}, [])


def test_of_two_forms_only_the_wrong_one_is_reported(tmp_path: Path) -> None:
    assert codes(wrong(tmp_path, BASE, "version: 1\nroutes: {}\n")) == ["GW-R203"]


RULES = [
    "  - {id: a, why: One of several., when: {kind: email}, then: drop}\n",
    "  - {id: b, why: One of several., when: {kind: phone}, then: tokenize}\n",
    "  - {id: c, why: One of several., when: {kind: [ip, email]}, then: drop}\n",
    "  - {id: d, why: One of several., when: {kind: ru.*}, then: block}\n",
]


@settings(max_examples=25)
@given(st.permutations(RULES), st.integers(1, 3))
def test_permuting_and_splitting_rules_changes_no_digest(
    tmp_path_factory: pytest.TempPathFactory, shuffled: list[str], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("split")
    first, second = BASE + "rules:\n" + "".join(shuffled[:cut]), "version: 1\nrules:\n" + "".join(shuffled[cut:])
    whole = loaded(folder, BASE + "rules:\n" + "".join(RULES))
    assert loaded(folder, first, second).ruleset.digest == whole.ruleset.digest

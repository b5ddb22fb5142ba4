"""Kinds of the operator's own: from the YAML to what is found and what happens to it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from gateway.cli import main
from gateway.core.classify import classify
from gateway.model.names import Kind
from gateway.ruleset.canonical import canonical
from gateway.ruleset.load import load, wrong_with
from gateway.ruleset.problems import BadRulesError, errors
from gateway.ruleset.read import read
from gateway.ruleset.trial import trial
from tests.core.test_classify import request
from tests.ruleset.written import BASE, STAY_HOME, codes, loaded, write, wrong

ROOM = r"""
kinds:
  room:
    category: personal
    title: {en: hotel room, ru: номер комнаты}
    law: 152-FZ art. 3(1)
    shape: stand_in
    fields: [room_no, номер комнаты]
    find:
      pattern: 'к-\d{3,4}'
      near: [комнат, room]
      yes: [комната К-0412]
      no: [К-0412, комната 412]
  contract:
    category: personal
    equal: true
    normal: alnum
    checksum: luhn
    find:
      - {pattern: 'дг-\d{8}', yes: [ДГ-00000018, "договор ДГ–00000026"], no: ДГ-00000019}
      - {pattern: '№ ?(\d{8})', near: договор, unless: счет, yes: договор № 00000018, no: '№ 00000018'}
"""
KINDS_OF_BODY = """
tests:
  - it: keeps the room of a guest at home, by its name and in a text
    given: {to: crm, body: {citizenship: RU, roomNo: 412, note: "в комнате К-0412", other: К-0412, ДГ: ДГ-00000018}}
    expect: {body.roomNo: tokenize, body.note: tokenize, body.ДГ: tokenize, because: stay-home}
"""


def whole(folder: Path, text: str = ROOM) -> Path:
    return write(folder, BASE + STAY_HOME + text)


def test_a_kind_says_what_it_is(tmp_path: Path) -> None:
    spec = read([whole(tmp_path)]).ruleset.kinds[Kind("room")]
    assert (spec.title_en, spec.title_ru, spec.law) == ("hotel room", "номер комнаты", "152-FZ art. 3(1)")


def test_one_title_serves_both_languages(tmp_path: Path) -> None:
    spec = read([whole(tmp_path, "kinds: {room: {category: personal, title: Zimmer}}")]).ruleset.kinds[Kind("room")]
    assert (spec.title_en, spec.title_ru) == ("Zimmer", "Zimmer")


def test_ways_of_finding_are_compiled_in_order(tmp_path: Path) -> None:
    finders = read([whole(tmp_path)]).ruleset.finders
    assert [(one.kind, one.checksum, one.near) for one in finders] == [
        ("contract", "luhn", ()),
        ("contract", "luhn", ("договор",)),
        ("room", None, ("room", "комнат")),
    ]


def test_its_values_are_found_in_messages(tmp_path: Path) -> None:
    rules = load([whole(tmp_path)])
    document = request({"note": "комната К-0412", "x": ["ДГ-00000018", "ДГ-00000019"], "room_no": 12})
    found = {(document.leaves[f.leaf].text, f.kind, f.detector) for f in classify(document, rules)}
    assert found == {
        ("комната К-0412", "room", "own.room"),
        ("ДГ-00000018", "contract", "own.contract"),
        ("12", "room", "field:strong"),
    }


@pytest.mark.parametrize("name", ["room_no", "roomNo", "Room No", "guest[room_no]", "номер_комнаты", "Номер комнаты"])
def test_its_fields_are_told_in_any_spelling(tmp_path: Path, name: str) -> None:
    document = request({name: "x"})
    assert [(f.kind, f.detector) for f in classify(document, load([whole(tmp_path)]))] == [("room", "field:strong")]


def test_the_name_of_a_field_is_a_word_near(tmp_path: Path) -> None:
    rules = load([whole(tmp_path)])
    found = [f.detector for f in classify(request({"room": "К-0412", "shelf": "К-0412"}), rules)]
    assert found == ["own.room"]


def test_rules_act_on_what_was_found(tmp_path: Path) -> None:
    text = BASE.replace("role: application, unmatched: drop", "role: application, unmatched: pass")
    outcomes = trial(read([write(tmp_path, text + STAY_HOME + ROOM + KINDS_OF_BODY)]))
    assert [outcome.it for outcome in outcomes if outcome.failures] == []


def test_each_example_is_a_test(tmp_path: Path) -> None:
    assert [outcome.it for outcome in trial(read([whole(tmp_path)]))] == [
        "contract: yes 'ДГ-00000018'",
        "contract: yes 'договор ДГ–00000026'",
        "contract: no 'ДГ-00000019'",
        "contract: yes 'договор № 00000018'",
        "contract: no '№ 00000018'",
        "room: yes 'комната К-0412'",
        "room: no 'К-0412'",
        "room: no 'комната 412'",
    ]


def test_the_server_takes_no_rules_whose_examples_fail(tmp_path: Path) -> None:
    file = whole(tmp_path, ROOM.replace("no: [К-0412,", "no: [комната К-412,"))
    with pytest.raises(BadRulesError) as caught:
        load([file])
    (problem,) = caught.value.problems
    assert problem.code == "GW-R503"
    assert problem.mark.text[problem.mark.column - 1 :][: problem.mark.width] == "комната К-412"


def test_the_command_shows_each_example(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["rules", "test", str(whole(tmp_path))])
    assert (said.exit_code, "8 tests, 0 failed" in said.output) == (0, True)


@pytest.mark.parametrize("name", ["email", "ru.passport", "card.pan"])
def test_no_file_changes_what_a_shipped_kind_means(tmp_path: Path, name: str) -> None:
    assert codes(wrong(tmp_path, BASE + STAY_HOME + f"kinds: {{{name}: {{category: organisation}}}}")) == ["GW-R110"]


def test_the_canonical_form_means_the_same(tmp_path: Path) -> None:
    made = loaded(tmp_path, BASE + STAY_HOME + ROOM).ruleset
    again = read([write(tmp_path, yaml.safe_dump(canonical(made), allow_unicode=True))])
    assert (again.ruleset.digest, canonical(again.ruleset)) == (made.digest, canonical(made))
    assert errors(wrong_with(again)) == ()


def test_examples_do_not_count_for_the_meaning_and_patterns_do(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        return loaded(tmp_path, BASE + STAY_HOME + text).ruleset.digest

    assert digest(ROOM) == digest(ROOM.replace("комната 412", "комната"))
    assert digest(ROOM) != digest(ROOM.replace("{3,4}", "{3,5}"))
    assert digest(ROOM) != digest(ROOM.replace("room_no", "room_number"))

"""Look-ups over an empty or half-filled directory are refused for a back end that had users before the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.model.errors import RulesError
from gateway.model.table import Unfinished
from gateway.ruleset.adoption import refuse_to_lock_out
from gateway.ruleset.load import load
from tests.ruleset.written import BASE, STAY_HOME, write

TODAY = date(2026, 11, 22)


def told(folder: Path, text: str, *, empty: bool = True, imports: Sequence[Unfinished] = ()) -> str:
    try:
        refuse_to_lock_out(load([write(folder, text)]), TODAY, lambda: empty, lambda: imports)
    except RulesError as error:
        return error.code
    return ""


def routed(more: str) -> str:
    """The deployment with one route to the CRM, described further."""
    routes = BASE[BASE.index("routes:") :]
    return BASE.replace(routes, "routes:\n  - {match: {path: /api/users" + more + ", to: crm, purpose: sales}\n")


def test_rules_that_do_not_say_that_the_back_end_is_new_mean_one_with_users(tmp_path: Path) -> None:
    assert load([write(tmp_path, BASE + STAY_HOME)]).backend == "adopted"


def test_look_ups_over_an_empty_directory_are_refused(tmp_path: Path) -> None:
    assert told(tmp_path, BASE + STAY_HOME) == "GW-S018"


def test_the_refusal_names_the_route_and_the_mend(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"rules\.yaml:\d+.*crm.*Mend: say backend: new .* mode: observe"):
        refuse_to_lock_out(load([write(tmp_path, BASE + STAY_HOME)]), TODAY, lambda: True, list)


def test_a_directory_with_people_may_be_asked(tmp_path: Path) -> None:
    assert told(tmp_path, BASE + STAY_HOME, empty=False) == ""


HALF = Unfinished("00ff00ff00ff", "crm", 1_795_000_000_000)


def test_a_directory_that_an_import_has_half_filled_is_not_asked(tmp_path: Path) -> None:
    assert told(tmp_path, BASE + STAY_HOME, empty=False, imports=[HALF]) == "GW-S020"


def test_the_refusal_of_a_half_done_import_names_it_and_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"import 00ff00ff00ff, begun 2026-11-18 .*--resume.*end-import 00ff00ff00ff"):
        refuse_to_lock_out(load([write(tmp_path, BASE + STAY_HOME)]), TODAY, lambda: False, lambda: [HALF])


def test_half_an_import_of_another_destinations_users_locks_nobody_out(tmp_path: Path) -> None:
    other = replace(HALF, to="shop")
    assert told(tmp_path, BASE + STAY_HOME, empty=False, imports=[other]) == ""


@pytest.mark.parametrize("said", ["backend: new\n", "mode: observe\n"])
def test_half_an_import_is_no_matter_where_nothing_is_looked_up_in_earnest(tmp_path: Path, said: str) -> None:
    assert told(tmp_path, BASE + STAY_HOME + said, empty=False, imports=[HALF]) == ""


@pytest.mark.parametrize("said", ["backend: new\n", "mode: observe\n"])
def test_a_new_back_end_and_mere_observing_lock_nobody_out(tmp_path: Path, said: str) -> None:
    assert told(tmp_path, BASE + STAY_HOME + said) == ""


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("}", "GW-S018"),
        (", method: [GET, POST]}", "GW-S018"),
        (", method: HEAD}", "GW-S018"),
        (", method: POST}", ""),
        (", method: POST}, intent: look_up", "GW-S018"),
        (", method: GET}, intent: collect", ""),
        (", method: GET}, mode: observe", ""),
    ],
)
def test_only_routes_that_look_up_in_earnest_count(tmp_path: Path, more: str, code: str) -> None:
    assert told(tmp_path, routed(more) + STAY_HOME) == code


def test_rules_without_tokens_miss_nobody(tmp_path: Path) -> None:
    assert told(tmp_path, BASE + STAY_HOME.replace("tokenize", "drop")) == ""


def test_tokens_of_collecting_requests_only_miss_nobody(tmp_path: Path) -> None:
    collecting = STAY_HOME.replace("category: personal", "category: personal, intent: collect")
    dropping = "  - {id: d, why: W., when: {category: personal, intent: look_up, destination: crm}, then: drop}\n"
    assert told(tmp_path, BASE + collecting + dropping) == ""


def test_tokens_of_another_destination_do_not_count(tmp_path: Path) -> None:
    elsewhere = STAY_HOME.replace("{role: application, region: not $residence}", "metrics")
    drops = "  - {id: d, why: W., when: {category: personal, destination: crm}, then: drop}\n"
    posts = BASE.replace('{path: "/collect/**"}', '{path: "/collect/**", method: POST}')
    assert told(tmp_path, posts + elsewhere + drops) == ""


def test_what_will_be_tokenized_once_a_rule_ends_counts_today(tmp_path: Path) -> None:
    loosening = (
        "  - {id: later, why: W., when: {category: personal, destination: crm}, then: drop,\n"
        "     overrides: [stay-home], until: 2026-12-31}\n"
    )
    assert told(tmp_path, BASE + STAY_HOME + loosening) == "GW-S018"

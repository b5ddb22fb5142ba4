from __future__ import annotations

import random
import re

import pytest

from gateway.core.detect import checksums
from gateway.core.detect.kinds import KINDS
from gateway.model.names import Kind
from gateway.verify import numbers
from gateway.verify.canaries import Sort, fresh
from gateway.verify.sorts import SORTS

DICE = random.Random(20261122)


def named(sort: Sort) -> str:
    return sort.title


@pytest.mark.parametrize(
    ("made", "rule"),
    [
        (numbers.inn_person, checksums.inn12),
        (numbers.snils, checksums.snils),
        (numbers.ogrnip, checksums.ogrnip),
        (numbers.oms, checksums.oms),
        (numbers.card, checksums.luhn),
        (numbers.mir, checksums.luhn),
        (numbers.iban, checksums.iban),
        (numbers.kz_iin, checksums.kz_iin),
        (numbers.account, lambda number: checksums.account_key(numbers.BIK, number)),
    ],
)
def test_numbers_have_the_check_digits_that_the_gateway_computes_by_itself(made: object, rule: object) -> None:
    assert callable(made)
    assert callable(rule)
    values = [re.sub(r"[ -]", "", made(DICE)) for _ in range(200)]
    assert [value for value in values if not rule(value)] == []


@pytest.mark.parametrize("sort", SORTS, ids=named)
def test_two_canaries_of_a_sort_are_never_the_same(sort: Sort) -> None:
    values = [canary.telling for _ in range(20) if (canary := fresh(sort, "ru", DICE))]
    assert len(set(values)) > (1 if sort.weak else 19)


@pytest.mark.parametrize("sort", SORTS, ids=named)
def test_what_is_searched_for_is_part_of_what_is_planted(sort: Sort) -> None:
    for person in ("ru", "unknown", "de"):
        if canary := fresh(sort, person, DICE):
            assert canary.telling in canary.value


@pytest.mark.parametrize("sort", SORTS, ids=named)
def test_a_sort_is_of_a_kind_that_exists_and_of_its_category(sort: Sort) -> None:
    assert KINDS[Kind(sort.kind)].category == sort.category


def test_a_german_has_no_snils() -> None:
    (snils,) = (sort for sort in SORTS if sort.title == "SNILS")
    assert fresh(snils, "de", DICE) is None

"""Of whom it is certain who they are, and who may log in as whom."""

from __future__ import annotations

import pytest

from gateway.core.asked import Asked
from gateway.core.owners import owners_of, speaks_for
from gateway.model.kept import DirectoryEntry, Recalled
from gateway.model.names import Digest, Kind, Standing, SubjectId
from gateway.model.residency import MESSAGE, Caller
from gateway.model.rules import SubjectRef
from tests.made import route
from tests.properties.judged import TODAY

ANNA = SubjectId("a")
EMAIL, PHONE, PASSPORT = Kind("email"), Kind("phone"), Kind("ru.passport")
NOBODYS = Asked(TODAY)
CREATES = route(subject_ref=SubjectRef("user", learn=("reply", "id")))


def entry(kind: Kind, value: str = "1", standing: Standing = "mentioned", among: int = 2) -> DirectoryEntry:
    return DirectoryEntry(kind, Digest(value), ANNA, None, None, standing, among)


def is_certain(*entries: DirectoryEntry, asked: Asked = NOBODYS, creating: bool = False) -> bool:
    owners = owners_of({MESSAGE: entries}, {MESSAGE: entries[0]}, CREATES if creating else route(), asked)
    return MESSAGE in owners


@pytest.mark.parametrize("standing", ["mentioned", "registered"])
def test_one_identifier_makes_nobody_certain(standing: Standing) -> None:
    assert not is_certain(entry(EMAIL, standing=standing, among=1))


def test_what_somebody_logs_in_with_is_enough() -> None:
    assert is_certain(entry(PHONE), entry(EMAIL, standing="proven"))


def test_two_identifiers_of_one_kind_make_nobody_certain() -> None:
    assert not is_certain(entry(EMAIL), entry(EMAIL, "2"))


def test_two_identifiers_of_different_kinds_are_enough_where_they_are_all_that_made_the_person() -> None:
    assert is_certain(entry(EMAIL), entry(PHONE))
    assert not is_certain(entry(EMAIL, among=3), entry(PHONE, among=3))
    assert not is_certain(entry(EMAIL, among=0), entry(PHONE, among=0))


def test_one_identifier_named_twice_is_one() -> None:
    assert is_certain(entry(EMAIL), entry(EMAIL), entry(PHONE))


def test_an_identifier_of_the_callers_own_is_enough_but_not_in_a_registration() -> None:
    hers = Asked(TODAY, caller=Caller(subject=ANNA))
    assert is_certain(entry(PHONE), asked=hers)
    assert not is_certain(entry(PHONE), asked=hers, creating=True)


@pytest.mark.parametrize(
    ("standing", "proven", "speaks"),
    [
        ("mentioned", None, True),
        ("mentioned", frozenset[Kind](), False),
        ("registered", frozenset[Kind](), True),
        ("registered", frozenset({PHONE}), True),
        ("registered", frozenset({EMAIL}), False),
        ("proven", frozenset({EMAIL}), True),
    ],
)
def test_who_logs_in_is_the_person_unless_that_person_is_known_by_something_else(
    standing: Standing, proven: frozenset[Kind] | None, *, speaks: bool
) -> None:
    vouched = {} if proven is None else {ANNA: proven}
    assert speaks_for(entry(EMAIL, standing=standing), Recalled(vouched=vouched)) is speaks

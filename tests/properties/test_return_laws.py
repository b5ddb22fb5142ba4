"""What a back end was sent is the original in every later reply, and passes unchanged in every later request."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.model.rules import Ruleset
from tests.exchange.scenes import ANNA, world_rules
from tests.exchange.stage import Stage
from tests.exchange.test_what_comes_back import a_customer, read, saved, sealing

UUID = "123E4567-E89B-42D3-A456-426614174000"
VALUES: dict[str, list[object]] = {
    "first_name": ["Анна", "АННА-МАРИЯ", " Anna "],
    "phone": ["+7 900 000-01-23", "8(900)0000123", 79000000123, "12345", 12345],
    "birth_date": ["1990-05-05", "05.05.1990", "1990-05-05T00:00:00Z", "May 1990"],
    "postcode": ["101000", 101000],
    "snils": ["112-233-445 95", 11223344595, "11223344500", 11223344500],
    "inn": ["500100732259", 500100732259, 42],
    "passport": ["4509 123456", "45 09 № 123456", 4509123456],
    "login": ["anna", "42", 42],
    "device_id": [f"{{{UUID}}}", f"urn:uuid:{UUID.lower()}", UUID.replace("-", ""), 351234567890123],
    "address": ["Москва, ул. Тестовая, д. 5"],
    "age": [34, "34"],
    "comment": ["Родилась 05.05.1990, тел. +7 900 000-01-23, anna@example.org", "ничего", ""],
    "amount": [10, 3.5, None, True],
    "postcodes": [["101000", "119019"]],
}
MEMBERS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})
PERSONS = st.builds(
    lambda top, inner, several: {**top, "email": ANNA["email"], "citizenship": "RU", "to": inner, "all": several},
    MEMBERS, MEMBERS, st.lists(MEMBERS, max_size=2),
)  # fmt: skip


@settings(max_examples=60)
@given(PERSONS, st.sampled_from([world_rules(), sealing("address")]))
def test_what_was_sent_comes_back_and_passes(person: dict[str, object], rules: Ruleset) -> None:
    async def play() -> None:
        on = Stage(rules)
        kept = await a_customer(on, person)
        assert await read(on, kept) == person
        assert await saved(on, kept) == kept
        assert await read(on, await saved(on, person)) == person

    asyncio.run(play())

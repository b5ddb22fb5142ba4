"""The outward document cannot be built without the home store's receipt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gateway.core.apply import apply
from gateway.core.material import Material
from gateway.core.plan import default_region, make_plan
from gateway.model.decision import Refusal
from gateway.model.errors import WorldError
from gateway.model.kept import Kept
from gateway.model.names import RecordId, Region, Scope
from gateway.model.protection import Plan
from gateway.model.secret import DataKey, RegionKeys, Secret
from tests.exchange.scenes import ANNA, HANS, post, world_rules
from tests.made import RU
from tests.properties.judged import judged

RULES = world_rules()
KEYS = RegionKeys("ru", "1", Secret(b"i" * 32), Secret(b"f" * 32), Secret(b"p" * 32))


def material(plan: Plan) -> Material:
    return Material(
        records=tuple(RecordId("00" * 14) for _ in plan.keeps),
        people=tuple(DataKey("00" * 14, Secret(b"d" * 32)) for _ in plan.keeps),
        keys={RU: KEYS},
        home=RU,
        seed=Secret(b"s" * 32),
        day=date(2026, 11, 22),
        scope=Scope("crm"),
        domain="t.example",
        phone_block="+7976",
    )


def test_without_the_receipts_names_nothing_is_built() -> None:
    judgement = judged(post("/api/register", ANNA), RULES)
    plan = make_plan(judgement, RULES)
    assert not isinstance(plan, Refusal)
    with pytest.raises(WorldError, match="GW-X503"):
        apply(judgement.reading.document, plan, RULES, Kept.nothing(), material(plan))


def test_an_empty_plan_leaves_the_document_as_it_is() -> None:
    document = judged(post("/api/register", HANS), RULES).reading.document
    assert apply(document, Plan(), RULES, Kept.nothing(), material(Plan())).outward is document


def test_a_person_with_more_values_than_a_record_can_name_gets_several_records() -> None:
    body = {f"contact_{number}": {"email": f"a{number}@example.ru"} for number in range(300)}
    plan = make_plan(judged(post("/api/x", body), RULES), RULES)
    assert not isinstance(plan, Refusal)
    assert [len(keep.fields) for keep in plan.keeps] == [250, 50]


def test_without_a_region_for_the_unknown_the_first_by_name_keeps() -> None:
    rules = replace(RULES, residence=replace(RULES.residence, unknown=None))
    assert default_region(rules) == Region("ru")

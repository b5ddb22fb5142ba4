from __future__ import annotations

from dataclasses import replace

from gateway.model.names import Region
from gateway.verify.under_test import placed_here
from tests.made import CRM, METRICS, RU, ruleset


def test_only_addresses_and_places_of_stores_are_replaced() -> None:
    rules = ruleset()
    placed = placed_here(rules, {"crm": "http://127.0.0.1:5"})
    assert placed.destinations == {
        CRM: replace(rules.destinations[CRM], url="http://127.0.0.1:5"),
        METRICS: rules.destinations[METRICS],
    }
    assert placed.regions == {RU: replace(rules.regions[RU], vault="sqlite:ru.db", key="file:keys/ru")}
    assert placed.backend == "new"
    assert replace(placed, destinations=rules.destinations, regions=rules.regions, backend=rules.backend) == rules


def test_every_region_gets_a_vault_of_its_own() -> None:
    kz = replace(ruleset().regions[RU], name=Region("kz"))
    placed = placed_here(ruleset(regions={RU: ruleset().regions[RU], Region("kz"): kz}), {})
    assert {region.vault for region in placed.regions.values()} == {"sqlite:ru.db", "sqlite:kz.db"}

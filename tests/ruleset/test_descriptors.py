"""Descriptor files that routes name: read beside the rules, checked, part of what the rules mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.ruleset.canonical import canonical
from gateway.ruleset.load import load
from gateway.ruleset.problems import BadRulesError
from tests.core.codec.test_descriptor import described
from tests.ruleset.written import BASE, STAY_HOME, write


def rules(folder: Path, protobuf: str) -> Path:
    route = 'path: "/api/**"}, to: crm, '
    return write(folder, BASE.replace(route, f"{route}protobuf: {protobuf}, ") + STAY_HOME)


def test_a_route_knows_the_messages_of_its_descriptor(tmp_path: Path) -> None:
    (tmp_path / "shop.pb").write_bytes(described().SerializeToString())
    made = load([rules(tmp_path, "{descriptor: shop.pb, request: shop.User}")])
    spec = next(route.protobuf for route in made.routes if route.protobuf)
    assert spec.schema.messages["shop.User"][1].name == "email"
    assert spec.schema.methods == {"/shop.Users/Create": ("shop.User", "shop.User.Address")}
    assert "shop.pb" in str(canonical(made))


def test_another_descriptor_makes_other_rules(tmp_path: Path) -> None:
    digests = []
    for package in ("a", "b"):
        file = described()
        file.file[0].package = package
        (tmp_path / "shop.pb").write_bytes(file.SerializeToString())
        digests.append(load([rules(tmp_path, "{descriptor: shop.pb}")]).digest)
    assert digests[0] != digests[1]


@pytest.mark.parametrize(
    ("protobuf", "says"),
    [
        ("{descriptor: none.pb}", "cannot be read"),
        ("{descriptor: rules.yaml}", "is no set of descriptors"),
        ("{descriptor: shop.pb, reply: shop.None}", "has no message 'shop.None'"),
    ],
)
def test_a_descriptor_that_is_none_is_refused(tmp_path: Path, protobuf: str, says: str) -> None:
    (tmp_path / "shop.pb").write_bytes(described().SerializeToString())
    written = rules(tmp_path, protobuf)
    with pytest.raises(BadRulesError) as refused:
        load([written])
    (problem,) = refused.value.problems
    assert (problem.code, says in problem.what) == ("GW-R430", True)


def test_routes_without_a_descriptor_stay_as_they_are(tmp_path: Path) -> None:
    assert all(route.protobuf is None for route in load([write(tmp_path, BASE + STAY_HOME)]).routes)

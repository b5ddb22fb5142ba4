"""The parts of backups and checks that no command line reaches by itself."""

from __future__ import annotations

import json

import pytest

from gateway.cli.vault_site import keys_at, places, stock_at
from gateway.model.backup import Contents, Manifest, decoded
from gateway.model.kept import SealedRecord
from gateway.model.names import RecordId, Scope, SubjectId
from gateway.model.stock import RecordNote, RecordRow
from gateway.service.check import Checked, Position, Report, check_stock
from tests.contracts.people import RU
from tests.ops.homes import Home

MANIFEST = Manifest("one", "vault", "sqlite", RU, 1, Contents(3, {}, {}))


def test_a_manifest_is_read_as_it_was_written() -> None:
    assert decoded(MANIFEST.encoded()) == MANIFEST


def test_a_manifest_of_another_format_is_none() -> None:
    with pytest.raises(ValueError, match="format"):
        decoded(json.dumps(json.loads(MANIFEST.encoded()) | {"format": "tar"}))


def test_a_manifest_that_nobody_signed_is_not_signed() -> None:
    assert not MANIFEST.is_signed({})


def test_a_records_row_prints_its_id_alone() -> None:
    sealed = SealedRecord(RecordId("01aa"), RU, Scope("crm"), SubjectId("01bb"), b"secret", 1)
    assert repr(RecordRow(sealed, RecordNote(sealed.subject, sealed.scope, None))) == "RecordRow(01aa)"


@pytest.mark.parametrize(
    "position", [Position("names", ("aa", "kind:x", "crm")), Position("key"), Position("alias", ("",))]
)
def test_a_position_is_read_as_it_was_printed(position: Position) -> None:
    assert str(Position.of(str(position))) == str(position)


async def test_a_check_that_is_stopped_says_how_far_it_was(on_files: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in on_files.environment.items():
        monkeypatch.setenv(name, value)
    where, seen = places([on_files.rules], None, None), list[Position]()

    def told(position: Position, _rows: int, _report: Report) -> bool:
        seen.append(position)
        return position.step == "key"

    async with stock_at(where.only()) as stock, keys_at(where.only()) as (keys, store):
        await check_stock(Checked(RU, stock, keys, store, where.rules.kinds), told=told)
    [(last,)] = on_files.rows("SELECT lower(hex(max(id))) FROM record")
    assert [str(position) for position in seen[1:]] == [f"record:{last}"]


async def test_kinds_that_the_rules_forgot_are_counted(on_files: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in on_files.environment.items():
        monkeypatch.setenv(name, value)
    site = places([on_files.rules], None, None).only()
    async with stock_at(site) as stock, keys_at(site) as (keys, store):
        report = await check_stock(Checked(RU, stock, keys, store, {}))
    assert (report.faults.total(), report.unknown_kinds["email"]) == (
        0,
        on_files.rows("SELECT count(*) FROM record")[0][0],
    )

"""``pii-gateway export``: everything in clear, for its owner only, and in the ledger."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path

import pytest

from gateway.adapters.export_file import ExportFile
from gateway.core.naming import ref_of
from gateway.model.errors import GatewayError
from gateway.model.names import RecordId, Region, Scope, SubjectId
from gateway.service.export import open_records
from tests.bulk.people import command, environment, ran, written
from tests.bulk.place import Place

EXPORT = ("export", "--region", "ru", "--write-plain-data")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    written(folder, 12)
    ran(folder, "import", "users.csv", "--to", "crm", "--id", "id")
    return folder


def test_every_record_is_a_line_with_values_and_tokens(filled: Path) -> None:
    done = ran(filled, *EXPORT, "--out", "all.jsonl")
    assert "9 records of 8 persons" in done.stderr
    records = [json.loads(line) for line in (filled / "all.jsonl").read_text().splitlines()]
    twin = {row["email"]: row for row in csv.DictReader((filled / "users.twin.csv").read_text().splitlines())}
    emails = {field["token"]: field for one in records for field in one["fields"] if field["kind"] == "email"}
    assert {token for token in twin if token.endswith("@t.example")} == set(emails)
    assert {field["value"] for field in emails.values()} >= {"canary1@example.org", "canary2@example.org"}
    assert {field["path"] for field in emails.values()} == {"body.email"}
    assert {(one["scope"], one["route"]) for one in records} == {("crm", "POST /api/register")}


def test_a_stand_in_is_told_beside_its_value(filled: Path) -> None:
    ran(filled, *EXPORT, "--out", "stand-ins.jsonl")
    record = json.loads((filled / "stand-ins.jsonl").read_text().splitlines()[0])
    [born] = [field for field in record["fields"] if field["kind"] == "birth_date"]
    assert born["token"] is None
    assert born["stand_in"] not in (None, born["value"])


def test_chosen_kinds_are_columns(filled: Path) -> None:
    ran(filled, *EXPORT, "--fields", "email,ru.snils", "--out", "mail.csv")
    [first, *_] = csv.DictReader((filled / "mail.csv").read_text().splitlines())
    assert list(first) == ["subject", "record", "scope", "route", "at", "email", "ru.snils"]
    assert first["email"].endswith("@example.org")


def test_the_file_is_new_and_for_its_owner_only(filled: Path) -> None:
    ran(filled, *EXPORT, "--out", "own.jsonl")
    assert (filled / "own.jsonl").stat().st_mode & 0o777 == 0o600
    assert "GW-I140" in ran(filled, *EXPORT, "--out", "own.jsonl").stderr


def test_another_scope_has_nothing(filled: Path) -> None:
    assert "0 records" in ran(filled, *EXPORT, "--scope", "other", "--out", "other.jsonl").stderr


def test_every_page_is_a_disclosure_in_the_ledger(filled: Path) -> None:
    ran(filled, *EXPORT, "--out", "ledger.jsonl")
    last = json.loads(ran(filled, "ledger", "tail", "-n", "1", "--json").stdout)
    assert (last["event"], last["route"], last["actor"]) == ("disclose", "export", "role:operator")
    assert ["email", "reveal", 9] in last["kinds"]
    assert len(last["subjects"]) == 8


def test_nothing_is_written_without_saying_so(filled: Path) -> None:
    done = ran(filled, "export", "--region", "ru", "--out", "plain.jsonl")
    assert done.returncode == 2
    assert "--write-plain-data" in done.stderr
    assert not (filled / "plain.jsonl").exists()


@pytest.mark.parametrize(
    "arguments", [("--region", "kz"), ("--region", "ru", "--fields", "shoe_size"), ("--region", "ru", "--rules", "")]
)
def test_what_is_not_there_is_told(filled: Path, arguments: tuple[str, ...]) -> None:
    assert ran(filled, "export", "--write-plain-data", *arguments).returncode == 2


def test_it_works_while_the_gateway_runs(filled: Path) -> None:
    serve = command(filled, "serve", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0")
    with subprocess.Popen(serve, env=environment(filled), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"listening on")
        done = ran(filled, *EXPORT, "--out", "running.jsonl")
        process.terminate()
    assert "9 records" in done.stderr


def test_a_failing_export_leaves_no_file(tmp_path: Path) -> None:
    def stopped() -> None:
        with ExportFile(tmp_path / "x") as file:
            file.write(b"Anna")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        stopped()
    assert not (tmp_path / "x").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match="GW-I141"), ExportFile(tmp_path / "none" / "x"):
        pass


async def test_records_of_erased_persons_stay_closed(place: Place) -> None:
    await place.take("id,citizenship,email\n1,RU,anna@example.org\n2,RU,olga@example.org\n")
    vault = place.stage.vaults[Region("ru")]
    first = ref_of(place.column("email")[0])  # type: ignore[arg-type]  # the twin's cell is a token
    assert first is not None
    subject: SubjectId = vault._has.records[RecordId(first[0])].subject
    await place.stage.keys.erase(Region("ru"), [subject])
    world = place.world()
    pages = [page async for page in open_records(Region("ru"), Scope("crm"), vault, world, place.ruleset.digest)]
    assert [(len(records), closed) for records, closed in pages] == [(1, 1)]

"""What rows of a table become: at home, in the directory, in the twin."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gateway.model.errors import OvertakenError, RulesError, WorldError
from gateway.model.kept import Batch, DirectoryEntry
from gateway.model.names import Kind, SubjectId
from gateway.model.table import Reject
from gateway.service import bulk
from gateway.service.bulk_form import form_of
from tests.bulk.place import Dies, Killed, Place, shape
from tests.exchange.scenes import as_json, body_of, get, post, two_regions, world_rules
from tests.made import RU

HEAD = "id,citizenship,first_name,email,phone,note\n"
ANNA = "1,RU,Анна,anna@example.org,+7 900 000-00-01,hello\n"
HANS = "2,DE,Hans,hans@example.org,+49 151 23456789,hallo\n"
NOBODY = "3,,Olga,olga@example.org,,\n"


async def test_a_russians_row_has_tokens_in_its_place(place: Place) -> None:
    await place.take(HEAD + ANNA)
    [row] = place.twin()[1:]
    assert row.startswith("1,RU,")
    assert row.endswith(",hello")
    assert not {"Анна", "anna@example.org", "+7 900 000-00-01"} & set(row.split(","))
    assert place.records == 1


async def test_a_foreigners_row_stays_byte_for_byte(place: Place) -> None:
    await place.take(HEAD + HANS)
    assert (place.folder / "twin.csv").read_bytes() == (HEAD + HANS).encode()
    assert place.records == 0


async def test_a_person_of_whom_nothing_is_known_is_treated_as_the_rules_say(place: Place) -> None:
    mark = await place.take(HEAD + NOBODY)
    assert mark.tally["rows:unknown, treated as ru"] == 1
    assert "olga@example.org" not in place.twin()[1]


async def test_everybody_is_known_to_the_directory_as_registered(place: Place) -> None:
    await place.take(HEAD + ANNA + HANS)
    standings = {kind: owner.standing for (kind, _), owner in place.stage.vaults[RU]._has.directory.items()}
    assert standings == {"email": "registered", "phone": "registered", "ref:crm:user": "mentioned"}
    assert sorted(str(person.region) for person in place.stage.vaults[RU]._has.people.values()) == ["elsewhere", "ru"]


async def test_an_imported_russian_logs_in_by_the_token_of_the_twin(place: Place) -> None:
    await place.take(HEAD + ANNA)
    await place.ask(post("/api/login", {"email": "anna@example.org"}))
    assert body_of(place.stage.last_sent)["email"] == place.column("email")[0]


async def test_an_imported_foreigner_logs_in_in_clear(place: Place) -> None:
    await place.take(HEAD + HANS)
    await place.ask(post("/api/login", {"email": "hans@example.org"}, peer="203.0.113.9"))
    assert body_of(place.stage.last_sent)["email"] == "hans@example.org"


async def test_a_request_by_id_finds_the_imported_person(place: Place) -> None:
    await place.take(HEAD + ANNA + HANS)
    await place.ask(post("/api/users/2", {"first_name": "Johann"}, method="PATCH"))
    assert body_of(place.stage.last_sent) == {"first_name": "Johann"}
    await place.ask(post("/api/users/1", {"first_name": "Анна"}, method="PATCH"))
    assert body_of(place.stage.last_sent)["first_name"] == place.column("first_name")[0]


async def test_an_imported_person_sees_the_originals(place: Place) -> None:
    await place.take(HEAD + ANNA)
    cookie = as_json({"ok": True}, headers=(("Set-Cookie", "sid=s1; Path=/"),))
    await place.ask(post("/api/login", {"email": "anna@example.org"}), cookie)
    stored = as_json({"name": place.column("first_name")[0], "phone": place.column("phone")[0]})
    seen = await place.ask(get("/api/me", headers=(("Cookie", "sid=s1"),)), stored)
    assert json.loads(seen.body) == {"name": "Анна", "phone": "+7 900 000-00-01"}


async def test_rows_known_by_their_id_alone_are_known(place: Place) -> None:
    await place.take("id,citizenship,note\n7,DE,x\n")
    await place.ask(post("/api/users/7", {"email": "new@example.org"}, method="PATCH"))
    assert body_of(place.stage.last_sent) == {"email": "new@example.org"}


async def test_the_same_value_has_the_same_token_in_every_row(place: Place) -> None:
    table = HEAD + ANNA + "4,RU,Пётр,petr@example.org,+7 900 000-00-01,\n"
    await place.take(table)
    one, other = place.column("phone")
    assert one == other != "+7 900 000-00-01"


async def test_a_phone_in_two_rows_makes_them_two_persons(place: Place) -> None:
    mark = await place.take(HEAD + ANNA + "4,RU,Пётр,petr@example.org,+7 900 000-00-01,\n")
    assert mark.tally["persons:ru"] == 2


async def test_rows_of_one_person_are_that_persons(place: Place) -> None:
    mark = await place.take(HEAD + ANNA + ANNA)
    assert mark.tally["persons:ru"] == 1
    assert place.column("first_name")[0] == place.column("first_name")[1]
    assert place.records == 2


@pytest.mark.parametrize("batch", [1, 2, 7, 500])
async def test_rows_of_one_batch_become_what_they_would_one_after_another(place: Place, batch: int) -> None:
    rows = [
        "1,RU,Анна,anna@example.org,+7 900 000-00-01,\n",
        "2,,Анна,anna@example.org,+7 900 000-00-01,\n",
        "3,DE,Hans,hans@example.org,+49 151 23456789,\n",
        "4,,Greta,greta@example.org,+7 900 000-00-01,\n",
        "3,RU,Hans,hans@example.org,+49 151 23456789,\n",
        "3,,Hans,hans@example.org,+49 151 23456789,\n",
        "5,,Hans,hans@example.org,,\n",
        "6,DE,Uta,uta@example.org,,\n",
        "6,,Uta,uta@example.org,,\n",
    ]
    await place.take(HEAD + "".join(rows), batch=batch)
    other = Place(place.folder)
    await other.take(HEAD + "".join(rows), batch=1, twin="other.csv")
    assert shape(place.twin()) == shape(other.twin("other.csv"))
    assert (place.records, place.tokens) == (other.records, other.tokens)


async def test_import_enforces_what_the_gateway_only_observes(place: Place) -> None:
    observing = Place(place.folder, replace(world_rules(), mode="observe"))
    await observing.take(HEAD + ANNA)
    assert "anna@example.org" not in observing.twin()[1]


async def test_a_second_import_finds_everybody_and_hands_out_the_same_tokens(place: Place) -> None:
    await place.take(HEAD + ANNA + HANS)
    mark = await place.take(HEAD + ANNA + HANS, twin="second.csv")
    assert place.twin("second.csv") == place.twin()
    assert [name for name in mark.tally if name.startswith("persons")] == []


async def test_a_second_region_keeps_its_own(place: Place) -> None:
    two = Place(place.folder, two_regions())
    await two.take(HEAD + ANNA + "5,KZ,Айгуль,aigul@example.org,,\n" + HANS)
    assert [len(vault._has.records) for vault in two.stage.vaults.values()] == [1, 1]
    assert "aigul@example.org" not in two.twin()[2]


async def test_every_commit_has_a_line_in_the_ledger_and_no_value(place: Place) -> None:
    await place.take(HEAD + ANNA + HANS)
    entries = [entry for entry in place.stage.vaults[RU].entries if entry.event == "import"]
    assert [(entry.times, entry.actor, entry.destination) for entry in entries] == [(2, "role:operator", "crm")]
    assert (Kind("email"), "tokenize", 1) in entries[0].kinds
    assert "anna" not in repr(entries)


async def test_what_was_merely_mentioned_is_taken_over(place: Place) -> None:
    await place.ask(post("/api/notes", {"email": "anna@example.org", "citizenship": "RU"}))
    await place.take(HEAD + ANNA)
    directory = place.stage.vaults[RU]._has.directory
    owners = {kind: owner for (kind, _), owner in directory.items()}
    assert owners[Kind("email")].standing == "registered"
    assert owners[Kind("email")].subject == owners[Kind("phone")].subject


async def test_a_gateway_that_is_first_makes_the_wave_be_judged_anew(place: Place) -> None:
    keep, rounds = place.stage.vaults[RU].keep, 0

    async def overtaken(batch: Batch) -> object:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            stranger = batch.directory[0]
            entry = DirectoryEntry(stranger.kind, stranger.blind, SubjectId("ab" * 14), None, None)
            await keep(Batch(directory=(entry,)))
        return await keep(batch)

    place.stage.vaults[RU].keep = overtaken  # type: ignore[method-assign,assignment]  # somebody else's commit
    await place.take(HEAD + ANNA)
    assert place.records == 1
    assert "anna@example.org" not in place.twin()[1]


async def test_who_is_overtaken_for_ever_gives_up(place: Place) -> None:
    async def never(_: Batch) -> object:
        raise OvertakenError

    place.stage.vaults[RU].keep = never  # type: ignore[method-assign,assignment]  # a vault that is never ours
    with pytest.raises(OvertakenError):
        await place.take(HEAD + ANNA)


@pytest.mark.parametrize(
    "dies", [("before", 1), ("before", 2), ("before", 3), ("after", 1), ("after", 2), ("after", 3)]
)
async def test_a_killed_import_goes_on_as_if_nothing_had_been(place: Place, dies: Dies) -> None:
    rows = "".join(
        f"{n},{'RU' if n % 3 else 'DE'},Имя{n},p{n}@example.org,+7 900 000-00-{n:02d},\n" for n in range(1, 10)
    )
    repeated = rows + "1,RU,Имя1,p1@example.org,+7 900 000-00-01,\n"
    with pytest.raises(Killed):
        await place.take(HEAD + repeated, batch=4, dies=dies)
    mark = await place.take(HEAD + repeated, batch=4, resume=True)
    whole = Place(place.folder)
    wanted = await whole.take(HEAD + repeated, batch=4, twin="whole.csv")
    assert shape(place.twin()) == shape(whole.twin("whole.csv"))
    assert (place.records, place.tokens) == (whole.records, whole.tokens)
    assert mark.done
    assert {n: c for n, c in mark.tally.items() if n[:7] != "persons"} == {
        n: c for n, c in wanted.tally.items() if n[:7] != "persons"
    }


async def test_a_store_that_is_too_slow_is_given_fewer_rows_at_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether a batch that timed out was kept (it was): it is kept again, and each person once."""
    monkeypatch.setattr(bulk, "_PAUSES_S", (0.0,) * 5)
    rows = "".join(f"{n},RU,Имя{n},p{n}@example.org,+7 900 000-00-{n:02d},\n" for n in range(1, 41))
    mark = await place.take(HEAD + rows, batch=20, slow_from=6)
    whole = Place(place.folder)
    await whole.take(HEAD + rows, batch=20, twin="whole.csv")
    assert shape(place.twin()) == shape(whole.twin("whole.csv"))
    assert (place.records, place.tokens, mark.rows) == (40, whole.tokens, 40)
    assert [len(batch.keeps) for batch in place.vault.batches][:3] == [20, 10, 5]


async def test_a_store_that_stays_too_slow_ends_the_import(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_PAUSES_S", (0.0,) * 3)
    with pytest.raises(WorldError, match="GW-V107"):
        await place.take(HEAD + ANNA, slow_from=1)
    mark = await place.take(HEAD + ANNA, resume=True)
    assert (mark.done, place.records) == (True, 1)


async def test_a_full_disk_is_not_waited_for(place: Place) -> None:
    async def full(_: Batch) -> object:
        raise WorldError("GW-V104", "the disk is full.", "make room.")

    place.stage.vaults[RU].keep = full  # type: ignore[method-assign,assignment]  # a vault on a full disk
    with pytest.raises(WorldError, match="GW-V104"):
        await place.take(HEAD + ANNA)
    assert place.vault.batches[1:] == []


async def test_what_was_kept_and_never_written_down_has_the_tokens_it_was_given(place: Place) -> None:
    with pytest.raises(Killed):
        await place.take(HEAD + ANNA, dies=("after", 1))
    given = set(place.stage.vaults[RU]._has.first)
    await place.take(HEAD + ANNA, resume=True)
    assert set(place.stage.vaults[RU]._has.first) == given
    assert place.column("email")[0] in given


async def test_a_stopped_import_goes_on_behind_its_last_batch(place: Place) -> None:
    table = HEAD + ANNA + HANS + NOBODY
    stopped = await place.take(table, batch=1, stop_after=2)
    assert (stopped.rows, stopped.done) == (2, False)
    done = await place.take(table, batch=1, resume=True)
    assert (done.rows, done.done, len(place.twin())) == (3, True, 4)


async def test_a_row_that_can_not_be_taken_is_listed_and_not_in_the_twin(place: Place) -> None:
    mark = await place.take(HEAD + ANNA + "2,DE,Hans\n" + HANS)
    assert place.rejects() == [Reject(3, "GW-I101")]
    assert [row.split(",")[0] for row in place.twin()[1:]] == ["1", "2"]
    assert mark.tally["reject:GW-I101"] == 1


async def test_what_a_rule_drops_is_an_empty_cell(place: Place) -> None:
    await place.take("id,citizenship,card_number,note\n1,DE,4111 1111 1111 1111,x\n")
    assert place.twin()[1] == "1,DE,,x"


async def test_an_empty_table_is_an_empty_twin(place: Place) -> None:
    mark = await place.take(HEAD)
    assert place.twin() == [HEAD.strip()]
    assert (mark.rows, mark.done) == (0, True)


@pytest.mark.parametrize(
    ("route", "to", "code"),
    [
        ("crm:api/login", None, "GW-I120"),
        ("metrics:collect/**", None, "GW-I120"),
        ("nowhere", None, "GW-I121"),
        (None, "nowhere", "GW-I121"),
        (None, "metrics", "GW-I121"),
    ],
)
def test_a_route_that_takes_nobody_in_is_refused(route: str | None, to: str | None, code: str) -> None:
    with pytest.raises(RulesError) as told:
        form_of(world_rules(), route=route, to=to, by_id=False)
    assert told.value.code == code


def test_a_destination_is_enough_where_one_route_makes_its_persons() -> None:
    assert form_of(world_rules(), route=None, to="crm", by_id=True).route.name == "crm:api/register"


def test_ids_without_a_name_in_the_rules_are_refused() -> None:
    with pytest.raises(RulesError) as told:
        form_of(world_rules(), route="loyalty:loyalty/**", to=None, by_id=True)
    assert told.value.code == "GW-I122"

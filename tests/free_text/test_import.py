"""An import reads free text as traffic is read: the twin goes to the same destination."""

from __future__ import annotations

from pathlib import Path

from gateway.model.table import Reject
from tests.bulk.place import Place
from tests.free_text.pools import pool


async def test_rows_are_read_by_the_model_and_unread_ones_are_rejected(tmp_path: Path) -> None:
    place = Place(tmp_path)
    head = "id,citizenship,note\n"
    async with pool(tmp_path) as names:
        place.stage.names = names
        await place.take(head + "1,RU,вчера приходила хрюнда из отдела\n2,RU,please do raise now my friend\n")
    (row,) = place.twin()[1:]
    assert ("хрюнда" in row, row.startswith("1,RU,вчера приходила ")) == (False, True)
    assert place.rejects() == [Reject(3, "GW-X505")]

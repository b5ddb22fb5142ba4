"""Files as a play would have left them, written by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from gateway.demo.crm_store import Store
from gateway.demo.layout import Layout
from gateway.demo.people import ANNA, DIETER, INGRID, OLGA, Person

TOKENS = {
    "first_name": "Йцукенгшщзхъфывапролджэяч",
    "last_name": "Ячсмитьбюйцукенгшщзхъфыва",
    "email": "tkabcdefghjkmnpqrstvwxyz0123@id.example",
    "phone": "+7976 123-45-67",
    "birth_date": "1987-01-02",
}


def laid_out(root: Path) -> Layout:
    """Anna as tokens and Hans in plain in the CRM, nothing anywhere else."""
    layout = Layout(root)
    for directory in (layout.clients, layout.home, layout.crm, layout.metrics):
        directory.mkdir(parents=True)
    store = Store(layout.crm / "crm.db")
    store.add(TOKENS, "x")
    store.add(DIETER.fields, "x")
    store.close()
    (layout.crm / "crm.http").write_text(json.dumps(TOKENS))
    (layout.metrics / "metrics.http").write_text('{"event": "Profile Viewed"}')
    (layout.home / "ru.db").write_bytes(b"SQLite format 3\0")
    layout.log.write_text('{"event": "request", "route": "/api/register"}\n')
    note(layout, "POST", "/api/register", ANNA.fields, {"id": 1, **ANNA.fields})
    note(layout, "POST", "/api/register", DIETER.fields, {"id": 2, **DIETER.fields})
    return layout


def note(layout: Layout, method: str, target: str, sent: object, got: object, who: str = "someone") -> None:
    """One more line of the play."""
    line = {
        "who": who,
        "does": "something",
        "status": 200,
        "sent": f"{method} {target} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{json.dumps(sent)}",
        "got": f"HTTP/1.1 200 OK\r\n\r\n{json.dumps(got)}",
    }
    with layout.played.open("a") as file:
        file.write(json.dumps(line) + "\n")


def batch_of(*people: Person) -> Mapping[str, object]:
    return {"users": [person.fields for person in people]}


BATCH = batch_of(OLGA, INGRID)

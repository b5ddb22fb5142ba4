"""A django-oscar shop over SQLite, the gateway before it, and people who read its pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.apps import house


@dataclass(frozen=True, slots=True)
class Shop:
    """``url`` is the gateway's, by its address, which Django compares with Origin; ``folder`` holds the shop's database
    and ``letters``.
    """

    url: str
    folder: Path
    gate: house.Gate

    @property
    def letters(self) -> list[Path]:
        """Oldest first."""
        return sorted((self.folder / "letters").glob("*.log"), key=lambda path: path.stat().st_mtime_ns)

    def stored(self) -> bytes:
        """Every byte that the shop has written, its log included."""
        files = [
            path for path in self.folder.rglob("*") if path.is_file() and self.gate.home.parent not in path.parents
        ]
        return b"\n".join(path.read_bytes() for path in files)


@contextmanager
def opened(folder: Path) -> Iterator[Shop]:
    """A new shop that has one thing to sell."""
    tools, port, door = house.environment("oscar"), house.free_port(), house.free_port()
    folder.mkdir(exist_ok=True)
    variables = {
        "DJANGO_SETTINGS_MODULE": "oscar_shop.settings",
        "SHOP_FOLDER": str(folder),
        "SHOP_HOST": f"127.0.0.1:{door}",
        "SHOP_ORIGIN": f"http://127.0.0.1:{door}",
        "PYTHONPATH": str(house.HERE / "project"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    python = str(tools / "python")
    house.run([python, str(house.HERE / "project/oscar_shop/opening.py")], variables)
    command = [python, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}"]
    with (
        house.served(command, port, folder, variables) as app,
        house.gateway("oscar.yaml", folder / "gate", app, port=door) as gate,
    ):
        yield Shop(f"http://127.0.0.1:{door}", folder, gate)

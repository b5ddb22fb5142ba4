"""The SQL of this adapter: numbered, annotated files in ``sql/``, one statement a named block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files

from gateway.adapters.vault_sql.statements import named

_SQL = files("gateway.adapters.vault_postgres") / "sql"


def script(file: str) -> str:
    """A whole script, e.g. ``0001_vault``."""
    return (_SQL / f"{file}.sql").read_text("utf-8")


def statements(*files: str) -> Mapping[str, str]:
    """The statements of files by their names, e.g. of ``10_keep``."""
    return {name: sql for file in files for name, sql in named(script(file)).items()}


def scripts(ending: str) -> list[tuple[int, str]]:
    """The migrations of a store in order: number and text of every ``NNNN_<ending>.sql``."""
    names = sorted(path.name for path in _SQL.iterdir() if re.fullmatch(rf"\d{{4}}_{ending}\.sql", path.name))
    return [(int(name.partition("_")[0]), script(name.removesuffix(".sql"))) for name in names]

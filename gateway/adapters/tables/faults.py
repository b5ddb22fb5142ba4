"""What can be wrong with a table, told without its values."""

from __future__ import annotations

from pathlib import Path

from gateway.model.errors import PayloadError, RulesError, WorldError


def unmapped(what: str) -> RulesError:
    return RulesError(
        "GW-I114", f"{what}: the rows can't be made messages.", "see --columns in `pii-gateway import --help`."
    )


def unreadable(path: Path, why: str) -> WorldError:
    return WorldError(
        "GW-I130", f"table {str(path)!r} can't be read ({why}): nothing more is imported.", "check path, rights, form."
    )


def id_changed() -> PayloadError:
    return PayloadError(
        "GW-I106",
        "the rules replace the id of a row: the back end would not know its own row again.",
        "let the rules pass that kind to this destination.",
    )

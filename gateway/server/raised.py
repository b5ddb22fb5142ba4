"""Where an error that nobody foresaw was raised, for a log that may not hold its text."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def raised_at(error: BaseException) -> str:
    """The innermost place in our own code: file and line, no text."""
    places = [(PurePath(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    return next((f"{path.name}:{line}" for path, line in reversed(places) if "gateway" in path.parts), "elsewhere")

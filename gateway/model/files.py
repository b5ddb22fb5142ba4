"""Files in requests: what the rules say of them, and what stands for one in the message that is judged.

A file's bytes are no text of the message. While it is judged a *stand-in* (a random word) stands where the file stood;
what the codec has to see of the file is a ``FileView``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.model.names import Kind

FILE = Kind("file")
"""A file that lies in the in-country object store: its value is a ticket, and only its token goes out."""

FileAction = Literal["inspect", "keep", "pass", "refuse"]
FileFallback = Literal["keep", "pass", "refuse"]


@dataclass(frozen=True, slots=True)
class FileRule:
    """What happens to files of these media types (``image/png``, ``image/*``, ``*/*``).

    ``otherwise``: of an inspected file that can't be read, or that holds personal data where nothing can be put in its
    place. ``max_bytes``: larger files are refused; None: as large as the gateway's own limits allow.
    """

    types: frozenset[str]
    action: FileAction
    otherwise: FileFallback = "refuse"
    max_bytes: int | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as the judge sees it: a ticket if it is kept, its texts if it was looked into, else nothing."""

    ticket: str | None = field(default=None, repr=False)
    texts: tuple[str, ...] = field(default=(), repr=False)


Files = Mapping[str, FileView]
"""By the stand-in that stands in the message for each."""

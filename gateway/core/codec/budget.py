"""What reading one message may still cost, and the door through which a codec looks inside a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from gateway.model.document import Part
from gateway.model.errors import PayloadError
from gateway.model.files import Files
from gateway.model.limits import Limits
from gateway.model.names import PartName, Path
from gateway.model.protobuf import NO_SCHEMA, Schema

Nest = Callable[["Budget", PartName, Path, str], Part | None]
"""Reads a text that is itself a document; None if it is just a text."""

Told = tuple[Schema, str]
"""The schema of a Protocol Buffers body, and the full name of its message."""


class MalformedError(ValueError):
    """A text that is not what its label says; ``at`` counts code points. Never leaves the codecs."""

    def __init__(self, at: int) -> None:
        super().__init__(f"malformed at {at}")
        self.at = at


@dataclass(slots=True)
class Budget:
    """Counts down while one message is read, so that no message costs more than its limits allow.

    ``markup``: the message is a reply, so strings may hold HTML that is going to be rendered. ``bounded`` False is for
    text of our own making, which nothing may refuse: there a text nested too deep is just a text.
    """

    MOST_LEVELS: ClassVar[int] = 8

    leaves: int
    depth: int
    nest: Nest
    markup: bool = False
    bounded: bool = True
    level: int = 0
    schema: Schema = NO_SCHEMA
    message: str = ""
    """Of Protocol Buffers bodies: which message of which schema they are."""
    files: Files = field(default_factory=dict)
    """Of the files of the message."""
    unpacked: int = 2**62
    """Bytes that texts inside the message may still be unpacked to."""
    max_ratio: int = 2**62
    hides: bool = False
    """A packed text in the message may hold something that nobody has looked into."""

    def spend(self, leaves: int) -> None:
        """Take leaves off the budget. Raises PayloadError (GW-P109)."""
        self.leaves -= leaves
        if self.leaves < 0:
            raise PayloadError(
                "GW-P109",
                "the message holds more texts than `limits.max_leaves` allows, so it was not inspected nor forwarded.",
                "send smaller batches, or raise the limit.",
                status=413,
            )

    def enter(self) -> None:
        """One level down, into a document that is known to be one. Raises PayloadError (GW-P111)."""
        self.level += 1
        if self.bounded and self.level > self.MOST_LEVELS:
            raise too_deep()

    def room(self, leaves: int) -> None:
        """Refuse before building that many leaves, if there is no room for them."""
        if leaves > self.leaves:
            self.spend(leaves)


_NO_FILES: Files = {}


def budget_of(
    limits: Limits, nest: Nest, *, markup: bool = False, told: Told = (NO_SCHEMA, ""), files: Files = _NO_FILES
) -> Budget:
    """The budget of one message."""
    schema, message = told
    return Budget(
        limits.max_leaves,
        limits.max_depth,
        nest,
        markup,
        schema=schema,
        message=message,
        files=files,
        unpacked=limits.max_body_bytes,
        max_ratio=limits.max_ratio,
    )


def too_deep() -> PayloadError:
    return PayloadError(
        "GW-P111",
        f"a text holds documents over {Budget.MOST_LEVELS} levels deep, so it was not inspected nor forwarded.",
        "send the data less wrapped (JSON in a string in JSON …).",
        status=413,
    )


def endless(nest: Nest, *, markup: bool) -> Budget:
    """For text that the gateway has written itself."""
    return Budget(2**62, 2**62, nest, markup, bounded=False)

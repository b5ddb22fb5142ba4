"""What a route says of a file, what a file is whatever it is called, and where files stand in a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.model.document import WHOLE, Document, Part
from gateway.model.files import FILE, FileRule, Files
from gateway.model.finding import Finding
from gateway.model.protection import Plan

ANYTHING = "application/octet-stream"
_ZIPPED = (
    "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.", "application/epub+zip",
    "application/vnd.ms-", "application/java-archive", "application/vnd.android.package-archive", "application/zip",
    "application/x-zip-compressed",
)  # fmt: skip
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
)
_KNOWN_BY_MAGIC = frozenset(known for _, known in _MAGIC) | {"image/jpg", "image/pjpeg", "application/x-pdf"}
_SAME = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}
HEAD_BYTES = 16
"""So many bytes of a file tell what it is."""


def media_type(label: str, head: bytes) -> str:
    """What a file is by its first bytes, else by its label; a label that its bytes belie is no label."""
    found = next((known for magic, known in _MAGIC if head.startswith(magic)), "")
    if not found and head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        found = "image/webp"
    if found == "application/zip" and label.startswith(_ZIPPED):
        return label
    if found:
        return found
    return ANYTHING if not label or label in _KNOWN_BY_MAGIC | {"image/webp"} else label


def rule_for(rules: Sequence[FileRule], media: str) -> FileRule | None:
    """The rule with the narrowest type that this one fits; None: nothing is said of it."""
    for wanted in (media, media.partition("/")[0] + "/*", "*/*"):
        for rule in rules:
            if wanted in rule.types:
                return rule
    return None


def file_leaves(document: Document) -> Iterator[tuple[int, str, bool]]:
    """Ordinal, stand-in and whether it is a ticket, of every leaf that is part of a file."""
    ordinal = 0
    for part in document.parts:
        for stand_in, is_ticket in _walk(part, ""):
            if stand_in:
                yield ordinal, stand_in, is_ticket
            ordinal += 1


def _walk(part: Part, within: str) -> Iterator[tuple[str, bool]]:
    if part.syntax == "file":
        within = part.text
    for leaf in part.leaves:
        if leaf.inner is None:
            yield within, bool(within) and leaf.spelling != "locked"
        else:
            yield from _walk(leaf.inner, within)


def with_tickets(document: Document, findings: Sequence[Finding], files: Files) -> tuple[Finding, ...]:
    """The findings, with each kept file as one of its own kind, and nothing found in its ticket."""
    if not files:
        return tuple(findings)
    tickets = {ordinal for ordinal, _, is_ticket in file_leaves(document) if is_ticket}
    found = [finding for finding in findings if finding.leaf not in tickets]
    leaves = document.leaves
    found += [Finding(ordinal, leaves[ordinal].path, WHOLE, FILE, 1.0, "file") for ordinal in tickets]
    return tuple(sorted(found, key=lambda finding: (finding.leaf, finding.span.start, finding.span.end)))


def locked(document: Document, plan: Plan) -> frozenset[str]:
    """The stand-ins of files in which the plan would have to change a text."""
    touched = {step.leaf for step in plan.steps}
    return frozenset(
        stand_in for ordinal, stand_in, is_ticket in file_leaves(document) if not is_ticket and ordinal in touched
    )

"""What is fuzzed, by name: functions of bytes that raise where a law is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tests.fuzz import boundary, decoders, files, streams

Target = Callable[[bytes], None]

TARGETS: Mapping[str, Target] = {
    "request": decoders.request,
    "reply": decoders.reply,
    "stream": streams.stream,
    "unpack": streams.unpack,
    "multipart": streams.multipart,
    "archive": files.archive,
    "pdf": files.pdf,
    "nested": boundary.nested,
    "broken": boundary.broken,
}

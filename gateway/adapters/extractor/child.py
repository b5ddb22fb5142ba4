"""The process that reads one file: bytes on stdin, its texts as JSON on stdout, ``null`` where it has unread parts."""

from __future__ import annotations

import json
import resource
import sys

from gateway.adapters.extractor.formats import UnreadableError, texts_of

_MEMORY = 2**30
_CPU_S = 15


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    body = sys.stdin.buffer.read()
    texts: list[str] | None = None
    try:
        texts = texts_of(body)
    except UnreadableError:
        pass
    sys.stdout.write(json.dumps(texts))


if __name__ == "__main__":
    main()

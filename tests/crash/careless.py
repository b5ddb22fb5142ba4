"""``pii-gateway`` with PRAGMA synchronous=OFF: what the ordering check has to catch. Never shipped, never imported."""

from __future__ import annotations

from types import MappingProxyType

from gateway.adapters.vault_sqlite import file
from gateway.cli import main

file._SQL = MappingProxyType({**file._SQL, "durable": "PRAGMA synchronous = OFF"})

if __name__ == "__main__":
    main()

"""The home store over SQLite: vault, ledger and data keys, each file written only while it is at its path."""

from gateway.adapters.vault_sqlite.datakeys import SqliteDataKeys
from gateway.adapters.vault_sqlite.ledger import SqliteLedger
from gateway.adapters.vault_sqlite.stock import SqliteStock
from gateway.adapters.vault_sqlite.vault import SqliteVault

__all__ = ["SqliteDataKeys", "SqliteLedger", "SqliteStock", "SqliteVault"]

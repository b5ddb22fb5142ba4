"""The Ledger port over the SQLite vault."""

from gateway.adapters.vault_sql.ledger import ChainLedger as SqliteLedger

__all__ = ["SqliteLedger"]

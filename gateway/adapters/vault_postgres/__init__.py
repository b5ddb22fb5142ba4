"""The home store over PostgreSQL: vault, ledger and data keys, each in a schema of its own."""

from gateway.adapters.vault_postgres.address import Address, address_of
from gateway.adapters.vault_postgres.datakeys import PostgresDataKeys
from gateway.adapters.vault_postgres.errors import Store
from gateway.adapters.vault_postgres.migrate import Stand, migrate, quoted, roles, stand
from gateway.adapters.vault_postgres.stock import PostgresStock
from gateway.adapters.vault_postgres.vault import PostgresVault
from gateway.adapters.vault_sql.ledger import ChainLedger as PostgresLedger

__all__ = [
    "Address",
    "PostgresDataKeys",
    "PostgresLedger",
    "PostgresStock",
    "PostgresVault",
    "Stand",
    "Store",
    "address_of",
    "migrate",
    "quoted",
    "roles",
    "stand",
]

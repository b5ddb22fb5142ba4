"""The home store in memory, for tests and trials."""

from gateway.adapters.vault_memory.vault import MemoryVault

__all__ = ["MemoryVault"]

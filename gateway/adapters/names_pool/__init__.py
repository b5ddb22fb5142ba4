"""A model that reads names in free text, in processes of its own: batches, a time budget, back-pressure, restarts."""

from gateway.adapters.names_pool.pool import NamesPool, PoolSizes

__all__ = ["NamesPool", "PoolSizes"]

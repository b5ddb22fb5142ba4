"""Canaries through a real gateway: what arrived where, read from bytes, never asked of the gateway."""

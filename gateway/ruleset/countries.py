"""The countries a rule may name: those there are, by their alpha-2 codes."""

from __future__ import annotations

from gateway.core.country_names import COUNTRIES

__all__ = ["COUNTRIES"]

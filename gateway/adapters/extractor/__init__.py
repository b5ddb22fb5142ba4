"""Texts of files that are no texts, read in a process of its own that may neither eat memory nor run for ever."""

from gateway.adapters.extractor.process import ProcessExtractor

__all__ = ["ProcessExtractor"]

"""Floor 0, the nouns: frozen values of the standard library only; no I/O, no clock, no randomness."""

"""Floor 4, one external thing a file: stores, keys, upstreams, signal sources; they import ports and model only."""

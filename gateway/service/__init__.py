"""Floor 3, async use cases over ports: no web framework, no SQL, no disk."""

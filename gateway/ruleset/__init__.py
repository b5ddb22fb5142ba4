"""Floor 2, the YAML rules language: source, schema, compile, check, trial, diff."""

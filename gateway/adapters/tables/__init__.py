"""Existing tables, read row by row: CSV and JSON lines from files, and whatever a PostgreSQL query answers."""

from gateway.adapters.tables.csv import CsvTable
from gateway.adapters.tables.jsonl import JsonlTable
from gateway.adapters.tables.postgres import PostgresTable

__all__ = ["CsvTable", "JsonlTable", "PostgresTable"]

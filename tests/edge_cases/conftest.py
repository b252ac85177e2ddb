"""The edge cases that cross into the database have one of their own."""

from tests.databases import clock, database, engine, migrated

__all__ = ["clock", "database", "engine", "migrated"]

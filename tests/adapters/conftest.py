"""Every test of an adapter has a database of its own."""

from tests.databases import clock, database, engine, migrated

__all__ = ["clock", "database", "engine", "migrated"]

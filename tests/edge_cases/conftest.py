"""The edge cases that cross into the database have one of their own."""

from tests.databases import clock, database, engine

__all__ = ["clock", "database", "engine"]

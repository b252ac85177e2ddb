"""Clocks: which a case runs, when each is due, and how its pages climb."""

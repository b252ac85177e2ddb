"""``cir``: a thin client of the desk. Imports inside a command keep the others fast."""

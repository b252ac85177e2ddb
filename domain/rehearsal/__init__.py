"""A story played in virtual time through the very rules of the live case."""

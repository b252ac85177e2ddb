"""Providers' own programs: what they are sent."""

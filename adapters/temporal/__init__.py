"""The connection to Temporal, its set-up, and starting and instructing cases over it."""

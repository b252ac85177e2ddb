"""The embedded default: a Temporal server, a worker and a desk on one machine, kept running."""

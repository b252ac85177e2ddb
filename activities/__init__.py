"""One step into the outside world per function, and the port it needs.

Ports (``Protocol``) are declared here and implemented in ``adapters/``. Every activity is batched,
takes business keys (never a run id), and answers per effect, so that one failure delays no other.
"""

"""What may be asked of a case: one module for each part of the service, with its neighbours.

Importing the package fills the registry of commands and events: each command stands beside the rule
that decides it and the facts it makes.
"""

from domain.decisions import (
    activation,
    closing,
    handling,
    money,
    provider,
    recovery,
    response,
    triage,
)

__all__ = [
    "activation",
    "closing",
    "handling",
    "money",
    "provider",
    "recovery",
    "response",
    "triage",
]

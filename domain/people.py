"""Who may ask for what: the roles, and which role may stand in for which."""

from enum import StrEnum

from domain.value import Line, Value


class Role(StrEnum):
    """What a person (or the system, or a provider) is to the service."""

    TRIAGE_OFFICER = "triage-officer"
    INCIDENT_MANAGER = "incident-manager"
    SENIOR_APPROVER = "senior-approver"
    HEAD_OF_SERVICE = "head-of-service"
    ON_CALL_DIRECTOR = "on-call-director"
    PROVIDER = "provider"
    FINANCE = "finance"
    AUDITOR = "auditor"
    SYSTEM = "system"


SYSTEM = "system"
"""The id under which the case itself, the feeds and the watchkeeper act."""

T, M, A = Role.TRIAGE_OFFICER, Role.INCIDENT_MANAGER, Role.SENIOR_APPROVER
H, D, P = Role.HEAD_OF_SERVICE, Role.ON_CALL_DIRECTOR, Role.PROVIDER
F, U, S = Role.FINANCE, Role.AUDITOR, Role.SYSTEM

STANDS_IN = {T: (M, H), M: (H,), A: (H, D)}
"""Least role -> who else may do whatever it may. Nothing else is inherited."""

STAFF = frozenset({T, M, A, H, D, F})
"""Everybody on the staff register but the auditor."""


def may(roles: tuple[Role, ...], least: frozenset[Role]) -> bool:
    """Tell whether somebody holding ``roles`` may do what asks for one of ``least``."""
    allowed = least | {other for role in least for other in STANDS_IN.get(role, ())}
    return any(role in allowed for role in roles)


class Person(Value):
    """A member of staff on the register."""

    id: Line
    name: Line
    roles: tuple[Role, ...]
    email: Line
    phone: Line | None = None

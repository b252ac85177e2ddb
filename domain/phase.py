"""Phases of a case, what may happen in them, and how a round may end."""

from enum import StrEnum


class Phase(StrEnum):
    """Where the case stands."""

    REPORTED = "reported"
    ASSESSMENT = "assessment"
    ACTIVATION = "activation"
    CONTAINMENT = "containment"
    ERADICATION = "eradication"
    RECOVERY_OFFER = "recovery-offer"
    RECOVERY = "recovery"
    CLOSING = "closing"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How the latest round ended; empty while it runs."""

    SUPPORTED = "supported"
    NOT_QUALIFIED = "not-qualified"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    FALSE_POSITIVE = "false-positive"
    OUT_OF_SCOPE = "out-of-scope"


class RecoveryAnswer(StrEnum):
    """What became of the offer of recovery."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    STOPPED = "stopped"
    NOT_OFFERED = "not-offered"


REP, ASS, ACT = Phase.REPORTED, Phase.ASSESSMENT, Phase.ACTIVATION
CON, ERA, OFF = Phase.CONTAINMENT, Phase.ERADICATION, Phase.RECOVERY_OFFER
REC, CLS, END = Phase.RECOVERY, Phase.CLOSING, Phase.CLOSED

ANY = frozenset(Phase)
OPEN = ANY - {END}

CRITERIA: dict[Phase, tuple[str, ...]] = {
    CON: ("spread-stopped", "hosts-identified", "evidence-preserved"),
    ERA: (
        "actor-removed",
        "persistence-removed",
        "holes-closed",
        "credentials-reset",
        "backups-checked",
        "monitoring-on",
    ),
    REC: ("services-restored", "assets-checked", "normal-confirmed"),
}
"""Exit criteria of each phase that has an exit; each is met, not-met or not-applicable."""

TESTS = ("operations", "critical-services", "data-integrity", "may-spread", "public-interest")
"""The tests of an assessment, each answered yes, no or unknown."""

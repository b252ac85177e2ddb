"""What every answer to an offer of recovery shares."""

from domain.case import Case, Moves, Offer
from domain.errors import Code, Refused
from domain.phase import CLS, OFF, REC, Outcome, RecoveryAnswer


def waiting_offer(case: Case) -> Offer:
    """Return the offer that waits for the council.

    Raises:
        Refused: ``no-offer``.
    """
    if case.offer is None:
        raise Refused(
            Code.NO_OFFER,
            f"No offer of recovery waits for an answer in {case.reference}: "
            "cir recovery offer-recovery, or close-without-recovery.",
        )
    return case.offer


def no_recovery(event: Moves, case: Case, answer: RecoveryAnswer) -> Case:
    """Return ``case`` after an answer other than yes: a supported case all the same.

    From recovery-offer and recovery it leads to closing. In eradication the work goes on, and the
    answer counts when that is over (guide d).
    """
    if case.phase not in (OFF, REC):
        return case.but(offer=None, recovery_answer=answer)
    return event.moved(case, CLS, offer=None, recovery_answer=answer, outcome=Outcome.SUPPORTED)

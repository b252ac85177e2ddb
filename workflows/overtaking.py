"""Taking back notices that are not sent yet and say what no longer holds (guide n 9)."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.case import Case
    from domain.effects import Effect
    from domain.fact import Cause
    from domain.people import SYSTEM
    from domain.settling import Settled, settle
    from domain.told import is_overtaken, superseded
    from workflows.outbox import Outbox

REVERSED = "decision-reversed"
"""The fact that overtakes notices on their way."""


def taken_back(outbox: Outbox, settled: Settled) -> tuple[str, ...]:
    """Drop from ``outbox`` what ``settled`` overtook; return the keys.

    Called before what is new goes into the outbox: the word that a decision was reversed is itself
    about it and goes out.
    """
    if not any(fact.type == REVERSED for fact in settled.facts):
        return ()
    case = settled.case

    def overtaken(effect: Effect) -> bool:
        """Tell whether the reversal comes before an effect that has not gone."""
        notice = effect.notice
        return notice is not None and is_overtaken(case, notice.notice, REVERSED)

    return outbox.overtake(overtaken)


def marked(case: Case, keys: tuple[str, ...], at: datetime) -> Settled:
    """Return the case with the notices of ``keys`` marked as superseded, on the record."""
    events = tuple(superseded(told, at, REVERSED) for told in case.notices if told.key in keys)
    return settle(case, events, Cause(id=f"superseded/{keys[0]}", by=SYSTEM, at=at))

"""Taking a decision back: it was wrong, the facts did not change."""

from datetime import datetime
from typing import ClassVar

from domain.case import Case, Decision, Event, Moves
from domain.command import Command
from domain.decisions.call_outs import stood_down
from domain.decisions.ending import resumed
from domain.decisions.lapses import lapsed_exit, withdrawn_offer
from domain.errors import Code, Refused
from domain.people import M, Role
from domain.personal import PersonalText
from domain.phase import ACT, ASS, CLS, CON, END, ERA, Phase
from domain.told import with_overtaken


class ReverseDecision(Command):
    """Take back a decision that was wrong, as a person who had no part in it."""

    name: ClassVar[str] = "reverse-decision"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({ACT, CON, ERA, CLS, END})
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({ACT, CON, ERA, CLS, END})

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Return whoever recorded, proposed or approved the decision."""
        return () if case.decision is None else case.decision.people

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> Decision:
        """Refuse where no decision can be taken back."""
        return _reversible(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Assess again; a provider at work is told to stop, never silently."""
        decision = self.check_case(case, at)
        reversed_ = DecisionReversed(
            at=at, result=decision.result, people=decision.people, reason=self.words()
        )
        return (
            reversed_,
            *lapsed_exit(case, at),
            *withdrawn_offer(case, at),
            *stood_down(case, at, self.words()),
        )


def _reversible(case: Case) -> Decision:
    """Return the decision that stands; once the round ended, only one that said no.

    Raises:
        Refused: ``nothing-to-reverse``.
    """
    decision = case.decision
    over = case.phase in (CLS, END)
    if decision is None or (over and decision.result != case.outcome):
        raise Refused(
            Code.NOTHING_TO_REVERSE,
            f"{case.reference} has no decision that could be reversed in {case.phase}: once a "
            "round has ended, only a negative one can. For new harm: cir closing reopen.",
        )
    return decision


class DecisionReversed(Moves):
    """A decision no longer holds and is taken anew.

    Attributes:
        result: What had been decided.
        people: Who had taken part in it.
    """

    type: ClassVar[str] = "decision-reversed"
    result: str
    people: tuple[str, ...]
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Go back to assessment without a decision; everything known is kept."""
        notices = with_overtaken(case, self.type)
        return resumed(self, case, ASS, decision=None, notices=notices)

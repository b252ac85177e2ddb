"""Leaving a phase of the response: proposed against its criteria, answered by a manager."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, StringConstraints

from domain.case import Case, Event, Moves, PhaseExit
from domain.command import Command, Form, required
from domain.errors import Code, Refused
from domain.free_text import clean_words
from domain.people import M, P, Role
from domain.personal import PersonalText
from domain.phase import CLS, CON, CRITERIA, ERA, OFF, REC, Outcome, Phase, RecoveryAnswer
from domain.said import OrMissing, Words

MET, NOT_MET, NOT_APPLICABLE = "met", "not-met", "not-applicable"
Told = Annotated[str, StringConstraints(max_length=4000), AfterValidator(clean_words)]
"""Words that may be missing or blank: a rule says so, in its own place."""

_WITH_EXIT = frozenset({CON, ERA, REC})


class ProposePhaseExit(Command):
    """Propose to leave the phase, saying of every criterion whether it is met."""

    name: ClassVar[str] = "propose-phase-exit"
    group: ClassVar[str] = "response"
    who: ClassVar[frozenset[Role]] = frozenset({P, M})
    phases: ClassVar[frozenset[Phase]] = _WITH_EXIT
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({CON, ERA, REC})
    answered_by: ClassVar[str] = "accept-phase-exit"

    criteria: Annotated[
        dict[str, str] | None,
        OrMissing,
        Field(description="Each criterion of the phase: met, not-met or not-applicable."),
    ] = None
    summary: Annotated[Words, Field(description="How it stands, and why what is not met is not.")]

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse while a proposal waits."""
        if case.exit is not None:
            raise Refused(
                Code.EXIT_PENDING,
                f"{case.exit.by} has proposed to leave {case.phase} in {case.reference} already: "
                "cir response accept-phase-exit or reject-phase-exit.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the proposal when none waits and all criteria of the phase are answered."""
        self.check_case(case, at)
        criteria = _answered(case, self.criteria or {})
        return (
            PhaseExitProposed(
                at=at,
                phase=case.phase,
                criteria=criteria,
                summary=self.summary,
                proposed_by=self.by,
                by_staff=case.provider(self.by) is None,
            ),
        )


class AcceptPhaseExit(Command):
    """Accept that the phase is over; the council has agreed."""

    name: ClassVar[str] = "accept-phase-exit"
    group: ClassVar[str] = "response"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = _WITH_EXIT
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({CON, ERA, REC})

    council_agreed_by: Annotated[
        Told | None, Field(description="Who at the council agreed: name and post.")
    ] = None
    not_met_reason: Annotated[
        Told | None, Field(description="Why the phase is over although a criterion is not met.")
    ] = None

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Return the member of staff who proposed it; a provider's proposal needs no second."""
        pending = case.exit
        if pending is None or case.provider(pending.by) is not None:
            return ()
        return (pending.by,)

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return it without a reason for what is not met, and with one where that is needed."""
        if case.exit is None or not case.exit.not_met:
            return (Form({}, _check_all_met),)
        plain = Form({"not_met_reason": None}, _check_all_met)
        return (plain, Form({"not_met_reason": "..."}, cls.check_case))

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> PhaseExit:
        """Refuse where nobody has proposed to leave the phase."""
        return _pending(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Enter the next phase, by the council's word and with a reason for what is not met."""
        pending = self.check_case(case, at)
        agreed_by = required(
            self.council_agreed_by,
            Code.COUNCIL_NOT_AGREED,
            f"Nobody at the council of {case.reference} is named as having agreed to leave "
            f"{case.phase}: --council-agreed-by.",
        )
        if not (self.not_met_reason or "").strip():
            _check_all_met(case, at)
        return (
            PhaseExitAccepted(
                at=at,
                phase=pending.phase,
                to=next_phase(case),
                proposed_by=pending.by,
                council_agreed_by=agreed_by,
                not_met=pending.not_met,
                not_met_reason=self.not_met_reason,
            ),
        )


class RejectPhaseExit(Command):
    """Refuse a proposed phase exit; the phase goes on."""

    name: ClassVar[str] = "reject-phase-exit"
    group: ClassVar[str] = "response"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = _WITH_EXIT
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> PhaseExit:
        """Refuse where nobody has proposed to leave the phase."""
        return _pending(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Go on in the phase."""
        pending = self.check_case(case, at)
        return (
            PhaseExitRejected(
                at=at, phase=pending.phase, proposed_by=pending.by, reason=self.words()
            ),
        )


def next_phase(case: Case) -> Phase:
    """Return where an accepted exit of the present phase leads (guide d).

    An early offer decides what follows eradication: without an answer the council still has to
    give one, an acceptance leads to recovery, and any other answer to closing.
    """
    if case.phase is CON:
        return ERA
    if case.phase is REC:
        return CLS
    if case.recovery_answer is None:
        return OFF
    return REC if case.recovery_answer is RecoveryAnswer.ACCEPTED else CLS


def _answered(case: Case, criteria: dict[str, str]) -> dict[str, str]:
    """Return the criteria in the phase's own order.

    Raises:
        Refused: ``criteria-incomplete``, unless they are all of the phase's and no other.
    """
    asked = CRITERIA[case.phase]
    missing = tuple(name for name in asked if name not in criteria)
    surplus = tuple(sorted(name for name in criteria if name not in asked))
    unread = tuple(
        name for name in asked if criteria.get(name, MET) not in (MET, NOT_MET, NOT_APPLICABLE)
    )
    if missing or surplus or unread:
        raise Refused(
            Code.CRITERIA_INCOMPLETE,
            f"Leaving {case.phase} in {case.reference} takes exactly these, each {MET}, {NOT_MET} "
            f"or {NOT_APPLICABLE}: {', '.join(asked)}.",
            missing=missing,
            surplus=surplus,
            unread=unread,
        )
    return {name: criteria[name] for name in asked}


def _pending(case: Case) -> PhaseExit:
    """Return the proposal that waits.

    Raises:
        Refused: ``no-exit-proposed``.
    """
    if case.exit is None:
        raise Refused(
            Code.NO_EXIT_PROPOSED,
            f"Nobody has proposed to leave {case.phase} in {case.reference}: "
            "cir response propose-phase-exit.",
        )
    return case.exit


def _check_all_met(case: Case, at: datetime) -> None:
    """Refuse to leave without a reason a phase whose criteria are not all met.

    Raises:
        Refused: ``no-exit-proposed``, ``criteria-not-met``.
    """
    pending = _pending(case)
    if pending.not_met:
        raise Refused(
            Code.CRITERIA_NOT_MET,
            f"In {case.reference} these are not met: {', '.join(pending.not_met)}. Give "
            "--not-met-reason, or refuse with cir response reject-phase-exit.",
            not_met=pending.not_met,
        )


class PhaseExitProposed(Event):
    """Somebody says that the phase is over.

    Attributes:
        criteria: Every criterion of the phase with its answer.
        by_staff: Whether staff proposed it, so that another person must accept it.
    """

    type: ClassVar[str] = "phase-exit-proposed"
    phase: Phase
    criteria: dict[str, str]
    summary: PersonalText
    proposed_by: str
    by_staff: bool

    def apply(self, case: Case) -> Case:
        """Let it wait for its answer."""
        not_met = tuple(name for name, answer in self.criteria.items() if answer == NOT_MET)
        pending = PhaseExit(phase=self.phase, by=self.proposed_by, not_met=not_met)
        return case.but(exit=pending)


class PhaseExitAccepted(Moves):
    """The phase is over.

    Attributes:
        phase: The one that ended.
        to: The one that begins.
        not_met: Criteria that were not met, let go for ``not_met_reason``.
    """

    type: ClassVar[str] = "phase-exit-accepted"
    phase: Phase
    to: Phase
    proposed_by: str
    council_agreed_by: PersonalText
    not_met: tuple[str, ...] = ()
    not_met_reason: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Enter the next phase; a response that is over was support given."""
        if self.to is CLS:
            return self.moved(case, CLS, exit=None, outcome=Outcome.SUPPORTED)
        return self.moved(case, self.to, exit=None)


class PhaseExitRejected(Event):
    """The phase goes on."""

    type: ClassVar[str] = "phase-exit-rejected"
    phase: Phase
    proposed_by: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Let the proposal go."""
        return case.but(exit=None)

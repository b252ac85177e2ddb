"""Other numbers for one case: proposed by the head of service, confirmed by a second person."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event, PolicyChange
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.events import ClockMoved
from domain.clocks.timing import moved_by_policy
from domain.command import Command
from domain.errors import Code, Refused
from domain.people import A, H, Role
from domain.personal import PersonalText
from domain.phase import OPEN, Phase
from domain.policy import PolicyError


class ChangePolicy(Command):
    """Propose other numbers for this case; a second person confirms them."""

    name: ClassVar[str] = "change-policy"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({H})
    phases: ClassVar[frozenset[Phase]] = OPEN
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    answered_by: ClassVar[str] = "confirm-policy"

    settings: Annotated[
        dict[str, float], Field(description="New numbers by setting, as cir policy show prints it.")
    ]
    apply_to_running: Annotated[
        bool, Field(description="Whether running deadlines move; else only new ones use it.")
    ] = False

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse while a change waits."""
        if case.policy_change is not None:
            raise Refused(
                Code.CHANGE_PENDING,
                f"A change of policy by {case.policy_change.by} waits on {case.reference}: "
                "cir handling confirm-policy.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Propose numbers that a case may change, that are possible, and that differ."""
        self.check_case(case, at)
        unknown = case.policy.unknown_settings(self.settings)
        if unknown:
            raise Refused(
                Code.UNKNOWN_SETTING,
                f"{case.reference} has no such setting to change: {', '.join(unknown)}. "
                "To see the settings: cir policy show.",
                settings=list(unknown),
            )
        former = {name: case.policy.setting(name) for name in self.settings}
        if former == self.settings:
            raise Refused(
                Code.NOTHING_CHANGED,
                f"{case.reference} has these numbers already: cir policy show.",
            )
        return (
            PolicyChangeProposed(
                at=at,
                proposed_by=self.by,
                settings=self.settings,
                former=former,
                apply_to_running=self.apply_to_running,
                reason=self.words(),
            ),
        )

    def check_inputs(self, case: Case, at: datetime) -> None:
        """Refuse impossible numbers of known settings as ill-formed input."""
        unknown = case.policy.unknown_settings(self.settings)
        known = {name: number for name, number in self.settings.items() if name not in unknown}
        try:
            case.policy.with_settings(known)
        except PolicyError as error:
            fields = [{"field": f"settings.{key}", "message": why} for key, why in error.problems]
            raise Refused(
                Code.INVALID_INPUT,
                f"The change for {case.reference} cannot stand: {error}.",
                fields=fields,
            ) from None


class ConfirmPolicy(Command):
    """Confirm the proposed change of policy; the new numbers count from now."""

    name: ClassVar[str] = "confirm-policy"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({A})
    phases: ClassVar[frozenset[Phase]] = OPEN
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Return who proposed the change."""
        return () if case.policy_change is None else (case.policy_change.by,)

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> PolicyChange:
        """Refuse where no change waits."""
        change = case.policy_change
        if change is None:
            raise Refused(
                Code.NO_CHANGE_PROPOSED,
                f"No change of policy waits on {case.reference}. "
                "The head of service proposes one: cir handling change-policy.",
            )
        return change

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Put the numbers in force; running deadlines move only where that was asked for."""
        change = self.check_case(case, at)
        changed = PolicyChanged(
            at=at,
            proposed_by=change.by,
            settings=change.settings,
            former={name: case.policy.setting(name) for name in change.settings},
            apply_to_running=change.apply_to_running,
            reason=self.words(),
        )
        moved = _moved(case, changed) if change.apply_to_running else ()
        return (changed, *moved)


def _moved(case: Case, changed: "PolicyChanged") -> tuple[ClockMoved, ...]:
    after = changed.apply(case)
    made: list[ClockMoved] = []
    for run in case.live_clocks():
        moved = moved_by_policy(case, after, CATALOGUE[run.clock], run, changed.at)
        if moved is None:
            continue
        made.append(
            ClockMoved(
                at=changed.at,
                clock=run.clock,
                instance=run.instance,
                due_at=moved.due_at,
                agenda=moved.agenda,
                left=moved.left,
            )
        )
    return tuple(made)


class PolicyChangeProposed(Event):
    """Other numbers were proposed for this case."""

    type: ClassVar[str] = "policy-change-proposed"
    proposed_by: str
    settings: dict[str, float]
    former: dict[str, int]
    apply_to_running: bool
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Let the change wait for its second person."""
        waiting = PolicyChange(
            by=self.proposed_by, settings=self.settings, apply_to_running=self.apply_to_running
        )
        return case.but(policy_change=waiting)


class PolicyChanged(Event):
    """Other numbers are in force for this case."""

    type: ClassVar[str] = "policy-changed"
    proposed_by: str
    settings: dict[str, float]
    former: dict[str, int]
    apply_to_running: bool
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Replace the case's own policy; nothing waits any more."""
        return case.but(policy=case.policy.with_settings(self.settings), policy_change=None)

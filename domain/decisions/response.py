"""The response while it runs: updates, reviews and the way back to containment."""

from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Moves
from domain.command import Command, Form
from domain.decisions import phase_exit
from domain.decisions.lapses import lapsed_exit, withdrawn_offer
from domain.errors import Code, Refused
from domain.people import M, P, Role, T
from domain.personal import PersonalText
from domain.phase import CON, ERA, OFF, REC, Phase
from domain.report import Answer
from domain.said import Words

PARTS = (phase_exit,)
"""The other module of the group; importing it enters its commands in the registry."""

REVIEWS = {
    "phase": ("containment-review", "eradication-review"),
    "category": ("support-review",),
}
"""What a review may be about, and the clocks that wait for it."""


class UpdateFromProvider(Command):
    """Record what the provider tells of its work: an update, with or without news of spread."""

    name: ClassVar[str] = "provider-update"
    group: ClassVar[str] = "response"
    who: ClassVar[frozenset[Role]] = frozenset({P, T})
    phases: ClassVar[frozenset[Phase]] = frozenset({CON, ERA, REC})

    summary: Annotated[Words, Field(description="How it stands.")]
    hosts_affected: Annotated[
        int | None, Field(ge=0, description="How many machines are affected, as far as is known.")
    ] = None
    spread: Annotated[
        Answer | None, Field(description="Whether it is spreading: yes, no or unknown.")
    ] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep the update; nothing about it is refused."""
        provider = case.engagement.provider
        return (
            ProviderUpdateRecorded(
                at=at,
                provider=provider,
                summary=self.summary,
                hosts_affected=self.hosts_affected,
                spread=self.spread,
                by_staff=self.by != provider,
            ),
        )


class RecordReview(Command):
    """Record the review of a long phase, or of support that fell below the threshold."""

    name: ClassVar[str] = "record-review"
    group: ClassVar[str] = "response"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({CON, ERA, OFF, REC})

    about: Annotated[Literal["phase", "category"], Field(description="What was reviewed.")]
    result: Annotated[
        Literal["continue", "change"], Field(description="Whether it goes on as it is.")
    ]
    notes: Annotated[Words, Field(description="What was found, and what follows from it.")]

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return one for each review that a clock waits for; where none does, for each there is."""
        due = [one for one in REVIEWS if _is_due(case, one)]
        return tuple(
            Form({"about": one}, partial(_check_review, about=one), follows=True)
            for one in due or REVIEWS
        )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the review that a running clock waits for."""
        _check_review(case, at, self.about)
        return (ReviewRecorded(at=at, about=self.about, result=self.result, notes=self.notes),)


class ReturnToContainment(Command):
    """Go back to containment: re-infection, spread or a machine that was missed."""

    name: ClassVar[str] = "return-to-containment"
    group: ClassVar[str] = "response"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({ERA, OFF, REC})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({ERA, OFF, REC})

    trigger: Annotated[
        Literal["re-infection", "spread", "missed-host"],
        Field(description="What makes it necessary."),
    ]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Contain once more; a pending exit and an unanswered offer are void."""
        returned = ReturnedToContainment(at=at, trigger=self.trigger, reason=self.words())
        return (returned, *lapsed_exit(case, at), *withdrawn_offer(case, at))


def _is_due(case: Case, about: str) -> bool:
    return any(case.live_clocks(name) for name in REVIEWS[about])


def _check_review(case: Case, at: datetime, about: str) -> None:
    """Refuse a review that no running clock waits for."""
    if not _is_due(case, about):
        raise Refused(
            Code.NO_REVIEW_RUNNING,
            f"No review of the {about} is due in {case.reference}. "
            "Write other findings down with cir handling add-note.",
        )


class ProviderUpdateRecorded(Event):
    """The provider told how its work stands.

    Attributes:
        provider: Who was on the case; ``None`` when nobody was.
        spread: ``yes`` wakes somebody.
        by_staff: Whether staff recorded it for the provider.
    """

    type: ClassVar[str] = "provider-update-recorded"
    provider: str | None = None
    summary: PersonalText
    hosts_affected: int | None = None
    spread: Answer | None = None
    by_staff: bool = False


class ReviewRecorded(Event):
    """A person looked again and said whether it goes on as it is."""

    type: ClassVar[str] = "review-recorded"
    about: Literal["phase", "category"]
    result: Literal["continue", "change"]
    notes: PersonalText


class ReturnedToContainment(Moves):
    """The response began again with containment; an accepted recovery stands."""

    type: ClassVar[str] = "returned-to-containment"
    trigger: PersonalText
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Enter containment for another attempt."""
        return self.moved(case, CON)

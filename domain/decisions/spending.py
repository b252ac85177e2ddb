"""MHCLG's authority to spend: asked for by one person, given or refused by another."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event
from domain.command import Command
from domain.errors import Code, Refused
from domain.money.thresholds import rearmed
from domain.people import A, Role, T
from domain.personal import PersonalText
from domain.phase import ACT, CLS, CON, ERA, OFF, REC, Phase
from domain.work import AuthorityChange, SpendRequest

WHILE_WORKING = frozenset({ACT, CON, ERA, OFF, REC, CLS})


class RequestSpend(Command):
    """Ask for more authority to spend on ledger A."""

    name: ClassVar[str] = "request-spend"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = WHILE_WORKING
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    answered_by: ClassVar[str] = "authorise-spend"

    amount_pence: Annotated[int, Field(description="The new total, in pence.")]

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse while a request waits."""
        if case.money.request is not None:
            raise Refused(
                Code.REQUEST_PENDING,
                f"{case.money.request.by} has asked for money on {case.reference} already; "
                "it waits for a senior approver: cir money authorise-spend or reject-spend.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Ask once; a higher total only."""
        _must_be_higher(case, self.amount_pence)
        self.check_case(case, at)
        return (
            SpendRequested(
                at=at, requested_by=self.by, amount_pence=self.amount_pence, reason=self.words()
            ),
        )


class AuthoriseSpend(Command):
    """Give authority to spend, as asked or as you say."""

    name: ClassVar[str] = "authorise-spend"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({A})
    phases: ClassVar[frozenset[Phase]] = WHILE_WORKING
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    amount_pence: Annotated[
        int | None, Field(description="The new total in pence; else what was asked.")
    ] = None

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Whoever asked does not answer."""
        return _asker(case)

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> SpendRequest:
        """Refuse where nobody has asked."""
        return _asked(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Raise the authority."""
        asked = self.check_case(case, at)
        amount = self.amount_pence if self.amount_pence is not None else asked.amount_pence
        _must_be_higher(case, amount)
        return (
            SpendAuthorised(
                at=at,
                amount_pence=amount,
                former_pence=case.money.authority_pence,
                requested_by=asked.by,
                authorised_by=self.by,
                reason=self.words(),
            ),
        )


class RejectSpend(Command):
    """Refuse the authority that was asked for."""

    name: ClassVar[str] = "reject-spend"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({A})
    phases: ClassVar[frozenset[Phase]] = WHILE_WORKING
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Whoever asked does not answer."""
        return _asker(case)

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> SpendRequest:
        """Refuse where nobody has asked."""
        return _asked(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Refuse it; the clock runs on."""
        asked = self.check_case(case, at)
        return (SpendRefused(at=at, amount_pence=asked.amount_pence, reason=self.words()),)


def _asker(case: Case) -> tuple[str, ...]:
    return () if case.money.request is None else (case.money.request.by,)


def _asked(case: Case) -> SpendRequest:
    if case.money.request is None:
        raise Refused(
            Code.NO_REQUEST,
            f"Nobody has asked for money on {case.reference}: cir money request-spend.",
        )
    return case.money.request


def _must_be_higher(case: Case, amount: int) -> None:
    if amount <= case.money.authority_pence:
        raise Refused(
            Code.AMOUNT_NOT_HIGHER,
            f"{case.reference} has authority for {case.money.authority_pence} pence; "
            "name a higher total.",
        )


class SpendRequested(Event):
    """Somebody asked for money."""

    type: ClassVar[str] = "spend-requested"
    requested_by: str
    amount_pence: int
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Let it wait for the second person."""
        request = SpendRequest(by=self.requested_by, amount_pence=self.amount_pence)
        return case.but(money=case.money.but(request=request))


class SpendAuthorised(Event):
    """The authority was raised."""

    type: ClassVar[str] = "spend-authorised"
    amount_pence: int
    former_pence: int
    requested_by: str
    authorised_by: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Raise it; thresholds above the new ratio may fire again."""
        change = AuthorityChange(
            at=self.at,
            former_pence=self.former_pence,
            amount_pence=self.amount_pence,
            requested_by=self.requested_by,
            authorised_by=self.authorised_by,
        )
        money = case.money.but(
            authority_pence=self.amount_pence,
            authority_changes=(*case.money.authority_changes, change),
            request=None,
        )
        return case.but(money=rearmed(case, money, "A"))


class SpendRefused(Event):
    """The authority asked for was refused."""

    type: ClassVar[str] = "spend-refused"
    amount_pence: int
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Nothing waits any more."""
        return case.but(money=case.money.but(request=None))

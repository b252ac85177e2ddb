"""Provider work, logged line by line: priced at once, and held where a rule says so."""

import datetime as dt
import hashlib
import json
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event
from domain.command import Command
from domain.errors import Code, Refused
from domain.money.holding import held_why
from domain.money.pence import price
from domain.money.rates import day_rate, grades, ledger_of
from domain.money.thresholds import Crossing, alerted, crossings
from domain.people import P, Role, T
from domain.phase import ACT, CLS, CON, ERA, OFF, REC, Phase
from domain.provider import Provider
from domain.said import OneLine, OrMissing
from domain.work import ItemState, WorkItem

MINUTES_MOST = 1440
"""Minutes of one item at the most: a day (guide k 2)."""

WorkPhase = Literal["containment", "eradication", "recovery"]


class LogWork(Command):
    """Log one line of provider work; it is priced at once, and held where a rule says so."""

    name: ClassVar[str] = "log-work"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({P, T})
    phases: ClassVar[frozenset[Phase]] = frozenset({ACT, CON, ERA, OFF, REC, CLS})
    desk_only: ClassVar[bool] = True
    formerly: ClassVar[bool] = True

    item: Annotated[OneLine, Field(description="The provider's own id of the item.")]
    date: Annotated[dt.date, Field(description="The day of the work.")]
    grade: Annotated[
        str | None, OrMissing, Field(description="The grade, as on the rate card.")
    ] = None
    minutes: Annotated[int | None, OrMissing, Field(description="Minutes, 1 to 1,440.")] = None
    phase: Annotated[WorkPhase, Field(description="The phase of the work; it decides who pays.")]
    description: Annotated[OneLine, Field(description="What was done; no personal data.")]
    worker: Annotated[OneLine | None, Field(description="The provider's code for who did it.")] = (
        None
    )
    provider: Annotated[OneLine | None, Field(description="Whose work, when staff log it.")] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Price the item and say whether it is payable; the same item again is a repeat."""
        provider = self._provider(case)
        grade = self._grade(case, provider)
        minutes = checked_minutes(case, self.minutes, MINUTES_MOST)
        self._check_date(case, at)
        rate = self._rate(case, provider, grade)
        self._check_accepted(case)
        if self._is_repeat(case, provider):
            return ()
        item = self._item(case, provider, grade, minutes, rate)
        money = case.money.but(items=(*case.money.items, item))
        return (WorkLogged(at=at, item=item, crossed=crossings(case, money, item.ledger)),)

    def _provider(self, case: Case) -> Provider:
        """Return whose work it is: the provider's own, or as staff say, else who is on the case."""
        own = self.by if case.provider(self.by) is not None else None
        name = own or self.provider or case.engagement.provider or case.engagement.last_provider
        provider = case.provider(name)
        if provider is None or provider.id not in case.engagement.ever_called:
            raise Refused(
                Code.NO_CALL_OUT,
                f"{name or 'No provider'} was never called out on {case.reference}. "
                "To call one out: cir activation assign-provider.",
            )
        return provider

    def _grade(self, case: Case, provider: Provider) -> str:
        known = grades(provider)
        if self.grade is None or self.grade not in known:
            said = "No grade was given" if self.grade is None else f"There is no {self.grade}"
            raise Refused(
                Code.UNKNOWN_GRADE,
                f"{said} for {self.item} on {case.reference}; {provider.id} has rates for "
                f"{', '.join(known)}.",
            )
        return self.grade

    def _check_date(self, case: Case, at: datetime) -> None:
        first, today = case.engagement.first_call_out_on, case.policy.day_of(at)
        if first is None or not first <= self.date <= today:
            raise Refused(
                Code.DATE_OUT_OF_RANGE,
                f"Work on {case.reference} is dated from the first call-out, {first}, to today, "
                f"{today}; {self.item} says {self.date}.",
            )

    def _rate(self, case: Case, provider: Provider, grade: str) -> int:
        rate = day_rate(case, provider, self.phase, grade, self.date)
        if rate is None:
            raise Refused(
                Code.NO_RATE,
                f"{provider.id} has no rate for {grade} in {self.phase} on {self.date}, so "
                f"{self.item} on {case.reference} cannot be priced. Its cards: cir providers list.",
            )
        return rate

    def _check_accepted(self, case: Case) -> None:
        if self.phase == "recovery" and not case.money.accepted:
            raise Refused(
                Code.RECOVERY_NOT_ACCEPTED,
                f"The council of {case.reference} has accepted no recovery: "
                "cir recovery accept-recovery.",
            )

    def _is_repeat(self, case: Case, provider: Provider) -> bool:
        """Tell whether the very same item was logged before.

        Raises:
            Refused: ``item-exists`` when an item of that id was, with other content.
        """
        known = case.money.item(self.item) or case.money.billed_item(self.item)
        if known is not None and known.content != self._content(provider):
            raise Refused(
                Code.ITEM_EXISTS,
                f"{case.reference} has an item {self.item} with other content: log it under a "
                "new id, or correct the first with cir money dispute-work and resolve-work.",
            )
        return known is not None

    def _content(self, provider: Provider) -> str:
        said = [
            provider.id, str(self.date), self.grade, self.minutes, self.phase, self.description,
            self.worker,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]

    def _item(
        self, case: Case, provider: Provider, grade: str, minutes: int, rate: int
    ) -> WorkItem:
        amount = price(minutes, rate, case.policy.setting("rate.day_minutes"))
        why = held_why(
            case, provider=provider.id, phase=self.phase, worked_on=self.date, amount=amount
        )
        return WorkItem(
            item=self.item,
            provider=provider.id,
            content=self._content(provider),
            worked_on=self.date,
            grade=grade,
            minutes=minutes,
            phase=self.phase,
            description=self.description,
            worker=self.worker,
            ledger=ledger_of(self.phase),
            amount_pence=amount,
            state=ItemState.PAYABLE if why is None else ItemState.HELD,
            held_why=why,
        )


def checked_minutes(case: Case, minutes: int | None, most: int) -> int:
    """Return ``minutes`` when they are 1 to ``most``.

    Raises:
        Refused: ``bad-minutes``.
    """
    if minutes is None or not 1 <= minutes <= most:
        raise Refused(
            Code.BAD_MINUTES,
            f"Minutes of this item on {case.reference} are a whole number from 1 to {most:,}.",
        )
    return minutes


class WorkLogged(Event):
    """A line of work, priced.

    Attributes:
        crossed: The threshold of spending that it made its ledger reach, if any.
    """

    type: ClassVar[str] = "work-logged"
    item: WorkItem
    crossed: tuple[Crossing, ...] = ()

    def apply(self, case: Case) -> Case:
        """Add it, and note the threshold it crosses as told."""
        money = case.money.but(items=(*case.money.items, self.item))
        return case.but(money=alerted(money, self.item.ledger, self.crossed))

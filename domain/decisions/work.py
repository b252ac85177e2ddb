"""Provider work: logged, disputed and resolved, item by item."""

import datetime as dt
import hashlib
import json
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event
from domain.command import Command
from domain.errors import Code, Refused
from domain.money.holding import exceeds_order, held_why, is_unconfirmed
from domain.money.pence import price
from domain.money.rates import accepted_rates, day_rate, grades, ledger_of
from domain.money.thresholds import alerted
from domain.people import F, M, P, Role, T
from domain.phase import ACT, CLS, CON, ERA, OFF, REC, Phase
from domain.provider import Provider
from domain.rotation import uk_day
from domain.said import Authority, OneLine, Words
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
    grade: Annotated[str | None, Field(description="The grade, as on the rate card.")] = None
    minutes: Annotated[int | None, Field(description="Minutes, 1 to 1,440.")] = None
    phase: Annotated[WorkPhase, Field(description="The phase of the work; it decides who pays.")]
    description: Annotated[Words, Field(description="What was done; no personal data.")]
    worker: Annotated[OneLine | None, Field(description="The provider's code for who did it.")] = (
        None
    )
    provider: Annotated[OneLine | None, Field(description="Whose work, when staff log it.")] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Price the item and say whether it is payable; the same item again is a repeat."""
        provider = self._provider(case)
        grade, minutes = self._grade(provider), self._minutes()
        self._check_date(case, at)
        rate = day_rate(case, provider, self.phase, grade, self.date)
        if rate is None:
            raise Refused(
                Code.NO_RATE,
                f"{provider.id} has no rate for {grade} in {self.phase} on {self.date}.",
            )
        if self.phase == "recovery" and not case.money.accepted:
            raise Refused(
                Code.RECOVERY_NOT_ACCEPTED,
                f"Recovery of {case.reference} has not been accepted by the council.",
            )
        known = case.money.item(self.item)
        if known is not None:
            return self._again(case, known, provider)
        amount = price(minutes, rate, case.policy.setting("rate.day_minutes"))
        why = held_why(
            case, provider=provider.id, phase=self.phase, worked_on=self.date, amount=amount
        )
        item = WorkItem(
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
        return (WorkLogged(at=at, item=item),)

    def _provider(self, case: Case) -> Provider:
        own = self.by if case.provider(self.by) is not None else None
        name = own or self.provider or case.engagement.provider or case.engagement.last_provider
        provider = case.provider(name)
        if provider is None or provider.id not in case.engagement.ever_called:
            raise Refused(
                Code.NO_CALL_OUT, f"{name or 'Nobody'} was never called out on {case.reference}."
            )
        return provider

    def _grade(self, provider: Provider) -> str:
        if self.grade is None or self.grade not in grades(provider):
            raise Refused(
                Code.UNKNOWN_GRADE,
                f"{provider.id} has no grade {self.grade}; it has {', '.join(grades(provider))}.",
            )
        return self.grade

    def _minutes(self) -> int:
        return _minutes(self.minutes, MINUTES_MOST)

    def _check_date(self, case: Case, at: datetime) -> None:
        first, today = case.engagement.first_call_out_on, uk_day(at)
        if first is None or not first <= self.date <= today:
            raise Refused(
                Code.DATE_OUT_OF_RANGE,
                f"Work on {case.reference} is dated {first} to {today}; this says {self.date}.",
            )

    def _content(self, provider: Provider) -> str:
        said = [
            provider.id, str(self.date), self.grade, self.minutes, self.phase, self.description,
            self.worker,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:20]

    def _again(self, case: Case, known: WorkItem, provider: Provider) -> tuple[Event, ...]:
        if known.content == self._content(provider):
            return ()
        raise Refused(
            Code.ITEM_EXISTS,
            f"{case.reference} has an item {self.item} with other content; use a new id.",
        )


class DisputeWork(Command):
    """Dispute a work item: it stays out of billing until somebody else resolves it."""

    name: ClassVar[str] = "dispute-work"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({T, F})
    phases: ClassVar[frozenset[Phase]] = frozenset({CON, ERA, OFF, REC, CLS})
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    item: Annotated[OneLine, Field(description="The provider's id of the item.")]
    raised_by: Annotated[Literal["mhclg", "council"], Field(description="Whose dispute it is.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the item out of billing."""
        item = known_item(case, self.item)
        if item.pack is not None:
            raise Refused(
                Code.ITEM_BILLED, f"{item.item} is in pack {item.pack} of {case.reference} already."
            )
        if item.state is ItemState.DISPUTED:
            raise Refused(Code.ALREADY_DISPUTED, f"{item.item} is disputed already.")
        return (
            WorkDisputed(
                at=at, item=item.item, raised_by=self.raised_by, by=self.by, reason=self.words()
            ),
        )


class ResolveWork(Command):
    """Resolve an item that is held or disputed: accept, void, reduce or recode it."""

    name: ClassVar[str] = "resolve-work"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({M, F})
    phases: ClassVar[frozenset[Phase]] = frozenset({CON, ERA, OFF, REC, CLS})
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    item: Annotated[OneLine, Field(description="The provider's id of the item.")]
    result: Annotated[
        Literal["accept", "void", "reduce", "recode"], Field(description="What becomes of it.")
    ]
    minutes: Annotated[int | None, Field(description="Fewer minutes, to reduce it.")] = None
    phase: Annotated[WorkPhase | None, Field(description="Another phase, to recode it.")] = None
    authority: Annotated[
        Authority | None, Field(description="The council's, for recovery before the cut-over.")
    ] = None

    def other_person(self, case: Case) -> tuple[str, ...]:
        """Whoever disputed the item does not resolve it."""
        item = case.money.item(self.item)
        return () if item is None or item.disputed_by is None else (item.disputed_by,)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Price it again and put it back into billing, unless it is void."""
        item = known_item(case, self.item)
        if item.state not in (ItemState.HELD, ItemState.DISPUTED):
            raise Refused(
                Code.NOT_HELD, f"{item.item} is {item.state}: it is neither held nor disputed."
            )
        new = self._new(case, item)
        if self.result != "void":
            self._check_payable(case, new)
        return (WorkResolved(at=at, old=item, new=new, result=self.result, reason=self.words()),)

    def _new(self, case: Case, item: WorkItem) -> WorkItem:
        if self.result == "void":
            return item.but(state=ItemState.VOID, held_why=None, disputed_by=None)
        minutes = item.minutes
        if self.result == "reduce":
            minutes = _minutes(self.minutes, item.minutes)
        phase = item.phase
        if self.result == "recode":
            if self.phase is None:
                raise Refused(Code.INVALID_INPUT, "To recode an item takes the phase it goes to.")
            phase = self.phase
        provider = case.provider(item.provider)
        rate = None if provider is None else day_rate(
            case, provider, phase, item.grade, item.worked_on
        )  # fmt: skip
        if rate is None:
            raise Refused(
                Code.INVALID_INPUT, f"{item.provider} has no rate for {item.grade} in {phase}."
            )
        amount = price(minutes, rate, case.policy.setting("rate.day_minutes"))
        return item.but(
            minutes=minutes,
            phase=phase,
            ledger=ledger_of(phase),
            amount_pence=amount,
            state=ItemState.PAYABLE,
            held_why=None,
            disputed_by=None,
        )

    def _check_payable(self, case: Case, new: WorkItem) -> None:
        """Refuse what no person can put into billing by a word (guide g, k 4)."""
        if new.ledger == "A":
            return
        if is_unconfirmed(case, new.worked_on):
            raise Refused(
                Code.SUCCESSOR_UNCONFIRMED,
                f"The successor has not confirmed the order of {case.reference}.",
            )
        why = held_why(
            case, provider=new.provider, phase=new.phase, worked_on=new.worked_on, amount=0
        )
        if why == "before-cut-over" and not self._has_authority(case):
            raise Refused(
                Code.AUTHORITY_NEEDED,
                f"{new.item} is dated before the cut-over: only the council can say that it pays.",
            )
        if accepted_rates(case, new.provider) is None:
            raise Refused(
                Code.RECOVERY_NOT_ACCEPTED,
                f"The council has accepted no recovery rates with {new.provider}.",
            )
        if exceeds_order(case, new.amount_pence):
            raise Refused(
                Code.OVER_ORDER_VALUE,
                f"{new.item} would take ledger B of {case.reference} past the council's order.",
            )

    def _has_authority(self, case: Case) -> bool:
        given = self.authority
        if given is None or not (given.how or "").strip():
            return False
        return given.post in case.policy.authority_posts


def known_item(case: Case, item_id: str) -> WorkItem:
    """Return the item, or refuse."""
    item = case.money.item(item_id)
    if item is None:
        raise Refused(Code.UNKNOWN_ITEM, f"{case.reference} has no work item {item_id}.")
    return item


def _minutes(minutes: int | None, most: int) -> int:
    if minutes is None or not 1 <= minutes <= most:
        raise Refused(Code.BAD_MINUTES, f"Minutes are a whole number from 1 to {most:,}.")
    return minutes


class WorkLogged(Event):
    """A line of work, priced."""

    type: ClassVar[str] = "work-logged"
    item: WorkItem

    def apply(self, case: Case) -> Case:
        """Add it, and note the highest threshold it crosses."""
        money = case.money.but(items=(*case.money.items, self.item))
        return case.but(money=alerted(case, money, self.item.ledger))


class WorkDisputed(Event):
    """A line of work that a person keeps out of billing."""

    type: ClassVar[str] = "work-disputed"
    item: str
    raised_by: str
    by: str
    reason: str

    def apply(self, case: Case) -> Case:
        """Take it out of billing."""
        items = tuple(
            i.but(state=ItemState.DISPUTED, disputed_by=self.by) if i.item == self.item else i
            for i in case.money.items
        )
        return case.but(money=case.money.but(items=items))


class WorkResolved(Event):
    """What became of a held or disputed line."""

    type: ClassVar[str] = "work-resolved"
    old: WorkItem
    new: WorkItem
    result: str
    reason: str

    def apply(self, case: Case) -> Case:
        """Put the new line in the old one's place."""
        items = tuple(self.new if i.item == self.new.item else i for i in case.money.items)
        money = alerted(case, case.money.but(items=items), self.new.ledger)
        return case.but(money=money)

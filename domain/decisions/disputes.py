"""Provider work that is kept out of billing: disputed by one person, resolved by another."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.case import Case, Event
from domain.command import Command
from domain.decisions.work import WorkPhase, checked_minutes
from domain.errors import Code, Refused
from domain.money.holding import exceeds_order, is_before_cut_over, is_unconfirmed
from domain.money.pence import price
from domain.money.rates import accepted_rates, day_rate, ledger_of
from domain.money.thresholds import Crossing, alerted, crossings
from domain.people import F, M, Role, T
from domain.personal import PersonalText
from domain.phase import CLS, CON, ERA, OFF, REC, Phase
from domain.said import Authority, OneLine, OrMissing
from domain.work import ItemState, WorkItem

WHERE = frozenset({CON, ERA, OFF, REC, CLS})

Side = Literal["mhclg", "council"]


class DisputeWork(Command):
    """Dispute a work item: it stays out of billing until somebody else resolves it."""

    name: ClassVar[str] = "dispute-work"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({T, F})
    phases: ClassVar[frozenset[Phase]] = WHERE
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    item: Annotated[OneLine, Field(description="The provider's id of the item.")]
    raised_by: Annotated[Side, Field(description="Whose dispute it is.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the item out of billing."""
        billed = case.money.billed_item(self.item)
        pack = self._live(case).pack if billed is None else billed.pack
        if pack is not None:
            raise Refused(
                Code.ITEM_BILLED,
                f"{self.item} of {case.reference} is in pack {pack} already: finance can reject "
                "the pack while it waits, and settles with the provider afterwards.",
            )
        if self._live(case).state is ItemState.DISPUTED:
            raise Refused(
                Code.ALREADY_DISPUTED,
                f"{self.item} of {case.reference} is disputed already: cir money resolve-work.",
            )
        disputed = WorkDisputed(
            at=at, item=self.item, raised_by=self.raised_by, by=self.by, reason=self.words()
        )
        return (disputed,)

    def _live(self, case: Case) -> WorkItem:
        """Return the item, or refuse; one that is void is cancelled and there no more."""
        item = _known(case, self.item)
        if item.state is ItemState.VOID:
            raise Refused(
                Code.UNKNOWN_ITEM,
                f"{item.item} of {case.reference} is void, so it is out of billing for good. "
                "To bill that work after all: cir money log-work under a new id.",
            )
        return item


class ResolveWork(Command):
    """Resolve an item that is held or disputed: accept, void, reduce or recode it."""

    name: ClassVar[str] = "resolve-work"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({M, F})
    phases: ClassVar[frozenset[Phase]] = WHERE
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    item: Annotated[OneLine, Field(description="The provider's id of the item.")]
    result: Annotated[
        Literal["accept", "void", "reduce", "recode"], Field(description="What becomes of it.")
    ]
    minutes: Annotated[int | None, OrMissing, Field(description="Fewer minutes, to reduce it.")] = (
        None
    )
    phase: Annotated[WorkPhase | None, Field(description="Another phase, to recode it.")] = None
    authority: Annotated[
        Authority | None, Field(description="The council's, for recovery before the cut-over.")
    ] = None

    @model_validator(mode="after")
    def _recoding_names_its_phase(self) -> Self:
        if self.result == "recode" and self.phase is None:
            raise ValueError("to recode an item, name the phase it goes to")
        return self

    def other_person(self, case: Case) -> tuple[str, ...]:
        """Whoever disputed the item does not resolve it."""
        item = case.money.item(self.item)
        return () if item is None or item.disputed_by is None else (item.disputed_by,)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Price it again and put it back into billing, unless it is void."""
        item = self._waiting(case)
        new = self._void(item) if self.result == "void" else self._payable(case, item)
        money = _put(case.money.items, new)
        crossed = crossings(case, case.money.but(items=money), new.ledger)
        resolved = WorkResolved(
            at=at, old=item, new=new, result=self.result, crossed=crossed, reason=self.words()
        )
        return (resolved,)

    def _waiting(self, case: Case) -> WorkItem:
        billed = case.money.billed_item(self.item) is not None
        item = None if billed else _known(case, self.item)
        if item is None or item.state not in (ItemState.HELD, ItemState.DISPUTED):
            state = "billed" if item is None else item.state.value
            raise Refused(
                Code.NOT_HELD,
                f"{self.item} of {case.reference} is {state}: only what is held or disputed is "
                "resolved. To take an item out of billing: cir money dispute-work.",
            )
        return item

    def _void(self, item: WorkItem) -> WorkItem:
        return item.but(state=ItemState.VOID, held_why=None, disputed_by=None, disputed_for=None)

    def _payable(self, case: Case, item: WorkItem) -> WorkItem:
        """Return the item as it goes back into billing, or refuse in the row's order."""
        minutes = item.minutes
        if self.result == "reduce":
            minutes = checked_minutes(case, self.minutes, item.minutes)
        phase = self.phase if self.result == "recode" and self.phase else item.phase
        if ledger_of(phase) == "B":
            self._check_recovery(case, item)
        amount = price(
            minutes, self._rate(case, item, phase), case.policy.setting("rate.day_minutes")
        )
        if ledger_of(phase) == "B" and exceeds_order(case, amount):
            raise Refused(
                Code.OVER_ORDER_VALUE,
                f"{item.item} would take ledger B of {case.reference} past the council's order. "
                "For a higher order: cir recovery top-up-recovery.",
            )
        return item.but(
            minutes=minutes,
            phase=phase,
            ledger=ledger_of(phase),
            amount_pence=amount,
            state=ItemState.PAYABLE,
            held_why=None,
            disputed_by=None,
            disputed_for=None,
        )

    def _check_recovery(self, case: Case, item: WorkItem) -> None:
        """Refuse what no person here can make the council pay by a word (guide g, k 4)."""
        if is_unconfirmed(case, item.worked_on):
            raise Refused(
                Code.SUCCESSOR_UNCONFIRMED,
                f"The successor of {case.reference} has not confirmed the order: "
                "cir handling record-successor.",
            )
        if is_before_cut_over(case, item.worked_on) and not self._has_authority(case):
            raise Refused(
                Code.AUTHORITY_NEEDED,
                f"{item.item} of {case.reference} is dated before the cut-over: the council pays "
                f"for it only on the authority of {' or '.join(case.policy.authority_posts)}, "
                "and how it was given.",
            )
        if accepted_rates(case, item.provider) is None:
            raise Refused(
                Code.RECOVERY_NOT_ACCEPTED,
                f"The council of {case.reference} has accepted no recovery rates with "
                f"{item.provider}: cir recovery offer-recovery.",
            )

    def _has_authority(self, case: Case) -> bool:
        given = self.authority
        if given is None or not (given.how or "").strip():
            return False
        return given.post in case.policy.authority_posts

    def _rate(self, case: Case, item: WorkItem, phase: str) -> int:
        """Return the rate it is priced at again; the row has no code of its own for none."""
        provider = case.provider(item.provider)
        rate = None
        if provider is not None:
            rate = day_rate(case, provider, phase, item.grade, item.worked_on)
        if rate is None:
            raise Refused(
                Code.INVALID_INPUT,
                f"{item.provider} has no rate for {item.grade} in {phase} on {item.worked_on}, so "
                f"{item.item} of {case.reference} cannot be priced there.",
            )
        return rate


def _known(case: Case, item_id: str) -> WorkItem:
    """Return the item, or refuse."""
    item = case.money.item(item_id)
    if item is None:
        raise Refused(
            Code.UNKNOWN_ITEM, f"{case.reference} has no work item {item_id}: cir money log-work."
        )
    return item


def _put(items: tuple[WorkItem, ...], new: WorkItem) -> tuple[WorkItem, ...]:
    """Return the items with ``new`` in the place of the one of its id."""
    return tuple(new if item.item == new.item else item for item in items)


class WorkDisputed(Event):
    """A line of work that a person keeps out of billing."""

    type: ClassVar[str] = "work-disputed"
    item: str
    raised_by: Side
    by: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Take it out of billing."""
        item = case.money.item(self.item)
        if item is None:
            return case
        disputed = item.but(
            state=ItemState.DISPUTED, disputed_by=self.by, disputed_for=self.raised_by
        )
        return case.but(money=case.money.but(items=_put(case.money.items, disputed)))


class WorkResolved(Event):
    """What became of a held or disputed line.

    Attributes:
        crossed: The threshold of spending that it made its ledger reach, if any.
    """

    type: ClassVar[str] = "work-resolved"
    old: WorkItem
    new: WorkItem
    result: str
    crossed: tuple[Crossing, ...] = ()
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Put the new line in the old one's place."""
        money = case.money.but(items=_put(case.money.items, self.new))
        return case.but(money=alerted(money, self.new.ledger, self.crossed))

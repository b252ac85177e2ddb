"""What a case holds of money: work items, authority, order, packs. The rules are in ``money/``."""

from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from domain.personal import PersonalText
from domain.provider import Ledger
from domain.value import Instant, Value


class ItemState(StrEnum):
    """Whether a work item can be billed."""

    PAYABLE = "payable"
    HELD = "held"
    DISPUTED = "disputed"
    VOID = "void"


class WorkItem(Value):
    """One line of provider work.

    Attributes:
        item: The provider's own id.
        content: Fingerprint of what was sent, to tell a repeat from another item of that id.
        worked_on: The day of the work.
        minutes: 1 to 1,440.
        phase: The phase of the work; it decides who pays.
        ledger: A or B.
        amount_pence: Rounded half up once, here.
        held_why: The rule that keeps it out, when held.
        disputed_by: Who disputed it, when disputed.
        disputed_for: Whose dispute it is, when disputed.
        pack: Number of the pack it is in; ``None`` while it is in none.
    """

    item: str
    provider: str
    content: str
    worked_on: date
    grade: str
    minutes: int
    phase: Literal["containment", "eradication", "recovery"]
    description: PersonalText
    worker: PersonalText | None = None
    ledger: Ledger
    amount_pence: int
    state: ItemState
    held_why: str | None = None
    disputed_by: str | None = None
    disputed_for: Literal["mhclg", "council"] | None = None
    pack: int | None = None


class BilledItem(Value):
    """What was left of a work item once finance had taken its pack, before that was folded."""

    item: str
    content: str
    ledger: Ledger
    amount_pence: int
    pack: int


class Taken(NamedTuple):
    """What is left of a work item once finance has taken its pack; the record keeps the rest."""

    pack: int
    content: str


class PackTotals(Value):
    """One ledger of a pack, in pence."""

    net_pence: int
    vat_pence: int
    gross_pence: int


class Pack(Value):
    """One numbered billing hand-off."""

    pack: int
    state: Literal["handed-off", "acknowledged", "rejected"]
    handed_off_at: Instant
    A: PackTotals | None = None
    B: PackTotals | None = None
    finance_ref: str | None = None


class SpendRequest(Value):
    """Money somebody asked for: the new total of ledger A."""

    by: str
    amount_pence: int


class AuthorityChange(Value):
    """One raise of MHCLG's authority: asked for by one person, given by another."""

    at: Instant
    former_pence: int
    amount_pence: int
    requested_by: str
    authorised_by: str


class Order(Value):
    """The council's purchase order."""

    po_number: str
    value_pence: int


class AcceptedRates(Value):
    """Recovery rates the council accepted in writing with one provider."""

    provider: str
    card: str
    rates: dict[str, int]


class Money(Value):
    """Both ledgers of a case.

    Attributes:
        authority_pence: What MHCLG has agreed to spend on ledger A; at first nothing.
        authority_changes: Every raise of it, in order.
        request: A spend request that waits.
        order: The council's order: the limit of ledger B.
        cut_over_at: From when recovery is the council's to pay for.
        accepted: Rates accepted, by provider.
        items: Every work item that finance has not taken, in order of logging.
        billed: Work items that finance had taken before what is left of them was folded.
        taken: ``pack:content`` of every work item that finance has taken, by its id.
        taken_pence: What they come to, by ledger.
        packs: Every pack, in order.
        alerted: Highest threshold in percent already told, by ledger.
    """

    authority_pence: int = 0
    authority_changes: tuple[AuthorityChange, ...] = ()
    request: SpendRequest | None = None
    order: Order | None = None
    cut_over_at: Instant | None = None
    accepted: tuple[AcceptedRates, ...] = ()
    items: tuple[WorkItem, ...] = ()
    billed: tuple[BilledItem, ...] = ()
    taken: dict[str, str] = {}
    taken_pence: dict[Ledger, int] = {}
    packs: tuple[Pack, ...] = ()
    alerted: dict[Ledger, int] = {}

    def item(self, item_id: str) -> WorkItem | None:
        """Return the work item of that id, unless finance has taken it."""
        return next((item for item in self.items if item.item == item_id), None)

    def billed_item(self, item_id: str) -> Taken | None:
        """Return what is left of the work item of that id, once finance has taken it."""
        if item_id in self.taken:
            pack, content = self.taken[item_id].split(":", maxsplit=1)
            return Taken(int(pack), content)
        found = (Taken(one.pack, one.content) for one in self.billed if one.item == item_id)
        return next(found, None)

    @property
    def has_work(self) -> bool:
        """Tell whether there is any work item, billed or not, that is not void."""
        billed = bool(self.taken or self.billed)
        return billed or any(i.state is not ItemState.VOID for i in self.items)

    @property
    def pack_in_flight(self) -> Pack | None:
        """Return the pack that finance has not answered."""
        return next((pack for pack in self.packs if pack.state == "handed-off"), None)

    def logged_pence(self, ledger: Ledger) -> int:
        """Return the value of every item of a ledger that is not void, in pence."""
        kept = (i for i in self.items if i.ledger == ledger and i.state is not ItemState.VOID)
        billed = (i.amount_pence for i in self.billed if i.ledger == ledger)
        folded = self.taken_pence.get(ledger, 0)
        return folded + sum(billed) + sum(item.amount_pence for item in kept)

    def held_pence(self, ledger: Ledger) -> int:
        """Return the value of what a rule or a person keeps out of billing, in pence."""
        out = (ItemState.HELD, ItemState.DISPUTED)
        return sum(i.amount_pence for i in self.items if i.ledger == ledger and i.state in out)

    def payable_pence(self, ledger: Ledger) -> int:
        """Return the value of what may be billed, billed items included, in pence."""
        return self.logged_pence(ledger) - self.held_pence(ledger)

    @property
    def unpacked(self) -> tuple[WorkItem, ...]:
        """Return the payable items that are in no pack."""
        return tuple(i for i in self.items if i.state is ItemState.PAYABLE and i.pack is None)

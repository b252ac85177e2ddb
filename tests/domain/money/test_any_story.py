"""Whatever people do in whatever order, both ledgers and the packs hold to their rules."""

from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.case import Case, Spell
from domain.command import Command
from domain.decisions.billing import BillingHandedOff
from domain.decisions.disputes import WorkResolved
from domain.decisions.spending import SpendAuthorised
from domain.decisions.work import WorkLogged
from domain.errors import Refused
from domain.money.thresholds import Crossing, limit_of
from domain.provider import Ledger
from domain.work import ItemState, WorkItem
from tests.builders import RATES, applied
from tests.domain.decisions.money_cases import (
    CUT_OVER,
    FIRST,
    LATER,
    acknowledge,
    authorise,
    both_called,
    dispute,
    hand_off,
    recovering,
    reject,
    request,
    resolve,
    return_pack,
    work,
)

LEDGERS: tuple[Ledger, ...] = ("A", "B")
WHICH = st.integers(0, 99)
MINUTES = st.one_of(st.integers(1, 480), st.integers(1, 1440))
PHASES = st.sampled_from(["containment", "eradication", "recovery"])
FIRMS = st.sampled_from(["alder", "kestrel"])
DAYS = st.integers(0, (LATER.date() - FIRST).days)
AMOUNTS = st.sampled_from([0, 40_000, 150_000, 400_000, 9_000_000])
IN_WRITING = {"post": "s151", "how": "signed letter"}
PAYABLE_BEFORE = (CUT_OVER.date() - FIRST).days


class Billing(RuleBasedStateMachine):
    """People log, dispute, resolve, bill and answer as they like; refusals change nothing."""

    @initialize(order=AMOUNTS, authority=AMOUNTS)
    def begin(self, order: int, authority: int) -> None:
        spell = Spell(from_on=FIRST, to_on=CUT_OVER.date() + timedelta(days=2))
        case = both_called(recovering(order, response_spells=(spell,)))
        self.case: Case = case.but(money=case.money.but(authority_pence=authority))
        self.prices: dict[str, tuple[Ledger, int]] = {}
        self.told: dict[Ledger, int] = {"A": 0, "B": 0}

    def give(self, command: Command) -> None:
        try:
            events = command.decide(self.case, LATER)
        except Refused:
            return
        before = self.case
        self.case = applied(before, events)
        for event in events:
            if isinstance(event, WorkLogged):
                self.see(event.item, event.crossed)
            elif isinstance(event, WorkResolved):
                self.see(event.new, event.crossed)
            elif isinstance(event, SpendAuthorised):
                assert event.amount_pence > before.money.authority_pence
                self.told["A"] = min(self.told["A"], self.case.money.alerted["A"])
            elif isinstance(event, BillingHandedOff):
                self.see_pack(before, event)

    def see(self, item: WorkItem, crossed: tuple[Crossing, ...]) -> None:
        """Price the item by hand, and hold every threshold to be told once, highest only."""
        exact = item.minutes * RATES[item.grade] * 2 + 480
        assert item.amount_pence == exact // 960
        assert item.ledger == ("B" if item.phase == "recovery" else "A")
        self.prices[item.item] = (
            item.ledger, 0 if item.state is ItemState.VOID else item.amount_pence
        )  # fmt: skip
        for ledger, percent in crossed:
            assert ledger == item.ledger
            assert percent > self.told[ledger]
            logged = self.case.money.logged_pence(ledger)
            assert logged * 100 >= percent * limit_of(self.case.money, ledger)
            self.told[ledger] = percent

    def see_pack(self, before: Case, event: BillingHandedOff) -> None:
        """Hold a pack to take what is payable and in no pack, and nothing else."""
        assert before.money.payable_pence("A") <= before.money.authority_pence
        payable = [i for i in before.money.items if i.state is ItemState.PAYABLE and not i.pack]
        for ledger in LEDGERS:
            nets = [i.amount_pence for i in payable if i.ledger == ledger]
            totals = event.A if ledger == "A" else event.B
            assert (totals is not None) == bool(nets)
            if totals is not None:
                assert totals.net_pence == sum(nets)
                assert totals.gross_pence == totals.net_pence + totals.vat_pence

    def known(self, which: int) -> str:
        """Return the id of an item that was logged, or of none."""
        names = [*self.prices, "I-none"]
        return names[which % len(names)]

    @rule(minutes=MINUTES, phase=PHASES, day=DAYS, by=FIRMS)
    def log(self, minutes: int, phase: str, day: int, by: str) -> None:
        name, on = f"I-{len(self.prices)}", (FIRST + timedelta(days=day)).isoformat()
        self.give(work(by, item=name, minutes=minutes, phase=phase, date=on))
        item = self.case.money.item(name)
        assert item is not None
        early = phase == "recovery" and day < PAYABLE_BEFORE
        assert (item.held_why == "before-cut-over") == early

    @rule(which=WHICH, minutes=MINUTES)
    def log_under_an_old_id(self, which: int, minutes: int) -> None:
        self.give(work(item=self.known(which), minutes=minutes))

    @rule(which=WHICH)
    def disagree(self, which: int) -> None:
        self.give(dispute(name=self.known(which)))

    @rule(
        which=WHICH,
        result=st.sampled_from(["accept", "void", "reduce", "recode"]),
        minutes=MINUTES,
        phase=PHASES,
        authority=st.sampled_from([None, IN_WRITING]),
    )
    def settle(self, which: int, result: str, **inputs: Any) -> None:
        self.give(resolve(result, name=self.known(which), **inputs))

    @rule(amount=st.integers(0, 9_000_000))
    def ask(self, amount: int) -> None:
        self.give(request(amount))

    @rule()
    def allow(self) -> None:
        self.give(authorise())

    @rule()
    def deny(self) -> None:
        self.give(reject())

    @rule()
    def bill(self) -> None:
        self.give(hand_off())

    @rule(back=st.sampled_from([0, 0, 0, 1, -1]), taken=st.booleans())
    def answer(self, back: int, taken: bool) -> None:  # noqa: FBT001  (hypothesis names it)
        pack = len(self.case.money.packs) - back
        self.give(acknowledge(pack) if taken else return_pack(pack))

    @invariant()
    def both_ledgers_are_every_item_that_is_not_void(self) -> None:
        for ledger in LEDGERS:
            mine = sum(pence for whose, pence in self.prices.values() if whose == ledger)
            assert self.case.money.logged_pence(ledger) == mine

    @invariant()
    def what_is_logged_is_held_or_payable(self) -> None:
        money = self.case.money
        for ledger in LEDGERS:
            parts = money.held_pence(ledger) + money.payable_pence(ledger)
            assert parts == money.logged_pence(ledger)
            assert min(money.held_pence(ledger), money.payable_pence(ledger)) >= 0

    @invariant()
    def the_council_is_never_billed_past_its_order(self) -> None:
        order = self.case.money.order
        assert order is not None
        assert self.case.money.payable_pence("B") <= order.value_pence

    @invariant()
    def only_payable_work_is_in_a_pack(self) -> None:
        flight = self.case.money.pack_in_flight
        for item in self.case.money.items:
            if item.pack is not None:
                assert item.state is ItemState.PAYABLE
                assert flight is not None
                assert item.pack == flight.pack

    @invariant()
    def packs_are_numbered_from_one_and_only_the_last_can_wait(self) -> None:
        packs = self.case.money.packs
        assert [one.pack for one in packs] == list(range(1, len(packs) + 1))
        assert all(one.state != "handed-off" for one in packs[:-1])

    @invariant()
    def what_finance_took_is_what_its_packs_say(self) -> None:
        taken = [one for one in self.case.money.packs if one.state == "acknowledged"]
        for ledger in LEDGERS:
            nets = (one.A if ledger == "A" else one.B for one in taken)
            said = sum(totals.net_pence for totals in nets if totals is not None)
            mine = self.case.money.taken_pence.get(ledger, 0)
            assert mine == said


Billing.TestCase.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)
TestAnyStory = Billing.TestCase

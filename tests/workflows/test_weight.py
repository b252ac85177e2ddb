"""What the heaviest case of eighteen months weighs as one run carries it over to the next."""

from datetime import timedelta
from typing import Any

from pydantic_core import to_json

from domain.case import Answered, Case, Contact, Link, Spell
from domain.clock_run import ClockRun, Paging, Step
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.events import BREACHES_KEPT, ClockBreached, ClockMet, ClockStarted
from domain.effects import Effect
from domain.fact import Cause
from domain.keys import REMEMBERED
from domain.money.pack import document
from domain.notice import Context
from domain.notices import CATALOGUE as NOTICES
from domain.notices import Notice
from domain.phase import CLS
from domain.settling import settle
from domain.told import KEPT, NoticeDue, latest
from domain.work import AuthorityChange, ItemState, WorkItem
from tests.builders import DAY, HOUR, NOON, REFERENCE, a_report, applied
from tests.domain.money.test_size import A_PACK, after_eighteen_months, line
from workflows.outbox import Contents, Waiting
from workflows.start import CaseStart

LIMIT = 512 * 1024
"""Bytes of a sealed state at the most [our default]; Temporal ends a run at 2 MiB."""

SEALED = 1.05
"""How much a sealed payload weighs more than one in clear, at the most."""

A_LONG_TEXT = "What happened is told at length, again and again, by everybody. " * 150


def with_many_notices(case: Case, count: int = 2_000) -> Case:
    """Return the case after ``count`` notices, every name among them, five still to be rung about.

    A reminder a day, an exit and its answers each week, a category chased every hour for a month.
    """
    for number in range(count):
        entry = NOTICES[number % len(NOTICES)]
        due = NoticeDue(
            at=NOON + number * 6 * HOUR,
            key=f"{REFERENCE}/provider-acknowledgement#{number}/2026-11-25T12:31:16+00:00/{number}",
            notice=entry.notice,
            role=entry.to,
            channels=entry.channels,
        )
        case = applied(case, (due,))
        if number in range(100, 105):
            case = case.but(phone_task=(*case.phone_task, due.key))
    return case


def with_many_breaches(case: Case, count: int = 1_000) -> Case:
    """Return the case after as many updates that came late."""
    for number in range(1, count + 1):
        at = NOON + number * 12 * HOUR
        run = ClockRun(clock="eradication-update", instance=number, started_at=at, due_at=at)
        step = Step(at=at, does="breach", rung=1)
        common: dict[str, Any] = {"at": at, "clock": run.clock, "instance": number}
        case = applied(
            case,
            (
                ClockStarted(at=at, run=run),
                ClockBreached(**common, step=step, counts=True, page_at=at),
                ClockMet(**common, met_at=at + HOUR, late_by_s=3600),
            ),
        )
    return case


def every_clock() -> tuple[ClockRun, ...]:
    """Return a run of every clock there is, on its way, with pages that wait."""
    paging = Paging(rung=3, paged_at=NOON, next_at=NOON, unacknowledged=True, quiet_until=NOON)
    agenda = tuple(Step(at=NOON + n * DAY, does="remind", notice="ico-reminder") for n in range(4))
    return tuple(
        ClockRun(clock=name, instance=99, started_at=NOON, due_at=NOON, agenda=agenda,
                 paging=paging.but(acknowledged_by="priya"))
        for name in CATALOGUE
    )  # fmt: skip


def waiting_work(number: int) -> WorkItem:
    """Return a line that waits: every third one disputed, each described at length."""
    item = line(90_000 + number)
    if number % 3:
        return item
    return item.but(
        state=ItemState.DISPUTED, disputed_by="sam", disputed_for="council", description="x" * 500
    )


def the_heaviest_case() -> Case:
    """Return a case after eighteen months in which everything that can happen did, often."""
    case = with_many_breaches(with_many_notices(after_eighteen_months()))
    report = a_report(
        incident__summary=A_LONG_TEXT,
        actions__containment_done=A_LONG_TEXT,
        actions__planned_next=A_LONG_TEXT,
    )
    changes = tuple(
        AuthorityChange(at=NOON, former_pence=n, amount_pence=n + 1, requested_by="kaya",
                        authorised_by="ruth")
        for n in range(60)
    )  # fmt: skip
    money = case.money.but(
        items=tuple(waiting_work(number) for number in range(A_PACK)),
        authority_changes=changes,
    )
    return case.but(
        phase=CLS,
        report=report,
        received=report,
        money=money,
        clocks=every_clock(),
        answered=tuple(
            Answered(key=f"{n:032x}:{REFERENCE}", content=f"{n:020x}", version=n + 3_000,
                     phase=CLS, first_seq=n * 9 + 10_000, last_seq=n * 9 + 10_008)
            for n in range(REMEMBERED)
        ),
        contacts=tuple(
            Contact(post=f"post-{n}", name="Joanna Hale-Whittington", council="XHD",
                    email=f"joanna.hale.{n}@personal.example.org", phone="07700 900101")
            for n in range(30)
        ),
        links=tuple(Link(case=f"CIR-2026-{n:06}", kind="shared-host") for n in range(60)),
        response_spells=tuple(
            Spell(from_on=NOON.date() + timedelta(n), to_on=NOON.date() + timedelta(n + 1))
            for n in range(0, 120, 3)
        ),
    )  # fmt: skip


def what_waits(case: Case) -> Contents:
    """Return an outbox with mail, finance and record away: what is tried longest is given up."""
    words: Context = {"what": A_LONG_TEXT[:600]}
    notice = Notice(notice="recovery-offer", role="council", channels=("email",), context=words)
    effects = [Effect(key=f"{REFERENCE}/{n}", kind="notice", notice=notice) for n in range(20)]
    effects.append(Effect(key="pack", kind="pack", pack=document(case, 13)))
    due = NoticeDue(at=NOON, key="k", notice="call-out", role="provider", channels=("page",))
    facts = settle(case, (due,) * 40, Cause(id="i", by="system", at=NOON)).facts
    return Contents(facts=facts, waiting=tuple(Waiting(effect=one, tries=9) for one in effects))


def test_the_heaviest_case_of_eighteen_months_carries_over() -> None:
    case = the_heaviest_case()
    carried = CaseStart(case=case, outbox=what_waits(case))
    parts = {name: len(to_json(value)) for name, value in case}
    heaviest = sorted(parts.items(), key=lambda part: -part[1])[:8]
    assert len(to_json(carried)) * SEALED < LIMIT, heaviest


def test_a_notice_of_long_ago_is_left_to_the_record_unless_it_is_still_needed() -> None:
    case = with_many_notices(the_heaviest_case().but(notices=(), phone_task=()))
    assert len(case.notices) < KEPT + len(NOTICES) + len(case.phone_task)
    kept = {told.key for told in case.notices}
    assert len(case.phone_task) == 5
    assert set(case.phone_task) <= kept
    for entry in NOTICES:
        told = latest(case, entry.notice)
        assert told is not None
    again = with_many_notices(case.but(notices=(), rules=2))
    assert len(again.notices) == 2_000


def test_the_latest_breaches_stay_and_the_first_are_left_to_the_record() -> None:
    case = with_many_breaches(the_heaviest_case().but(clocks=(), breaches=()))
    assert [breach.instance for breach in case.breaches] == list(range(901, 1_001))
    assert len(case.breaches) == BREACHES_KEPT
    assert all(breach.late_by_s == 3600 for breach in case.breaches)

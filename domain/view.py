"""A case as people and programs see it: the read model's row (``cir case show``)."""

from typing import Any

from domain.case import Case, Told
from domain.clock_run import AlarmRun, ClockRun
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.due import next_due
from domain.command import Command
from domain.phase import Phase
from domain.told import to_ring_about
from domain.value import Instant, Value


class ClockLine(Value):
    """One clock as it is shown."""

    clock: str
    instance: int
    state: str
    started_at: Instant
    due_at: Instant
    met_at: Instant | None = None
    late_by_s: int | None = None


class EscalationLine(Value):
    """A page that waits for a person, or the last one that was taken."""

    clock: str
    rung: int | None
    paged_at: Instant | None = None
    acknowledged_by: str | None = None
    unacknowledged: bool = False


class NoticeLine(Value):
    """A notice as the case knows it; the ledger adds state and time."""

    key: str
    notice: str
    to_role: str
    channels: tuple[str, ...]
    superseded: bool = False


class OpenAction(Value):
    """Something a person must do: who (least roles), what, by when, and the command for it."""

    who: str
    what: str
    by: Instant
    command: str


class LedgerLine(Value):
    """One ledger in pence."""

    logged_pence: int
    held_pence: int
    payable_pence: int
    authorised_pence: int


class CaseView(Value):
    """Everything about one case that is shown without asking the case itself.

    Attributes:
        council: The council's name as the case began with it.
        successor: Which council takes over, its first day, and what holds of the order.
        next_clock: Name of what time does next; ``due_at`` when.
        rung: The highest rung with an unacknowledged page.
    """

    case: str
    version: int
    seq: int
    phase: Phase
    outcome: str | None
    exercise: bool
    category: str
    council: str
    council_code: str
    owner: str | None
    provider: str | None
    round: int
    opened_at: Instant
    closed_at: Instant | None
    archived: bool
    next_clock: str | None
    due_at: Instant | None
    breached: bool
    rung: int | None
    clocks: tuple[ClockLine, ...]
    escalations: tuple[EscalationLine, ...]
    notices: tuple[NoticeLine, ...]
    ledgers: dict[str, LedgerLine]
    packs: tuple[dict[str, Any], ...]
    open_actions: tuple[OpenAction, ...]
    recovery_answer: str | None
    waived: tuple[str, ...] = ()
    links: tuple[dict[str, Any], ...] = ()
    successor: dict[str, Any] | None = None


def ledgers_of(case: Case) -> dict[str, LedgerLine]:
    """Return both ledgers in pence; ledger B is authorised by the council's order."""
    money = case.money
    authorised = {
        "A": money.authority_pence,
        "B": money.order.value_pence if money.order is not None else 0,
    }
    return {
        ledger: LedgerLine(
            logged_pence=money.logged_pence(ledger),
            held_pence=money.held_pence(ledger),
            payable_pence=money.payable_pence(ledger),
            authorised_pence=authorised[ledger],
        )
        for ledger in ("A", "B")
    }


def view_of(case: Case) -> CaseView:
    """Return ``case`` as it is shown."""
    due = next_due(case)
    live = case.live_clocks()
    waiting = [p for p in case.ladders if p.unacknowledged and p.rung is not None]
    return CaseView(
        case=case.reference,
        version=case.version,
        seq=case.seq,
        phase=case.phase,
        outcome=case.outcome,
        exercise=case.exercise,
        category=case.category,
        council=case.council.name,
        council_code=case.council.code,
        owner=case.owner,
        provider=case.engagement.provider or case.engagement.last_provider,
        round=case.round,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        archived=case.archived,
        next_clock=None if due is None else due.name,
        due_at=None if due is None else due.at,
        breached=any(run.state == "breached" for run in live),
        rung=max((p.rung or 0 for p in waiting), default=None),
        clocks=tuple(_clock_line(run) for run in case.clocks),
        escalations=tuple(_escalations(case)),
        notices=tuple(_notice_line(told) for told in case.notices),
        ledgers=ledgers_of(case),
        packs=tuple(pack.model_dump(mode="json") for pack in case.money.packs),
        open_actions=open_actions(case),
        recovery_answer=case.recovery_answer,
        waived=case.waived,
        links=tuple(link.model_dump(mode="json") for link in case.links),
        successor=None if case.successor is None else case.successor.model_dump(mode="json"),
    )


def open_actions(case: Case) -> tuple[OpenAction, ...]:
    """Return what people must do, soonest first: what each running clock waits for, and calls."""
    clocks = [_action(case, run) for run in case.live_clocks()]
    calls = [_call(case, told) for told in to_ring_about(case)]
    return tuple(sorted((*clocks, *calls), key=lambda action: action.by))


def _action(case: Case, run: ClockRun) -> OpenAction:
    row = CATALOGUE[run.clock]
    command = Command.registry[row.met_by]
    return OpenAction(
        who=", ".join(sorted(command.who)),
        what=f"{run.clock} waits for {row.says}",
        by=run.due_at,
        command=f"cir {command.group} {command.name} {case.reference}",
    )


def _call(case: Case, told: Told) -> OpenAction:
    """Return that a provider is to be rung, because its desk does not take a notice."""
    command = Command.registry["record-delivery"]
    return OpenAction(
        who=", ".join(sorted(command.who)),
        what=f"{told.notice} does not get through: ring the provider's duty line",
        by=told.stuck_at or case.opened_at,
        command=f"cir {command.group} {command.name} {case.reference} --notice {told.key} "
        "--channel phone --state spoken",
    )


def _clock_line(run: ClockRun) -> ClockLine:
    return ClockLine(
        clock=run.clock,
        instance=run.instance,
        state=run.state,
        started_at=run.started_at,
        due_at=run.due_at,
        met_at=run.met_at,
        late_by_s=run.late_by_s,
    )


def _notice_line(told: Told) -> NoticeLine:
    return NoticeLine(
        key=told.key,
        notice=told.notice,
        to_role=told.role,
        channels=told.channels,
        superseded=told.superseded,
    )


def _escalations(case: Case) -> list[EscalationLine]:
    runs: tuple[ClockRun | AlarmRun, ...] = (*case.clocks, *case.alarms)
    paged = [run for run in runs if run.paging.rung is not None]
    return [
        EscalationLine(
            clock=run.clock if isinstance(run, ClockRun) else run.about,
            rung=run.paging.rung,
            paged_at=run.paging.paged_at,
            acknowledged_by=run.paging.acknowledged_by,
            unacknowledged=run.paging.unacknowledged,
        )
        for run in paged
    ]

"""One incident at one council: a case from the report to the end of its last window."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    import domain.decisions  # noqa: F401  (fills the registry of commands)
    from domain.case import RULES, Case
    from domain.clocks.due import next_due
    from domain.clocks.running import raised
    from domain.command import Command
    from domain.decider import Receipt, carry_out
    from domain.decisions import links
    from domain.decisions.intake import open_case
    from domain.errors import Refused
    from domain.fact import Cause, Fact
    from domain.notice import Notice
    from domain.people import SYSTEM
    from domain.refusals import InstructionRefused
    from domain.settling import Settled, advance, settle
    from workflows import counting, overtaking, stamps, tracking
    from workflows.delivery import Delivery
    from workflows.handlers import answers
    from workflows.neighbours import LINK_TOLD, LinkTold
    from workflows.outbox import Contents, Outbox
    from workflows.refreshing import Refresher
    from workflows.start import WORKFLOW, CaseEnd, CaseStart

RUN_MOST = timedelta(days=7)
"""A run carries over at least weekly, so that no history grows old [our default]."""


FRESH = 50
"""History events before which a run never carries over: an endless silent loop otherwise."""


@workflow.defn(name=WORKFLOW)
@answers(*Command.registry.values())
class IncidentCaseWorkflow:
    """Waits, asks the rules, does what follows. Decides nothing itself."""

    @workflow.init
    def __init__(self, start: CaseStart) -> None:
        """Open the case, or take it over from the run before."""
        self._outbox = Outbox(start.outbox, counting.effect_retried)
        self._last: list[Fact] = list(start.last_facts)
        self._shown: dict[str, object] = {}
        self._renew = False
        self._delivery = Delivery(self)
        self._refresher = Refresher(self, stale=start.refresh)
        if start.case is not None:
            self._case = start.case
            self._note_revival(start)
        elif start.opening is not None:
            case, events = open_case(start.opening, workflow.now())
            cause = Cause(id=start.instruction, command="open-case", by=start.by, at=workflow.now())
            settled = settle(case, events, cause)
            opened = settled.case.but(version=1, moved_by=start.by)
            self._case = case
            self._keep(settled._replace(case=opened))
        else:
            raise ValueError("A case starts with a report or with the case itself.")

    @workflow.run
    async def run(self, start: CaseStart) -> CaseEnd:  # noqa: ARG002  (taken in __init__)
        """Keep time and empty the outbox until the case is archived or the run is long enough."""
        jobs = [
            asyncio.create_task(self._keep_time()),
            asyncio.create_task(self._delivery.keep_record()),
            asyncio.create_task(self._delivery.keep_outbox()),
            asyncio.create_task(self._refresher.keep_reference()),
            asyncio.create_task(self._track()),
        ]
        until = workflow.now() + RUN_MOST
        await self._wait_for(
            lambda: self._is_over() or self._is_long(until.timestamp()) or self._has_fault(jobs)
        )
        self._show_faults(jobs)
        if self._is_over():
            for job in jobs:
                job.cancel()
            return CaseEnd(
                case=self._case.reference,
                outcome=self._case.outcome,
                facts=self._case.seq,
                version=self._case.version,
            )
        self._delivery.stop()
        self._refresher.stop()
        await self._wait_for(self._may_carry_over(messages=workflow.patched("owed-carries-over")))
        carried = CaseStart(
            case=self._case.but(rules=RULES),
            outbox=self._outbox.contents(),
            last_facts=tuple(self._last),
            refresh=self._refresher.is_stale,
        )
        return workflow.continue_as_new(carried)

    # what the handlers of handlers.py call

    def would_take(self, command: Command) -> None:
        """Raise ``Refused`` when the command would be refused now."""
        self._carried_out(command)

    def take(self, command: Command) -> Receipt:
        """Carry the command out at this instant."""
        done = self._carried_out(command)
        self._keep(done[0])
        return done[1]

    def note_refusal(self, command: Command, refused: Refused) -> None:
        """Keep a refused signal on the record; the version does not move."""
        event = InstructionRefused(
            at=workflow.now(), command=command.name, code=refused.code, message=refused.message
        )
        by = command.by if stamps.checked(self._case, command).stamp else f"direct:{command.by}"
        key = command.idempotency_key or ""
        cause = Cause(id=f"refused/{key}", command=command.name, by=by, at=workflow.now())
        self._keep(settle(self._case, (event,), cause))

    def _carried_out(self, command: Command) -> tuple[Settled, Receipt]:
        checked = stamps.checked(self._case, command)
        done = carry_out(self._case, checked, workflow.now(), command.idempotency_key or "")
        return done.settled, done.receipt

    # what delivery.py calls

    @property
    def case(self) -> Case:
        """Return the case as it stands."""
        return self._case

    @property
    def outbox(self) -> Outbox:
        """Return what is still to be done."""
        return self._outbox

    def own_instruction(self, command: Command) -> None:
        """Take an instruction of the case's own; a refusal means that the world moved on."""
        try:
            done = carry_out(
                self._case, command, workflow.now(), command.idempotency_key or command.name
            )
        except Refused as refused:
            workflow.logger.info("own-instruction-refused", extra={"code": refused.code.value})
            return
        self._keep(done.settled)

    def absorb(self, settled: Settled) -> None:
        """Take what an activity's answer brought about."""
        self._keep(settled)

    # signals that are not instructions

    @workflow.signal(name="renew", description="Carry over to a new run, after a deployment.")
    def renew(self) -> None:
        """Ask for a new run at the next quiet moment."""
        self._renew = True

    @workflow.signal(name="registers-changed", description="Read the registers again.")
    def registers_changed(self) -> None:
        """Ask for what the registers say now; the signal itself says nothing."""
        self._refresher.refresh()

    @workflow.signal(
        name=LINK_TOLD, description="Another case was linked to this one, or unlinked."
    )
    def link_told(self, told: LinkTold) -> None:
        """Hold the link as well, unless it is told in clear; told twice it is the same."""
        now = workflow.now()
        if told.in_clear and links.refuses_clear(self._case):
            events, by = links.told_in_clear(self._case, now), f"direct:{SYSTEM}"
        else:
            events, by = links.mirrored(self._case, told.case, told.kind, now), SYSTEM
        self._keep(settle(self._case, events, Cause(id=f"told/{told.key}", by=by, at=now)))

    @workflow.query(name="case", description="The case as it stands.")
    def shown(self) -> Case:
        """Return the whole case."""
        return self._case

    @workflow.query(name="held-notice", description="A notice whose receipt has not come yet.")
    def held_notice(self, key: str) -> Notice | None:
        """Return the notice of that key while it is held."""
        effect = self._outbox.held(key)
        return None if effect is None else effect.notice

    @workflow.query(name="undone", description="What is not recorded and not done yet.")
    def undone(self) -> Contents:
        """Return what a run that was ended by hand left undone."""
        return self._outbox.contents()

    # time

    async def _keep_time(self) -> None:
        """Sleep until the earliest instant; let what is due happen, whatever the outbox does.

        One timer is kept. It is replaced only when an earlier instant comes up: a timer that fires
        too early once costs less history than one cancelled at each decision.
        """
        while True:
            self._keep(advance(self._case, workflow.now(), through=True))
            due = next_due(self._case)
            retry = self._outbox.next_try()
            instants = [at for at in (due.at if due else None, retry) if at is not None]
            if not instants:
                await workflow.wait_condition(
                    lambda: next_due(self._case) is not None or self._outbox.next_try() is not None
                )
                continue
            armed = min(instants)
            summary = "next try of an effect" if due is None else f"{due.name} {due.kind}"
            length = max(armed - workflow.now(), timedelta(milliseconds=1))
            timer = asyncio.create_task(workflow.sleep(length, summary=summary))
            await workflow.wait_condition(lambda t=timer, a=armed: t.done() or self._sooner(a))  # type: ignore[misc]
            if not timer.done():
                timer.cancel()

    def _sooner(self, armed: object) -> bool:
        due, retry = next_due(self._case), self._outbox.next_try()
        found = [at for at in (due.at if due else None, retry) if at is not None]
        return bool(found) and min(found) < armed  # type: ignore[operator]

    async def _track(self) -> None:
        """Keep search attributes and details true, upserted only when something changed."""
        while True:
            case = self._case
            new = tracking.attributes(case)
            changed = tracking.pairs(new, self._shown)
            if changed:
                workflow.upsert_search_attributes(changed)
                self._shown = new
            workflow.set_current_details(tracking.details(case, tuple(self._last)))
            await workflow.wait_condition(lambda seen=case: self._case is not seen)  # type: ignore[misc]

    def _keep(self, settled: Settled) -> None:
        self._case = settled.case
        overtaken = overtaking.taken_back(self._outbox, settled)
        self._delivery.pair(settled)
        self._outbox.add(settled)
        self._last = [*self._last, *settled.facts][-tracking.LAST_FACTS :]
        if overtaken:
            self._keep(overtaking.marked(self._case, overtaken, workflow.now()))

    # the end of a run

    def _is_over(self) -> bool:
        return self._case.archived and self._outbox.is_empty and self._is_idle

    def _may_carry_over(self, *, messages: bool) -> Callable[[], bool]:
        """Return whether a new run may begin; a message that does not go must not hold it up.

        Args:
            messages: Whether messages to people may be under way; the new run asks for them again.
        """

        def may() -> bool:
            """Tell whether nothing is under way that the new run could not take up."""
            ready = self._delivery.may_carry_over if messages else self._delivery.is_idle
            idle = ready and not self._refresher.is_busy
            return idle and workflow.all_handlers_finished()

        return may

    @property
    def _is_idle(self) -> bool:
        return self._delivery.is_idle and not self._refresher.is_busy

    def _is_long(self, until: float) -> bool:
        info = workflow.info()
        fresh = info.get_current_history_length() < FRESH
        suggested = info.is_continue_as_new_suggested() or self._renew
        return (suggested and not fresh) or workflow.now().timestamp() >= until

    def _has_fault(self, jobs: list[asyncio.Task[None]]) -> bool:
        return any(job.done() for job in jobs) or self._delivery.fault is not None

    def _show_faults(self, jobs: list[asyncio.Task[None]]) -> None:
        """Let a bug in a job fail the workflow task, so that it shows and is tried again mended."""
        for job in jobs:
            if job.done():
                job.result()
        if self._delivery.fault is not None:
            raise self._delivery.fault

    async def _wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait, through a cancellation from outside: that is noted and pages somebody."""
        while True:
            try:
                await workflow.wait_condition(condition)
            except asyncio.CancelledError:
                self._note_tampering()
            else:
                return

    def _note_revival(self, start: CaseStart) -> None:
        """Put on the record that two people revived the case; nothing else of it changes."""
        if start.revived is None:
            return
        now, revived = workflow.now(), start.revived
        cause = Cause(id=f"revived/{revived.change}", by=revived.confirmed_by, at=now)
        self._keep(settle(self._case, (revived.but(at=now),), cause))

    def _note_tampering(self) -> None:
        now = workflow.now()
        cause = Cause(id=f"cancelled/{now.isoformat()}", by=SYSTEM, at=now)
        self._keep(settle(self._case, raised(self._case, "record-tampered", now), cause))

"""Emptying the outbox: record, notices, pages, turns and packs, side by side."""

import asyncio
from collections.abc import Iterable

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from activities.answers import EffectAnswer
    from activities.billing import Billing, PackHandOff
    from activities.notices import (
        NoticeAnswer,
        NoticeBatch,
        NoticeEffect,
        Notices,
        spare_channel,
    )
    from activities.paging import PageBatch, PageRow, Paging
    from activities.records import FactBatch, Recording
    from activities.turns import Rotation, TurnRequest
    from domain.case import Case
    from domain.clocks.running import raised
    from domain.clocks.saying import says
    from domain.decisions.activation import AssignProvider
    from domain.decisions.deliveries import RecordDelivery
    from domain.effects import Effect
    from domain.fact import Cause
    from domain.notice import Channel, Notice
    from domain.people import SYSTEM
    from domain.settling import Settled, page_reached, settle
    from domain.told import RINGS_PROVIDERS, wants_to_hear
    from domain.view import view_of
    from workflows import neighbours, options, overtaking
    from workflows.keeper import Keeper
    from workflows.outbox import Waiting
    from workflows.stamps import own

FACTS_AT_ONCE = 200
"""Facts in one batch [our default]; a payload stops at 2 MiB."""


class Delivery:
    """Carries effects out; each kind goes its own way."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._stopped = False
        self._recording = False
        self._sending: list[str] = []
        self._owed_since: list[str] = []
        self._record_meets: str | None = None
        self._notices_meet: str | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.fault: BaseException | None = None

    def stop(self) -> None:
        """Start nothing new; what is under way ends by itself."""
        self._stopped = True

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is under way."""
        return self.may_carry_over and not self._sending

    @property
    def may_carry_over(self) -> bool:
        """Tell whether nothing is under way but messages to people, which a new run owes still."""
        return self._keeper.outbox.is_idle and not self._recording

    async def keep_record(self) -> None:
        """Record facts in order, batch after batch; with each goes the case as it is shown."""
        outbox = self._keeper.outbox
        while True:
            await workflow.wait_condition(lambda: bool(outbox.facts) and not self._stopped)
            facts = tuple(outbox.facts[:FACTS_AT_ONCE])
            case = self._keeper.case
            meets = self._meeting_of(facts[-1].seq)
            batch = FactBatch(case=case.reference, facts=facts, view=view_of(case), meets=meets)
            self._recording = True
            try:
                await workflow.execute_activity_method(
                    Recording.record_facts,
                    batch,
                    summary=f"record facts {facts[0].seq} to {facts[-1].seq}",
                    **options.RECORD,
                )
                del outbox.facts[: len(facts)]
            except ActivityError:  # only a record that says otherwise is not retried
                self._alarm_about_record()
                await workflow.sleep(options.RECORD_AGAIN, summary="the record says otherwise")
            self._recording = False

    def _alarm_about_record(self) -> None:
        """Wake somebody: a fact is on record with other content, which is never taken for done."""
        case, now = self._keeper.case, workflow.now()
        cause = Cause(id=f"record-tampered/{now.isoformat()}", by=SYSTEM, at=now)
        self._keeper.absorb(settle(case, raised(case, "record-tampered", now), cause))

    def pair(self, settled: Settled) -> None:
        """Let record and notices of one decision find each other, when both start at once."""
        tells = any(effect.kind == "notice" for effect in settled.effects)
        if not (tells and settled.facts) or self._recording or self._keeper.outbox.facts:
            return
        token = f"{settled.case.reference}/{settled.facts[-1].seq}"
        self._record_meets = self._notices_meet = token

    def _meeting_of(self, last: int) -> str | None:
        """Return the token of a record that ends with fact ``last``, once."""
        token, self._record_meets = self._record_meets, None
        return token if token == f"{self._keeper.case.reference}/{last}" else None

    async def keep_outbox(self) -> None:
        """Start every effect as it becomes ready; batches of one kind go out together."""
        outbox = self._keeper.outbox
        while True:
            await workflow.wait_condition(
                lambda: not self._stopped and (self._has_ready() or self._owes())
            )
            ready = outbox.ready(workflow.now())
            outbox.start(ready)
            for kind, go in (
                ("page", self._page),
                ("turn", self._reserve),
                ("notice", self._tell),
                ("pack", self._bill),
                ("link", self._tell_neighbours),
            ):
                batch = tuple(effect for effect in ready if effect.kind == kind)
                if batch:
                    self._spawn(go(batch))
            for person in [p for p in outbox.owed if p not in self._sending]:
                self._sending.append(person)
                self._spawn(self._send_page(person))

    def _has_ready(self) -> bool:
        return bool(self._keeper.outbox.ready(workflow.now()))

    def _owes(self) -> bool:
        return any(person not in self._sending for person in self._keeper.outbox.owed)

    def _spawn(self, job: "asyncio._CoroutineLike[None]") -> None:
        self._tasks = [task for task in self._tasks if not task.done()]
        task = asyncio.create_task(job)
        task.add_done_callback(self._noted)
        self._tasks.append(task)

    def _noted(self, task: asyncio.Task[None]) -> None:
        """Keep a bug in a task for the run to show; it must not end in silence."""
        if not task.cancelled() and task.exception() is not None:
            self.fault = task.exception()

    def _queue(self) -> str | None:
        """Return where what goes out is asked for: an exercise has a worker that holds sinks only.

        ``None`` is the case's own queue.
        """
        if not self._keeper.case.exercise or not workflow.patched("exercises-apart"):
            return None
        return options.exercise_queue(workflow.info().task_queue)

    async def _tell(self, effects: tuple[Effect, ...]) -> None:
        """Tell people; a word that it is an exercise still goes out to those told before."""
        queue = self._queue()
        if queue is None:  # awaited as it is: a task in between would change the order of commands
            await self._tell_on(None, effects)
            return
        outward = tuple(e for e in effects if e.notice is not None and self._goes_out(e.notice))
        sunk = tuple(e for e in effects if e not in outward)
        ways = ((None, outward), (queue, sunk))
        await asyncio.gather(*(self._tell_on(way, told) for way, told in ways if told))

    def _goes_out(self, notice: Notice) -> bool:
        return not notice.but(exercise=self._keeper.case.exercise).is_for_sink

    async def _tell_on(self, queue: str | None, effects: tuple[Effect, ...]) -> None:
        case = self._keeper.case
        sent = tuple(
            NoticeEffect(key=e.key, case=case.reference, notice=e.notice)
            for e in effects
            if e.notice is not None
        )
        meets, self._notices_meet = self._notices_meet, None
        batch = NoticeBatch(effects=sent, exercise=case.exercise, meets=meets)
        answers = await workflow.execute_activity_method(
            Notices.deliver_notices,
            batch,
            task_queue=queue,
            summary="tell " + ", ".join(f"{s.notice.role} {s.notice.notice}" for s in sent)[:180],
            **options.NOTICES,
        )
        failed = self._settled(answers)
        notices = {effect.key: effect for effect in effects}
        for answer in answers:
            if _may_still_fail(notices[answer.key], answer):
                self._keeper.outbox.hold(notices[answer.key])
            self._hear_all(answer)
            self._owe(person for one in answer.outcomes for person in one.owed)
        settled = {answer.key: {one.channel for one in answer.outcomes} for answer in answers}
        for waiting in failed:
            self._give_up(waiting, settled[waiting.effect.key])

    def _settled(self, answers: tuple[NoticeAnswer, ...]) -> tuple[Waiting, ...]:
        """Take answers; what was overtaken in flight and did not go is superseded."""
        outbox, now = self._keeper.outbox, workflow.now()
        unsent = [answer.key for answer in answers if answer.state != "done"]
        late = tuple(key for key in unsent if outbox.was_overtaken(key))
        failed = outbox.settle(answers, now)
        for key in late:
            outbox.drop(key)
        if late:
            self._keeper.absorb(overtaking.marked(self._keeper.case, late, now))
        return tuple(waiting for waiting in failed if waiting.effect.key not in late)

    def _give_up(self, waiting: Waiting, settled: set[Channel]) -> None:
        """Put a notice that no try got through onto the phone task, unless it must arrive.

        One that must arrive is tried on until somebody has spoken; that a provider's desk does not
        take it is heard meanwhile, so that its duty line is rung.
        """
        notice, key, case = waiting.effect.notice, waiting.effect.key, self._keeper.case
        limit = _limit(case, notice)
        if notice is None or limit is None or waiting.tries < limit:
            return
        if not notice.must_arrive or _was_spoken(case, key):
            self._keeper.outbox.drop(key)
        if case.rules >= RINGS_PROVIDERS:
            lost = tuple(channel for channel in notice.channels if channel not in settled)
        else:
            lost = notice.channels
        for channel in lost:
            self._hear(key, channel, "failed")

    def _hear_all(self, answer: NoticeAnswer) -> None:
        """Record what became of a notice; what may still arrive is heard before what failed.

        Otherwise a council whose spare channel took the notice would be rung all the same.
        """
        for one in sorted(answer.outcomes, key=lambda one: one.state == "failed"):
            self._hear(answer.key, one.channel, one.state)

    def _hear(self, key: str, channel: str, state: str) -> None:
        """Record a delivery that a rule waits for, or that failed, or by a spare channel."""
        case = self._keeper.case
        if not _is_spare(case, key, channel) and not wants_to_hear(case, key, state):
            return
        self._keeper.own_instruction(
            RecordDelivery.model_validate(
                {
                    "by": SYSTEM,
                    "idempotency_key": f"{key}/{channel}/{state}",
                    "notice": key,
                    "channel": channel,
                    "state": state,
                    "stamp": own(case),
                }
            )
        )

    async def _page(self, effects: tuple[Effect, ...]) -> None:
        case, outbox = self._keeper.case, self._keeper.outbox
        wanted = [e for e in effects if e.page is not None and self._is_wanted(e.page.about)]
        for effect in effects:
            if effect not in wanted:
                outbox.drop(effect.key)
        rows = tuple(
            PageRow(key=e.key, case=case.reference, page=e.page, says=says(e.page.about))
            for e in wanted
            if e.page is not None
        )
        if not rows:
            return
        paged = await workflow.execute_activity_method(
            Paging.enter_pages,
            PageBatch(rows=rows),
            task_queue=self._queue(),
            summary="page " + ", ".join(f"L{r.page.rung} {r.page.about}" for r in rows)[:180],
            **options.PAGES,
        )
        by_key = {effect.key: effect for effect in wanted}
        for answer in paged.answers:
            effect = by_key[answer.key]
            outbox.drop(answer.key)
            self._keeper.absorb(
                page_reached(self._keeper.case, effect, answer.rung, answer.people, workflow.now())
            )
        outbox.owed.extend(person for person in paged.people if person not in outbox.owed)

    def _is_wanted(self, about: str) -> bool:
        """Tell whether a page still matters: a clock met or cancelled meanwhile pages nobody."""
        case = self._keeper.case
        clocks = any(run.id == about and not run.ended for run in case.clocks)
        return clocks or any(f"{a.about}#{a.instance}" == about for a in case.alarms)

    def _owe(self, people: Iterable[str]) -> None:
        """Owe each a message; one that is being sent may have looked before their row was there."""
        for person in people:
            if person not in self._keeper.outbox.owed:
                self._keeper.outbox.owed.append(person)
            elif person in self._sending and person not in self._owed_since:
                self._owed_since.append(person)

    async def _send_page(self, person: str) -> None:
        await workflow.execute_activity_method(
            Paging.send_page,
            person,
            task_queue=self._queue(),
            summary=f"one message to {person}",
            **options.SEND_PAGE,
        )
        self._sending.remove(person)
        if person in self._owed_since:
            self._owed_since.remove(person)
        elif person in self._keeper.outbox.owed:
            self._keeper.outbox.owed.remove(person)

    async def _reserve(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            provider, why, note = await self._turn(effect)
            self._keeper.outbox.drop(effect.key)
            case = self._keeper.case
            self._keeper.own_instruction(
                AssignProvider.model_validate(
                    {
                        "by": SYSTEM,
                        "idempotency_key": effect.key,
                        "provider": provider,
                        "why": why,
                        "reason": note,
                        "stamp": own(case),
                    }
                )
            )

    async def _turn(self, effect: Effect) -> tuple[str, str, str | None]:
        """Return whom to call out; with no answer in 30 s the configured order, and it says so."""
        if effect.why == "by-choice":
            return effect.candidates[0], "by-choice", None
        case = self._keeper.case
        request = TurnRequest(
            key=effect.key,
            case=case.reference,
            candidates=effect.candidates,
            exercise=case.exercise,
            at=workflow.now(),
        )
        try:
            provider = await workflow.execute_activity_method(
                Rotation.reserve_turn, request, summary="whose turn it is", **options.TURN
            )
        except ActivityError:
            note = "The turns could not be read within 30 seconds: configured order."
            return effect.candidates[0], "rotation", note
        return provider, "rotation", None

    async def _tell_neighbours(self, effects: tuple[Effect, ...]) -> None:
        await asyncio.gather(*(neighbours.tell(self._keeper, effect) for effect in effects))

    async def _bill(self, effects: tuple[Effect, ...]) -> None:
        case = self._keeper.case
        packs = tuple(
            PackHandOff(key=e.key, case=case.reference, document=e.pack, exercise=case.exercise)
            for e in effects
        )
        answers: tuple[EffectAnswer, ...] = await workflow.execute_activity_method(
            Billing.hand_off_billing,
            packs,
            task_queue=self._queue(),
            summary="billing pack to finance",
            **options.PACKS,
        )
        self._keeper.outbox.settle(answers, workflow.now())


def _is_spare(case: Case, key: str, channel: str) -> bool:
    """Tell whether the council was told by a channel that the notice does not name."""
    told = next((one for one in case.notices if one.key == key), None)
    return told is not None and told.role == "council" and channel not in told.channels


def _limit(case: Case, notice: Notice | None) -> int | None:
    """Return after how many tries somebody hears of a notice; ``None`` when its clock tells."""
    if notice is None or not notice.must_arrive:
        return options.EFFECT_TRIES
    rings = notice.role == "provider" and case.rules >= RINGS_PROVIDERS
    return options.DESK_TRIES if rings else None


def _was_spoken(case: Case, key: str) -> bool:
    """Tell whether somebody has told the addressee by phone."""
    return any(told.key == key and "phone" in told.arrived for told in case.notices)


def _may_still_fail(effect: Effect, answer: NoticeAnswer) -> bool:
    """Tell whether a receipt may yet call for the council's spare channel."""
    notice = effect.notice
    if notice is None or notice.role != "council" or spare_channel(notice) is None:
        return False
    states = {one.state for one in answer.outcomes}
    return "accepted" in states and "delivered" not in states

"""Telling people: each notice by every channel named, each channel once or come what may.

*Once*: the ledger's row comes first. A row that stands as ``sending`` from an earlier try is an
unknown outcome: it is looked up, and where the channel has no look-up it counts as failed, so that
somebody rings; it is never sent again. *Must arrive*: sent even when the ledger cannot be written
and again when the outcome is unknown, with the same message id, and marked as possibly doubled.
"""

import asyncio
from collections.abc import Iterable

from temporalio import activity

from activities.answers import EffectAnswer
from activities.beating import beating
from activities.meeting import Meeting
from activities.notice_ports import (
    Addresses,
    Delivery,
    LedgerAwayError,
    Leg,
    Message,
    NoticeBook,
    Notifier,
    Renderer,
)
from domain.notice import Address, Channel, Notice
from domain.value import Value

SETTLED = ("accepted", "delivered", "failed")


class NoticeEffect(Value):
    """One notice on its way.

    Attributes:
        key: The effect's key; the same for every try.
        case: The case's reference.
    """

    key: str
    case: str
    notice: Notice


class NoticeBatch(Value):
    """Notices of one case that go out together; an exercise's go to a sink.

    Attributes:
        meets: Token of the record that is written beside them, if any.
    """

    effects: tuple[NoticeEffect, ...]
    exercise: bool = False
    meets: str | None = None


class ChannelOutcome(Value):
    """What became of a notice on one channel: what record-delivery is told.

    Attributes:
        state: ``delivered`` when anybody addressed was reached; ``failed`` when nobody can be.
        how: In words, without personal data.
        doubled: Whether it may have arrived twice.
        owed: Staff ids of those whom the pager owes a message with it.
    """

    channel: Channel
    state: str
    how: str = ""
    doubled: bool = False
    owed: tuple[str, ...] = ()


class NoticeAnswer(EffectAnswer):
    """What became of one notice, channel by channel.

    ``done``: at least one channel took it and nothing is left to try. ``failed``: some channel is
    to be tried again later; what was settled is told already. ``final``: no channel can reach
    anybody.
    """

    outcomes: tuple[ChannelOutcome, ...] = ()


class Notices:
    """The activity that tells people."""

    def __init__(
        self,
        notifier: Notifier,
        book: NoticeBook,
        addresses: Addresses,
        renderer: Renderer,
        meeting: Meeting | None = None,
    ) -> None:
        self._meeting = meeting or Meeting()
        self._notifier = notifier
        self._book = book
        self._addresses = addresses
        self._renderer = renderer

    @activity.defn(name="deliver-notices")
    async def deliver_notices(self, batch: NoticeBatch) -> tuple[NoticeAnswer, ...]:
        """Deliver each notice of the batch; one that fails delays no other. Safe to repeat."""
        async with beating():
            jobs = (self._tell(effect, exercise=batch.exercise) for effect in batch.effects)
            told = await asyncio.gather(*jobs, return_exceptions=True)
            await self._meeting.other(batch.meets)
        return tuple(map(_whole, batch.effects, told))

    async def tell_by(self, channel: Channel, effect: NoticeEffect) -> ChannelOutcome:
        """Tell the people of a notice by one channel that it does not name. Safe to repeat."""
        return await self._by(channel, effect, effect.notice.addresses)

    async def _tell(self, effect: NoticeEffect, *, exercise: bool) -> NoticeAnswer:
        notice = effect.notice.but(exercise=True) if exercise else effect.notice
        try:
            people = notice.addresses or await self._looked_up(effect)
        except OSError as error:
            return NoticeAnswer(key=effect.key, state="failed", how=type(error).__name__)
        told = effect.but(notice=notice)
        outcomes = [await self._by(channel, told, people) for channel in notice.channels]
        if all(outcome.state == "failed" for outcome in outcomes):
            spare = spare_channel(notice)
            if spare is not None:
                outcomes.append(await self._by(spare, told, people))
        return _answer(effect.key, outcomes)

    async def _looked_up(self, effect: NoticeEffect) -> tuple[Address, ...]:
        notice = effect.notice
        if notice.role == "council":
            return ()  # nobody at the council has a safe way: the domain looked
        if notice.person is not None:
            return await self._addresses.of_person(notice.person)
        return await self._addresses.of_role(notice.role, effect.case, notice.provider)

    async def _by(
        self, channel: Channel, effect: NoticeEffect, people: tuple[Address, ...]
    ) -> ChannelOutcome:
        reachable = [one for one in people if _has_way(one, channel)]
        if not reachable:
            return ChannelOutcome(channel=channel, state="failed", how="no safe address")
        legs = [
            await self._leg(Leg.of(effect.key, effect.case, effect.notice, channel, number), one)
            for number, one in enumerate(reachable, start=1)
        ]
        return _best(channel, legs).but(owed=_owed(channel, reachable, legs))

    async def _leg(self, leg: Leg, to: Address) -> Delivery:
        """Deliver to one person by one channel, with the ledger's row first."""
        message = Message.of(leg, to, self._renderer.render(leg.notice, to, leg.channel))
        before = None
        try:
            before = await self._book.claim(leg)
        except (LedgerAwayError, OSError):
            if not leg.notice.must_arrive:
                return Delivery(state="unknown", how="the ledger could not be written")
            return (await self._sent(message)).but(doubled=True)
        if before is not None and before.state in SETTLED and not before.again:
            return before
        if before is None or before.state in SETTLED:
            now = await self._sent(message)
        else:
            now = await self._in_doubt(message)
        doubled = now.doubled or (before is not None and before.doubled)
        return await self._settled(leg, now.but(doubled=doubled))

    async def _in_doubt(self, message: Message) -> Delivery:
        """Decide about a message that an earlier try may have sent."""
        found = await self._looked_for(message)
        if found.state in ("accepted", "delivered"):
            return found
        if found.state == "failed":
            return await self._sent(message)  # the channel knows that it never had it
        if message.notice.must_arrive:
            return (await self._sent(message)).but(doubled=True)
        return Delivery(state="failed", how="outcome unknown and the channel has no look-up")

    async def _sent(self, message: Message) -> Delivery:
        try:
            return await self._notifier.deliver(message)
        except OSError as error:
            return Delivery(state="unknown", how=type(error).__name__)

    async def _looked_for(self, message: Message) -> Delivery:
        try:
            return await self._notifier.look_up(message)
        except OSError as error:
            return Delivery(state="unknown", how=type(error).__name__)

    async def _settled(self, leg: Leg, delivery: Delivery) -> Delivery:
        """Write what became of it; an unknown outcome leaves the row as ``sending``."""
        if delivery.state == "unknown":
            return delivery
        try:
            await self._book.settle(leg, delivery)
        except (LedgerAwayError, OSError):
            if not leg.notice.must_arrive:
                return delivery.but(state="unknown")  # looked up by the next try
        return delivery


def spare_channel(notice: Notice) -> Channel | None:
    """Return the next channel in the order email, SMS for a council that none has reached."""
    return "sms" if notice.role == "council" and "sms" not in notice.channels else None


def _whole(effect: NoticeEffect, told: NoticeAnswer | BaseException) -> NoticeAnswer:
    """Return the answer; a bug in one notice, such as a blank in its words, delays no other."""
    if isinstance(told, NoticeAnswer):
        return told
    extra = {"case": effect.case, "notice": effect.notice.notice}
    activity.logger.error("notice-broken", extra=extra, exc_info=told)
    return NoticeAnswer(key=effect.key, state="failed", how=f"internal-error {type(told).__name__}")


def _answer(key: str, outcomes: list[ChannelOutcome]) -> NoticeAnswer:
    states = {outcome.state for outcome in outcomes}
    how = ", ".join(f"{outcome.channel} {outcome.state}" for outcome in outcomes)
    settled = tuple(outcome for outcome in outcomes if outcome.state in SETTLED)
    if "unknown" in states or "again" in states:
        return NoticeAnswer(key=key, state="failed", how=how, outcomes=settled)
    if states == {"failed"}:
        return NoticeAnswer(key=key, state="final", how=how, outcomes=settled)
    return NoticeAnswer(key=key, state="done", how=how, outcomes=settled)


def _best(channel: Channel, legs: Iterable[Delivery]) -> ChannelOutcome:
    """Return the channel's outcome: whoever was reached counts, then what may still arrive."""
    order = ("delivered", "accepted", "unknown", "again", "failed")
    ranked = sorted(legs, key=lambda leg: order.index("again" if leg.again else leg.state))
    best = ranked[0]
    state = "again" if best.again else best.state
    doubled = any(leg.doubled for leg in ranked)
    return ChannelOutcome(channel=channel, state=state, how=best.how, doubled=doubled)


def _owed(channel: Channel, people: Iterable[Address], legs: Iterable[Delivery]) -> tuple[str, ...]:
    """Return whom the pager has yet to send the message that holds their leg."""
    return tuple(
        one.person
        for one, leg in zip(people, legs, strict=True)
        if channel == "page" and one.person is not None and leg.state == "accepted"
    )


def _has_way(one: Address, channel: Channel) -> bool:
    if channel == "email":
        return one.email is not None
    return one.phone is not None if channel == "sms" else True

"""What is still to be done outside: facts to record and effects, each with its own next try."""

from collections.abc import Callable, Iterable
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.answers import EffectAnswer
    from domain.effects import Effect
    from domain.fact import Fact
    from domain.settling import Settled
    from domain.value import Instant, Value
    from workflows.options import EFFECT_RETRY, EFFECT_RETRY_MOST


HELD_MOST = 20
"""Notices a case holds until their receipts come [our default]; it owes few at a time."""


class Waiting(Value):
    """One effect that is not done yet.

    Attributes:
        effect: What is to be done.
        tries: How often it was tried.
        try_at: Not before this; ``None`` at once.
    """

    effect: Effect
    tries: int = 0
    try_at: Instant | None = None


class Contents(Value):
    """The outbox as continue-as-new carries it.

    Attributes:
        owed: People a page message is owed to.
        held: Notices to the council that were taken and of which no receipt has told yet: should
            one fail, it goes by the spare channel.
    """

    facts: tuple[Fact, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    owed: tuple[str, ...] = ()
    held: tuple[Effect, ...] = ()


class Outbox:
    """Facts in order, effects by key. Nothing leaves it before it was answered."""

    def __init__(
        self, contents: Contents, retried: Callable[[str], None] = lambda _kind: None
    ) -> None:
        """Take what is carried over; ``retried`` hears the kind of what has to be tried again."""
        self._retried = retried
        self.facts: list[Fact] = list(contents.facts)
        self.owed: list[str] = list(contents.owed)
        self._waiting: dict[str, Waiting] = {w.effect.key: w for w in contents.waiting}
        self._held: dict[str, Effect] = {effect.key: effect for effect in contents.held}
        self._in_flight: set[str] = set()
        self._overtaken: set[str] = set()

    def contents(self) -> Contents:
        """Return everything not yet answered."""
        return Contents(
            facts=tuple(self.facts),
            waiting=tuple(self._waiting.values()),
            owed=tuple(self.owed),
            held=tuple(self._held.values()),
        )

    def hold(self, effect: Effect) -> None:
        """Keep a notice that was taken until its receipt has come; the oldest gives way."""
        self._held[effect.key] = effect
        while len(self._held) > HELD_MOST:
            del self._held[next(iter(self._held))]

    def held(self, key: str) -> Effect | None:
        """Return a notice that is held."""
        return self._held.get(key)

    def add(self, settled: Settled) -> None:
        """Take what an instruction or time brought about."""
        self.facts.extend(settled.facts)
        for effect in settled.effects:
            self._waiting[effect.key] = Waiting(effect=effect)

    def ready(self, now: datetime) -> tuple[Effect, ...]:
        """Return the effects to start now, in order."""
        return tuple(
            w.effect
            for w in self._waiting.values()
            if w.effect.key not in self._in_flight and (w.try_at is None or w.try_at <= now)
        )

    def next_try(self) -> datetime | None:
        """Return the earliest next try of what failed and is not in flight."""
        found = [
            w.try_at
            for w in self._waiting.values()
            if w.try_at is not None and w.effect.key not in self._in_flight
        ]
        return min(found, default=None)

    def start(self, effects: Iterable[Effect]) -> None:
        """Mark effects as being in flight."""
        self._in_flight.update(effect.key for effect in effects)

    def settle(self, answers: Iterable[EffectAnswer], now: datetime) -> tuple[Waiting, ...]:
        """Take answers; return what failed, with its count of tries."""
        failed: list[Waiting] = []
        for answer in answers:
            self._in_flight.discard(answer.key)
            waiting = self._waiting.get(answer.key)
            if waiting is None:
                continue
            if answer.state in ("failed", "unknown"):
                wait = min(EFFECT_RETRY * 2**waiting.tries, EFFECT_RETRY_MOST)
                again = waiting.but(tries=waiting.tries + 1, try_at=now + wait)
                self._waiting[answer.key] = again
                failed.append(again)
                self._retried(again.effect.kind)
            else:
                self.drop(answer.key)
        return tuple(failed)

    def drop(self, key: str) -> None:
        """Forget an effect that is no longer wanted."""
        self._waiting.pop(key, None)
        self._in_flight.discard(key)
        self._overtaken.discard(key)

    def overtake(self, is_overtaken: Callable[[Effect], bool]) -> tuple[str, ...]:
        """Drop every effect that says what no longer holds; return their keys.

        One in flight may be taken by its channel at this moment: it is only remembered, and goes
        when its answer says that it was not (``was_overtaken``).
        """
        found = tuple(key for key, w in self._waiting.items() if is_overtaken(w.effect))
        self._overtaken.update(key for key in found if key in self._in_flight)
        gone = tuple(key for key in found if key not in self._in_flight)
        for key in gone:
            self.drop(key)
        for key in [key for key, effect in self._held.items() if is_overtaken(effect)]:
            del self._held[key]  # taken by its channel: should it fail after all, no other is tried
        return gone

    def was_overtaken(self, key: str) -> bool:
        """Tell whether an effect was overtaken while it was in flight."""
        return key in self._overtaken

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is in flight."""
        return not self._in_flight

    @property
    def is_empty(self) -> bool:
        """Tell whether everything is done."""
        return not (self.facts or self._waiting or self.owed)

"""The outbox: nothing leaves it before it was answered, and each effect keeps its own next try."""

from datetime import timedelta

from activities.answers import EffectAnswer
from domain.effects import Effect
from domain.settling import Settled
from tests.builders import NOON, a_case
from workflows.options import EFFECT_RETRY, EFFECT_RETRY_MOST, EFFECT_TRIES
from workflows.outbox import Contents, Outbox


def effect(number: int) -> Effect:
    return Effect(key=f"CIR-2026-000123/i/{number}", kind="notice")


def outbox(*numbers: int) -> Outbox:
    box = Outbox(Contents())
    box.add(Settled(a_case(), (), tuple(effect(number) for number in numbers)))
    return box


def answer(number: int, state: str) -> EffectAnswer:
    return EffectAnswer.model_validate({"key": effect(number).key, "state": state})


def test_effects_start_in_the_order_they_came() -> None:
    assert [one.key for one in outbox(2, 1, 3).ready(NOON)] == [effect(n).key for n in (2, 1, 3)]


def test_what_is_in_flight_is_not_started_again() -> None:
    box = outbox(1, 2)
    box.start((effect(1),))
    assert box.ready(NOON) == (effect(2),)
    assert not box.is_idle


def test_what_is_done_leaves() -> None:
    box = outbox(1)
    box.start((effect(1),))
    assert box.settle((answer(1, "done"),), NOON) == ()
    assert box.is_empty


def test_what_failed_keeps_its_own_next_try_and_delays_no_other() -> None:
    box = outbox(1, 2)
    box.start((effect(1), effect(2)))
    failed = box.settle((answer(1, "failed"), answer(2, "done")), NOON)
    assert [(w.effect.key, w.tries) for w in failed] == [(effect(1).key, 1)]
    assert box.ready(NOON) == ()
    assert box.next_try() == NOON + EFFECT_RETRY
    assert box.ready(NOON + EFFECT_RETRY) == (effect(1),)


def test_tries_come_less_often_up_to_the_most() -> None:
    box, now = outbox(1), NOON
    waits = []
    for _ in range(EFFECT_TRIES):
        box.start((effect(1),))
        box.settle((answer(1, "unknown"),), now)
        again = box.next_try()
        assert again is not None
        waits.append(again - now)
        now = again
    assert waits == sorted(waits)
    assert waits[0] == EFFECT_RETRY
    assert waits[-1] == EFFECT_RETRY_MOST
    assert max(waits) < timedelta(hours=1)


def test_everything_unanswered_is_carried_over_and_starts_again() -> None:
    box = outbox(1, 2)
    box.start((effect(1),))
    carried = Outbox(box.contents())
    assert carried.ready(NOON) == (effect(1), effect(2))


def test_what_is_overtaken_and_not_in_flight_leaves_at_once() -> None:
    box = outbox(1, 2)
    assert box.overtake(lambda one: one == effect(1)) == (effect(1).key,)
    assert box.ready(NOON) == (effect(2),)


def test_what_is_overtaken_in_flight_is_remembered_until_its_answer() -> None:
    box = outbox(1, 2)
    box.start((effect(1), effect(2)))
    assert box.overtake(lambda one: one == effect(1)) == ()
    assert box.was_overtaken(effect(1).key)
    assert not box.was_overtaken(effect(2).key)
    box.settle((answer(1, "done"), answer(2, "done")), NOON)
    assert not box.was_overtaken(effect(1).key)
    assert box.is_empty


def test_what_is_held_for_its_receipt_is_let_go_when_it_is_overtaken() -> None:
    box = outbox()
    box.hold(effect(1))
    assert box.overtake(lambda one: one == effect(1)) == ()
    assert box.held(effect(1).key) is None

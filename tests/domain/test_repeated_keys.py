"""Who was first: a key that was used before, and a version that somebody else has moved."""

from typing import Any

import pytest

from domain.case import Case
from domain.decider import carry_out
from domain.decisions.activation import Withdraw
from domain.decisions.reversal import ReverseDecision
from domain.errors import Code, Refused
from domain.keys import check_unread
from domain.phase import Phase
from tests.builders import HOUR, ONE, SAID_BY, WHY, a_case, stamped

KEY = "0f1e2d3c"


def reverse(**changes: Any) -> ReverseDecision:
    said = {"by": "martin", "reason": WHY, "idempotency_key": KEY, **changes}
    return stamped(ReverseDecision, **said)


def reversed_and_moved_on() -> tuple[int, Case]:
    """Return the version that the answer under the key had, and the case two steps later."""
    done = carry_out(a_case(Phase.CONTAINMENT), reverse(), ONE, "i1")
    withdraw = stamped(Withdraw, said_by=SAID_BY, reason=WHY)
    return done.receipt.version, carry_out(done.settled.case, withdraw, ONE, "i2").settled.case


def test_the_same_key_again_gets_the_version_and_the_phase_of_the_first_answer() -> None:
    version, case = reversed_and_moved_on()
    again = carry_out(case, reverse(), ONE + HOUR, "i3").receipt
    assert (again.repeated, again.events) == (True, ())
    assert (again.version, again.phase) == (version, Phase.ASSESSMENT)
    assert (case.version, case.phase) == (version + 1, Phase.CLOSING)


def test_the_same_key_for_something_else_is_refused() -> None:
    _, case = reversed_and_moved_on()
    with pytest.raises(Refused) as caught:
        carry_out(case, reverse(reason="Another reason altogether."), ONE + HOUR, "i3")
    assert caught.value.code is Code.KEY_REUSED


def test_who_looked_at_an_older_version_learns_the_present_one_and_who_moved_it() -> None:
    version, case = reversed_and_moved_on()
    with pytest.raises(Refused) as caught:
        carry_out(case, reverse(idempotency_key="other", if_version=version), ONE + HOUR, "i3")
    assert caught.value.code is Code.STALE_VERSION
    assert caught.value.details == {"version": version + 1, "by": case.moved_by}


def test_inputs_that_cannot_be_read_are_not_what_a_known_key_was_for() -> None:
    case = carry_out(a_case(Phase.CONTAINMENT), reverse(), ONE, "i1").settled.case
    check_unread(case, "another key")
    with pytest.raises(Refused) as caught:
        check_unread(case, KEY)
    assert caught.value.code is Code.KEY_REUSED

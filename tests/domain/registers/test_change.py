"""Two different people change a register, each with the role for it, in time."""

from typing import Any

import pytest

from domain.errors import Code, Refused
from domain.people import Person
from domain.registers.change import (
    OPEN_FOR,
    Change,
    fingerprint,
    may_confirm,
    may_propose,
    may_withdraw,
    must_fit,
)
from domain.registers.difference import Difference
from domain.registers.tokens import issuing, registered, revoking
from tests.builders import HOUR, NOON, ROLES, STAFF, providers

KAYA = Person(id="kaya", name="Kaya Osei", roles=STAFF["kaya"], email="kaya@cir.example.gov.uk")
EVERYBODY = sorted(ROLES)


def a_change(**changes: Any) -> Change:
    return Change(
        **{
            "number": 3,
            "about": "people",
            "proposed_by": "helen",
            "proposed_at": NOON,
            "expires_at": NOON + OPEN_FOR,
            "base": "as it was",
            **changes,
        }
    )


def code(refused: pytest.ExceptionInfo[Refused]) -> Code:
    return refused.value.code


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_the_head_of_service_proposes(who: str) -> None:
    if who == "helen":
        may_propose(who, ROLES[who])
        return
    with pytest.raises(Refused) as refused:
        may_propose(who, ROLES[who])
    assert code(refused) is Code.ROLE_NOT_ALLOWED


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_approver_or_whoever_may_what_one_may_confirms(who: str) -> None:
    change = a_change(proposed_by="una")
    if who in ("ruth", "helen", "amory"):
        may_confirm(change, who, ROLES[who], NOON)
        may_withdraw(change, who, ROLES[who], NOON)
        return
    for rule in (may_confirm, may_withdraw):
        with pytest.raises(Refused) as refused:
            rule(change, who, ROLES[who], NOON)
        assert code(refused) is Code.ROLE_NOT_ALLOWED


def test_holding_both_roles_does_not_help() -> None:
    both = (*ROLES["helen"], *ROLES["ruth"])
    with pytest.raises(Refused) as refused:
        may_confirm(a_change(), "helen", both, NOON)
    assert code(refused) is Code.SAME_PERSON
    may_withdraw(a_change(), "helen", both, NOON)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "confirmed", "settled_by": "ruth"}, Code.ALREADY_CONFIRMED),
        ({"state": "withdrawn", "settled_by": "helen"}, Code.CHANGE_WITHDRAWN),
        ({"state": "overtaken", "settled_by": "ruth"}, Code.STALE_VERSION),
        ({"expires_at": NOON}, Code.CHANGE_LAPSED),
    ],
)
def test_what_waits_no_more_is_neither_confirmed_nor_withdrawn(
    changes: dict[str, Any], expected: Code
) -> None:
    for rule in (may_confirm, may_withdraw):
        with pytest.raises(Refused) as refused:
            rule(a_change(**changes), "ruth", ROLES["ruth"], NOON)
        assert code(refused) is expected
        assert "3" in refused.value.message


def test_a_change_waits_seven_days() -> None:
    last = NOON + OPEN_FOR - HOUR
    may_confirm(a_change(), "ruth", ROLES["ruth"], last)
    assert a_change().is_open(last)
    assert not a_change().is_open(NOON + OPEN_FOR)


def test_a_change_fits_only_what_it_was_worked_out_against() -> None:
    must_fit(a_change(), "as it was", ROLES["helen"])
    with pytest.raises(Refused, match="moved since") as moved:
        must_fit(a_change(), "otherwise", ROLES["helen"])
    with pytest.raises(Refused, match="no longer head of service") as left:
        must_fit(a_change(), "as it was", ROLES["ruth"])
    assert {code(moved), code(left)} == {Code.STALE_VERSION}


def test_another_state_has_another_fingerprint() -> None:
    assert fingerprint([{"a": 1, "b": 2}]) == fingerprint([{"b": 2, "a": 1}])
    assert fingerprint([{"a": 1}, {"b": 2}]) != fingerprint([{"b": 2}, {"a": 1}])


@pytest.mark.parametrize(
    ("about", "holder", "says"),
    [
        ("people", None, "the register of people"),
        ("rota", None, "the rota"),
        ("token-issue", "kaya", "a token for kaya"),
        ("token-revoke", "kaya", "every token of kaya"),
    ],
)
def test_a_change_says_what_it_is_about(about: str, holder: str | None, says: str) -> None:
    assert a_change(about=about, holder=holder).subject == says


class TestTokens:
    def test_people_and_providers_hold_them_and_nobody_else(self) -> None:
        person = registered("kaya", (KAYA,), providers())
        firm = registered("alder", (KAYA,), providers())
        assert (person.title, person.role) == ("Kaya Osei, triage-officer", None)
        assert firm.role == "provider"
        with pytest.raises(Refused) as refused:
            registered("mallory", (KAYA,), providers())
        assert code(refused) is Code.NOT_REGISTERED

    def test_another_role_makes_a_waiting_token_stale(self) -> None:
        before = registered("kaya", (KAYA,), ())
        after = registered("kaya", (KAYA.but(roles=STAFF["helen"]),), ())
        assert before.base != after.base

    def test_one_waits_at_a_time(self) -> None:
        who = registered("kaya", (KAYA,), ())
        with pytest.raises(Refused, match="cir people withdraw 3") as refused:
            issuing(who, 0, a_change(about="token-issue", holder="kaya"))
        assert code(refused) is Code.CHANGE_PENDING

    def test_others_that_are_held_are_said(self) -> None:
        who = registered("kaya", (KAYA,), ())
        assert issuing(who, 0, None)[1] == ()
        assert issuing(who, 2, None)[1] == ("kaya holds 2 already, which go on counting.",)

    def test_nothing_is_revoked_where_nothing_is_held(self) -> None:
        with pytest.raises(Refused) as refused:
            revoking("kaya", 0)
        assert code(refused) is Code.NOTHING_CHANGED
        assert isinstance(revoking("kaya", 1), Difference)
        assert revoking("kaya", 2).ended[0].title == "all 2 tokens of kaya"

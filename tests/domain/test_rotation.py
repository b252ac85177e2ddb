"""Whose turn it is, and who may be called out at all (guide j 2 and 3)."""

from datetime import date

import pytest

from domain.engagement import Declined, Engagement
from domain.phase import Phase
from domain.rotation import candidates, choose, eligible
from tests.builders import NOON, a_case, a_provider, called_out, providers

TODAY = date(2026, 11, 23)
NOBODY_YET = a_case(Phase.ACTIVATION, engagement=Engagement())


def declined(why: str, provider: str = "alder") -> Engagement:
    entry = Declined.model_validate({"provider": provider, "why": why})
    conflicted = (provider,) if why == "conflict-of-interest" else ()
    return Engagement(declined=(entry,), conflicted=conflicted, last_provider=provider)


def test_a_provider_under_contract_without_conflict_is_eligible() -> None:
    assert eligible(NOBODY_YET, a_provider(), TODAY) is None


@pytest.mark.parametrize(
    ("day", "may"),
    [("2026-03-31", False), ("2026-04-01", True), ("2028-03-31", True), ("2028-04-01", False)],
)
def test_both_ends_of_a_contract_are_inside_it(day: str, may: bool) -> None:  # noqa: FBT001
    why_not = eligible(NOBODY_YET, a_provider(), date.fromisoformat(day), override=True)
    assert (why_not is None) is may
    assert may or (why_not is not None and "contract" in why_not)


def test_a_conflict_in_the_register_is_never_overridden() -> None:
    provider = a_provider(conflicts=("XEA",))
    assert "conflict" in (eligible(NOBODY_YET, provider, TODAY, override=True) or "")


def test_a_conflict_declared_by_declining_counts_in_every_later_activation() -> None:
    case = a_case(Phase.ACTIVATION, engagement=Engagement(conflicted=("alder",)))
    assert "conflict" in (eligible(case, a_provider(), TODAY, override=True) or "")


@pytest.mark.parametrize(
    ("why", "by_override"),
    [("no-capacity", True), ("other", False), ("conflict-of-interest", False)],
)
def test_only_want_of_capacity_can_be_overridden(why: str, by_override: bool) -> None:  # noqa: FBT001
    case = NOBODY_YET.but(engagement=declined(why))
    assert eligible(case, a_provider(), TODAY) is not None
    assert (eligible(case, a_provider(), TODAY, override=True) is None) is by_override


def test_all_eligible_providers_stand_in_configured_order() -> None:
    assert candidates(NOBODY_YET, NOON) == ("alder", "kestrel")
    turned_round = NOBODY_YET.but(providers=tuple(reversed(providers())))
    assert candidates(turned_round, NOON) == ("kestrel", "alder")


def test_the_provider_that_the_decision_asked_for_comes_alone() -> None:
    chosen = Engagement(chosen="kestrel", last_provider="alder")
    assert candidates(NOBODY_YET.but(engagement=chosen), NOON) == ("kestrel",)


def test_a_case_that_had_a_provider_gets_the_same_one_again() -> None:
    before = Engagement(last_provider="kestrel")
    assert candidates(NOBODY_YET.but(engagement=before), NOON) == ("kestrel",)


def test_another_one_comes_when_the_same_one_may_not() -> None:
    assert candidates(NOBODY_YET.but(engagement=declined("no-capacity")), NOON) == ("kestrel",)


def test_the_system_does_not_call_back_one_that_was_failed_over_from() -> None:
    silent = declined("no-capacity", "kestrel").but(failed_over=("alder",))
    assert candidates(NOBODY_YET.but(engagement=silent), NOON) == ()


def test_the_contract_is_looked_up_on_the_day_in_the_united_kingdom() -> None:
    last_day = a_provider(contract_to="2026-06-30")
    case = NOBODY_YET.but(providers=(last_day,))
    summer = NOON.replace(month=6, day=30, hour=22, minute=59)
    assert candidates(case, summer) == ("alder",)
    assert candidates(case, summer.replace(hour=23)) == ()  # midnight in London
    assert case.policy.day_of(summer.replace(hour=23)) == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("turns", "last", "whose"),
    [
        ({}, None, "alder"),
        ({"alder": 1, "kestrel": 0}, "alder", "kestrel"),
        ({"alder": 3, "kestrel": 3}, "alder", "kestrel"),
        ({"alder": 3, "kestrel": 3}, "kestrel", "alder"),
        ({"alder": 3, "kestrel": 4}, "alder", "alder"),
    ],
)
def test_fewer_turns_first_then_the_older_last_turn(
    turns: dict[str, int], last: str | None, whose: str
) -> None:
    assert choose(("alder", "kestrel"), turns, last) == whose


def test_a_single_candidate_has_the_turn_whatever_was_counted() -> None:
    assert choose(("alder",), {"alder": 9, "kestrel": 0}, "alder") == "alder"


def test_edge_18_a_contract_that_ends_does_not_take_the_provider_off_the_case() -> None:
    ended = a_case(
        Phase.CONTAINMENT,
        engagement=called_out(),
        providers=(a_provider(contract_to="2026-11-22"), a_provider("kestrel")),
    )
    assert ended.engagement.provider == "alder"
    assert "contract" in (eligible(ended, ended.providers[0], TODAY) or "")
    assert candidates(ended, NOON) == ("kestrel",)

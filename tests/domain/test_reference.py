"""What an open case knows of the registers is read again when they change."""

from datetime import date

from domain.phase import Phase
from domain.reference import Reference, refreshed
from tests.builders import (
    ONE,
    a_case,
    a_council,
    a_provider,
    applied,
    at_work,
    providers,
    types,
)

EXTENDED = a_provider("alder", contract_to="2030-03-31")


def test_registers_that_say_the_same_are_no_fact() -> None:
    case = a_case(Phase.CONTAINMENT)
    assert refreshed(case, Reference(providers=providers(), council=a_council()), ONE) == ()


def test_an_extended_contract_is_known_from_here_on() -> None:
    case = a_case(Phase.CONTAINMENT)
    events = refreshed(case, Reference(providers=(EXTENDED, a_provider("kestrel"))), ONE)
    assert types(events) == ("reference-refreshed",)
    known = applied(case, events)
    assert known.providers == (EXTENDED, a_provider("kestrel"))
    (event,) = events
    assert event.model_dump(mode="json")["providers"][0]["contract_to"] == "2030-03-31"
    assert len(event.model_dump(mode="json")["providers"]) == 1


def test_a_new_provider_comes_in_configured_order() -> None:
    third = a_provider("merrow")
    case = a_case(Phase.CONTAINMENT)
    known = applied(case, refreshed(case, Reference(providers=(third, *providers())), ONE))
    assert [one.id for one in known.providers] == ["merrow", "alder", "kestrel"]


def test_a_provider_that_worked_on_the_case_is_never_forgotten() -> None:
    case = a_case(Phase.CONTAINMENT, engagement=at_work("alder"))
    known = applied(case, refreshed(case, Reference(providers=(a_provider("merrow"),)), ONE))
    assert [one.id for one in known.providers] == ["merrow", "alder"]


def test_an_empty_register_takes_nothing_away() -> None:
    case = a_case(Phase.CONTAINMENT)
    assert refreshed(case, Reference(providers=()), ONE) == ()


def test_a_council_keeps_the_name_the_case_began_with_and_learns_its_end() -> None:
    case = a_case(Phase.CONTAINMENT)
    entry = a_council(
        name="Eastmere and Fenwick Council", ends_on="2027-03-31", replaced_by="XHD", warp="EM WARP"
    )
    known = applied(
        case, refreshed(case, Reference(providers=providers(), council=entry), ONE)
    ).council
    assert known.name == "Eastmere District Council"
    assert (known.ends_on, known.replaced_by, known.warp) == (date(2027, 3, 31), "XHD", "EM WARP")


def test_another_councils_entry_is_not_taken() -> None:
    case = a_case(Phase.CONTAINMENT)
    other = Reference(providers=providers(), council=a_council(code="XHD", name="Harrowdale"))
    assert refreshed(case, other, ONE) == ()

"""The register of providers as a file gives it: read and judged."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import combinations

from domain.people import SYSTEM
from domain.provider import Provider, RateCard
from domain.registers.around import Around, named
from domain.registers.difference import Row
from domain.registers.entries import (
    Entry,
    InvalidRegisterError,
    checked,
    given_twice,
    raw_entries,
)
from domain.working_hours import LONDON

ENDING = timedelta(days=30)
"""How near the end of a contract is said [our default], as the alarm of a case says it."""


def title_of(row: Row) -> str:
    """Return a provider as people call it."""
    return f"{row['name']}, contract {row['contract_ref']} to {row['contract_to']}"


def read(text: str) -> tuple[Entry, ...]:
    """Return the providers of a file, in configured order.

    Raises:
        InvalidRegisterError: With every problem and its line.
    """
    entries, problems = checked(
        raw_entries(text, "providers"),
        lambda row: Provider.model_validate(row).model_dump(mode="json", by_alias=True),
    )
    problems += given_twice(entries, "id", "The id")
    for one in entries:
        firm = Provider.model_validate(one.row)
        problems += [f"{one.where}: {firm.id}: {words}" for words in _impossible(firm)]
    if problems:
        raise InvalidRegisterError(problems)
    return tuple(
        Entry(where=one.where, row={**one.row, "place": place})
        for place, one in enumerate(entries, start=1)
    )


def provider_of(row: Row) -> Provider:
    """Return the provider of an entry, without its place in the order."""
    return Provider.model_validate({name: said for name, said in row.items() if name != "place"})


def _impossible(firm: Provider) -> Iterator[str]:
    if firm.id == SYSTEM or firm.id.split() != [firm.id]:
        yield "that cannot be an id."
    if firm.contract_to < firm.contract_from:
        yield "the contract ends before it begins."
    yield from _impossible_cards(firm.cards)


def _impossible_cards(cards: tuple[RateCard, ...]) -> Iterator[str]:
    for card in cards:
        if card.to_on < card.from_on:
            yield f"the card {card.id} ends before it begins."
        if not card.rates:
            yield f"the card {card.id} has no rate."
    for one, other in combinations(cards, 2):
        if one.id == other.id:
            yield f"two cards are called {one.id}."
        elif _doubts_a_rate(one, other):
            yield f"the cards {one.id} and {other.id} are both in force on one day."


def _doubts_a_rate(one: RateCard, other: RateCard) -> bool:
    """Tell whether a day of response has two rates; of recovery cards the offer names one."""
    both = one.kind == other.kind == "response"
    return both and one.from_on <= other.to_on and other.from_on <= one.to_on


def judged(
    wanted: tuple[Entry, ...], target: tuple[Row, ...], around: Around, at: datetime
) -> tuple[str, ...]:
    """Return what is doubtful about the providers.

    Raises:
        InvalidRegisterError: An id is a person's, or a provider that a case has would leave: the
            case could not reach it any more.
    """
    people = {one.id for one in around.people}
    firms = tuple(provider_of(row) for row in target)
    stays = {one.id for one in firms}
    problems = [
        f"{one.where}: {one.row['id']} is the id of a person."
        for one in wanted
        if one.row["id"] in people
    ]
    problems += [
        f"{firm} cannot leave: {named(cases)} has it. Keep it, with the day its contract ends."
        for firm, cases in around.supplied.items()
        if firm not in stays and cases and firm in {one.id for one in around.providers}
    ]
    if problems:
        raise InvalidRegisterError(problems)
    day, codes = at.astimezone(LONDON).date(), {one.code for one in around.councils}
    return tuple(words for firm in firms for words in _doubts(firm, day, codes))


def _doubts(firm: Provider, day: date, codes: set[str]) -> Iterator[str]:
    if not firm.in_contract(day):
        yield f"{firm.id} has no contract on {day.isoformat()}: it is not called out."
    elif firm.contract_to - day <= ENDING:
        yield f"The contract of {firm.id} ends on {firm.contract_to.isoformat()}."
    for kind in ("response", "recovery"):
        if not any(card.kind == kind and card.holds_on(day) for card in firm.cards):
            yield f"{firm.id} has no {kind} card in force on {day.isoformat()}."
    unknown = [code for code in firm.conflicts if code not in codes]
    if unknown:
        yield f"{firm.id} has conflicts with councils we do not know: {', '.join(unknown)}."

"""A case on one sheet of paper: what a duty officer needs when every screen is dark."""

from collections.abc import Iterable

from domain.case import Case, Contact
from domain.people import Person
from domain.provider import Provider
from domain.registers.shifts import Watch
from domain.report import is_compromised
from domain.value import Instant, Value
from domain.view import CaseView, view_of


class Reach(Value):
    """Somebody at the council, and how to reach them.

    Attributes:
        email: ``None`` where there is none that the attacker may not read.
        unsafe_email: One that the attacker may read, so that nobody writes to it.
    """

    post: str
    name: str
    phone: str | None = None
    out_of_hours_phone: str | None = None
    email: str | None = None
    unsafe_email: str | None = None


class OnDuty(Value):
    """A member of staff to be rung, and on which rung they are; the owner may be on none."""

    rung: str
    name: str
    phone: str | None


class Firm(Value):
    """The provider that is called out."""

    name: str
    duty_line: str
    email: str
    account_lead: str
    account_lead_phone: str | None


class Sheet(Value):
    """What stands on the sheet of a case."""

    as_of: Instant
    view: CaseView
    reach: tuple[Reach, ...]
    staff: tuple[OnDuty, ...]
    firm: Firm | None


def sheet(
    case: Case,
    people: Iterable[Person],
    watch: Iterable[Watch],
    providers: Iterable[Provider],
    at: Instant,
) -> Sheet:
    """Return the sheet of a case.

    Args:
        case: The case as it stands.
        people: The staff register.
        watch: Who is on at each rung now.
        providers: As the register has them now.
        at: The instant it is printed for.
    """
    view = view_of(case)
    return Sheet(
        as_of=at,
        view=view,
        reach=tuple(_reach(case)),
        staff=tuple(_staff(case.owner, {one.id: one for one in people}, watch)),
        firm=next((_firm(one) for one in providers if one.id == view.provider), None),
    )


def _reach(case: Case) -> Iterable[Reach]:
    """Give each post once: a contact set since comes before the one in the report."""
    reporter = case.report.reporter
    safe, unsafe = _emails(case, reporter.contact_email)
    yield Reach(
        post="reporter",
        name=reporter.name,
        phone=reporter.phone,
        out_of_hours_phone=reporter.out_of_hours_phone,
        email=safe,
        unsafe_email=reporter.company_email or unsafe,
    )
    known: dict[str, Contact] = {}
    for told in case.report.contacts:
        post, name = told.post or "contact", told.name or "not named"
        known.setdefault(post, Contact(post=post, name=name, email=told.email, phone=told.phone))
    known.update({one.post: one for one in case.contacts})
    for one in known.values():
        safe, unsafe = _emails(case, one.email)
        yield Reach(post=one.post, name=one.name, phone=one.phone, email=safe, unsafe_email=unsafe)


def _emails(case: Case, email: str | None) -> tuple[str | None, str | None]:
    """Return an address as a safe one and as one that is not."""
    if email is not None and is_compromised(email, case.report):
        return None, email
    return email, None


def _staff(
    owner: str | None, people: dict[str, Person], watch: Iterable[Watch]
) -> Iterable[OnDuty]:
    if owner in people:
        yield OnDuty(rung="owner", name=people[owner].name, phone=people[owner].phone)
    for one in watch:
        for person in one.now:
            if person in people:
                there = people[person]
                yield OnDuty(rung=f"L{one.rung}", name=there.name, phone=there.phone)


def _firm(one: Provider) -> Firm:
    names = ("name", "duty_line", "email", "account_lead", "account_lead_phone")
    return Firm(**{name: getattr(one, name) for name in names})

"""Whom at the council a notice goes to. Only safe ways are ever returned.

From the day a successor takes over, only contacts set for the successor are written to (guide k 8).
"""

from datetime import date

from domain.case import Case, Contact
from domain.notice import Address, Moment
from domain.report import is_compromised


def main_contact(m: Moment) -> tuple[Address, ...]:
    """Return the first person at the council who has a safe way to be reached.

    The reporter (or who was set on that post since), else another contact of the case, else the
    safe contacts on the register. Nobody: empty, and somebody must ring.
    """
    return (*every_contact(m), *_on_register(m))[:1]


def recovery_contact(m: Moment) -> tuple[Address, ...]:
    """Return who may accept recovery for the council, where such a person is known."""
    posts = ("authorised-officer", "s151", "chief-executive")
    return _on_post(m, m.after, *posts) or main_contact(m)


def data_protection_contact(m: Moment) -> tuple[Address, ...]:
    """Return the council's data protection officer, where one is known."""
    return _on_post(m, m.after, "dpo") or main_contact(m)


def old_and_new_contact(m: Moment) -> tuple[Address, ...]:
    """Return the contact that was and the one that is, so that neither changes in silence."""
    post = m.text("post")
    both = (*_on_post(m, m.before, post), *_on_post(m, m.after, post))
    return tuple(dict.fromkeys(both)) or main_contact(m)


def every_contact(m: Moment) -> tuple[Address, ...]:
    """Return every safe contact of the council, the reporter first: what a provider is given."""
    case = m.after
    reporter = case.report.reporter
    known = _known(m, case)
    stands_in = tuple(c for c in known if reporter.post is not None and c.post == reporter.post)
    first = (*stands_in, *_reporter(m), *known)
    return tuple(dict.fromkeys(a for a in (_safe(case, c) for c in first) if a.is_reachable))


def _known(m: Moment, case: Case) -> tuple[Contact, ...]:
    """Return the contacts set on the case, newest first, then those the report named."""
    successor = _successor(m)
    if successor is not None:
        return tuple(c for c in reversed(case.contacts) if c.council == successor)
    reported = (
        Contact(post=c.post or "contact", name=c.name or "", email=c.email, phone=c.phone)
        for c in case.report.contacts
    )
    return (*reversed(case.contacts), *reported)


def _reporter(m: Moment) -> tuple[Contact, ...]:
    if _successor(m) is not None:
        return ()
    report = m.after.report
    name, post = report.reporter.name, report.reporter.post or "reporter"
    return (Contact(post=post, name=name, email=report.safe_email, phone=report.safe_phone),)


def _on_register(m: Moment) -> tuple[Address, ...]:
    if _successor(m) is not None:
        return ()
    ways = m.after.council.safe_contacts
    email = next((way for way in ways if "@" in way), None)
    phone = next((way for way in ways if "@" not in way), None)
    duty = _safe(m.after, Contact(post="duty", name="", email=email, phone=phone))
    return (duty,) if duty.is_reachable else ()


def _on_post(m: Moment, case: Case, *posts: str) -> tuple[Address, ...]:
    """Return the newest reachable contact on the first of ``posts`` that has one."""
    for post in posts:
        on_it = (_safe(case, c) for c in _known(m, case) if c.post == post)
        found = next((address for address in on_it if address.is_reachable), None)
        if found is not None:
            return (found,)
    return ()


def _successor(m: Moment) -> str | None:
    """Return the code of the council that has taken over by now."""
    successor = m.after.successor
    if successor is None:
        return None
    if m.after.policy.day_of(m.event.at) < date.fromisoformat(successor.from_on):
        return None
    return successor.code


def _safe(case: Case, contact: Contact) -> Address:
    """Return the contact as an address, without a mailbox that the attacker may read."""
    email = contact.email
    if email is not None and is_compromised(email, case.report):
        email = None
    return Address(name=contact.name, email=email, phone=contact.phone)

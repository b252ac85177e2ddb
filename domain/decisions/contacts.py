"""Whom we write to at the council: safe contacts, verified by a person before they count."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field

from domain.case import Case, Contact, Event
from domain.command import Command, required
from domain.errors import Code, Refused
from domain.free_text import clean_line, left
from domain.people import Role, T
from domain.personal import PersonalText
from domain.report import is_compromised
from domain.report_rules import EMAIL, PHONE, Exact, WrongValueError
from domain.value import Instant, Line, Value

SHARED_HOST = "shared-host"
"""The post of an IT host that speaks for a guest; it needs the guest's recorded consent."""

_NEVER = datetime.max.replace(tzinfo=UTC)


def _of_form(rule: Exact, text: str) -> str:
    """Return ``text`` in the form of a report's field; addresses and numbers are never cleaned."""
    try:
        kept = rule.read(text, _NEVER)
    except WrongValueError as error:
        raise ValueError(error.message) from None
    if kept is None:
        raise ValueError(f"This must be {rule.hint}.")
    return kept


Email = Annotated[str, AfterValidator(lambda text: _of_form(EMAIL, text))]
Phone = Annotated[str, AfterValidator(lambda text: _of_form(PHONE, text))]
OneLine = Annotated[Line, AfterValidator(clean_line), AfterValidator(left)]


class Verified(Value):
    """How we know that a contact is who they say; ``at`` absent = when recorded."""

    how: str | None = None
    by: str | None = None
    at: Instant | None = None


class Consent(Value):
    """A guest's consent that its shared host may speak for it."""

    given_by: PersonalText | None = None
    at: Instant | None = None


class SetContact(Command):
    """Set a verified contact at the council, in place of the earlier one on that post."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    name: ClassVar[str] = "set-contact"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({T})

    post: Annotated[OneLine, Field(description="The post, such as cio, s151 or shared-host.")]
    person: Annotated[OneLine, Field(alias="name", description="The person's name.")]
    email: Annotated[
        Email | None, Field(description="An address outside the affected systems.")
    ] = None
    phone: Annotated[Phone | None, Field(description="A telephone number.")] = None
    verified: Annotated[
        Verified | None, Field(description="How, by whom and when they were verified.")
    ] = None
    consent: Annotated[
        Consent | None, Field(description="The guest's consent, when a shared host speaks for it.")
    ] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Set a contact that was verified, and that the attacker cannot read."""
        how, by = self._verification(case)
        self._check_consent(case)
        if self.email is not None and is_compromised(self.email, case.report):
            raise Refused(
                Code.COMPROMISED_CONTACT,
                f"That address lies in the affected systems of {case.reference}: it may be read "
                "by the attacker and is never written to. Ask for one outside them, or a number.",
            )
        return (
            ContactSet(
                at=at,
                post=self.post,
                name=self.person,
                email=self.email,
                phone=self.phone,
                council=None if case.successor is None else case.successor.code,
                former=case.contact(self.post),
                verified_how=how,
                verified_by=by,
                verified_at=self.verified.at if self.verified and self.verified.at else at,
                consent=self.consent,
            ),
        )

    def _verification(self, case: Case) -> tuple[str, str]:
        message = (
            f"A contact of {case.reference} is set only when a person has verified it: say how and "
            "by whom (ring back on a number you know, never on one the caller gives)."
        )
        said = self.verified or Verified()
        how = required(said.how, Code.VERIFICATION_NEEDED, message)
        return how, required(said.by, Code.VERIFICATION_NEEDED, message)

    def _check_consent(self, case: Case) -> None:
        if self.post != SHARED_HOST and self.consent is None:
            return
        consent = self.consent or Consent()
        if consent.at is None or not (consent.given_by or "").strip():
            raise Refused(
                Code.VERIFICATION_NEEDED,
                f"A shared host speaks for the council of {case.reference} only with its recorded "
                "consent: say who gave it and when.",
            )


class ContactSet(Event):
    """A verified contact was set; the old one is kept on the record."""

    type: ClassVar[str] = "contact-set"
    post: PersonalText
    name: PersonalText
    email: PersonalText | None = None
    phone: PersonalText | None = None
    council: str | None = None
    former: Contact | None = None
    verified_how: PersonalText
    verified_by: PersonalText
    verified_at: Instant
    consent: Consent | None = None

    def apply(self, case: Case) -> Case:
        """Put the contact in the place of the earlier one on the post."""
        others = tuple(one for one in case.contacts if one.post != self.post)
        contact = Contact(
            post=self.post,
            name=self.name,
            email=self.email,
            phone=self.phone,
            council=self.council,
        )
        return case.but(contacts=(*others, contact))

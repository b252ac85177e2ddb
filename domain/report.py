"""The incident report (`cir-report/1`): what we were first told, and what follows from it alone.

Nearly everything may be unknown: first reports are thin. A question that was not answered is
"unknown"; a fact that was not given is None; a list that was not given is empty. A report that came
from outside goes through `domain.report_reading`, which lists everything that is wrong with it.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from domain.category import Category
from domain.report_rules import (
    ATTACHMENT_REF,
    COUNCIL_CODE,
    EMAIL,
    PHONE,
    SHA256,
    AtMost,
    Count,
    Flag,
    PastInstant,
    line,
    words,
)
from domain.value import Value

Channel = Literal["ncsc-referral", "council-phone", "council-email", "staff", "provider", "other"]
"""How the report reached us. Only an NCSC referral carries a category that counts."""

Answer = Literal["yes", "no", "unknown"]
"""The answer to a question put to a council; unknown is an answer."""

ContactPost = Literal[
    "deputy",
    "siro",
    "chief-executive",
    "s151",
    "dpo",
    "cio",
    "communications",
    "authorised-officer",
]
IncidentType = Literal[
    "ransomware",
    "unauthorised-access",
    "data-theft",
    "denial-of-service",
    "email-compromise",
    "supply-chain",
    "insider",
    "other",
    "unknown",
]
ServiceName = Literal[
    "adult-social-care",
    "childrens-services",
    "housing",
    "revenues-benefits",
    "payments-payroll",
    "planning-land-charges",
    "elections",
    "website",
    "email",
    "telephony",
    "waste",
    "emergency-planning",
    "other",
]
ServiceState = Literal["down", "degraded", "at-risk", "working", "unknown"]
Connection = Literal["psn", "hscn", "dwp", "police", "other-councils", "other"]
OtherBody = Literal[
    "ncsc",
    "report-fraud",
    "nca",
    "warp",
    "dwp",
    "nhs-england",
    "police",
    "insurer",
    "lrf",
    "other",
    "ico",
]
TlpLabel = Literal["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"]

Line100 = Annotated[str, line(100)]
Line200 = Annotated[str, line(200)]
Account = Annotated[str, words(10_000)]
Email = Annotated[str, EMAIL]
Phone = Annotated[str, PHONE]
Moment = Annotated[datetime, PastInstant()]
People = Annotated[int, Count(100_000_000)]


class Source(Value):
    """How the report came to us."""

    filled_by_reader: ClassVar = ("received_at",)

    channel: Channel = "staff"
    reference: Line100 | None = None
    received_at: Moment
    """When it reached us; the reader puts the present instant where it was not given."""
    entered_by: Line200 | None = None


class ReportedCouncil(Value):
    """The council as the report names it; the register may know better."""

    at_least_one: ClassVar = ("name", "code")

    code: Annotated[str, COUNCIL_CODE] | None = None
    name: Line200 | None = None
    others_affected: Annotated[tuple[Line200, ...], AtMost(50)] = ()
    shared_host: Line200 | None = None
    shared_supplier: Line200 | None = None


class Reporter(Value):
    """The person who told us. `company_email` may be read by the attacker: never written to."""

    at_least_one: ClassVar = ("contact_email", "phone")

    name: Line200
    post: Line200 | None = None
    contact_email: Email | None = None
    phone: Phone | None = None
    out_of_hours_phone: Phone | None = None
    company_email: Email | None = None
    preferred_channel: Literal["email", "sms", "phone"] | None = None


class ReportedContact(Value):
    """Another person at the council."""

    post: ContactPost | None = None
    name: Line200 | None = None
    email: Email | None = None
    phone: Phone | None = None


class Incident(Value):
    """What happened, as far as anybody knows."""

    type: IncidentType = "unknown"
    summary: Account
    discovered_at: Moment | None = None
    believed_start_at: Moment | None = None
    still_active: Answer = "unknown"
    ransom_demand: Answer = "unknown"
    ransom_paid: Answer = "unknown"
    data_integrity_doubt: Answer = "unknown"
    affected_systems: Annotated[tuple[Line200, ...], AtMost(50)] = ()


class AffectedService(Value):
    """One service of the council and how it stands."""

    service: ServiceName | None = None
    state: ServiceState = "unknown"
    workaround: Answer = "unknown"


class Impact(Value):
    """What the incident does to people and services."""

    services: Annotated[tuple[AffectedService, ...], AtMost(50)] = ()
    """At most 50 entries: our default, the guide sets none."""
    risk_to_life: Answer = "unknown"
    safeguarding_risk: Answer = "unknown"
    people_affected: People | None = None
    media_interest: Answer = "unknown"
    spread_signs: Answer = "unknown"


class DataImpact(Value):
    """What the incident does to data."""

    personal_data: Answer = "unknown"
    categories: Annotated[tuple[Line100, ...], AtMost(20)] = ()
    people_estimate: People | None = None
    aware_at: Moment | None = None
    backups: Literal["intact", "affected", "lost", "unknown"] = "unknown"


class Actions(Value):
    """What the council did, means to do, and whom else it has."""

    containment_done: Account | None = None
    planned_next: Account | None = None
    evidence_preserved: Answer = "unknown"
    insurer_told: Answer = "unknown"
    insurer_panel_firm: Line200 | None = None
    retained_firm: Line200 | None = None


class ToldBody(Value):
    """A body the council has told."""

    body: OtherBody | None = None
    at: Moment | None = None
    reference: Line100 | None = None


class NcscPart(Value):
    """What the NCSC says of the incident; a note unless the report came as its referral."""

    reference: Line100 | None = None
    category: Category = Category.UNCATEGORISED
    given_by: Literal["ncsc", "law-enforcement"] | None = None
    categorised_at: Moment | None = None


class Attachment(Value):
    """A reference to evidence that somebody else holds; evidence never enters the case."""

    ref: Annotated[str, ATTACHMENT_REF] | None = None
    held_by: Literal["council", "provider", "ncsc"] | None = None
    sha256: Annotated[str, SHA256] | None = None


class Handling(Value):
    """How the report itself may be passed on."""

    tlp: TlpLabel = "TLP:AMBER+STRICT"


LIFE_RISKS = ("risk_to_life", "safeguarding_risk")
"""The questions whose yes wakes people whatever the category (guide e 10)."""


class CountedCategory(Value):
    """A category that came in a report and counts, with its giver."""

    category: Category
    given_by: Literal["ncsc", "law-enforcement"]
    reference: str | None
    categorised_at: datetime


class Report(Value):
    """A report as we keep it: checked, cleaned, with every unknown written out."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    schema_name: Literal["cir-report/1"] = Field(alias="schema")
    exercise: Annotated[bool, Flag()] = False
    source: Source
    council: ReportedCouncil
    reporter: Reporter
    contacts: Annotated[tuple[ReportedContact, ...], AtMost(20)] = ()
    incident: Incident
    impact: Impact = Impact()
    data: DataImpact = DataImpact()
    connections: Annotated[tuple[Connection, ...], AtMost(50)] = ()
    """At most 50 entries: our default, the guide sets none."""
    actions: Actions = Actions()
    told: Annotated[tuple[ToldBody, ...], AtMost(20)] = ()
    ncsc: NcscPart = NcscPart()
    attachments: Annotated[tuple[Attachment, ...], AtMost(20)] = ()
    handling: Handling = Handling()

    @property
    def safe_email(self) -> str | None:
        """The reporter's address, unless the attacker may read it: that one is kept, never used."""
        address = self.reporter.contact_email
        return None if address is None or is_compromised(address, self) else address

    @property
    def safe_phone(self) -> str | None:
        """The reporter's number, by day or else out of hours."""
        return self.reporter.phone or self.reporter.out_of_hours_phone

    @property
    def has_safe_contact(self) -> bool:
        """Whether there is any way to the reporter; without one, `no-safe-contact` is raised."""
        return self.safe_email is not None or self.safe_phone is not None

    @property
    def life_risk(self) -> bool:
        """Whether the report says yes to a risk to life or to a safeguarding risk."""
        return any(getattr(self.impact, risk) == "yes" for risk in LIFE_RISKS)

    @property
    def personal_data(self) -> Answer:
        """Whether personal data is touched; yes and unknown both start the ICO tracker."""
        return self.data.personal_data

    @property
    def aware_from(self) -> datetime:
        """When the council became aware of a personal data breach, as far as we can tell."""
        return self.data.aware_at or self.incident.discovered_at or self.source.received_at

    @property
    def counted_category(self) -> CountedCategory | None:
        """The category the case opens with; None unless an NCSC referral carried one.

        A referral that does not say who gave it has it from the NCSC, and that does not say when
        has it as of its receipt.
        """
        if self.source.channel != "ncsc-referral" or self.ncsc.category is Category.UNCATEGORISED:
            return None
        return CountedCategory(
            category=self.ncsc.category,
            given_by=self.ncsc.given_by or "ncsc",
            reference=self.ncsc.reference or self.source.reference,
            categorised_at=self.ncsc.categorised_at or self.source.received_at,
        )

    def contact(self, post: ContactPost) -> ReportedContact | None:
        """Return the first contact named for the post (`dpo`, `s151` …), if any."""
        return next((contact for contact in self.contacts if contact.post == post), None)


def is_compromised(address: str, report: Report) -> bool:
    """Say whether the attacker may read this address.

    It may when it is the reporter's `company_email`, or lies in the same domain or one below it;
    case does not matter. Without a `company_email` nothing is known to be compromised.
    """
    company = report.reporter.company_email
    return company is not None and shares_mail_system(address, company)


def shares_mail_system(address: str, company: str) -> bool:
    """Say whether ``address`` is ``company`` or in its domain or a part of that domain."""
    ours, theirs = (_domain(text) for text in (company, address))
    return theirs == ours or theirs.endswith("." + ours)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip().rstrip(".").casefold()

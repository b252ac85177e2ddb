"""A report becomes a case; the same report again stays the same case (guide h, intake key)."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field

from domain.case import RULES, WHOLE_RECORD, Case, Contact, Event
from domain.command import Command, Reference
from domain.council import UNKNOWN_CODE, Council, CouncilRegister, council_of
from domain.decisions.categories import CategoryRecorded
from domain.decisions.links import CaseLinked
from domain.errors import Code, Refused
from domain.people import Role, S, T
from domain.policy import Policy
from domain.provider import Provider
from domain.report import LIFE_RISKS, Report, is_compromised
from domain.report_content import changed_fields, content_hash
from domain.report_problems import InvalidReportError
from domain.report_reading import check_report
from domain.value import Instant, Value


class Begun(Value):
    """What a case begins with besides its report and its council.

    Attributes:
        providers: In configured order, with their cards.
        desk_keys: Public keys of the desk, base64, by key id.
        rules: The generation of rules.
        sealed: Whether the case refuses instructions that come in clear.
    """

    policy: Policy
    providers: tuple[Provider, ...]
    desk_keys: dict[str, str] = {}
    rules: int = 1
    sealed: bool = False


class Opening(Value):
    """All that a case carries from its start.

    Attributes:
        providers: In configured order, with their cards.
        desk_keys: Public keys of the desk, base64, by key id.
        follows: An archived case under the same intake key; the new one is linked follow-on.
        rules: The generation of rules; an opening from before there were two says nothing.
        sealed: Whether the case refuses instructions that come in clear.
    """

    reference: Reference
    report: Report
    council: Council
    providers: tuple[Provider, ...]
    policy: Policy
    desk_keys: dict[str, str] = {}
    follows: Reference | None = None
    rules: int = 1
    sealed: bool = False

    @classmethod
    def of(
        cls,
        *,
        reference: str,
        report: Report,
        register: CouncilRegister,
        providers: tuple[Provider, ...],
        policy: Policy,
        desk_keys: dict[str, str] | None = None,
    ) -> Self:
        """Return the opening of a report, with its council from the register.

        A council that the register does not have is still a call for help: the case opens under the
        name that the report gives, not eligible until a person corrects the council.
        """
        return cls(
            reference=reference,
            report=report,
            council=council_of(report, register) or _unregistered(report),
            providers=providers,
            policy=policy,
            desk_keys=desk_keys or {},
            rules=RULES,
        )

    @property
    def exercise(self) -> bool:
        """Tell whether the report says that it is an exercise."""
        return self.report.exercise

    @property
    def received_at(self) -> datetime:
        """Return when the report reached us."""
        return self.report.source.received_at

    @property
    def begun(self) -> Begun:
        """Return what the record keeps of it beside report and council."""
        return Begun.model_validate({name: getattr(self, name) for name in Begun.model_fields})


def open_case(opening: Opening, at: datetime) -> tuple[Case, tuple[Event, ...]]:
    """Return the newborn case and the facts it opens with.

    Args:
        opening: What it carries from its start.
        at: When it is opened; clocks that count from the report's receipt do so nevertheless.
    """
    report = opening.report
    case = Case(
        reference=opening.reference,
        rules=opening.rules,
        policy=opening.policy,
        exercise=opening.exercise,
        council=opening.council,
        providers=opening.providers,
        desk_keys=opening.desk_keys,
        sealed=opening.sealed,
        report=report,
        contacts=safe_contacts(report),
        entered_at=at,
        received_at=opening.received_at,
        opened_at=at,
        aware_at=report.aware_from,
    )
    opened = CaseOpened(
        at=at,
        report=report,
        council=opening.council,
        received_at=opening.received_at,
        begun=opening.begun if opening.rules >= WHOLE_RECORD else None,
    )
    return case, (opened, *_carried_category(report, at), *_follow_on(opening, at))


class OpenCase(Command):
    """Open a case from an incident report; the same report again stays the same case."""

    name: ClassVar[str] = "open-case"
    group: ClassVar[str] = "case"
    verb: ClassVar[str] = "open"
    who: ClassVar[frozenset[Role]] = frozenset({S, T})

    report: Annotated[dict[str, Any], Field(description="The incident report, cir-report/1.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep a report that came again under the case's key; equal content is nothing new."""
        report = self._checked(at)
        last = case.received or case.report
        if content_hash(report) == content_hash(last):
            return ()
        return (
            ReportRepeated(
                at=at,
                report=report,
                changed=changed_fields(last, report),
                new_life_risk=_brings_life_risk(case, report),
            ),
        )

    def _checked(self, at: datetime) -> Report:
        register = CouncilRegister(councils=self.rows.councils)
        try:
            return check_report(self.report, now=at, councils=register).report
        except InvalidReportError as error:
            raise invalid_report(error) from None


def invalid_report(error: InvalidReportError) -> Refused:
    """Return the refusal of a report that cannot be taken, with every problem in ``fields``."""
    problems = tuple(problem.model_dump(mode="json") for problem in error.problems)
    return Refused(Code.INVALID_REPORT, str(error), fields=problems)


def safe_contacts(report: Report) -> tuple[Contact, ...]:
    """Return whom the report names at the council, without addresses the attacker may read."""
    reporter = Contact(
        post=report.reporter.post or "reporter",
        name=report.reporter.name,
        email=report.safe_email,
        phone=report.safe_phone,
    )
    others = (
        Contact(
            post=one.post or "contact",
            name=one.name or "",
            email=None if one.email is None or is_compromised(one.email, report) else one.email,
            phone=one.phone,
        )
        for one in report.contacts
    )
    return (reporter, *others)


def _unregistered(report: Report) -> Council:
    code = report.council.code or UNKNOWN_CODE
    return Council(code=code, name=report.council.name or code, eligible=False)


def _carried_category(report: Report, at: datetime) -> tuple[Event, ...]:
    """Return the category that came with an NCSC referral; any other is only a note (guide e 4)."""
    given = report.counted_category
    if given is None:
        return ()
    return (
        CategoryRecorded(
            at=at,
            category=given.category,
            given_by=given.given_by,
            reference=given.reference,
            given_at=given.categorised_at,
        ),
    )


def _follow_on(opening: Opening, at: datetime) -> tuple[Event, ...]:
    if opening.follows is None:
        return ()
    return (CaseLinked(at=at, case=opening.follows, kind="follow-on"),)


def _brings_life_risk(case: Case, report: Report) -> bool:
    """Tell whether the report says yes to a risk that no report of the case said yes to before."""
    known = [one.impact for one in (case.report, case.received) if one is not None]
    return any(
        getattr(report.impact, risk) == "yes" and all(getattr(k, risk) != "yes" for k in known)
        for risk in LIFE_RISKS
    )


class CaseOpened(Event):
    """A case began with a report.

    Attributes:
        begun: What else it began with; ``None`` from before that was on the record.
    """

    type: ClassVar[str] = "case-opened"
    report: Report
    council: Council
    received_at: Instant
    begun: Begun | None = None


class ReportRepeated(Event):
    """Another report arrived under the case's key; it is kept, and nothing of it is merged.

    Attributes:
        changed: Field paths that differ from the last report under the key, sorted.
        new_life_risk: Whether it brings a yes to a risk to life or a safeguarding risk.
    """

    type: ClassVar[str] = "report-repeated"
    report: Report
    changed: tuple[str, ...]
    new_life_risk: bool

    def apply(self, case: Case) -> Case:
        """Keep it as the last one that arrived."""
        return case.but(received=self.report)

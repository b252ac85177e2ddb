"""What a person should know about a report that was accepted."""

from domain.category import Category
from domain.council import Council, CouncilRegister, council_of
from domain.report import Report, is_compromised
from domain.report_problems import ReportWarning, WarningCode


def warnings_about(report: Report, register: CouncilRegister) -> tuple[ReportWarning, ...]:
    """Return the warnings that follow from the report as it was read."""
    return (
        *_about_the_council(report, register),
        *_about_the_contact(report),
        *_about_the_category(report),
    )


def _about_the_council(report: Report, register: CouncilRegister) -> tuple[ReportWarning, ...]:
    named = "council.name" if report.council.code is None else "council.code"
    council = council_of(report, register)
    if council is None:
        several = report.council.code is None and register.named(report.council.name or "")
        message = (
            "Several councils have this name; ask which, and use cir triage correct-council."
            if several
            else "The register does not have this council; find it with cir councils find, then"
            " use cir triage correct-council."
        )
        return (_warning(named, WarningCode.UNKNOWN_COUNCIL, message),)
    return (*_about_the_name(report, council), *_about_eligibility(council, named))


def _about_the_name(report: Report, council: Council) -> tuple[ReportWarning, ...]:
    if report.council.name is None or council.is_named(report.council.name):
        return ()
    message = "The register has another name for this code; the code was taken. Ask which is meant."
    return (_warning("council.name", WarningCode.NAME_CODE_MISMATCH, message),)


def _about_eligibility(council: Council, named: str) -> tuple[ReportWarning, ...]:
    if council.eligible:
        return ()
    message = "The service is not for this body: only a discretionary activation can help it."
    return (_warning(named, WarningCode.COUNCIL_NOT_ELIGIBLE, message),)


def _about_the_contact(report: Report) -> tuple[ReportWarning, ...]:
    address = report.reporter.contact_email
    if address is None or not is_compromised(address, report):
        return ()
    message = "This address is in the affected mail system: kept, never written to. Ask for another"
    message += " way." if report.has_safe_contact else " way now: there is no safe one."
    return (_warning("reporter.contact_email", WarningCode.COMPROMISED_CONTACT, message),)


def _about_the_category(report: Report) -> tuple[ReportWarning, ...]:
    is_given = report.ncsc.category is not Category.UNCATEGORISED
    if not is_given or report.counted_category is not None:
        return ()
    message = "The report is not an NCSC referral, so its category is only a note; ask the NCSC."
    return (_warning("ncsc.category", WarningCode.CATEGORY_NOT_FROM_NCSC, message),)


def _warning(field: str, code: WarningCode, message: str) -> ReportWarning:
    return ReportWarning(field=field, code=code, message=message)

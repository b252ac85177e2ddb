"""What follows from a report alone."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from domain.category import Category
from domain.report import (
    CountedCategory,
    DataImpact,
    Impact,
    Incident,
    NcscPart,
    Report,
    ReportedContact,
    ReportedCouncil,
    Reporter,
    Source,
    is_compromised,
)

NOW = datetime(2026, 10, 1, 1, 40, tzinfo=UTC)
REPORT = Report(
    schema_name="cir-report/1",
    source=Source(channel="ncsc-referral", reference="NCSC-EX-1", received_at=NOW),
    council=ReportedCouncil(code="XSB"),
    reporter=Reporter(
        name="Marian Tolley",
        contact_email="m.tolley@personal.example.org",
        company_email="marian.tolley@saltbeck.example.gov.uk",
    ),
    incident=Incident(summary="Nobody can sign in."),
)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Marian.Tolley@Saltbeck.EXAMPLE.gov.uk", True),
        ("somebody@saltbeck.example.gov.uk", True),
        ("somebody@mail.saltbeck.example.gov.uk", True),
        ("somebody@example.gov.uk", False),
        ("somebody@eastsaltbeck.example.gov.uk", False),
        ("m.tolley@personal.example.org", False),
    ],
)
def test_an_address_in_the_affected_mail_system_is_compromised(
    address: str, *, expected: bool
) -> None:
    assert is_compromised(address, REPORT) is expected


def test_without_a_company_address_nothing_is_known_to_be_compromised() -> None:
    report = REPORT.but(reporter=REPORT.reporter.but(company_email=None))
    assert is_compromised("anybody@saltbeck.example.gov.uk", report) is False


def test_a_compromised_address_is_kept_and_never_used() -> None:
    address = "it@saltbeck.example.gov.uk"
    report = REPORT.but(reporter=REPORT.reporter.but(contact_email=address))
    assert report.reporter.contact_email == address
    assert (report.safe_email, report.safe_phone, report.has_safe_contact) == (None, None, False)


def test_a_phone_is_a_safe_way() -> None:
    report = REPORT.but(
        reporter=Reporter(name="M", phone="01632 960211", out_of_hours_phone="07700 900211")
    )
    assert (report.safe_email, report.safe_phone) == (None, "01632 960211")
    assert report.has_safe_contact
    assert REPORT.safe_email == "m.tolley@personal.example.org"


@pytest.mark.parametrize(
    ("impact", "expected"),
    [
        (Impact(), False),
        (Impact(risk_to_life="no", safeguarding_risk="unknown"), False),
        (Impact(risk_to_life="yes"), True),
        (Impact(safeguarding_risk="yes"), True),
    ],
)
def test_a_yes_to_life_or_safeguarding_is_a_life_risk(impact: Impact, *, expected: bool) -> None:
    assert REPORT.but(impact=impact).life_risk is expected


def test_awareness_is_told_or_discovered_or_received() -> None:
    discovered = REPORT.but(
        incident=REPORT.incident.but(discovered_at=NOW - timedelta(hours=2)),
    )
    told = discovered.but(data=DataImpact(aware_at=NOW - timedelta(hours=1)))
    assert REPORT.aware_from == NOW
    assert discovered.aware_from == NOW - timedelta(hours=2)
    assert told.aware_from == NOW - timedelta(hours=1)


def test_a_category_counts_only_in_an_ncsc_referral() -> None:
    referral = REPORT.but(ncsc=NcscPart(category=Category.C2, given_by="law-enforcement"))
    assert referral.counted_category == CountedCategory(
        category=Category.C2,
        given_by="law-enforcement",
        reference="NCSC-EX-1",
        categorised_at=NOW,
    )
    by_phone = referral.but(source=referral.source.but(channel="council-phone"))
    assert by_phone.counted_category is None
    assert REPORT.counted_category is None


def test_a_contact_is_found_by_post() -> None:
    officer = ReportedContact(post="dpo", name="Safiya Noor")
    report = REPORT.but(contacts=(ReportedContact(post="s151"), officer))
    assert report.contact("dpo") == officer
    assert report.contact("siro") is None
    assert report.personal_data == "unknown"


def test_the_model_holds_the_limits_too() -> None:
    with pytest.raises(ValidationError, match="at most 200"):
        Reporter(name="n" * 201)
    with pytest.raises(ValidationError, match="At most 20"):
        REPORT.but(contacts=(ReportedContact(),) * 21)
    with pytest.raises(ValidationError, match="timezone"):
        Source(received_at=datetime(2026, 10, 1))  # noqa: DTZ001

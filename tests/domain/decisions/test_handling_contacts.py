"""Safe contacts are verified (guide n 20, 21), and deliveries decide whether somebody must ring."""

from typing import Any

import pytest

from domain.case import Case, Contact
from domain.clock_run import ClockState
from domain.errors import Code
from domain.phase import Phase
from tests.domain.decisions.handling_cases import (
    MINUTE,
    NOON,
    a_case,
    give,
    refused,
    running,
    told,
)

VERIFIED = {"how": "rang back on the switchboard number", "by": "tomas"}
CIO = {"post": "cio", "name": "Joanna Hale", "phone": "07700 900188", "verified": VERIFIED}


def test_a_verified_contact_takes_the_place_of_the_earlier_one() -> None:
    old = Contact(post="cio", name="Sam Old", phone="07700 900100")
    done = give(a_case(contacts=(old,)), "set-contact", "kaya", **CIO, email="jo@example.org")
    new = Contact(post="cio", name="Joanna Hale", email="jo@example.org", phone="07700 900188")
    assert done.case.contacts == (new,)
    payload = done.facts[0].payload
    assert done.facts[0].type == "contact-set"
    assert payload["former"]["name"] == "Sam Old"
    assert payload["verified_at"] == "2026-11-23T12:00:00Z"


def test_a_contact_can_be_set_on_a_closed_case() -> None:
    assert give(a_case(phase=Phase.CLOSED), "set-contact", "kaya", **CIO).case.contact("cio")


@pytest.mark.parametrize(
    "verified", [None, {}, {"how": "rang back"}, {"by": "tomas"}, {"how": " ", "by": "tomas"}]
)
def test_a_contact_nobody_verified_is_refused(verified: dict[str, str] | None) -> None:
    inputs: dict[str, Any] = {**CIO, "verified": verified}
    assert refused(a_case(), "set-contact", "kaya", **inputs) is Code.VERIFICATION_NEEDED


@pytest.mark.parametrize(
    "email", ["it.recovery@eastmere.example.gov.uk", "x@mail.EASTMERE.example.gov.uk"]
)
def test_an_address_the_attacker_may_read_is_refused(email: str) -> None:
    code = refused(a_case(), "set-contact", "kaya", **CIO, email=email)
    assert code is Code.COMPROMISED_CONTACT


def test_verification_answers_before_the_compromised_address() -> None:
    inputs = {**CIO, "verified": {}, "email": "it@eastmere.example.gov.uk"}
    assert refused(a_case(), "set-contact", "kaya", **inputs) is Code.VERIFICATION_NEEDED


@pytest.mark.parametrize("consent", [None, {}, {"given_by": "the CIO"}])
def test_a_shared_host_speaks_only_with_the_guests_consent(consent: dict[str, str] | None) -> None:
    inputs: dict[str, Any] = {**CIO, "post": "shared-host", "consent": consent}
    assert refused(a_case(), "set-contact", "kaya", **inputs) is Code.VERIFICATION_NEEDED


def test_a_shared_host_with_consent_is_a_contact() -> None:
    consent = {"given_by": "the CIO", "at": NOON.isoformat()}
    done = give(a_case(), "set-contact", "kaya", **{**CIO, "post": "shared-host"}, consent=consent)
    assert done.case.contact("shared-host") is not None
    assert done.facts[0].payload["consent"]["given_by"] == "the CIO"


@pytest.mark.parametrize("field", [{"email": "no address"}, {"phone": "ring me"}, {"post": ""}])
def test_an_ill_formed_contact_is_refused(field: dict[str, str]) -> None:
    assert refused(a_case(), "set-contact", "kaya", **{**CIO, **field}) is Code.INVALID_INPUT


def _activated(*channels: str) -> Case:
    case = a_case(phase=Phase.ACTIVATION)
    confirmed = told("k1", "activation-confirmed", "council", *channels)
    return case.but(notices=(confirmed,), clocks=(running(case, "council-confirmation"),))


def _state(case: Case, clock: str) -> ClockState:
    run = case.latest_clock(clock)
    assert run is not None
    return run.state


@pytest.mark.parametrize("notice", ["k1", "activation-confirmed"])
def test_a_delivery_meets_the_confirmation_by_key_or_by_name(notice: str) -> None:
    done = give(
        _activated(), "record-delivery", "system", notice=notice, channel="sms", state="delivered"
    )
    assert done.types == ("delivery-recorded", "clock-met")
    assert done.facts[0].payload["notice"] == "k1"
    assert done.facts[0].payload["name"] == "activation-confirmed"


def test_a_delivery_does_not_move_the_version() -> None:
    case = _activated()
    done = give(case, "record-delivery", "kaya", notice="k1", channel="sms", state="delivered")
    assert done.case.version == case.version


def test_accepted_is_not_told() -> None:
    done = give(
        _activated(), "record-delivery", "system", notice="k1", channel="email", state="accepted"
    )
    assert _state(done.case, "council-confirmation") is ClockState.RUNNING


def test_another_notice_does_not_meet_the_confirmation() -> None:
    case = _activated()
    case = case.but(notices=(*case.notices, told("k2", "phase-changed")))
    done = give(case, "record-delivery", "system", notice="k2", channel="sms", state="delivered")
    assert _state(done.case, "council-confirmation") is ClockState.RUNNING


def test_the_latest_notice_of_a_name_is_meant() -> None:
    case = a_case(notices=(told("k1", "phase-changed"), told("k2", "phase-changed")))
    done = give(
        case, "record-delivery", "system", notice="phase-changed", channel="email", state="failed"
    )
    assert [t.failed for t in done.case.notices] == [(), ("email",)]


def test_a_notice_nobody_sent_is_unknown() -> None:
    code = refused(
        a_case(), "record-delivery", "kaya", notice="call-out", channel="email", state="failed"
    )
    assert code is Code.UNKNOWN_NOTICE


def test_a_state_nobody_knows_is_ill_formed() -> None:
    code = refused(
        _activated(), "record-delivery", "kaya", notice="k1", channel="email", state="read"
    )
    assert code is Code.INVALID_INPUT


def _fail(case: Case, notice: str, channel: str) -> Case:
    return give(
        case, "record-delivery", "system", notice=notice, channel=channel, state="failed"
    ).case


def test_when_every_channel_failed_somebody_must_ring() -> None:
    one = _fail(_activated(), "k1", "email")
    assert one.phone_task == ()
    both = give(one, "record-delivery", "system", notice="k1", channel="sms", state="failed")
    assert both.types == ("delivery-recorded", "phone-task-opened", "clock-started")
    assert both.case.phone_task == ("k1",)


def test_a_name_that_several_were_told_under_means_the_councils_notice() -> None:
    notices = tuple(
        told(f"step/{number}", "recovery-stopped", role, channel)
        for number, (role, channel) in enumerate(
            (("council", "email"), ("provider", "provider-message"), ("finance", "email")), start=1
        )
    )
    case = a_case(notices=notices)
    assert _fail(case, "recovery-stopped", "email").phone_task == ("step/1",)
    provider = _fail(case, "recovery-stopped", "provider-message")
    assert [one.role for one in provider.notices if one.failed] == ["provider"]


def test_a_second_undelivered_notice_joins_the_open_phone_task() -> None:
    case = _fail(_activated("email"), "k1", "email")
    case = case.but(notices=(*case.notices, told("k2", "phase-changed", "council", "email")))
    done = give(case, "record-delivery", "system", notice="k2", channel="email", state="failed")
    assert done.types == ("delivery-recorded", "phone-task-extended")
    assert done.case.phone_task == ("k1", "k2")


def test_the_phone_task_is_met_when_the_last_notice_is_spoken() -> None:
    case = _fail(_activated("email"), "k1", "email")
    case = case.but(notices=(*case.notices, told("k2", "phase-changed", "council", "email")))
    case = _fail(case, "k2", "email")
    one = give(case, "record-delivery", "kaya", notice="k2", channel="phone", state="spoken")
    assert _state(one.case, "phone-task") is ClockState.RUNNING
    both = give(one.case, "record-delivery", "kaya", notice="k1", channel="phone", state="spoken")
    assert both.case.phone_task == ()
    assert _state(both.case, "phone-task") is ClockState.MET
    assert _state(both.case, "council-confirmation") is ClockState.MET


def test_a_notice_that_arrived_by_one_way_needs_no_ringing() -> None:
    case = give(
        _activated("email"), "record-delivery", "kaya", notice="k1", channel="phone", state="spoken"
    ).case
    assert _fail(case, "k1", "email").phone_task == ()


def test_mail_that_came_back_after_all_needs_ringing() -> None:
    case = give(
        _activated("email"),
        "record-delivery",
        "system",
        notice="k1",
        channel="email",
        state="delivered",
    ).case
    assert _fail(case, "k1", "email").phone_task == ("k1",)


@pytest.mark.parametrize("role", ["provider", "ncsc", "triage-officer"])
def test_only_notices_to_the_council_go_onto_the_phone_task(role: str) -> None:
    case = a_case(notices=(told("k1", "call-out", role, "email"),))
    assert _fail(case, "k1", "email").phone_task == ()


def test_a_closed_case_has_no_phone_task() -> None:
    case = a_case(phase=Phase.CLOSED, notices=(told("k1", "case-closed", "council", "email"),))
    assert _fail(case, "k1", "email").phone_task == ()


def test_a_silent_confirmation_is_rung_from_its_deadline() -> None:
    late = give(_activated(), "add-note", "kaya", NOON + 16 * MINUTE, text="Still nothing.")
    assert late.case.phone_task == ("k1",)
    spoken = give(
        late.case,
        "record-delivery",
        "kaya",
        NOON + 18 * MINUTE,
        notice="activation-confirmed",
        channel="phone",
        state="spoken",
    )
    run = spoken.case.latest_clock("council-confirmation")
    assert run is not None
    assert (run.state, run.late_by_s) == (ClockState.BREACHED, 180)
    assert _state(spoken.case, "phone-task") is ClockState.MET

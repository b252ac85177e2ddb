from datetime import datetime
from importlib import import_module
from pkgutil import iter_modules

import pytest

import domain.clocks.events
import domain.decisions
import domain.told
from domain.case import Case, Contact, Event, Successor, Told
from domain.clocks.catalogue import CATALOGUE as CLOCKS
from domain.engagement import Engagement
from domain.notice import Notice
from domain.notice_entry import STEPS
from domain.notices import CATALOGUE, MUST_ARRIVE, PAGE_TEMPLATES, Entry, notices_for
from domain.phase import Phase
from domain.work import Money
from tests.builders import OTHER
from tests.notice_moments import MOMENTS, NOON, a_case, happened, moment_of, step

ENTRIES = pytest.mark.parametrize("entry", MOMENTS.values(), ids=list(MOMENTS))


def told(before: Case, after: Case, name: str, /, **facts: object) -> list[str]:
    """Return what an event causes, as the scenarios write it."""
    notices = notices_for(before, after, happened(name, **facts))
    return sorted(f"{one.notice}>{one.role}" for one in notices)


def made(entry: Entry) -> Notice:
    return entry.made_of(moment_of(entry))


@ENTRIES
def test_every_entry_is_caused_by_its_own_event(entry: Entry) -> None:
    moment = moment_of(entry)
    assert made(entry) in notices_for(*moment)


@ENTRIES
def test_a_notice_to_the_council_never_goes_to_the_affected_mail_system(entry: Entry) -> None:
    addresses = made(entry).addresses
    assert all("eastmere.example.gov.uk" not in (one.email or "") for one in addresses)
    assert bool(addresses) is (entry.to == "council")


@pytest.mark.parametrize("result", ["out-of-scope", "false-positive", "duplicate"])
def test_a_decision_that_ends_a_case_otherwise_is_mailed_and_not_texted(result: str) -> None:
    entry = next(one for one in CATALOGUE if one.notice == f"decision-{result}")
    moment = moment_of(entry)
    older, now = (moment._replace(after=moment.after.but(rules=rules)) for rules in (4, 5))
    assert entry.made_of(now).channels == ("email",)
    assert entry.made_of(older).channels == ("email", "sms")


def test_exactly_pages_call_out_and_what_the_council_waits_for_must_arrive() -> None:
    must = {entry.notice for entry in CATALOGUE if entry.must_arrive} | set(PAGE_TEMPLATES)
    assert must == MUST_ARRIVE


def test_no_two_entries_say_the_same_to_the_same_for_the_same_event() -> None:
    seen = [(e.notice, e.to, on, e.words) for e in CATALOGUE for on in e.on]
    assert len(seen) == len(set(seen))


def test_every_cause_is_an_event_that_exists() -> None:
    for module in iter_modules(domain.decisions.__path__):
        import_module(f"domain.decisions.{module.name}")
    causes = {on for entry in CATALOGUE for on in entry.on}
    assert sorted(causes - set(Event.registry)) == []


def test_every_notice_that_a_clock_names_is_in_the_catalogue() -> None:
    named = {
        name for clock in CLOCKS.values() for name in (clock.reminders, clock.breach_notice) if name
    }
    known = {entry.notice for entry in CATALOGUE if set(entry.on) & set(STEPS)}
    assert (named - {"pack-again"}) | {"failover-advised"} == known


def test_a_new_case_acknowledges_the_report_and_wakes_an_officer() -> None:
    case = a_case()
    assert told(case, case, "case-opened") == ["new-case>triage-officer", "report-receipt>council"]


@pytest.mark.parametrize("result", ["not-qualified", "out-of-scope", "false-positive", "duplicate"])
def test_a_decision_that_does_not_qualify_tells_council_and_ncsc(result: str) -> None:
    case = a_case()
    assert told(case, case, "decision-recorded", result=result) == [
        f"decision-{result}>council",
        "ncsc-update>ncsc",
    ]


def test_qualifies_is_confirmed_only_with_the_provider() -> None:
    case = a_case()
    assert told(case, case, "decision-recorded", result="qualifies") == ["ncsc-update>ncsc"]


def test_the_first_provider_of_an_activation_confirms_it() -> None:
    before = a_case(engagement=Engagement())
    assert told(before, a_case(), "provider-assigned", provider="alder") == [
        "activation-confirmed>council"
    ]


def test_a_later_provider_of_an_activation_is_a_change() -> None:
    case = a_case()
    assert told(case, case, "provider-assigned", provider="kestrel") == ["provider-changed>council"]


def test_a_call_out_goes_to_the_provider_that_the_event_names() -> None:
    case = a_case()
    (notice,) = notices_for(case, case, happened("provider-called-out", provider="kestrel"))
    assert (notice.notice, notice.role, notice.provider) == ("call-out", "provider", "kestrel")


def test_a_stand_down_goes_to_the_provider_that_was_there_before() -> None:
    before = a_case()
    after = a_case(engagement=Engagement(provider="kestrel"))
    (notice,) = notices_for(before, after, happened("provider-stood-down"))
    assert (notice.notice, notice.provider) == ("stand-down", "alder")


def test_money_is_committed_only_the_first_time_that_scope_is_agreed() -> None:
    again = a_case()
    first = again.but(engagement=again.engagement.but(scope_ever=False))
    assert told(first, again, "scope-agreed") == ["commitment>finance", "phase-changed>council"]
    assert told(again, again, "scope-agreed") == ["phase-changed>council"]


@pytest.mark.parametrize(
    ("phase", "also"),
    [
        (Phase.ERADICATION, ["phase-changed>council"]),
        (Phase.RECOVERY_OFFER, []),
        (Phase.RECOVERY, []),
        (Phase.CLOSING, ["case-closing>council"]),
    ],
)
def test_an_accepted_exit_tells_the_council_what_starts(phase: Phase, also: list[str]) -> None:
    before = a_case()
    expected = sorted([*also, "phase-exit-accepted>provider"])
    assert told(before, before.but(phase=phase), "phase-exit-accepted") == expected


@pytest.mark.parametrize("event", ["recovery-rejected", "recovery-lapsed"])
def test_a_refused_offer_begins_closing_only_out_of_recovery_offer(event: str) -> None:
    early = a_case(phase=Phase.ERADICATION)
    offer = a_case(phase=Phase.RECOVERY_OFFER)
    both = ["recovery-not-taken>council", "recovery-not-taken>provider"]
    assert told(early, early, event) == both
    assert told(offer, offer.but(phase=Phase.CLOSING), event) == ["case-closing>council", *both]


def test_no_offer_is_told_to_the_provider_and_closing_to_the_council() -> None:
    before = a_case(phase=Phase.RECOVERY_OFFER)
    assert told(before, before.but(phase=Phase.CLOSING), "recovery-not-offered") == [
        "case-closing>council",
        "recovery-not-taken>provider",
    ]


def test_a_new_category_is_told_only_to_an_engaged_provider() -> None:
    engaged, alone = a_case(), a_case(engagement=Engagement(last_provider="alder"))
    assert told(engaged, engaged, "category-recorded") == ["category-changed>provider"]
    assert told(alone, alone, "category-recorded") == []


def test_closing_is_told_to_the_provider_only_when_there_was_one() -> None:
    had, never = a_case(), a_case(engagement=Engagement())
    both = ["case-closed>council", "case-closed>provider", "ncsc-update>ncsc"]
    assert told(had, had, "case-closed") == both
    assert told(never, never, "case-closed") == ["case-closed>council", "ncsc-update>ncsc"]


@pytest.mark.parametrize(
    ("ledger", "percent", "expected"),
    [
        ("A", 50, ["spend-alert>incident-manager"]),
        ("A", 80, ["spend-alert>incident-manager"]),
        ("A", 100, ["spend-alert>incident-manager", "spend-alert>senior-approver"]),
        ("B", 50, ["spend-alert>council", "spend-alert>incident-manager"]),
        ("B", 100, ["spend-alert>council", "spend-alert>incident-manager"]),
    ],
)
def test_a_threshold_tells_who_answers_for_the_money(
    ledger: str, percent: int, expected: list[str]
) -> None:
    before = a_case()
    after = before.but(money=before.money.but(alerted={ledger: percent}))
    assert told(before, after, "work-logged") == expected


def test_a_threshold_that_was_told_already_is_silent() -> None:
    case = a_case(money=Money(alerted={"A": 80}))
    assert told(case, case, "work-logged") == []


def test_a_step_causes_the_notice_it_names_and_no_other() -> None:
    case = a_case()
    (notice,) = notices_for(case, case, step("failover-advised", "clock-marked"))
    assert (notice.notice, notice.role) == ("failover-advised", "incident-manager")
    assert notices_for(case, case, step("pack-again")) == ()


def test_only_people_already_told_hear_that_it_is_an_exercise() -> None:
    quiet, exercise = a_case(notices=()), a_case(exercise=True)
    assert told(a_case(), exercise, "exercise-marked") == ["exercise-notice>council"]
    assert told(quiet, exercise, "exercise-marked") == []


def test_the_word_that_it_is_an_exercise_is_the_only_notice_of_one_that_leaves() -> None:
    before, after = a_case(), a_case(exercise=True)
    (word,) = notices_for(before, after, happened("exercise-marked"))
    (answer, *_) = notices_for(after, after, happened("case-opened"))
    assert (word.exercise, word.is_for_sink) == (True, False)
    assert (answer.exercise, answer.is_for_sink) == (True, True)


def test_a_hand_over_goes_to_the_one_who_was_asked() -> None:
    case = a_case()
    (notice,) = notices_for(case, case, happened("hand-over-started", to="priya"))
    assert (notice.role, notice.person) == ("triage-officer", "priya")


def test_an_offer_goes_to_who_may_accept_it() -> None:
    case = a_case()
    (notice,) = notices_for(case, case, happened("recovery-offered"))
    assert [one.name for one in notice.addresses] == ["Peter Lund"]


def test_without_such_a_person_an_offer_goes_to_the_reporter() -> None:
    case = a_case(report_changes={"contacts": []})
    (notice,) = notices_for(case, case, happened("recovery-offered"))
    assert [one.name for one in notice.addresses] == ["Joanna Hale"]


def test_the_ico_reminder_goes_to_the_data_protection_officer() -> None:
    case = a_case()
    (notice,) = notices_for(case, case, step("ico-reminder"))
    assert [one.name for one in notice.addresses] == ["Amira Sayed"]


def test_a_reporter_whose_mail_may_be_read_is_reached_by_phone_only() -> None:
    bad = "other@mail.eastmere.example.gov.uk"
    case = a_case(report_changes={"reporter.contact_email": bad})
    receipt = notices_for(case, case, happened("case-opened"))[0]
    assert [(one.name, one.email, one.phone) for one in receipt.addresses] == [
        ("Joanna Hale", None, "07700 900101")
    ]


def test_a_contact_set_in_the_affected_domain_is_not_written_to() -> None:
    bad = Contact(post="s151", name="X", email="x@eastmere.example.gov.uk", phone="07700 900102")
    case = a_case(contacts=(bad,))
    (notice,) = notices_for(case, case, happened("recovery-offered"))
    assert [one.email for one in notice.addresses] == [None]


def test_a_changed_contact_is_told_to_the_old_one_and_the_new_one() -> None:
    old = Contact(post="cio", name="Old", email="old@personal.example.org")
    new = Contact(post="cio", name="New", phone="07700 900188")
    event = happened("contact-set", post="cio")
    (notice,) = notices_for(a_case(contacts=(old,)), a_case(contacts=(new,)), event)
    assert [one.name for one in notice.addresses] == ["Old", "New"]


def test_from_the_day_of_the_successor_only_its_contacts_are_written_to() -> None:
    ours = Contact(post="s151", name="Theirs", email="s@personal.example.org", council="XHD")
    ended = Successor(code="XHD", from_on=f"{NOON:%Y-%m-%d}", order="stands")
    later = Successor(code="XHD", from_on="2027-04-01", order="stands")
    event = happened("case-opened")

    def names(case: Case) -> list[str]:
        return [one.name for one in notices_for(case, case, event)[0].addresses]

    assert names(a_case(successor=ended, contacts=(ours,))) == ["Theirs"]
    assert names(a_case(successor=ended)) == []
    assert names(a_case(successor=later, contacts=(ours,))) == ["Joanna Hale"]


def test_a_successor_takes_over_at_midnight_in_london() -> None:
    ours = Contact(post="s151", name="Theirs", email="s@personal.example.org", council="XHD")
    successor = Successor(code="XHD", from_on="2027-04-01", order="stands")
    case = a_case(successor=successor, contacts=(ours,))

    def first(at: str) -> str:
        event = happened("case-opened").but(at=datetime.fromisoformat(at))
        return notices_for(case, case, event)[0].addresses[0].name

    assert first("2027-03-31T22:59:59Z") == "Joanna Hale"
    assert first("2027-03-31T23:00:00Z") == "Theirs"  # 1 April, 00:00 BST


def test_the_ncsc_never_reads_of_money() -> None:
    case = a_case()
    for event in ("case-closed", "service-declined", "case-reopened"):
        found = notices_for(case, case, happened(event, reason="The bill is 9,000 pounds."))
        (update,) = [one for one in found if one.role == "ncsc"]
        assert "9,000" not in str(update.context)


def test_words_of_people_carry_no_link_and_no_machine() -> None:
    case = a_case()
    reason = "See https://evil.example/x or mail a@evil.example; host 10.0.0.5 sent it."
    found = notices_for(
        case, case, happened("decision-recorded", result="duplicate", reason=reason)
    )
    assert all(
        bad not in str(one.context) for one in found for bad in ("://", "a@", "evil.", "10.0.0.5")
    )


@pytest.mark.parametrize(("facts", "told"), [({"own": True}, OTHER), ({}, "")])
def test_a_duplicate_names_the_case_that_goes_on_only_to_its_own_council(
    facts: dict[str, bool], told: str
) -> None:
    case = a_case()
    event = happened(
        "decision-recorded", result="duplicate", of=OTHER, reason="It is known already.", **facts
    )
    (notice,) = [one for one in notices_for(case, case, event) if one.role == "council"]
    assert notice.context["goes_on"] == told
    assert (OTHER in str(notice)) is bool(told)


def test_a_phone_task_names_the_notices_that_wait() -> None:
    waiting = Told(key="k9", notice="activation-confirmed", role="council", channels=("email",))
    case = a_case(notices=(waiting,))
    (notice,) = notices_for(case, case, happened("phone-task-opened", notices=("k9",)))
    assert notice.context["notices"] == ["activation-confirmed"]

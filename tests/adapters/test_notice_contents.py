"""Every notice of the guide (section i) exists, goes where it must, and says what it must say.

The table is written by hand from the guide. What no notice may ever do is tested over the whole
catalogue, here and in ``test_rendering``.
"""

import re

import pytest

from adapters.check_words import CheckWords
from adapters.rendering import TEMPLATES, Templates
from domain.case import Case
from domain.engagement import Engagement
from domain.notice import Channel
from domain.notices import CATALOGUE, Entry, notices_for
from domain.phase import Phase
from tests.adapters.test_rendering import DUTY_LINE, KEY, TO, in_full, notice_of, page, rendered
from tests.notice_moments import MOMENTS, a_case, happened, moment_of, name_of

ENTRIES = pytest.mark.parametrize("entry", MOMENTS.values(), ids=list(MOMENTS))
MAIL: tuple[Channel, ...] = ("email",)
MAIL_AND_SMS: tuple[Channel, ...] = ("email", "sms")
PAGE_AND_MAIL: tuple[Channel, ...] = ("page", "email")
SIGNED: tuple[Channel, ...] = ("provider-message",)
SIGNED_AND_PAGE: tuple[Channel, ...] = ("provider-message", "page")

STAFF = {
    "new-case": "triage-officer",
    "case-assigned": "triage-officer",
    "hand-over-request": "triage-officer",
    "approval-request": "senior-approver",
    "approval-refused": "triage-officer",
    "spend-request": "senior-approver",
    "spend-refused": "incident-manager",
    "phase-exit-proposed": "incident-manager",
    "failover-advised": "incident-manager",
    "phone-task": "triage-officer",
}
PAGES = ("clock-warning", "clock-breached", "alarm", "escalation-digest")
WAYS: dict[str, dict[str, tuple[Channel, ...]]] = {
    "report-receipt": {"council": MAIL_AND_SMS},
    **{notice: {role: PAGE_AND_MAIL} for notice, role in STAFF.items()},
    "category-request": {"ncsc": MAIL},
    "ncsc-update": {"ncsc": MAIL},
    "information-request": {"council": MAIL_AND_SMS},
    "information-reminder": {"council": MAIL_AND_SMS},
    "activation-confirmed": {"council": MAIL_AND_SMS},
    "decision-not-qualified": {"council": MAIL_AND_SMS},
    "decision-out-of-scope": {"council": MAIL},
    "decision-false-positive": {"council": MAIL},
    "decision-duplicate": {"council": MAIL},
    "decision-reversed": {"council": MAIL_AND_SMS},
    "council-corrected": {"council": MAIL_AND_SMS},
    "contact-changed": {"council": MAIL_AND_SMS},
    "exercise-notice": {"council": MAIL_AND_SMS},
    "call-out": {"provider": SIGNED_AND_PAGE},
    "stand-down": {"provider": SIGNED_AND_PAGE},
    "category-changed": {"provider": SIGNED_AND_PAGE},
    "provider-changed": {"council": MAIL_AND_SMS},
    "phase-changed": {"council": MAIL},
    "returned-to-containment": {"council": MAIL, "provider": SIGNED},
    "phase-exit-accepted": {"provider": SIGNED},
    "phase-exit-rejected": {"provider": SIGNED},
    "service-declined": {"council": MAIL_AND_SMS},
    "case-withdrawn": {"council": MAIL_AND_SMS},
    "recovery-offer": {"council": MAIL},
    "recovery-reminder": {"council": MAIL},
    "recovery-confirmed": {"council": MAIL, "provider": SIGNED, "finance": MAIL},
    "recovery-not-taken": {"council": MAIL, "provider": SIGNED},
    "recovery-stopped": {"council": MAIL, "provider": SIGNED, "finance": MAIL},
    "commitment": {"finance": MAIL},
    "spend-alert": {"council": MAIL, "incident-manager": MAIL, "senior-approver": MAIL},
    "ico-reminder": {"council": MAIL_AND_SMS},
    "ico-overdue": {"council": MAIL_AND_SMS},
    "final-report-reminder": {"provider": SIGNED},
    "case-closing": {"council": MAIL},
    "case-closed": {"council": MAIL, "provider": SIGNED},
    "case-reopened": {"council": MAIL},
}
"""Recipients and channels, as the guide's table has them; *page, email* is what staff get."""

LATER = "BY WHEN\n.*(Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday) "
MUST_SAY: dict[str, tuple[str, ...]] = {
    "report-receipt": (
        "CIR-2026-000123", "not a decision yet", "report the incident to the NCSC",
        "decides whether to tell the Information Commissioner's Office", "National Crime Agency",
        "the police", "regional WARP", "72 hours", "0300 123 2040", "Report Fraud",
        "once Action Fraud", "press 9, day and night", "danger to life, ring 999",
        "Do not use any email account",
    ),
    "new-case": ("cir triage acknowledge", LATER),
    "case-assigned": ("cir case show", "deadline"),
    "hand-over-request": ("cir handling accept-hand-over", LATER),
    "approval-request": (
        "cir triage approve-discretionary", "cir triage reject-discretionary", LATER
    ),
    "approval-refused": ("cir triage decide", "still to be decided", LATER),
    "spend-request": ("cir money authorise-spend", "cir money reject-spend", LATER),
    "spend-refused": ("cir money request-spend", "£60,000.00"),
    "phase-exit-proposed": (
        "cir response accept-phase-exit", "cir response reject-phase-exit", LATER
    ),
    "failover-advised": ("cir provider fail-over", "30 minutes"),
    "phone-task": ("cir handling record-delivery", "report-receipt", LATER),
    "category-request": ("Our reference: CIR-2026-000123", "Your reference: NCSC-EX-004821",
                         "C1 to C6"),
    "ncsc-update": ("Our reference: CIR-2026-000123", "Your reference: NCSC-EX-004821",
                    "not-qualified", "Two departments cannot work"),
    "information-request": ("Is payroll affected", '"Unknown" is an answer',
                            "not held up at category C1 or C2"),
    "information-reminder": ('"Unknown" is an answer', "not held up at category C1 or C2"),
    "activation-confirmed": (
        "qualifies", "Kestrel Row Incident Services LLP", "within 30 minutes",
        "MHCLG pays for containment", "does not pay for recovery", "You may decline",
        "check-word by text message or say it on the telephone, never by email",
    ),
    "decision-not-qualified": (
        "does not qualify", "Two departments cannot work", "operations: yes", "NCSC's guidance",
        "insurer", "Standard Level", "until Thursday 15 October 2026",
    ),
    "decision-out-of-scope": ("not for your case", "Two departments cannot work"),
    "decision-false-positive": ("not an incident", "Two departments cannot work"),
    "decision-duplicate": ("handled already", "Two departments cannot work", "that case goes on"),
    "decision-reversed": ("What we said", "no longer holds", "What holds now"),
    "council-corrected": ("What we said", "no longer holds", "What holds now"),
    "contact-changed": ("What we said", "no longer holds", "What holds now"),
    "exercise-notice": ("What we said", "no longer holds", "What holds now", "exercise"),
    "call-out": (
        "Eastmere District Council", "Safe contacts", "07700 900101", "Check-word: ",
        "Category: C2", "Reach the council by Thursday 1 October 2026 at 13:30 BST",
    ),
    "stand-down": ("Stop work", "Keep all evidence", "final work items for billing"),
    "category-changed": ("was C3 and is now C2",),
    "provider-changed": (
        "Kestrel Row Incident Services LLP", "new check-word", "never by email",
        "Do not deal with the earlier firm",
    ),
    "phase-changed": ("Containment starts", "MHCLG pays", "When it has stopped spreading"),
    "returned-to-containment": ("back from containment to containment", "MHCLG pays"),
    "phase-exit-accepted": ("in eradication", "MHCLG pays", "Send updates"),
    "phase-exit-rejected": ("not accepted", "Two departments cannot work", "again when"),
    "service-declined": ("recorded", "by the word of", "Thursday 15 October 2026"),
    "case-withdrawn": ("recorded", "by the word of", "opened again"),
    "recovery-offer": (
        "lead: £1,520.00", "Estimate: £36,000.00", "Terms: CIR-RECOVERY-TERMS-1", LATER,
        "s151, chief-executive, authorised-officer", "Silence is not acceptance",
        "your council pays",
    ),
    "recovery-reminder": (
        "lead: £1,520.00", "terms", LATER, "s151, chief-executive, authorised-officer",
        "Silence is not acceptance", "your council pays",
    ),
    "recovery-confirmed": ("Cut-over: Thursday 1 October 2026", "EDC-900412", "£40,000.00"),
    "recovery-not-taken": ("Nothing is chargeable", "from Thursday 1 October 2026"),
    "recovery-stopped": ("Nothing more is chargeable", "from Thursday 1 October 2026"),
    "commitment": ("£60,000.00", "Category: C2", "not a discretionary activation"),
    "spend-alert": ("Logged: £", "Authority: £60,000.00|Order: £40,000.00",
                    "Containment never stops for money", "100 %"),
    "ico-reminder": ("About 23 hours are left", "report in stages", "late report needs its reasons",
                     "We have not reported for you"),
    "ico-overdue": ("72 hours", "report in stages", "late report needs its reasons",
                    "We have not reported for you"),
    "final-report-reminder": ("final report", LATER),
    "case-closing": ("What remains", "outcome: supported", "data", "ring us"),
    "case-closed": ("Outcome: supported", "Return of data", "reopened until"),
    "case-reopened": ("open again", "new decision"),
}  # fmt: skip
"""What each must say, each a pattern that its mail or signed message matches."""


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(DUTY_LINE, CheckWords(KEY))


def test_every_notice_of_the_guide_is_declared_and_no_other() -> None:
    assert {entry.notice for entry in CATALOGUE} == set(WAYS)
    assert set(MUST_SAY) == set(WAYS)


def test_each_goes_to_whom_and_by_what_the_guide_says() -> None:
    declared: dict[str, dict[str, tuple[Channel, ...]]] = {}
    for entry in CATALOGUE:
        declared.setdefault(entry.notice, {})[entry.to] = entry.channels
    assert declared == WAYS


@ENTRIES
def test_a_notice_says_what_it_must_say(entry: Entry, templates: Templates) -> None:
    body = rendered(templates, notice_of(entry)).body
    missing = [p for p in MUST_SAY[entry.notice] if not re.search(p, body)]
    assert missing == []


def test_a_closing_case_tells_the_council_how_we_did_and_the_meeting_that_dfe_proposes(
    templates: Templates,
) -> None:
    body = rendered(templates, notice_of(MOMENTS["case-closed-to-council"])).body
    assert "5 to 10 working days" in body
    assert "Tell us how we did" in body


def test_a_change_of_policy_asks_for_approval_in_its_own_words(templates: Templates) -> None:
    case = a_case()
    facts = {"settings": {"final-report.target_minutes": 7200}, "reason": "It takes longer."}
    (notice,) = notices_for(case, case, happened("policy-change-proposed", **facts))
    body = rendered(templates, notice).body
    assert "cir handling confirm-policy CIR-2026-000123" in body
    assert "final-report.target_minutes" in body


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_clock_true_deadline_how_late_and_how_to_acknowledge(
    name: str, templates: Templates
) -> None:
    words = templates.render_page(name, "Priya Nair", [page(1), page(2)])
    assert "provider-contact" in words.body
    assert "Thursday 1 October 2026 at 03:35 BST" in words.body
    if name == "clock-warning":
        assert "needs no acknowledgement" in words.body
        return
    assert "cir escalation acknowledge CIR-2026-000121 --about provider-contact" in words.body
    assert ("Late by: 4 minutes" in words.body) is (name != "alarm")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_labelled_and_says_so_when_it_is_an_exercise(
    name: str, templates: Templates
) -> None:
    rows = [page(1).but(exercise=True), page(2).but(exercise=True)]
    words = templates.render_page(name, "Priya Nair", rows)
    label = "OFFICIAL-SENSITIVE TLP:AMBER+STRICT EXERCISE"
    assert words.subject.startswith(label)
    assert words.body.splitlines()[0] == label
    assert words.sms.startswith(label)


# never


PEOPLE = ("Joanna Hale", "Peter Lund", "Amira Sayed", "Sorcha Byrne")
CONTACTS = r"personal\.example\.org|07700 900|01632 9601"


@ENTRIES
def test_nothing_personal_goes_out_beyond_the_addressees_name(
    entry: Entry, templates: Templates
) -> None:
    """A call-out alone names people: it gives the provider the safe contacts it is to ring."""
    if entry.notice == "call-out":
        return
    everything = in_full(rendered(templates, notice_of(entry)))
    named = [one for one in PEOPLE if one in everything.replace(TO.name, "")]
    assert named == []
    assert (TO.name in everything) is (entry.to == "council")
    assert not re.search(CONTACTS, everything)


OTHERS = ("Westmarsh Borough Council", "XWM", "Harrowfield County Council")
HOSTED = {
    "council.others_affected": [*OTHERS],
    "council.shared_host": "Fenland Hosting of Westmarsh Borough Council",
    "council.shared_supplier": "Harrowfield County Council Digital",
}


@ENTRIES
def test_no_other_council_is_ever_named(entry: Entry, templates: Templates) -> None:
    hosted = a_case(report_changes=HOSTED).report
    m = moment_of(entry)
    among = m._replace(before=m.before.but(report=hosted), after=m.after.but(report=hosted))
    words = rendered(templates, entry.made_of(among))
    assert [other for other in OTHERS if other in in_full(words)] == []


def affected(case: Case) -> Case:
    """Return the case with every mailbox in the affected system, whoever it belongs to."""
    bad = "someone@mail.eastmere.example.gov.uk"
    everybody = {
        "reporter.contact_email": bad,
        "contacts": [
            {"post": post, "name": "Anybody", "email": bad, "phone": "07700 900199"}
            for post in ("s151", "dpo", "chief-executive", "cio", "authorised-officer")
        ],
    }
    report = a_case(report_changes=everybody).report
    contacts = tuple(one.but(email=bad) for one in case.contacts)
    council = case.council.but(safe_contacts=(bad, "01632 960300"))
    return case.but(report=report, contacts=contacts, council=council)


@ENTRIES
def test_no_way_leads_to_a_mailbox_that_the_attacker_may_read(
    entry: Entry, templates: Templates
) -> None:
    m = moment_of(entry)
    notice = entry.made_of(m._replace(before=affected(m.before), after=affected(m.after)))
    assert [one.email for one in notice.addresses if one.email] == []
    assert "@mail.eastmere" not in in_full(rendered(templates, notice))


@ENTRIES
def test_no_notice_carries_a_link_of_any_kind(entry: Entry, templates: Templates) -> None:
    everything = in_full(rendered(templates, notice_of(entry)))
    assert not re.search(r"https?:|www\.|mailto:|javascript:|<a\b|href", everything, re.IGNORECASE)


# plain English, as GOV.UK writes it

WOODEN = (
    r"\bplease note\b|\butili[sz]e|\bin order to\b|\bcommence|\bvia\b|\be\.g\.|\bi\.e\.|\betc\b"
    r"|\bhereby\b|\bherein\b|\bprior to\b|\bensure that\b|\bregarding\b|\bleverage"
    r"|\bgoing forward\b|\bclick here\b|\bASAP\b"
)
LONGEST = 25
"""Words in a sentence, as the GOV.UK style guide asks [published]."""


@ENTRIES
def test_a_notice_is_in_plain_english(entry: Entry, templates: Templates) -> None:
    body = rendered(templates, notice_of(entry)).body
    assert re.findall(WOODEN, body, re.IGNORECASE) == []
    assert "!" not in body
    sentences = re.split(r"(?<=[.:;?])\s+|\n", body)
    long = [one for one in sentences if len(one.split()) > LONGEST]
    assert long == []


# moments that the walk above does not reach


def test_a_text_of_the_activation_has_the_check_word_and_the_mail_never(
    templates: Templates,
) -> None:
    for name in ("activation-confirmed-to-council", "provider-changed-to-council"):
        notice = notice_of(MOMENTS[name])
        word = CheckWords(KEY).of(str(notice.context["call_out"]))
        assert word in rendered(templates, notice, "sms").sms
        assert word not in in_full(rendered(templates, notice, "email"))


@pytest.mark.parametrize("phase", [Phase.ASSESSMENT, Phase.CLOSED])
def test_a_case_that_never_had_a_provider_tells_none(phase: Phase) -> None:
    case = a_case(phase=phase, engagement=Engagement())
    told = notices_for(case, case, happened("case-closed"))
    assert "provider" not in {one.role for one in told}


def test_every_entry_has_a_name_of_its_own() -> None:
    assert len({name_of(entry) for entry in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("months", "says"), [(12, "for 12 months"), (1, "for 1 month "), (0, "for a while")]
)
def test_a_withdrawal_says_how_long_by_the_cases_own_policy(
    months: int, says: str, templates: Templates
) -> None:
    case = a_case(phase=Phase.CLOSING)
    case = case.but(policy=case.policy.with_settings({"reopen.window_months": months}))
    withdrawn = notices_for(case, case, happened("case-withdrawn"))[0]
    assert says in rendered(templates, withdrawn).body


NUMBERED = re.compile(r"\b\d+ (to \d+ )?(minute|hour|day|month|working)", re.IGNORECASE)
BY_LAW = {
    "failover-advised/body.txt": "30 minutes",  # published, and no setting
    "ico-overdue/body.txt": "72 hours",  # the UK GDPR's own
    "report-receipt/body.txt": "72 hours",
}


def test_no_template_holds_a_number_that_the_policy_holds() -> None:
    found = {
        f"{path.parent.name}/{path.name}": NUMBERED.findall(path.read_text(encoding="utf-8"))
        for path in TEMPLATES.rglob("*.txt")
    }
    assert {name for name, numbers in found.items() if numbers} == set(BY_LAW)
    for name, number in BY_LAW.items():
        assert number in (TEMPLATES / name).read_text(encoding="utf-8")

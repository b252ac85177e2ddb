"""The notices a council gets, each declared once. They go to safe contacts only."""

from collections.abc import Callable
from dataclasses import replace

from domain import notice_money_words as money
from domain import notice_words as words
from domain.notice import Moment
from domain.notice_addresses import (
    data_protection_contact,
    main_contact,
    old_and_new_contact,
    recovery_contact,
)
from domain.notice_entry import MAIL, MAIL_AND_SMS, SPEND, STEPS, Entry, When, Whom, Words, always
from domain.phase import CLS, ERA

NOT_TEXTED = 5
"""The generation of rules from which on a decision that ends a case otherwise is only mailed."""

ENDS_IN_CLOSING = (
    "phase-exit-accepted",
    "recovery-rejected",
    "recovery-lapsed",
    "recovery-not-offered",
    "recovery-stopped",
)


def told(
    notice: str,
    on: tuple[str, ...],
    says: str,
    context: Words = words.nothing_more,
    *,
    when: When = always,
    whom: Whom = main_contact,
) -> Entry:
    """Return the entry of a notice to the council, by mail and SMS together."""
    return Entry(notice, "council", on, says, MAIL_AND_SMS, context, when, whom)


def by_mail(entry: Entry) -> Entry:
    """Return the entry by mail alone: nothing in it is in a hurry."""
    return replace(entry, channels=MAIL)


def _plainly(entry: Entry) -> Entry:
    """Return the entry by mail alone; at first such a decision was texted as well."""
    return replace(by_mail(entry), texted_before=NOT_TEXTED)


def first_of_activation(m: Moment) -> bool:
    """Tell whether nobody had been assigned in the present activation before."""
    return not m.before.engagement.assigned


def _result(result: str) -> Callable[[Moment], bool]:
    return lambda m: m.text("result") == result


def _later_in_activation(m: Moment) -> bool:
    return not first_of_activation(m)


def _starts_work(m: Moment) -> bool:
    """Tell whether containment or eradication begins; recovery has notices of its own."""
    return m.event.type == "scope-agreed" or m.after.phase is ERA


def _into_closing(m: Moment) -> bool:
    return m.after.phase is CLS and m.before.phase is not CLS


def _order_crossed(m: Moment) -> bool:
    return money.crossed(m, "B") > 0


def _council_told(m: Moment) -> bool:
    return any(one.role == "council" for one in m.before.notices)


COUNCIL: tuple[Entry, ...] = (
    told(
        "report-receipt",
        ("case-opened",),
        "That the report arrived and is not yet decided.",
        words.report_received,
    ),
    told(
        "council-corrected",
        ("council-corrected",),
        "That the case stood under another council and no longer does.",
    ),
    told(
        "information-request",
        ("information-requested",),
        "The questions, and until when we wait.",
        words.questions_asked,
    ),
    told(
        "information-reminder", STEPS, "That the questions are still open.", words.answers_awaited
    ),
    told(
        "decision-not-qualified",
        ("decision-recorded",),
        "That it does not qualify, why, and how to ask again.",
        words.decided,
        when=_result("not-qualified"),
    ),
    _plainly(
        told(
            "decision-out-of-scope",
            ("decision-recorded",),
            "That the service is not for this, and why.",
            words.decided,
            when=_result("out-of-scope"),
        )
    ),
    _plainly(
        told(
            "decision-false-positive",
            ("decision-recorded",),
            "That it was no incident, and why.",
            words.decided,
            when=_result("false-positive"),
        )
    ),
    _plainly(
        told(
            "decision-duplicate",
            ("decision-recorded",),
            "That the incident is handled already, and in which case, if it is its own.",
            words.decided_duplicate,
            when=_result("duplicate"),
        )
    ),
    told(
        "decision-reversed",
        ("decision-reversed",),
        "That the decision no longer holds and is taken anew.",
        words.taken_back,
    ),
    told(
        "activation-confirmed",
        ("provider-assigned",),
        "That it qualifies, who rings and by when.",
        words.activated,
        when=first_of_activation,
    ),
    told(
        "provider-changed",
        ("provider-assigned",),
        "That another firm rings now.",
        words.activated,
        when=_later_in_activation,
    ),
    told(
        "service-declined",
        ("service-declined",),
        "That the decline was recorded, and until when it may come back.",
        words.declined,
    ),
    told(
        "case-withdrawn",
        ("case-withdrawn",),
        "That the withdrawal was recorded, and how to come back.",
        words.withdrawn,
    ),
    by_mail(
        told(
            "phase-changed",
            ("scope-agreed", "phase-exit-accepted"),
            "Which phase starts and who pays.",
            words.phase_moved,
            when=_starts_work,
        )
    ),
    by_mail(
        told(
            "returned-to-containment",
            ("returned-to-containment",),
            "That the response goes back to containment, and why.",
            words.back_to_containment,
        )
    ),
    by_mail(
        told(
            "recovery-offer",
            ("recovery-offered",),
            "Rates, estimate, terms and the date for the answer.",
            money.offered,
            whom=recovery_contact,
        )
    ),
    by_mail(
        told(
            "recovery-reminder",
            STEPS,
            "That the offer waits for an answer.",
            money.offer_waits,
            whom=recovery_contact,
        )
    ),
    by_mail(
        told(
            "recovery-confirmed",
            ("recovery-accepted",),
            "From when the council pays, and on which order.",
            money.confirmed,
            whom=recovery_contact,
        )
    ),
    by_mail(
        told(
            "recovery-not-taken",
            ("recovery-rejected", "recovery-lapsed"),
            "That the offer is over and nothing is chargeable.",
            money.not_taken,
            whom=recovery_contact,
        )
    ),
    by_mail(
        told(
            "recovery-stopped",
            ("recovery-stopped",),
            "That recovery stops, and from when nothing more is chargeable.",
            money.stopped_recovery,
            whom=recovery_contact,
        )
    ),
    by_mail(
        told(
            "spend-alert",
            SPEND,
            "How much of the council's order is used.",
            money.spent_of_order,
            when=_order_crossed,
            whom=recovery_contact,
        )
    ),
    told(
        "ico-reminder",
        STEPS,
        "How long the council has left to tell the ICO.",
        money.ico,
        whom=data_protection_contact,
    ),
    told("ico-overdue", STEPS, "That 72 hours are over.", money.ico, whom=data_protection_contact),
    told(
        "contact-changed",
        ("contact-set", "council-succeeded"),
        "Which contact changed.",
        words.contact_moved,
        whom=old_and_new_contact,
    ),
    told(
        "exercise-notice",
        ("exercise-marked",),
        "That what we sent was an exercise.",
        words.nothing_more,
        when=_council_told,
    ),
    by_mail(
        told(
            "case-closing",
            ENDS_IN_CLOSING,
            "That the response is over, and what remains.",
            money.closing,
            when=_into_closing,
        )
    ),
    by_mail(
        told(
            "case-closed",
            ("case-closed",),
            "The outcome, and how to reopen.",
            money.closed,
        )
    ),
    by_mail(
        told(
            "case-reopened",
            ("case-reopened",),
            "That the case is open again, and why.",
            money.reopened,
        )
    ),
)
"""Every notice to a council."""

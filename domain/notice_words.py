"""What each notice says: the facts its template is given, taken from the case and one event.

Every function returns every key its template reads: a blank never goes out. Free text of people is
made harmless here, so that no template has to remember it.
"""

from datetime import datetime

from pydantic import JsonValue

from domain.clocks.working_time import add_working
from domain.harmless import harmless, harmless_line
from domain.notice import Context, Moment
from domain.notice_addresses import every_contact
from domain.phase import Phase
from domain.value import utc_text


def common(m: Moment) -> Context:
    """Return what every notice may say: the reference, whether it is an exercise, the council."""
    return {
        "reference": m.after.reference,
        "exercise": m.after.exercise,
        "council": harmless_line(m.after.council.name),
        "category": m.after.category.value,
        "phase": m.after.phase.value,
        "happened_at": utc_text(m.event.at),
    }


def nothing_more(m: Moment) -> Context:  # noqa: ARG001  (every words function has one signature)
    """Return nothing besides what every notice says."""
    return {}


def due(m: Moment, clock: str) -> str:
    """Return when a clock that this event starts falls due; in its own run, when it has one."""
    if getattr(m.event, "clock", None) == clock:
        return running_due(m, clock)
    length = m.after.policy.target(clock)
    return utc_text(m.event.at + length)


def working_due(m: Moment, clock: str) -> str:
    """Return the same for a clock that counts working time."""
    policy = m.after.policy
    return utc_text(add_working(m.event.at, policy.target(clock), policy.working_hours))


def running_due(m: Moment, clock: str) -> str:
    """Return when the latest run of a clock falls due; empty when it never started."""
    run = m.after.latest_clock(clock) or m.before.latest_clock(clock)
    return "" if run is None else utc_text(run.due_at)


def ico_due(m: Moment) -> str:
    """Return until when the council may tell the ICO: 72 hours from awareness [published]."""
    return utc_text(m.after.aware_at + m.after.policy.target("ico-report"))


def window_end(m: Moment, window: str) -> str:
    """Return when a window that this event opens ends."""
    return utc_text(m.after.policy.window_end(window, m.event.at))


def reason(m: Moment) -> str:
    """Return the reason that was given, harmless."""
    return harmless(m.text("reason"))


def provider_name(m: Moment, provider: str | None) -> str:
    """Return a provider's name; its id when the case does not know it any more."""
    known = m.after.provider(provider)
    return known.name if known is not None else (provider or "the provider")


def engaged(m: Moment) -> str | None:
    """Return the provider on the case, or the last one that was."""
    engagement = m.after.engagement
    return engagement.provider or engagement.last_provider or m.before.engagement.provider


def named(m: Moment) -> str | None:
    """Return the provider the event names, else the one on the case."""
    return m.text("provider") or engaged(m)


def stood_down(m: Moment) -> str | None:
    """Return the provider that the event stands down."""
    return m.text("provider") or m.before.engagement.provider or engaged(m)


def _line(value: JsonValue | None) -> str:
    return "" if value is None else harmless_line(str(value))


def _inner(m: Moment, field: str, key: str) -> str:
    """Return ``field.key`` of the event as a harmless line; empty when it is not there."""
    value = m.facts.get(field)
    return _line(value.get(key)) if isinstance(value, dict) else ""


# intake and triage


def report_received(m: Moment) -> Context:
    """Say when it came, and until when the council may tell the ICO."""
    affected = m.after.report.personal_data
    return {
        "received_at": utc_text(m.after.received_at),
        "personal_data": affected,
        "ico_due_at": ico_due(m),
        "warp": _line(m.after.council.warp),
    }


def case_waits(m: Moment) -> Context:
    """Say what an officer must know to take a case."""
    received = m.after.received_at
    target = m.after.policy.target("triage-acknowledgement")
    return {
        "due_at": utc_text(received + target),
        "incident": m.after.report.incident.type,
        "life_risk": m.after.report.life_risk,
        "safe_contact": m.after.report.has_safe_contact,
    }


def questions_asked(m: Moment) -> Context:
    """Say the questions, and until when we wait."""
    asked = m.facts.get("questions")
    lines = asked if isinstance(asked, list) else []
    return {"questions": [_line(q) for q in lines], "due_at": due(m, "information-reply")}


def answers_awaited(m: Moment) -> Context:
    """Say since when answers are awaited, and until when."""
    run = m.after.latest_clock("information-reply")
    asked_at = m.event.at if run is None else run.started_at
    return {"asked_at": utc_text(asked_at), "due_at": running_due(m, "information-reply")}


def category_asked(m: Moment) -> Context:
    """Say the NCSC's own reference, where we have it."""
    report = m.after.report
    referral = report.source.channel == "ncsc-referral"
    theirs = report.ncsc.reference or (report.source.reference if referral else None)
    return {"their_reference": _line(theirs)}


def told_ncsc(m: Moment) -> Context:
    """Say what was decided and why; never money, so other reasons than the decision's stay here."""
    decides = m.event.type in ("decision-recorded", "decision-reversed")
    return {
        **category_asked(m),
        "what": m.event.type,
        "result": m.text("result"),
        "outcome": "" if m.after.outcome is None else m.after.outcome.value,
        "discretionary": m.after.decision is not None and m.after.decision.discretionary,
        "reason": reason(m) if decides else "",
    }


def decided(m: Moment) -> Context:
    """Say why, against the tests, and until when the council may come back with new facts."""
    tests = m.facts.get("tests")
    answers = tests if isinstance(tests, dict) else {}
    return {
        "reason": reason(m),
        "tests": {name: _line(answer) for name, answer in answers.items()},
        "again_until": window_end(m, "reassess-watch"),
    }


def decided_duplicate(m: Moment) -> Context:
    """Say why; and which case goes on, if it is the council's own: no other's is ever named."""
    return {**decided(m), "goes_on": m.text("of") if m.facts.get("own") is True else ""}


def taken_back(m: Moment) -> Context:
    """Say what the decision was that no longer holds."""
    was = m.before.decision
    return {
        "reason": reason(m),
        "said": m.text("result") or ("" if was is None else was.result),
        "due_at": due(m, "decision"),
    }


def approval_asked(m: Moment) -> Context:
    """Say what waits for a second person: a discretionary activation or a change of policy."""
    policy = m.event.type == "policy-change-proposed"
    settings = m.facts.get("settings")
    return {
        "about": "policy" if policy else "discretionary",
        "reason": reason(m),
        "settings": settings if isinstance(settings, dict) else {},
        "due_at": "" if policy else running_due(m, "decision"),
    }


def approval_refused(m: Moment) -> Context:
    """Say why, and until when the case must be decided."""
    return {"reason": reason(m), "due_at": running_due(m, "decision")}


# activation and providers


def activated(m: Moment) -> Context:
    """Say who rings and by when; the call-out is what check-words are made from."""
    return {
        **called_out(m),
        "discretionary": m.after.decision is not None and m.after.decision.discretionary,
    }


def called_out(m: Moment) -> Context:
    """Say which provider, by when it reaches the council, and which call-out this is."""
    provider = named(m)
    minutes = m.after.policy.target("provider-contact").total_seconds() / 60
    return {
        "provider": provider_name(m, provider),
        "contact_due_at": due(m, "provider-contact"),
        "contact_minutes": max(round(minutes), 1),
        "call_out": f"{m.after.reference}/{provider}/{utc_text(m.event.at)}",
    }


def asked_to_help(m: Moment) -> Context:
    """Say to the provider which council it helps, whom to ring, and by when."""
    contacts: list[JsonValue] = [
        {"name": harmless_line(one.name), "email": one.email or "", "phone": one.phone or ""}
        for one in every_contact(m)
    ]
    return {
        **called_out(m),
        "contacts": contacts,
        "acknowledge_due_at": due(m, "provider-acknowledgement"),
        "is_life_risk": m.after.report.life_risk,
    }


def declined(m: Moment) -> Context:
    """Say by whose word (their post), and until when the council may come back."""
    return {
        "post": _inner(m, "said_by", "post"),
        "why": m.text("why"),
        "again_until": window_end(m, "offer-open"),
        "closed": m.after.phase is Phase.CLOSED,
    }


def withdrawn(m: Moment) -> Context:
    """Say by whose word (their post), and until when the case may be opened again."""
    return {
        "post": _inner(m, "said_by", "post"),
        "again_until": window_end(m, "reopen"),
        "reopen_months": m.after.policy.setting("reopen.window_months"),
        "closed": m.after.phase is Phase.CLOSED,
    }


def stopped(m: Moment) -> Context:
    """Say to the provider that it stops here."""
    return {"provider": provider_name(m, stood_down(m)), "reason": reason(m)}


def category_moved(m: Moment) -> Context:
    """Say what the category was, is, and how often updates are due from now on."""
    interval = m.after.policy.update_interval(
        m.after.category, m.event.at - m.after.entered_at
    ).total_seconds()
    in_containment = m.after.phase is Phase.CONTAINMENT
    return {
        "was": m.before.category.value,
        "update_hours": round(interval / 3600, 1) if in_containment else 0,
    }


def failover_advised(m: Moment) -> Context:
    """Say who has been silent since when."""
    call_out = m.after.engagement.call_out
    since = m.event.at if call_out is None else call_out.called_at
    return {"provider": provider_name(m, engaged(m)), "called_at": utc_text(since)}


# response


def phase_moved(m: Moment) -> Context:
    """Say which phase ended, which began, and who is the provider."""
    return {
        "was": m.before.phase.value,
        "provider": provider_name(m, engaged(m)),
        "not_met": list(m.before.exit.not_met) if m.before.exit is not None else [],
    }


def exit_proposed(m: Moment) -> Context:
    """Say which criteria are not met, and until when an answer is due."""
    pending = m.after.exit
    return {
        "not_met": [] if pending is None else list(pending.not_met),
        "due_at": due(m, "phase-exit-answer"),
    }


def exit_rejected(m: Moment) -> Context:
    """Say why the phase goes on."""
    return {"reason": reason(m)}


def back_to_containment(m: Moment) -> Context:
    """Say what made it necessary."""
    return {
        "trigger": m.text("trigger"),
        "was": m.before.phase.value,
        "provider": provider_name(m, engaged(m)),
    }


def at_provider(m: Moment) -> Context:
    """Say until when the final report is due."""
    return {"due_at": running_due(m, "final-report")}


# handling


def case_given(m: Moment) -> Context:
    """Say that the case is somebody's from now on."""
    return {"owner": m.text("owner") or (m.after.owner or "")}


def hand_over_asked(m: Moment) -> Context:
    """Say what is open, and until when it must be accepted."""
    actions = m.facts.get("open_actions")
    lines = actions if isinstance(actions, list) else []
    return {"open_actions": [_line(a) for a in lines], "due_at": due(m, "hand-over")}


def to_be_rung(m: Moment) -> Context:
    """Say which notices wait for somebody to ring the council, and until when."""
    keys = m.facts.get("notices")
    waiting = keys if isinstance(keys, list) else []
    names = {told.key: told.notice for told in m.after.notices}
    return {
        "notices": [names.get(str(key)) or _line(key) for key in waiting],
        "due_at": due(m, "phone-task"),
    }


def contact_moved(m: Moment) -> Context:
    """Say which contact changed, or that another body takes over, and from when."""
    return {
        "about": "successor" if m.event.type == "council-succeeded" else "contact",
        "post": _line(m.facts.get("post")),
        "from_on": m.text("from_on"),
        "order": m.text("order"),
    }


def instant(at: datetime | None) -> str:
    """Return an instant as text; empty when there is none."""
    return "" if at is None else utc_text(at)

"""Taking a case, asking the council, keeping its answers; that every row is declared once."""

import pytest

from domain.command import Command
from domain.decisions import activation, provider, triage
from domain.decisions.triage import Acknowledge, RecordInfo, RequestInfo
from domain.errors import Code
from domain.people import A, M, P, Role, S, T
from domain.phase import Phase
from tests.builders import (
    ONE,
    SAID_BY,
    a_case,
    a_council,
    a_report,
    applied,
    code_of,
    stamped,
    types,
)

ROWS: dict[str, tuple[str, set[Role]]] = {
    "open-case": ("case open", {S, T}),
    "amend-report": ("triage amend-report", {S, T}),
    "correct-council": ("triage correct-council", {M}),
    "acknowledge": ("triage acknowledge", {T}),
    "request-info": ("triage request-info", {T}),
    "record-info": ("triage record-info", {T}),
    "record-category": ("triage record-category", {T}),
    "decide": ("triage decide", {T}),
    "propose-discretionary": ("triage propose-discretionary", {T}),
    "approve-discretionary": ("triage approve-discretionary", {A}),
    "reject-discretionary": ("triage reject-discretionary", {A}),
    "withdraw-proposal": ("triage withdraw-proposal", {T}),
    "reassess": ("triage reassess", {T}),
    "reverse-decision": ("triage reverse-decision", {M}),
    "assign-provider": ("activation assign-provider", {S, M}),
    "decline-service": ("activation decline-service", {T}),
    "re-offer-service": ("activation re-offer-service", {T}),
    "withdraw": ("activation withdraw", {T}),
    "agree-scope": ("activation agree-scope", {P, T}),
    "provider-acknowledged": ("provider provider-acknowledged", {P, T}),
    "contact-attempted": ("provider contact-attempted", {P, T}),
    "contact-made": ("provider contact-made", {P, T}),
    "provider-declined": ("provider provider-declined", {P, M}),
    "fail-over": ("provider fail-over", {M}),
}


def test_every_row_of_the_three_groups_is_declared() -> None:
    assert triage.PARTS
    assert activation.AssignProvider.group == "activation"
    assert provider.PARTS
    declared = {name: Command.registry[name] for name in ROWS}
    assert {
        name: (f"{c.group} {c.verb or name}", set(c.who)) for name, c in declared.items()
    } == ROWS


@pytest.mark.parametrize("name", ROWS)
def test_each_says_in_one_sentence_what_it_does(name: str) -> None:
    command = Command.registry[name]
    assert command.__doc__ is not None
    assert command.__doc__.count("\n") == 0
    own = {field for field in command.model_fields if field not in Command.model_fields}
    assert all(command.model_fields[field].description for field in own)


def test_who_acknowledges_a_case_owns_it() -> None:
    events = stamped(Acknowledge, by="tomas").decide(a_case(), ONE)
    assert types(events) == ("case-acknowledged",)
    case = applied(a_case(), events)
    assert (case.owner, case.phase, case.entered_at) == ("tomas", Phase.ASSESSMENT, ONE)


def ask(*questions: str) -> RequestInfo:
    return stamped(RequestInfo, questions=questions or ("Is payroll affected?",), channel="phone")


def test_questions_to_the_council_are_kept() -> None:
    case = a_case(Phase.ASSESSMENT)
    events = ask("Is payroll affected?", "Are backups\x1b[31m safe?").decide(case, ONE)
    assert types(events) == ("information-requested",)
    assert events[0].model_dump(exclude={"at"}) == {
        "questions": ("Is payroll affected?", "Are backups safe?"),
        "channel": "phone",
    }
    assert applied(case, events) == case


def test_a_council_without_a_safe_contact_cannot_be_asked() -> None:
    only_compromised = a_report(
        reporter__contact_email="jo@eastmere.example.gov.uk", reporter__phone=None
    )
    case = a_case(Phase.ASSESSMENT, report=only_compromised)
    assert code_of(ask(), case) is Code.NO_SAFE_CONTACT
    known = case.but(council=a_council(safe_contacts=("01632 960199",)))
    assert types(ask().decide(known, ONE)) == ("information-requested",)


def test_answers_are_kept_with_who_said_them() -> None:
    case = a_case(Phase.ERADICATION)
    command = stamped(RecordInfo, answers="Payroll is due on Friday.", said_by=SAID_BY)
    events = command.decide(case, ONE)
    assert types(events) == ("information-recorded",)
    recorded = events[0].model_dump(mode="json", exclude_none=True)
    assert (recorded["answers"], recorded["said_by"]) == ("Payroll is due on Friday.", SAID_BY)

"""Explanations after each step of the shared stories, held against the rules that decide."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.case import Case
from domain.clocks.catalogue import CATALOGUE
from domain.command import Command, Rows
from domain.decider import decide
from domain.errors import Code, Refused
from domain.explaining.clock_stories import setting_of
from domain.explaining.explanation import CommandLine, RefusalLine
from domain.explaining.record import Record, rebuilt
from domain.phase import END
from domain.settling import advance
from tests.builders import OTHER, STAFF, WHY, stamped
from tests.domain.guide_rows import LETTERS, ROWS
from tests.explaining import STORIES, stops

GIVEN: dict[str, dict[str, Any]] = {
    "accept-phase-exit": {"council_agreed_by": "Joanna Hale, Head of ICT"},
    "decide": {"of": OTHER},
    "record-category": {"category": "C6"},
    "request-spend": {"amount_pence": 10**10},
}
"""What a person would give so that only the case itself can refuse."""

OF_THE_INPUT = {
    Code.AMOUNT_NOT_HIGHER,
    Code.AUTHORITY_NEEDED,
    Code.BEFORE_CASE,
    Code.CATEGORY_SOURCE_NOT_ALLOWED,
    Code.COUNCIL_NOT_AGREED,
    Code.CRITERIA_INCOMPLETE,
    Code.DESK_ONLY,
    Code.EVIDENCE_NEEDED,
    Code.INVALID_INPUT,
    Code.IN_THE_FUTURE,
    Code.KEY_REUSED,
    Code.NOT_FOR_YOU,
    Code.NOTHING_CHANGED,
    Code.NOT_THE_PROVIDER,
    Code.PO_NEEDED,
    Code.REASON_NEEDED,
    Code.ROLE_NOT_ALLOWED,
    Code.RUNG_NOT_YOURS,
    Code.SAME_PERSON,
    Code.STALE_VERSION,
    Code.UNKNOWN_PERSON,
    Code.UNKNOWN_PACK,
}
"""Refusals about what was given or by whom: no case can foresee them."""


ANOTHER_WOULD_DO = ("billing-acknowledged", "offer-recovery", "fail-over")
"""Lawful commands that a story gives with another pack or card than the one that would do."""


def given(case: Case, line: CommandLine, refusal: RefusalLine | None, at: datetime) -> None:
    """Give a command for real, as the refusal says, by somebody who may."""
    row = ROWS[line.command]
    inputs = {**row.inputs, **GIVEN.get(line.command, {}), **(refusal.inputs if refusal else {})}
    letter = next(one for one in row.who if one not in "SP")
    role = LETTERS[letter]
    staff = (one for one, roles in STAFF.items() if role in roles and one not in line.not_by)
    by = line.person if line.only else next(staff, case.engagement.provider or "alder")
    rows = Rows(staff=STAFF, cases=(OTHER, case.reference))
    reason = WHY if row.reasoned else None
    command = stamped(
        Command.registry[line.command], str(by), (role,), rows, **{**inputs, "reason": reason}
    )
    decide(advance(case, at, through=False).case, command, at)


every_story = pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)


@every_story
def test_an_open_case_always_has_somebody_who_must_act_and_may(path: Path) -> None:
    for stop in stops(path):
        says = stop.says
        lawful = [act for act in says.next if act.lawful]
        assert (stop.case.phase is END) == (not lawful), (stop.step.n, says.next)
        known = {line.command: line for line in says.commands}
        assert all(known[act.command].lawful == act.lawful for act in says.next)


@every_story
def test_every_refusal_told_is_the_one_that_is_really_met(path: Path) -> None:
    met = 0
    for stop in stops(path):
        for line in stop.says.commands:
            for refusal in line.refusals:
                with pytest.raises(Refused) as caught:
                    given(stop.case, line, refusal, stop.at)
                really = (caught.value.code, caught.value.message)
                assert really == (refusal.code, refusal.message), (stop.step.n, line.command)
                met += 1
    assert met


@every_story
def test_nothing_that_was_taken_was_foretold_as_refused(path: Path) -> None:
    for stop in stops(path):
        line = next((x for x in stop.says.commands if x.command == stop.step.command), None)
        if line is None or stop.answer["outcome"] != "ok" or stop.answer["repeated"]:
            continue
        assert line.lawful, stop.step.n
        same = [r for r in line.refusals if r.inputs.items() <= stop.step.input.items()]
        assert not [r for r in same if r.inputs], stop.step.n


@every_story
def test_what_was_refused_for_the_case_s_sake_was_foretold(path: Path) -> None:
    for stop in stops(path):
        line = next((x for x in stop.says.commands if x.command == stop.step.command), None)
        code = stop.answer["code"]
        if line is None or code is None or Code(code) in OF_THE_INPUT:
            continue
        if line.lawful and stop.step.command in ANOTHER_WOULD_DO:
            continue
        assert code in [refusal.code for refusal in line.refusals], (stop.step.n, code)


@every_story
def test_what_led_out_of_a_phase_was_told_to_lead_on(path: Path) -> None:
    moved = [s for s in stops(path) if s.answer["phase"] != s.case.phase and not s.answer["code"]]
    for stop in moved:
        assert stop.case.phase in Command.registry[stop.step.command].leads_on, stop.step.n
        assert stop.step.command in [line.command for line in stop.says.commands], stop.step.n
    assert moved


@every_story
def test_every_clock_names_what_started_it_and_the_number_it_runs_by(path: Path) -> None:
    for stop in stops(path):
        record = Record(stop.facts)
        for clock in stop.says.clocks:
            run = next(r for r in stop.case.clocks if r.id == f"{clock.clock}#{clock.instance}")
            assert clock.started_by is not None, clock
            starts = CATALOGUE[clock.clock].starts
            assert clock.started_by.type in starts or any("entering" in one for one in starts)
            setting = setting_of(stop.case, run, record.started(run), record)
            assert clock.target.setting == setting
            changed = record.latest("policy-changed") is not None
            assert clock.target.basis in ("published", "our default", "this case")
            assert clock.target.basis != "this case" or changed


@every_story
def test_every_page_says_who_was_reached_and_why(path: Path) -> None:
    for stop in stops(path):
        pages = stop.says.pages
        asked = [f for f in stop.facts if f.type in ("page-due", "page-superseded")]
        assert len(pages) == len(asked)
        assert all(page.people and page.why for page in pages if not page.superseded)
        waiting = {p.about.rsplit("#", 1)[0] for p in pages if p.waits}
        acts = {a.about.removeprefix("page:") for a in stop.says.next if a.about[:5] == "page:"}
        assert acts == waiting


@every_story
def test_the_record_alone_gives_the_same_explanation(path: Path) -> None:
    last = stops(path)[-1]
    case = rebuilt(last.case.reference, last.facts, last.case.providers, last.case.policy)
    known = {"version": last.case.version, "moved_by": last.case.moved_by}
    known["answered"] = last.case.answered
    assert case.but(**known) == last.case

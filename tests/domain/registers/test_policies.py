"""The policy as a register: nothing of its file is lost; a change of it is read line by line."""

from datetime import datetime

import pytest

from domain.policy_file import PolicyFile
from domain.policy_file import read as read_file
from domain.registers import policies
from domain.registers.around import Around
from domain.registers.catalogue import REGISTERS
from domain.registers.entries import InvalidRegisterError
from settings import ROOT
from tests.builders import NOON

DEFAULT = (ROOT / "policy" / "default.toml").read_text()
DEMO = (ROOT / "policy" / "demo.toml").read_text()
DECISION = '"decision.target_minutes" = { value = 120, source = "our default" }'
POLICY = REGISTERS["policy"]


def shipped() -> PolicyFile:
    return read_file(DEFAULT)


def doubts(text: str, at: datetime = NOON) -> tuple[str, ...]:
    entries = POLICY.read(text, DEFAULT)
    return POLICY.judged(entries, tuple(one.row for one in entries), Around(), at)


@pytest.mark.parametrize("text", [DEFAULT, DEMO])
def test_nothing_a_file_says_is_lost(text: str) -> None:
    said = read_file(text, DEFAULT)
    back = policies.file_of(policies.rows_of(said))
    assert back.model_dump(exclude={"based_on"}) == said.model_dump(exclude={"based_on"})


def test_a_change_is_read_line_by_line_with_its_source() -> None:
    other = DECISION.replace("120", "90").replace("our default", "our default: agreed")
    entries = POLICY.read(DEFAULT.replace(DECISION, other), DEFAULT)
    found = POLICY.difference(policies.rows_of(shipped()), tuple(one.row for one in entries), NOON)
    (line,) = found.changed
    assert (line.key, line.title) == ("decision.target_minutes", "90 minutes (our default: agreed)")
    assert [(one.field, one.before, one.after) for one in line.fields] == [
        ("value", "120", "90"),
        ("source", "our default", "our default: agreed"),
    ]


def test_a_bank_holiday_is_added_by_its_name() -> None:
    day = '{ on = 2031-01-01, name = "New Year\'s Day" },\n]'
    head, _, tail = DEFAULT.rpartition("]")
    entries = POLICY.read(f"{head}  {day}{tail}", DEFAULT)
    found = POLICY.difference(policies.rows_of(shipped()), tuple(one.row for one in entries), NOON)
    assert [(one.key, one.title) for one in found.added] == [
        ("bank_holiday.2031-01-01", "New Year's Day")
    ]
    assert [one.key for one in found.changed] == ["bank_holidays"]


def test_a_file_with_faults_is_refused_with_every_one() -> None:
    text = DEFAULT.replace(DECISION, DECISION.replace("120", "-1")).replace('kind = "live"', "")
    with pytest.raises(InvalidRegisterError) as refused:
        POLICY.read(text, DEFAULT)
    told = " ".join(refused.value.problems)
    assert "decision.target_minutes: -1 is not between" in told
    assert "kind: is missing." in told


def test_what_is_lawful_and_doubtful_is_said() -> None:
    assert doubts(DEFAULT) == ()
    (speed,) = doubts(DEMO)
    assert "a demo policy: real cases would run 240 times as fast as life" in speed
    (reach,) = doubts(DEFAULT, NOON.replace(year=2035))
    assert "Bank holidays have to reach" in reach


def test_a_setting_added_since_is_as_shipped() -> None:
    rows = policies.rows_of(shipped())
    older = tuple(row for row in rows if row["name"] != "decision.target_minutes")
    assert policies.is_complete(rows)
    assert not policies.is_complete(older)
    whole = policies.completed(older, shipped())
    assert policies.file_of(whole).model_dump() == shipped().model_dump()

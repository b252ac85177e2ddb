"""A case that runs is asked itself how it stands, and answers without anything being written."""

import pytest

from adapters.temporal.asking import CaseAsker, CaseGoneError
from domain.explaining.explained import explained
from domain.fact import Fact
from tests import live
from tests.explaining import numbers

pytestmark = pytest.mark.server


async def test_a_case_tells_how_it_stands(office: live.Office) -> None:
    case = await office.open()
    await case.give("acknowledge")
    await case.settled()
    state = await CaseAsker(office.client).state(case.reference)
    assert state == await case.state()
    rows = await case.facts()
    known = [{k: v for k, v in row.items() if k in Fact.model_fields} for row in rows]
    facts = [Fact.model_validate(row) for row in known]
    says = explained(state, facts, numbers(), live.utc_now())
    started = {one.clock: one.started_by for one in says.clocks}
    assert "decide" in [one.command for one in says.next]
    assert [one for one in started.values() if one is None] == []
    assert len(await case.facts()) == state.seq


async def test_a_case_that_temporal_does_not_hold_is_gone(office: live.Office) -> None:
    with pytest.raises(CaseGoneError):
        await CaseAsker(office.client).state("CIR-2026-909090")

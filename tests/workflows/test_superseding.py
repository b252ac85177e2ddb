"""A decision reversed before anybody was told: what was not sent never goes, and says so."""

import pytest

from tests import live
from tests.live import Ask

pytestmark = pytest.mark.server


async def test_a_confirmation_that_went_is_answered(own_office: live.Office) -> None:
    case = await own_office.open()
    await case.give("acknowledge")
    await case.decide()
    await case.fact("clock-met", clock="council-confirmation")
    await case.settled()
    why = "It was activated by mistake: the wrong council."
    await case.give("reverse-decision", Ask(by="priya"), reason=why)
    await case.settled()
    facts = [fact["type"] for fact in await case.facts()]
    assert "notice-superseded" not in facts
    assert len(own_office.mails("council")) == 3

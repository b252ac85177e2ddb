"""A decision reversed before anybody was told: what was not sent never goes, and says so."""

from pathlib import Path

import pytest
from temporalio.client import Client

from tests import live
from tests.live import Ask

pytestmark = pytest.mark.server


async def test_an_unsent_confirmation_is_superseded_and_the_reversal_goes_out(
    client: Client, tmp_path: Path
) -> None:
    async with live.office(client, tmp_path) as there:
        there.settings.outbox.mkdir(parents=True)
        in_the_way = there.settings.outbox / "council"
        in_the_way.write_text("not a folder\n")
        async with live.worker_of(there):
            case = await there.open()
            await case.give("acknowledge")
            await case.decide()
            await case.fact("notice-due", notice="activation-confirmed")
            why = "It was activated by mistake: the wrong council."
            await case.give("reverse-decision", Ask(by="priya"), reason=why)
            gone = await case.fact("notice-superseded", notice="activation-confirmed")
            assert (gone["by"], gone["payload"]["by"]) == ("system", "decision-reversed")
            in_the_way.unlink()

            async def told() -> bool:
                return len(there.mails("council")) == 2

            await live.until(told, "the receipt and the reversal to reach the council")
            await case.settled()
            shown = await there.cases.show(case.reference)
            assert shown is not None
            states = {
                line["state"]
                for line in shown["notices"]
                if (line["notice"], line["to_role"]) == ("activation-confirmed", "council")
            }
            assert states == {"superseded"}
            mails = there.mails("council")
            assert any("no longer holds" in mail for mail in mails)
            assert not any("qualifies for the Cyber" in mail for mail in mails)


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

"""Packs and finance's answers, over HTTP: rejected, sent anew, acknowledged twice."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError

from domain.errors import Code
from settings import ROOT
from tests import live
from tests.databases import Database
from tests.live import Ask, LiveCase
from tests.partner_server import SECRET, PartnerDay, partner_server
from tests.record_histories import command_line, give

pytestmark = pytest.mark.server


@pytest.fixture
async def day() -> PartnerDay:
    day = PartnerDay()
    day.go_on.set()
    return day


@pytest.fixture
async def there(
    client: Client, tmp_path: Path, database: Database, day: PartnerDay
) -> AsyncIterator[live.Office]:
    """Give an office whose packs leave by HTTP."""
    (tmp_path / "secret").write_text(SECRET)
    with partner_server(day) as address:
        desk = {"url": address, "secret_file": str(tmp_path / "secret")}
        async with live.at_work(client, database, finance=desk) as office:
            yield office


async def handed_off(there: live.Office, **changes: Any) -> LiveCase:
    """Return a case whose first pack was handed off, walked as the demo's."""
    case = await there.open(**changes)
    for step in json.loads((ROOT / "examples" / "demo.json").read_text())["steps"][3:]:
        name, inputs = command_line(step["cir"])
        await give(there, case, name, step["as"], **inputs, **step.get("input", {}))
        if step.get("wait_for_call_out"):
            await case.fact("provider-called-out")
        if name == "hand-off-billing":
            return case
    raise AssertionError("The demo hands no pack off.")


async def packs(day: PartnerDay, number: int) -> list[dict[str, Any]]:
    """Wait until finance has ``number`` packs and return them."""

    async def found() -> bool:
        return len(day.contents("billing-pack")) == number

    await live.until(found, f"pack {number} to be at finance")
    return day.contents("billing-pack")


def items(pack: dict[str, Any]) -> list[str]:
    document = pack["pack"]["document"]
    parts = [part for ledger in "AB" for part in document[ledger]["items"]]
    return sorted(item["item"] for item in parts)


async def test_what_finance_rejects_goes_in_the_next_pack_and_its_answer_twice_is_harmless(
    there: live.Office, day: PartnerDay
) -> None:
    case = await handed_off(there)
    (first,) = await packs(day, 1)
    assert (first["key"], items(first)) == (
        f"{case.reference}/billing/1",
        ["DEMO-1", "DEMO-2", "DEMO-3"],
    )
    finance = Ask(by="sam", key="finance/1/billing-rejected")
    reason = "The contract reference is missing."
    for _ in range(2):
        answer = await case.give("billing-rejected", finance, pack=1, reason=reason)
        assert answer.ok
    await give(there, case, "hand-off-billing", "priya")
    second = (await packs(day, 2))[1]
    assert (second["key"], items(second)) == (f"{case.reference}/billing/2", items(first))

    finance = Ask(by="sam", key="finance/2/billing-acknowledged")
    versions = {
        (await case.give("billing-acknowledged", finance, pack=2, finance_ref="FIN-EX-2")).version
        for _ in range(2)
    }
    assert len(versions) == 1
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await case.give("billing-acknowledged", Ask(by="sam"), pack=2, finance_ref="FIN-EX-2")
    assert Code.ALREADY_ACKNOWLEDGED in str(refused.value.cause)
    await case.settled()
    kinds = [fact["type"] for fact in await case.facts()]
    assert [kinds.count(kind) for kind in ("billing-rejected", "billing-acknowledged")] == [1, 1]
    assert [pack.state for pack in (await case.state()).money.packs] == ["rejected", "acknowledged"]
    assert day.ids == [first["key"], second["key"]]


async def test_a_pack_of_an_exercise_ends_in_the_sink(there: live.Office, day: PartnerDay) -> None:
    case = await handed_off(there, exercise=True)
    await case.settled()
    sink = there.settings.outbox.with_name("outbox-exercises")
    assert (sink / "finance" / case.reference / "pack-1" / "pack.json").exists()
    assert day.came == []

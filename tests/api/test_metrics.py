"""The service in numbers: right, there when zero, and silent about who and where."""

from activities.comparing import Found
from adapters.database.findings import Findings
from domain.phase import Phase
from domain.view import EscalationLine
from tests.api.test_reads import show
from tests.builders import OTHER, REFERENCE
from tests.databases import Clock
from tests.desk import REPORT, DeskHouse


async def numbers(desk: DeskHouse) -> dict[str, float]:
    """Return every number by its name and labels."""
    reply = await desk.get("/metrics")
    assert reply.status == 200
    lines = (line for line in reply.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


async def test_an_empty_service_says_zero_and_not_nothing(desk: DeskHouse) -> None:
    found = await numbers(desk)
    assert found.pop("cir_watchkeeper_age_seconds") == float("inf")
    assert set(found.values()) == {0}
    phases = {f'cir_open_cases{{phase="{one.value}"}}' for one in Phase if one != "closed"}
    assert phases <= found.keys()


async def test_cases_pages_findings_and_backlog_are_counted(desk: DeskHouse) -> None:
    page = EscalationLine(clock="decision", rung=2, unacknowledged=True)
    taken = page.model_copy(update={"unacknowledged": False})
    await show(desk, escalations=(page, taken))
    await show(desk, case=OTHER, exercise=True, escalations=(page,))
    await Findings(desk.engine, Clock()).stamp()
    one = Found(
        key=f"{REFERENCE}/watch/tampered/run", case=REFERENCE, about="alarm:record-tampered",
        rung=2, says="terminated", exercise=False,
    )  # fmt: skip
    findings = Findings(desk.engine, Clock())
    await findings.keep((one,))
    await findings.paged(one.key, 1, 3)
    await desk.post("/cases", REPORT)
    found = await numbers(desk)
    assert found['cir_open_cases{phase="assessment"}'] == 1
    assert found['cir_unacknowledged_pages{rung="L2"}'] == 1
    assert found['cir_unacknowledged_pages{rung="L3"}'] == 1
    assert found["cir_findings"] == 1
    assert found["cir_intake_backlog"] == 1
    assert 0 < found["cir_watchkeeper_age_seconds"] < float("inf")


async def test_no_label_says_who_or_where(desk: DeskHouse) -> None:
    await show(desk)
    await desk.post("/cases", REPORT)
    text = (await desk.get("/metrics")).text
    council = REPORT["council"]
    for planted in (REFERENCE, *(str(one) for one in council.values())):
        assert planted not in text


async def test_a_stranger_reads_nothing(desk: DeskHouse) -> None:
    reply = await desk.get("/metrics", "no-token")
    assert reply.error["code"] == "unknown-person"

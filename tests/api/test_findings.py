"""What the watchkeeper found, as people see it, and how they take it while no case answers."""

from activities.comparing import Found
from adapters.database.findings import Findings
from tests.api.test_reads import show
from tests.builders import REFERENCE
from tests.databases import Clock
from tests.desk import DeskHouse

ABOUT = "alarm:record-tampered"
FOUND = Found(
    key=f"{REFERENCE}/watch/tampered/run-1",
    case=REFERENCE,
    about=ABOUT,
    rung=2,
    says="the run of this case is terminated",
    exercise=False,
)


async def find(desk: DeskHouse) -> None:
    """Put a finding on record that was paged once."""
    findings = Findings(desk.engine, Clock())
    await findings.keep((FOUND,))
    await findings.paged(FOUND.key, 1, 2)


async def test_a_finding_is_in_the_inbox_and_among_the_pages(desk: DeskHouse) -> None:
    await find(desk)
    helen = await desk.token_of("helen")
    (line,) = (await desk.get("/inbox", helen)).json
    assert line["case"] == REFERENCE
    assert line["what"] == f"{ABOUT}: {FOUND.says}"
    assert line["command"] == f"cir escalation acknowledge {REFERENCE} --about {ABOUT}"
    (page,) = (await desk.get("/escalations", helen)).json
    assert (page["case"], page["clock"], page["rung"]) == (REFERENCE, ABOUT, 2)


async def test_it_is_nothing_for_somebody_who_may_not_take_it(desk: DeskHouse) -> None:
    await find(desk)
    assert (await desk.get("/inbox")).json == []


async def test_somebody_takes_it_with_temporal_away_and_it_stays_in_sight(desk: DeskHouse) -> None:
    await show(desk)
    await find(desk)
    helen = await desk.token_of("helen")
    body = {"about": ABOUT, "idempotency_key": "i-have-it"}
    reply = await desk.post(f"/cases/{REFERENCE}/acknowledge-escalation", body, helen)
    assert reply.status == 200, reply.text
    assert reply.json["ok"] is True
    assert (await desk.get("/escalations", helen)).json == []
    lines = [one for one in (await desk.get("/inbox", helen)).json if ABOUT in one["what"]]
    assert [one["mine"] for one in lines] == [True]


async def test_a_triage_officer_cannot_take_it(desk: DeskHouse) -> None:
    await show(desk)
    await find(desk)
    body = {"about": ABOUT, "idempotency_key": "not-mine"}
    reply = await desk.post(f"/cases/{REFERENCE}/acknowledge-escalation", body)
    assert reply.error["code"] == "rung-not-yours"

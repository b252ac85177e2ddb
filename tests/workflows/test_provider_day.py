"""A day of a provider's messages, lawful, late, doubled and forged, beside the rules alone."""

import json
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random  # noqa: TID251  (seeded: the same day in every run)
from typing import Any

import pytest
from temporalio.client import Client

from domain.case import Case
from domain.decider import build, carry_out
from domain.errors import Refused
from domain.view import ledgers_of
from stack.layout import Ports
from tests import live
from tests.databases import Databases
from tests.desk import REPORT
from tests.live import LiveCase
from tests.outside import signed
from tests.town import Town, a_town

pytestmark = pytest.mark.server

MESSAGES = 120
SEED = 20261123

KINDS = (*("lawful",) * 6, "late", "late", "doubled", "forged", "stale", "other firm")


@pytest.fixture
async def town(
    client: Client,
    temporal: Ports,
    databases: Databases,
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("day")
    async with a_town(client, temporal, databases, kind, folder, burst=10**6) as made:
        yield made


ALWAYS: dict[str, tuple[int, str | None]] = {
    "forged": (401, "bad-signature"),
    "stale": (401, "stale"),
    "other firm": (403, "not-the-provider"),
}
"""What is answered whatever the case is like."""


def what_is_said(dice: Random, number: int) -> dict[str, Any]:
    """Return a command with its inputs, not always one that can be taken."""
    today = live.utc_now().date().isoformat()
    work = {
        "command": "log-work",
        "item": f"A-{dice.randrange(number + 1)}",
        "date": today,
        "grade": dice.choice(("lead", "senior", "senior", "analyst", "wizard")),
        "minutes": dice.choice((0, 30, 60, 90, 480)),
        "phase": dice.choice(("containment", "containment", "eradication")),
        "description": "Isolated hosts.",
    }
    return dice.choice(
        (
            {"command": "provider-acknowledged"},
            {"command": "contact-attempted", "channel": "phone", "result": "no answer"},
            {"command": "contact-made", "with_whom": "Joanna Hale", "channel": "phone"},
            {"command": "agree-scope", "summary": "Contain it.", "agreed_by": "Joanna Hale"},
            {"command": "provider-update", "summary": "Two hosts rebuilt."},
            work,
            work,
            work,
        )
    )


class Day:
    """The endpoint and the rules, told the same."""

    def __init__(self, town: Town, case: LiveCase, model: Case) -> None:
        self.town = town
        self.case = case
        self.model = model
        self.counts: Counter[str] = Counter()

    async def message(self, kind: str, number: int, said: dict[str, Any]) -> None:
        """Send one message and compare its answer with what it must be."""
        inputs = {**said, "idempotency_key": f"day-{number}"}
        if kind == "late":
            at = live.utc_now() - timedelta(minutes=40)
            inputs |= {"occurred_at": at.isoformat(), "evidence": "The call log."}
        signer = {"forged": "nobody", "other firm": "kestrel"}.get(kind, "alder")
        door = "kestrel" if kind == "other firm" else "alder"
        body = json.dumps({**inputs, "case": self.case.reference}).encode()
        age = timedelta(minutes=6 if kind == "stale" else 0)
        headers = signed(body, signer, f"day-{number}", age)
        desk, path = self.town.desk, f"/providers/{door}/messages"
        reply = await desk.ask("POST", path, body, headers)
        expected = ALWAYS[kind] if kind in ALWAYS else self._by_the_rules(inputs)
        code = None if reply.status == 200 else reply.error["code"]
        assert (reply.status, code) == expected, (kind, said, reply.text)
        self.counts[f"{kind}: {'accepted' if code is None else 'refused'}"] += 1
        if kind == "doubled":
            again = await desk.ask("POST", path, body, headers)
            assert (again.status, again.json) == (reply.status, reply.json)
            self.counts["doubled: again"] += 1

    def _by_the_rules(self, inputs: dict[str, Any]) -> tuple[int, str | None]:
        """Return what the rules by themselves answer, and let the model go on."""
        told = {name: value for name, value in inputs.items() if name != "command"}
        command = build(inputs["command"], {**told, "by": "alder"})
        stamped = self.town.office.stamped(self.case.reference, command)
        try:
            done = carry_out(self.model, stamped, live.utc_now(), str(command.idempotency_key))
        except Refused as refused:
            return {"not-allowed": 403, "conflict": 409}.get(refused.kind, 422), refused.code
        self.model = done.settled.case
        return 200, None


async def test_a_day_of_messages_leaves_the_case_as_the_rules_say(town: Town) -> None:
    early = (live.utc_now() - timedelta(hours=1)).isoformat()
    case = await town.called_out("alder", source={**REPORT["source"], "received_at": early})
    await case.settled()
    day, dice = Day(town, case, await case.state()), Random(SEED)  # noqa: S311  (a test's day)
    for number in range(MESSAGES):
        await day.message(dice.choice(KINDS), number, what_is_said(dice, number))
    await case.settled()
    found = await case.state()
    assert (found.phase, found.version) == (day.model.phase, day.model.version)
    assert ledgers_of(found) == ledgers_of(day.model)
    assert found.money.items == day.model.money.items
    assert sum(count for name, count in day.counts.items() if "accepted" in name) > MESSAGES / 6
    print(dict(sorted(day.counts.items())))  # noqa: T201  (the figures of the day)

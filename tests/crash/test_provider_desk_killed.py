"""A provider's desk that dies in the middle of a POST: never silence, and the ledger says which."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from activities.notice_ports import message_id
from adapters.database.engine import row_dict
from tests.crash.held_program import HeldProgram
from tests.databases import rows
from tests.e2e.house import QUALIFIES, House, a_house, until
from tests.partner_server import SECRET

CALL_OUTS = """
SELECT * FROM notice WHERE "case" = :c AND notice = 'call-out' AND channel = 'provider-message'
"""
pytestmark = [pytest.mark.crash, pytest.mark.server]


class ProviderDesk(HeldProgram):
    """The program, and what it keeps."""

    def ids(self, case: str, kind: str) -> list[str]:
        """Return the id of every message kept, as often as it came."""
        kept = [json.loads(path.read_text()) for path in sorted(self.folder.glob("*.json"))]
        return [one["webhook-id"] for one in kept if (one["case"], one["type"]) == (case, kind)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderDesk]:
    desk = ProviderDesk("tests.crash.desk_program", tmp_path_factory.mktemp("provider") / "desk")
    desk.start()
    yield desk
    desk.kill()


@pytest.fixture(scope="module")
def house(
    desk: ProviderDesk, tmp_path_factory: pytest.TempPathFactory, stack_database: str | None
) -> Iterator[House]:
    """Run a stack whose messages to both providers go to the desk."""
    home = tmp_path_factory.mktemp("home")
    (home / "secret").write_text(SECRET)
    told = f'url = "http://127.0.0.1:{desk.port}/"\nsecret_file = "{home / "secret"}"\n'
    (home / "cir.toml").write_text(f"[providers.alder]\n{told}[providers.kestrel]\n{told}")
    with a_house(home, "default.toml", stack_database) as running:
        yield running


@pytest.mark.parametrize(("when", "kept"), [("before", 1), ("after", 2)])
def test_a_call_out_arrives_under_one_id_and_the_ledger_says_that_it_may_be_doubled(
    house: House, desk: ProviderDesk, when: str, kept: int
) -> None:
    case = house.open()
    house.ask("triage", "acknowledge", case)
    house.quiet(case)
    desk.hold(when, "call-out")
    house.ask("triage", "decide", case, *QUALIFIES)
    desk.die_while_holding()

    def settled() -> list[dict[str, Any]]:
        found = map(row_dict, rows(house.database, CALL_OUTS, c=case))
        return [row for row in found if row["state"] != "sending" and not row["again"]]

    (row,) = until(settled, "the call-out to be settled")
    assert (row["state"], bool(row["doubled"])) == ("delivered", True)
    ids = desk.ids(case, "call-out")
    assert (len(ids), set(ids)) == (kept, {message_id(row["id"])})

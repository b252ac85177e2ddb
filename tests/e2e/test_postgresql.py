"""The whole stack over a PostgreSQL server, by configuration alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import ROOT
from stack.layout import LOOPBACK, free_ports
from tests.databases import Database, Databases, rows
from tests.e2e.house import House, a_house
from tests.postgresql import PASSWORD

pytestmark = pytest.mark.server

SECRET = "swordfish"  # noqa: S105  (of nobody)
POLICY = ROOT / "policy" / "default.toml"


@pytest.fixture(scope="module")
def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give an empty database on a server."""
    with databases.empty("postgresql", tmp_path_factory.mktemp("served")) as made:
        yield made


@pytest.fixture(scope="module")
def house(served: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a stack over it."""
    with a_house(tmp_path_factory.mktemp("home"), "default.toml", served.url) as running:
        yield running


def test_a_case_is_opened_and_on_record_there(house: House, served: Database) -> None:
    case = house.open()
    house.ask("triage", "acknowledge", case)
    assert house.show(case)["phase"] == "assessment"
    query = 'SELECT count(*) AS facts FROM case_event WHERE "case" = :c'
    assert rows(served.url, query, c=case)[0].facts == len(house.facts(case))
    assert not (house.data / "cir.sqlite").exists()


def test_the_doctor_says_where_the_record_is(house: House) -> None:
    told = {row["part"]: row for row in house.cir("doctor").data}
    assert told["database"]["ok"] is True
    assert "postgresql+psycopg://cir:***@" in told["database"]["says"]


def test_the_password_is_in_no_file_log_or_process_list(house: House, served: Database) -> None:
    secrets = (PASSWORD.encode(), served.url.partition("cir:")[2].partition("@")[0].encode())
    places = [path for path in house.home.rglob("*") if path.is_file()]
    places += [Path(f"/proc/{house.running.pid(part)}/cmdline") for part in ("worker", "desk")]
    assert [path for path in places if any(one in path.read_bytes() for one in secrets)] == []


def test_the_same_home_does_not_come_up_over_another_database(house: House) -> None:
    answer = House(house.home, POLICY).cir("local", "up")
    assert answer.code == 1
    assert "are on record in postgresql://" in answer.error["message"]


def test_a_reset_says_that_the_record_stays(house: House) -> None:
    answer = house.cir("local", "reset")
    assert answer.code == 2
    assert "Their record in postgresql://" in answer.error["message"]
    assert house.running.is_ready


def test_with_the_server_away_nothing_is_started_and_the_reason_is_told(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://cir:{SECRET}@{LOOPBACK}:{free_ports(1)[0]}/cir"
    house = House(tmp_path, POLICY, url)
    answer = house.cir("local", "up")
    assert answer.code == 1
    assert "was not reached" in answer.error["message"]
    assert "CIR_DATABASE_URL" in answer.error["message"]
    assert SECRET not in answer.out + answer.err
    assert not (house.data / "state.json").exists()
    told = {row["part"]: row for row in house.cir("doctor").data}
    assert "was not reached" in told["database"]["says"]

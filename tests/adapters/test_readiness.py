"""What a person is told of a database that does not do; the password never is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command

from adapters.database.migrate import migrate
from adapters.database.readiness import DatabaseNotReadyError, check_ready, shown
from adapters.database.schema import configuration
from settings import ROOT
from stack.layout import LOOPBACK, free_ports
from tests.databases import Database, Databases, rows, url_of

SECRET = "swordfish"  # noqa: S105  (of nobody)


def nobody_there() -> str:
    """Return the address of a server that does not run."""
    return f"postgresql+psycopg://cir:{SECRET}@{LOOPBACK}:{free_ports(1)[0]}/cir"


def test_one_that_can_be_worked_with_says_where_it_is(database: Database) -> None:
    (at,) = rows(database.url, "SELECT version_num FROM alembic_version")
    assert check_ready(database.url) == f"{shown(database.url)}: reached, schema {at.version_num}"


def test_one_without_a_schema_says_what_to_run(
    databases: Databases, kind: str, tmp_path: Path
) -> None:
    with databases.empty(kind, tmp_path) as made, pytest.raises(DatabaseNotReadyError) as said:
        check_ready(made.url)
    assert "has no schema yet" in str(said.value)
    assert "python -m adapters.database.migrate" in str(said.value)
    assert not list(tmp_path.iterdir())


def test_one_that_is_older_than_the_program_says_so(database: Database) -> None:
    command.downgrade(configuration(database.url), "0001")
    with pytest.raises(DatabaseNotReadyError, match="is at schema 0001"):
        check_ready(database.url)


def test_one_that_is_ahead_of_the_program_will_do(database: Database) -> None:
    rows(database.url, "UPDATE alembic_version SET version_num = '9999'")
    assert "schema 9999" in check_ready(database.url)


def test_one_that_does_not_answer_says_why_and_what_to_do() -> None:
    url = nobody_there()
    for work in (check_ready, migrate):
        with pytest.raises(DatabaseNotReadyError) as said:
            work(url)
        assert "was not reached" in str(said.value)
        assert "refused" in str(said.value)
        assert "CIR_DATABASE_URL" in str(said.value)
        assert SECRET not in str(said.value)


def test_a_wrong_password_is_told_and_not_shown(databases: Databases) -> None:
    right = databases.cluster.url_of("migrated")
    wrong = f"postgresql+psycopg://cir:{SECRET}@{right.rpartition('@')[2]}"
    with pytest.raises(DatabaseNotReadyError, match="password authentication failed") as said:
        check_ready(wrong)
    assert SECRET not in str(said.value)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", f"mysql://cir:{SECRET}@example.org/cir", "sqlite:///of-no-driver-of-ours"],
)
def test_what_is_no_address_is_answered_with_the_form_of_one(url: str) -> None:
    with pytest.raises(DatabaseNotReadyError, match="postgresql\\+psycopg://USER") as said:
        check_ready(url)
    assert SECRET not in str(said.value)


def test_neither_password_nor_options_are_shown() -> None:
    url = f"postgresql+psycopg://cir:{SECRET}@db.example.org/cir?password={SECRET}"
    assert shown(url) == "postgresql+psycopg://cir:***@db.example.org/cir"


@pytest.mark.parametrize("program", ["migrate", "readiness"])
def test_the_programs_say_it_in_one_line(program: str) -> None:
    done = run(program, nobody_there())
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert SECRET not in done.stderr


def test_the_programs_take_the_address_from_the_environment(database: Database) -> None:
    assert run("migrate", database.url).returncode == 0
    assert run("readiness", database.url).stdout.strip() == check_ready(database.url)


def test_without_an_address_they_say_what_to_set() -> None:
    assert "Set CIR_DATABASE_URL" in run("readiness", "").stderr


def test_a_file_in_a_folder_that_is_not_there_is_made_with_it(tmp_path: Path) -> None:
    url = url_of(tmp_path / "new" / "cir.sqlite")
    migrate(url)
    assert "reached" in check_ready(url)


def run(program: str, url: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of the database's with its address in the environment."""
    return subprocess.run(
        [sys.executable, "-m", f"adapters.database.{program}"],
        cwd=ROOT,
        env={**os.environ, "CIR_DATABASE_URL": url},  # noqa: TID251  (handed on)
        text=True,
        capture_output=True,
        check=False,
    )

"""A line of the log says what happened to which case, and nothing that was told in confidence."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from logs import Lines, Plain

SECRET = "Odessa Plantagenet 07700 900784"  # noqa: S105  (fictional)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines())
    log = logging.getLogger("cir.tests")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    yield stream
    log.removeHandler(handler)


LOG = logging.getLogger("cir.tests")


def test_a_line_is_an_event_with_its_case(written: io.StringIO) -> None:
    LOG.info("facts-recorded", extra={"case": "CIR-2026-000123", "facts": 3})
    told = json.loads(written.getvalue())
    assert (told["event"], told["case"], told["facts"]) == ("facts-recorded", "CIR-2026-000123", 3)
    assert told["level"] == "info"


def test_a_field_that_nobody_allowed_is_left_out(written: io.StringIO) -> None:
    LOG.info("told", extra={"name_of_reporter": SECRET})
    assert SECRET not in written.getvalue()


def test_what_was_put_into_words_is_left_out(written: io.StringIO) -> None:
    LOG.warning("could not reach %s", SECRET)
    assert json.loads(written.getvalue())["event"] == "could not reach %s"


def test_what_an_exception_says_is_left_out_and_its_kind_and_place_stay(
    written: io.StringIO,
) -> None:
    try:
        try:
            dict[str, str]()[SECRET]
        except KeyError as error:
            raise ValueError(f"{SECRET} is wrong") from error
    except ValueError:
        LOG.exception("broken")
    text = written.getvalue()
    assert "Odessa" not in text
    raised = json.loads(text)["raised"]
    assert [one["type"] for one in raised] == ["ValueError", "KeyError"]
    assert "test_logs.py" in raised[0]["at"][0]


def test_at_a_terminal_it_is_one_plain_line() -> None:
    record = logging.makeLogRecord(
        {"name": "cir", "msg": "part-away", "levelname": "WARNING", "part": "worker"}
    )
    assert "warning part-away logger=cir part=worker" in Plain().format(record)

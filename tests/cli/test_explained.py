"""What ``cir case explain`` shows: one or two screens of 80 columns, from the desk's answer."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk
from tests.cli.test_terminal import EVIL, is_harmless
from tests.explaining import STORIES, end, stop, stops

SCREENS = 2 * 40
SHOWN = """\
CIR-2026-000104  activation
category C3, owner kaya, provider alder, version 5
as it stands at 02 Dec 2026 14:20:00 GMT
Who must act
  was due 02 Dec 14:10 GMT: alder (triage-officer or provider)
    provider-contact waits for the provider to reach the council
    cir provider contact-made CIR-2026-000104
"""


def answer(story: str, step: int) -> dict[str, Any]:
    return stop(story, step).says.model_dump(mode="json")


def shown(cir: Shell, desk: PretendDesk, data: dict[str, Any], *words: str) -> str:
    desk.reads[f"/cases/{CASE}/explanation"] = data
    said = cir("case", "explain", CASE, "-o", "table", *words)
    assert said.code == 0
    return said.out


def test_it_begins_with_who_must_act(cir: Shell, desk: PretendDesk) -> None:
    assert shown(cir, desk, answer("provider-silent-failover", 10)).startswith(SHOWN)


@pytest.mark.parametrize(
    "words",
    [
        "within 30 minutes, day and night [published: MHCLG guidance for councils,",
        "started by provider-called-out (system)",
        "L2 failover-advised 02 Dec 14:25 GMT",
        "it may never be paused",
        "priya has had it since",
        "agree-scope: contact-not-made",
        "council-confirmation met late, by 3 minutes",
    ],
)
def test_it_says_why(cir: Shell, desk: PretendDesk, words: str) -> None:
    told = shown(cir, desk, answer("provider-silent-failover", 10))
    assert words in " ".join(told.split())


def test_times_are_uk_times_unless_asked_otherwise(cir: Shell, desk: PretendDesk) -> None:
    data = answer("bank-holiday-escalations", 14)
    assert "29 Aug 21:30 BST" in shown(cir, desk, data)
    assert "29 Aug 20:30 UTC" in shown(cir, desk, data, "--utc")


def test_every_moment_of_every_story_fits_on_two_screens(cir: Shell, desk: PretendDesk) -> None:
    longest = [max(stops(path), key=lambda s: len(s.says.model_dump_json())) for path in STORIES]
    for there in longest:
        lines = shown(cir, desk, there.says.model_dump(mode="json")).splitlines()
        assert len(lines) <= SCREENS, there.step.n
        assert max(map(len, lines)) <= 80


def test_an_archived_case_says_once_that_it_is(cir: Shell, desk: PretendDesk) -> None:
    told = shown(cir, desk, end("ransomware-c2-recovery").says.model_dump(mode="json"))
    assert told.count("is archived") == 1
    assert "Who must act\n  Nobody." in told


def test_what_the_record_alone_tells_is_marked(cir: Shell, desk: PretendDesk) -> None:
    data = {**answer("provider-silent-failover", 10), "note": "The case itself did not answer."}
    assert "The case itself did not answer." in shown(cir, desk, data)


def test_json_is_what_the_desk_said(cir: Shell, desk: PretendDesk) -> None:
    data = answer("provider-silent-failover", 10)
    desk.reads[f"/cases/{CASE}/explanation"] = data
    assert cir("case", "explain", CASE).data == data
    assert cir("case", "explain", CASE, "--json").data == data


def test_hostile_words_do_nothing(cir: Shell, desk: PretendDesk) -> None:
    text = json.dumps(answer("provider-silent-failover", 10))
    names = ("kaya", "priya", "alder", "provider-called-out")
    for name in names:
        text = text.replace(f'"{name}"', json.dumps(f"{name}{EVIL}"))
    assert is_harmless(shown(cir, desk, json.loads(text)))

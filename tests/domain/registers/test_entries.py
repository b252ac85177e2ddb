"""Where an entry stands in its file, and that every problem is named at once."""

import json

import pytest

from domain.registers.entries import Entry, InvalidRegisterError, in_few, raw_entries


def test_an_entry_is_known_by_the_line_it_begins_on() -> None:
    text = '[\n  {"id": "a"}, {"id": "b"},\n\n  {"id":\n "c"}\n]\n'
    found = [(one.where, one.row["id"]) for one in raw_entries(text, "people")]
    assert found == [("Line 2", "a"), ("Line 2", "b"), ("Line 4", "c")]


@pytest.mark.parametrize(
    "text", ['{"people": [{"id": "a"}]}', '{"world": {"people": [{"id":"a"}]}}']
)
def test_a_list_may_stand_in_a_world(text: str) -> None:
    assert raw_entries(text, "people") == (Entry(where="Entry 1", row={"id": "a"}),)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Line 1: it is not JSON"),
        ("[\n{},\n{]", "Line 3: it is not JSON"),
        ("[" * 100_000, "nests too deep"),
        ("7", "no list of people"),
        ("null", "no list of people"),
        ("[7]", "no list of people"),
        ("{}", "no list of people"),
        ('{"world": 7}', "no list of people"),
        ('{"people": {"id": "a"}}', "no list of people"),
    ],
)
def test_a_file_without_entries_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidRegisterError, match=says):
        raw_entries(text, "people")


def test_an_empty_list_has_no_entries() -> None:
    assert raw_entries(" [ ] ", "people") == ()


def test_what_could_hurt_a_terminal_is_taken_out_of_every_word() -> None:
    hostile = {"id": "a\x1b[2J", "roles": ["x\x00"], "n": {"k\x07": "v\u202e"}}
    (one,) = raw_entries(json.dumps([hostile]), "people")
    assert one.row == {"id": "a", "roles": ["x"], "n": {"k": "v"}}


def test_twenty_problems_are_told_and_the_others_counted() -> None:
    words = tuple(f"{n}." for n in range(23))
    assert in_few(words).endswith("19. And 3 more.")
    assert InvalidRegisterError(words).problems == words

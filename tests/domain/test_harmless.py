import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.harmless import LEFT_OUT, harmless, harmless_line


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        ("see https://evil.example/x", "see https evil[.]example/x"),
        ("see www.evil.example", "see www[.]evil[.]example"),
        ("write to a@evil.example", "write to a[at]evil[.]example"),
        ("mailto:a@evil.example", "mailto a[at]evil[.]example"),
        ("javascript:alert.now", "javascript alert[.]now"),
        ("exämple.müller", "exämple[.]müller"),
    ],
)
def test_what_looks_like_a_link_is_taken_apart(given_text: str, kept: str) -> None:
    assert harmless(given_text) == kept


@pytest.mark.parametrize(
    "machine",
    ["10.0.0.5", "10.0.0.0/24", "192.168.1.7:3389", "fe80::1", "2001:db8:0:0:0:0:0:1",
     "00:1b:44:11:3a:b7", "00-1B-44-11-3A-B7"],
)  # fmt: skip
def test_the_address_of_a_machine_is_left_out(machine: str) -> None:
    assert harmless(f"host {machine} sent it") == f"host {LEFT_OUT} sent it"


@pytest.mark.parametrize(
    "words",
    [
        "Payroll is due on Friday, 12.30 at the latest.",
        "St. Helens, e.g. housing; 1,900 staff and £1,000.50 by 3.12.2026.",
        "Version 2.1 of it. Then this: that.",
        "=cmd|' /C calc'!A0 \N{HOT BEVERAGE} \N{HEBREW LETTER ALEF}",
        "at 01:20 and 16:40:05",
    ],
)
def test_ordinary_words_stay_as_they_are(words: str) -> None:
    assert harmless(words) == words


def test_one_line_stays_one_line() -> None:
    assert harmless_line("a\r\nb\u2028c\x1b[31m") == "a b c"


@given(st.text(max_size=200))
def test_twice_changes_no_more(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@given(st.from_regex(r"(https?://)?[a-z]{1,8}(\.[a-z]{2,8}){1,3}(/[a-z]{0,5})?", fullmatch=True))
def test_no_name_of_a_host_is_left_whole(link: str) -> None:
    assert "." not in harmless(f"go to {link} now").replace("[.]", "")

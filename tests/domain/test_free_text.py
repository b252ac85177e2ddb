"""What is taken out of free text, and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.free_text import clean_line, clean_words, has_unprintable

NASTY = st.text(
    st.sampled_from("aB[]0;m?\\\x1b\x9b\x9c\x07\x00\r\n\t\x85\u2028\u202e\u2066\ud83d\ude00 ()")
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x7fc\x9ad", "abcd"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x.example\x1b\\link", "link"),
        ("\x1b]0;never ended", "0;never ended"),
        ("in\u202evoice\u202c \u2066x\u2069", "invoice x"),
        ("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
        ("=1+1 🔥 שלום \u200f", "=1+1 🔥 שלום \u200f"),
    ],
)
def test_what_can_hurt_is_taken_out_of_words(text: str, cleaned: str) -> None:
    assert clean_words(text) == cleaned


def test_a_line_stays_one_line() -> None:
    assert clean_line("Marian\r\nBcc: x\u2028y\tz\x1b[2K") == "Marian Bcc: x y z"


@given(NASTY | st.text(st.characters()))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean_words(clean_words(text)) == clean_words(text)
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_words(clean_line(text)) == clean_line(text)


@given(NASTY)
def test_a_clean_line_has_nothing_unprintable_and_can_be_sent(text: str) -> None:
    assert not has_unprintable(clean_line(text))
    assert clean_line(text).encode("utf-8").decode("utf-8") == clean_line(text)

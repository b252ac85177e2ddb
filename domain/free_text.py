"""Free text from outside, made harmless: the few characters that can hurt are taken out.

Emoji, right-to-left text and text that looks like a formula are ordinary text and stay as given;
they are made harmless where they are printed or exported.
"""

import re

_TERMINAL_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor moves
    r"|(?:\x1b[\]P_^X]|[\x9d\x90\x9f\x9e\x98])"  # titles and links, up to their end
    r"[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"  # all other escapes
)
_OVERRIDE = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_BREAK = re.compile(r"\r\n|\r")
_BREAK_OR_TAB = re.compile(r"\r\n|[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UNPRINTABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)


def clean_words(text: str) -> str:
    """Return text of many lines without what can hurt a screen or a reader.

    Taken out: NUL and other control characters, terminal (ANSI) sequences whole, and the direction
    characters U+202A to U+202E and U+2066 to U+2069. Tabs and line ends stay (a carriage return
    becomes a line end); half a surrogate pair becomes U+FFFD. Cleaning twice changes nothing more.
    """
    plain = _LINE_BREAK.sub("\n", _TERMINAL_SEQUENCE.sub("", text))
    return _LONE_SURROGATE.sub("\ufffd", _CONTROL.sub("", _OVERRIDE.sub("", plain)))


def clean_line(text: str) -> str:
    """Return text that stays on one line: as `clean_words`, and line ends and tabs become spaces.

    Names and references go into headings and subject lines, where a line end would start a new one.
    """
    return clean_words(_BREAK_OR_TAB.sub(" ", _TERMINAL_SEQUENCE.sub("", text)))


def has_unprintable(text: str) -> bool:
    """Say whether the text has a character that no address, number, code or reference can have."""
    return _UNPRINTABLE.search(text) is not None


def left(cleaned: str) -> str:
    """Return cleaned text, unless nothing is left of it.

    Raises:
        ValueError: It held nothing that can be shown.
    """
    if not cleaned:
        raise ValueError("Nothing is left once what cannot be shown is taken out; write it again.")
    return cleaned

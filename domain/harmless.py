"""Words of a person or a council made harmless inside a notice: no link, no machine's address.

A notice never carries a link made from somebody's text, nor a machine's address (guide i). Mail
programs make links by themselves out of anything that looks like one, so what looks like one is
taken apart; addresses of machines are left out.
"""

import re

from domain.free_text import clean_line, clean_words

LEFT_OUT = "(address left out)"

_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?(?::\d{1,5})?(?![\d.]*\d)")
_IPV6 = re.compile(
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}:"
    r"(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?|::[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})(?![\w:])",
    re.IGNORECASE,
)
_MAC = re.compile(r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])", re.IGNORECASE)
_SCHEME = re.compile(r"\b([a-z][a-z0-9+.-]{1,15}):(?://|(?=[^\s:]*[@.]))", re.IGNORECASE)
_NAME_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2,})", re.UNICODE)
_AT = re.compile(r"(?<=\S)@(?=\S)")


def harmless(text: str) -> str:
    """Return text of many lines that no mail program turns into a link. Twice changes no more."""
    return _taken_apart(clean_words(text)).strip()


def harmless_line(text: str) -> str:
    """Return one line that no mail program turns into a link."""
    return _taken_apart(clean_line(text)).strip()


def _taken_apart(text: str) -> str:
    for machine in (_IPV4, _MAC, _IPV6):
        text = machine.sub(LEFT_OUT, text)
    text = _SCHEME.sub(r"\1 ", text)
    return _AT.sub("[at]", _NAME_DOT.sub("[.]", text))

"""What one field of a report may hold: each rule reads a value that came from outside.

A rule stands in the field's annotation, so a limit is written once: the reader asks `read`, and
pydantic asks for the schema of a value that has been read already. All limits are our default.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from domain.free_text import clean_line, clean_words, has_unprintable
from domain.report_problems import ProblemCode

FUTURE_TOLERANCE = timedelta(minutes=2)
"""How far a sender's clock may run ahead of ours; our default, the same as for `occurred_at`."""

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_EMAIL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_PHONE = re.compile(r"(?=(?:[^0-9]*[0-9]){3})[+(0-9][0-9 ()./-]*(?:(?:ext\.?|x|#) ?[0-9]{1,6})?")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_TIME_HINT = "Give day, time and zone, such as 2026-10-01T01:40:00Z."


class WrongValueError(Exception):
    """A value breaks its field's rule. The reader notes it, with the place, and reads on."""

    def __init__(self, code: ProblemCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Rule(Protocol):
    """What a field may hold."""

    def read(self, value: object, now: datetime) -> object:
        """Return the value to keep; None when it says nothing.

        Raises:
            WrongValueError: If the field cannot hold it.
        """
        ...


@dataclass(frozen=True)
class FreeText:
    """Words of a person, made harmless. Blank means that nothing was said.

    Attributes:
        limit: Characters at most, once cleaned.
        clean: `clean_line` where a line end could start a new heading, else `clean_words`.
        personal: Words of a person are: sealed on the record.
    """

    limit: int
    clean: Callable[[str], str]
    personal: bool = True

    def read(self, value: object, now: datetime) -> str | None:  # noqa: ARG002
        """Return the text, cleaned, otherwise as given."""
        if not isinstance(value, str):
            raise WrongValueError(ProblemCode.WRONG_TYPE, "This must be text, in quotes.")
        text = self.clean(value)
        if len(text) > self.limit:
            raise WrongValueError(ProblemCode.TOO_LONG, _at_most(self.limit))
        return text if text.strip() else None

    def changes(self, value: object) -> bool:
        """Say whether anything has to be taken out."""
        return isinstance(value, str) and self.clean(value) != value

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.str_schema(max_length=self.limit)


@dataclass(frozen=True)
class Exact:
    """Text of a fixed form: an address, a number, a code. Never cleaned, because cleaning guesses.

    Attributes:
        form: What the whole of it must match, spaces at either end aside.
        hint: The rest of the sentence "This must be …".
        limit: Characters at most; None where the form itself fixes the length.
        upper: Codes are kept in capitals, however they were typed.
        personal: It is about a person: sealed on the record.
    """

    form: re.Pattern[str]
    hint: str
    limit: int | None = None
    upper: bool = False
    personal: bool = False

    def read(self, value: object, now: datetime) -> str | None:  # noqa: ARG002
        """Return the text without spaces at its ends."""
        if not isinstance(value, str):
            raise WrongValueError(ProblemCode.WRONG_TYPE, f"This must be {self.hint}, in quotes.")
        text = value.strip(" ")
        if not text:
            return None
        if self.limit is not None and len(text) > self.limit:
            raise WrongValueError(ProblemCode.TOO_LONG, _at_most(self.limit))
        if has_unprintable(text) or not self.form.fullmatch(text):
            raise WrongValueError(ProblemCode.INVALID_FORMAT, f"This must be {self.hint}.")
        return text.upper() if self.upper else text

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.str_schema(max_length=self.limit)


@dataclass(frozen=True)
class PastInstant:
    """A moment with its zone, kept in UTC. Not later than now, two minutes of drift aside."""

    def read(self, value: object, now: datetime) -> datetime:
        """Return the instant in UTC."""
        if not isinstance(value, str):
            raise WrongValueError(ProblemCode.WRONG_TYPE, _TIME_HINT)
        shape = _TIME.fullmatch(value.strip(" "))
        if shape is None:
            raise WrongValueError(ProblemCode.BAD_TIME, _TIME_HINT)
        moment = _moment(shape.group().upper())
        if shape["zone"] is None:
            raise WrongValueError(
                ProblemCode.NAIVE_TIME, f"This time has no zone (Z is UTC). {_TIME_HINT}"
            )
        if moment > now + FUTURE_TOLERANCE:
            raise WrongValueError(
                ProblemCode.IN_THE_FUTURE, "This time has not come yet; check the day and the zone."
            )
        return moment

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.datetime_schema(tz_constraint="aware")


@dataclass(frozen=True)
class Count:
    """A number of people."""

    most: int

    def read(self, value: object, now: datetime) -> int:  # noqa: ARG002
        """Return the number."""
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongValueError(
                ProblemCode.WRONG_TYPE, "This must be a whole number, without quotes."
            )
        if not 0 <= value <= self.most:
            raise WrongValueError(
                ProblemCode.OUT_OF_RANGE, f"This must be from 0 to {self.most:,}."
            )
        return value

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.int_schema(ge=0, le=self.most)


@dataclass(frozen=True)
class OneOf:
    """A word out of a closed list. A question's "yes" is a word: true and 1 are not."""

    words: tuple[str, ...]

    def read(self, value: object, now: datetime) -> str:  # noqa: ARG002
        """Return the word."""
        choices = ", ".join(f'"{word}"' for word in self.words)
        if not isinstance(value, str):
            raise WrongValueError(ProblemCode.WRONG_TYPE, f"Use one of {choices}, in quotes.")
        if value not in self.words:
            raise WrongValueError(ProblemCode.UNKNOWN_VALUE, f"Use one of {choices}.")
        return value


@dataclass(frozen=True)
class Flag:
    """True or false: only `exercise`; the questions put to a council also know "unknown"."""

    def read(self, value: object, now: datetime) -> bool:  # noqa: ARG002
        """Return the flag."""
        if not isinstance(value, bool):
            raise WrongValueError(ProblemCode.WRONG_TYPE, "Use true or false, without quotes.")
        return value


@dataclass(frozen=True)
class AtMost:
    """How many entries a list may have."""

    limit: int

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._hold, handler(source))

    def _hold(self, entries: tuple[object, ...]) -> tuple[object, ...]:
        if len(entries) > self.limit:
            raise ValueError(f"At most {self.limit} entries.")
        return entries


def line(limit: int) -> FreeText:
    """Return the rule for free text on one line, such as a name."""
    return FreeText(limit, clean_line)


def words(limit: int) -> FreeText:
    """Return the rule for free text of as many lines as it takes."""
    return FreeText(limit, clean_words)


EMAIL = Exact(_EMAIL, "one email address, such as name@example.org", limit=254, personal=True)
PHONE = Exact(_PHONE, "one telephone number, such as 01632 960101", limit=50, personal=True)
COUNCIL_CODE = Exact(re.compile(r"[A-Za-z]{3}"), "a council's code of three letters", upper=True)
ATTACHMENT_REF = Exact(
    re.compile(r"(?=.*[A-Za-z0-9])[A-Za-z0-9._-]+"),
    "a reference of letters, digits, dots, hyphens and underscores, not a path",
    limit=100,
)
SHA256 = Exact(re.compile(r"[0-9A-Fa-f]{64}"), "a SHA-256 of 64 hexadecimal digits")


def _at_most(limit: int) -> str:
    return f"At most {limit:,} characters; shorten it."


def _moment(text: str) -> datetime:
    """Return the instant; one without a zone is taken as UTC, only to see that it exists."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise WrongValueError(
            ProblemCode.BAD_TIME, f"There is no such time. {_TIME_HINT}"
        ) from None

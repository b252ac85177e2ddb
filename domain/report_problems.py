"""What can be wrong with an incident report: problems reject it, warnings go along with it."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class ProblemCode(StrEnum):
    """Why a report is rejected. The words are stable: other programs read them."""

    NOT_JSON = "not-json"
    DUPLICATE_KEY = "duplicate-key"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    MISSING = "missing"
    WRONG_TYPE = "wrong-type"
    UNKNOWN_VALUE = "unknown-value"
    TOO_LONG = "too-long"
    TOO_MANY = "too-many"
    OUT_OF_RANGE = "out-of-range"
    NAIVE_TIME = "naive-time"
    BAD_TIME = "bad-time"
    IN_THE_FUTURE = "in-the-future"
    TIME_ORDER = "time-order"
    INVALID_FORMAT = "invalid-format"
    UNKNOWN_FIELD = "unknown-field"
    """Only for a change that names a field no report has; in a whole report it is a warning."""


class WarningCode(StrEnum):
    """What a person should look at in a report that was accepted."""

    TEXT_CLEANED = "text-cleaned"
    UNKNOWN_FIELD = "unknown-field"
    UNKNOWN_COUNCIL = "unknown-council"
    NAME_CODE_MISMATCH = "name-code-mismatch"
    COUNCIL_NOT_ELIGIBLE = "council-not-eligible"
    COMPROMISED_CONTACT = "compromised-contact"
    CATEGORY_NOT_FROM_NCSC = "category-not-from-ncsc"


class Problem(BaseModel):
    """One thing that must be put right before the report can be taken.

    Attributes:
        field: Where, as a dotted path with list places counted from 0 (`contacts[1].email`); empty
            for the document as a whole.
        code: What, for programs.
        message: What to do, for people. It never repeats what was sent.
    """

    model_config = ConfigDict(frozen=True)

    field: str
    code: ProblemCode
    message: str


class ReportWarning(BaseModel):
    """One thing to know about a report that was taken; the same shape as `Problem`."""

    model_config = ConfigDict(frozen=True)

    field: str
    code: WarningCode
    message: str


class InvalidReportError(Exception):
    """The report cannot be taken. Carries every problem at once, in the order of the report.

    A person puts them right and sends it again; at the HTTP edge the bytes are kept in quarantine.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        places = ", ".join(problem.field or "the document" for problem in problems[:5])
        more = f" and {len(problems) - 5} more" if len(problems) > 5 else ""  # noqa: PLR2004
        super().__init__(f"The report cannot be taken; put right: {places[:400]}{more}.")
        self.problems = problems

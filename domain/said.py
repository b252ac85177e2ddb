"""What people tell us: cleaned words, who at the council said it, and on what authority."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from domain.free_text import clean_line, clean_words, left
from domain.personal import PERSONAL
from domain.policy import Policy
from domain.value import Instant, Line, Prose, Value

OneLine = Annotated[Line, AfterValidator(clean_line), AfterValidator(left), PERSONAL]
"""A short text on one line, without what can hurt a screen."""

Words = Annotated[Prose, AfterValidator(clean_words), AfterValidator(left), PERSONAL]
"""A longer text, without what can hurt a screen."""


Told = Annotated[str, StringConstraints(max_length=500), AfterValidator(clean_line), PERSONAL]
"""The same where a blank is for a rule to refuse, with the rule's own code."""


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401
    try:
        return read(value)
    except ValidationError:
        return None


OrMissing = WrapValidator(_or_none)
"""What cannot be read counts as missing: where the row has a code of its own for that."""

OrderNumber = Annotated[str, StringConstraints(max_length=500), AfterValidator(clean_line)]
"""The council's number of its order; one that is missing is a rule's to refuse."""


class Verification(Value):
    """How we know that a voice is who it says; ``at`` absent = when recorded."""

    how: OneLine
    by: OneLine
    at: Instant | None = None


class SaidBy(Value):
    """The person at the council whose word it is, and how they were verified."""

    name: OneLine
    post: OneLine
    verified: Verification


class Check(Value):
    """How a voice was verified, as far as we were told."""

    how: Told | None = None
    by: Told | None = None
    at: Instant | None = None


class Voice(Value):
    """Somebody who speaks for the council, verified or not: what a rule then judges."""

    name: Told | None = None
    post: Told | None = None
    verified: Check | None = None

    @property
    def is_verified(self) -> bool:
        """Tell whether we know who speaks, and who verified it how."""
        check = self.verified or Check()
        return all((said or "").strip() for said in (self.name, check.how, check.by))


class Authority(Value):
    """On what authority the council binds itself: the post that may, and how it was given."""

    post: Told | None = None
    how: Told | None = None


def may_bind(policy: Policy, said_by: Voice | None, authority: Authority | None) -> bool:
    """Tell whether somebody verified spoke for a post that may bind the council, in writing.

    The posts are the policy's: s151, chief-executive, authorised-officer [our default].
    """
    if said_by is None or not said_by.is_verified:
        return False
    if authority is None or not (authority.how or "").strip():
        return False
    return authority.post in policy.authority_posts

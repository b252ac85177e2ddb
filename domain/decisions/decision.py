"""The decision: whether the incident qualifies, and what follows from each answer."""

from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import ConfigDict, Field

from domain.case import Case, Decision, Event, Moves
from domain.category import meets_threshold
from domain.command import Command, Form, Reference
from domain.council import UNKNOWN_CODE
from domain.decisions.activating import activated, fresh
from domain.decisions.ending import ended
from domain.decisions.links import CaseLinked
from domain.errors import Code, Refused
from domain.people import Role, T
from domain.personal import PersonalText
from domain.phase import ASS, Outcome, Phase
from domain.report import Answer
from domain.rotation import eligible
from domain.said import OneLine
from domain.value import Value

Result = Literal["qualifies", "not-qualified", "out-of-scope", "false-positive", "duplicate"]
_QUALIFIES, _NOT_QUALIFIED, _DUPLICATE = "qualifies", "not-qualified", "duplicate"


class AnsweredTests(Value):
    """The five tests of an assessment, each answered yes, no or unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operations: Answer
    critical_services: Annotated[Answer, Field(alias="critical-services")]
    data_integrity: Annotated[Answer, Field(alias="data-integrity")]
    may_spread: Annotated[Answer, Field(alias="may-spread")]
    public_interest: Annotated[Answer, Field(alias="public-interest")]

    @property
    def answers(self) -> dict[str, str]:
        """Return the answers by the tests' own names."""
        return {name.replace("_", "-"): answer for name, answer in self}


class Decide(Command):
    """Decide whether the incident qualifies, with the reason and an answer to each test."""

    name: ClassVar[str] = "decide"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({ASS})
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({ASS})

    result: Annotated[Result, Field(description="What is decided.")]
    tests: Annotated[AnsweredTests, Field(description="Every test with yes, no or unknown.")]
    provider: Annotated[
        OneLine | None, Field(description="Which provider to call out, if not by turn.")
    ] = None
    of: Annotated[
        Reference | None, Field(description="For a duplicate: the case that goes on.")
    ] = None

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return one for each result."""
        return tuple(
            Form({"result": result}, partial(_check_result, result=result))
            for result in get_args(Result)
        )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Record the decision where the threshold, the council and the category allow it."""
        _check_result(case, at, self.result)
        self._check_other_case(case)
        if self.result == _QUALIFIES:
            self._check_provider(case, at)
        recorded = DecisionRecorded(
            at=at,
            result=self.result,
            tests=self.tests.answers,
            people=(self.by,),
            category=case.category,
            provider=self.provider if self.result == _QUALIFIES else None,
            of=self.of,
            own=self._is_own(case) or None,
            reason=self.words(),
        )
        if self.result != _DUPLICATE or self.of is None:
            return (recorded,)
        return (recorded, CaseLinked(at=at, case=self.of, kind=_DUPLICATE, reason=self.reason))

    def _check_other_case(self, case: Case) -> None:
        if self.result != _DUPLICATE:
            return
        if self.of is None or self.of == case.reference or self.of not in self.rows.cases:
            raise Refused(
                Code.UNKNOWN_CASE,
                f"Say of which other case {case.reference} is a duplicate: "
                f"{self.of or 'none'} was given. To find it: cir case list.",
            )

    def _is_own(self, case: Case) -> bool:
        """Tell whether the case that goes on is known to be of the same council."""
        code = self.rows.case_councils.get(self.of or "")
        return code == case.council.code and code != UNKNOWN_CODE

    def _check_provider(self, case: Case, at: datetime) -> None:
        """Refuse a provider that could not be called out in the activation that begins here."""
        if self.provider is None:
            return
        provider = case.provider(self.provider)
        if provider is None:
            known = ", ".join(one.id for one in case.providers)
            raise Refused(
                Code.UNKNOWN_PROVIDER,
                f"{self.provider} is no provider that {case.reference} knows; it knows: {known}.",
            )
        starting = case.but(engagement=fresh(case.engagement))
        why_not = eligible(starting, provider, case.policy.day_of(at))
        if why_not is not None:
            raise Refused(
                Code.PROVIDER_NOT_ELIGIBLE,
                f"{why_not} Choose another, or leave it to the turn by giving no --provider.",
            )


def _check_result(case: Case, at: datetime, result: Result) -> None:
    """Refuse a result that the proposal, the category or the council does not allow."""
    if case.proposal is not None:
        raise Refused(
            Code.APPROVAL_PENDING,
            f"A discretionary activation of {case.reference}, proposed by {case.proposal.by}, "
            "waits for a senior approver: cir triage approve-discretionary, "
            "reject-discretionary or withdraw-proposal.",
        )
    meets = meets_threshold(case.category)
    if result == _QUALIFIES and not meets:
        raise Refused(
            Code.BELOW_THRESHOLD,
            f"{case.reference} is {case.category}, below the threshold (C3 or more severe). "
            "Support needs a second person: cir triage propose-discretionary.",
        )
    if result == _QUALIFIES and not case.council.eligible:
        raise Refused(
            Code.COUNCIL_NOT_ELIGIBLE,
            f"{case.council.code} of {case.reference} is not an English principal council on "
            "the register. Correct it with cir triage correct-council, or propose support "
            "with cir triage propose-discretionary.",
        )
    if result == _NOT_QUALIFIED and meets:
        raise Refused(
            Code.CATEGORY_QUALIFIES,
            f"{case.reference} is {case.category} and meets the threshold, so it cannot be "
            "not-qualified; it may be out-of-scope, false-positive or duplicate.",
        )


class DecisionRecorded(Moves):
    """MHCLG's decision, with everybody who took part in it.

    Attributes:
        tests: Answers by test; those of a discretionary activation stand with its proposal.
        people: Whoever recorded, proposed or approved it.
        category: The category it was decided on.
        provider: The one asked for by name, if any.
        of: For a duplicate: the case that goes on.
        own: True when that is known to be a case of the same council, which then may read of it.
    """

    type: ClassVar[str] = "decision-recorded"
    result: Result
    tests: dict[str, str] = {}
    people: tuple[str, ...]
    category: str
    discretionary: bool = False
    provider: str | None = None
    of: str | None = None
    own: bool | None = None
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Activate what qualifies; end the round with anything else."""
        decision = Decision(
            result=self.result, people=self.people, discretionary=self.discretionary
        )
        case = case.but(decision=decision)
        if self.result == _QUALIFIES:
            return activated(self, case, self.provider)
        return ended(self, case, Outcome(self.result))

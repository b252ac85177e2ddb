"""Building a case again from its record, after its run was ended by hand (guide n 29)."""

from collections.abc import Iterable
from itertools import groupby
from typing import ClassVar, Literal, NamedTuple

from domain.case import Answered, Case, Event, evolve
from domain.command import Command
from domain.decisions.intake import Begun, CaseOpened, Opening, open_case
from domain.errors import Code, Refused
from domain.fact import Fact
from domain.keys import is_counted, kept
from domain.personal import PersonalText
from domain.refusals import InstructionRefused

DIRECT = "direct:"
"""What stands before the name of whoever gave an instruction past the desk."""

ENDED = ("terminated", "canceled", "failed", "timed out", "gone")
"""How a run stands that did not end by itself; ``gone`` is one that Temporal keeps no more."""

Source = Literal["record", "run", "registers"]
"""Where it is from what a case began with: older cases do not have it on their record."""


class CaseRevived(Event):
    """A case whose run was ended by hand runs again, from its record. Two people (guide n 29).

    Attributes:
        runs: The runs that ended otherwise than by themselves, the last one first.
        change: Number of the change by which two people did it.
        began_from: Where policy and providers at the start were taken from.
        undone: What the ended run had not done yet: ``taken`` over; ``unknown`` where the run was
            gone or could not say; ``left`` where it said otherwise than the record, as after a
            reset.
    """

    type: ClassVar[str] = "case-revived"
    runs: tuple[str, ...]
    change: int
    proposed_by: str
    confirmed_by: str
    began_from: Source
    undone: Literal["taken", "unknown", "left"]
    reason: PersonalText


def may_revive(case: str, status: str) -> None:
    """Refuse a case that nobody ended by hand.

    Args:
        case: Its reference.
        status: How its run stands at the server; ``gone`` when it is kept no more.

    Raises:
        Refused: ``case-archived`` when the run ended by itself, else ``case-runs``.
    """
    if status in ENDED:
        return
    if status == "completed":
        words = f"{case}: its run ended by itself, as it should. There is nothing to revive."
        raise Refused(Code.CASE_ARCHIVED, words)
    raise Refused(
        Code.CASE_RUNS,
        f"{case} runs: there is nothing to revive. If somebody reset it and its state is behind "
        "its record, terminate that run in Temporal first.",
    )


class LastWord(NamedTuple):
    """What an ended run says of itself while Temporal still keeps it.

    Attributes:
        case: The case as it stood there.
        facts: What had happened and was not known to be on the record yet.
    """

    case: Case
    facts: tuple[Fact, ...]


class Rebuilt(NamedTuple):
    """A case built again.

    Attributes:
        case: As it stands after everything in ``unrecorded``.
        unrecorded: Facts of the ended run that the record lacks; they follow on from it.
        began_from: See ``CaseRevived``.
        agrees: Whether the ended run says the same; ``None`` when it says nothing.
    """

    case: Case
    unrecorded: tuple[Fact, ...]
    began_from: Source
    agrees: bool | None


def rebuilt(reference: str, facts: tuple[Fact, ...], word: LastWord | None, now: Begun) -> Rebuilt:
    """Build a case again from its record.

    The record is the law: what the ended run says counts only where it agrees with it.

    Args:
        reference: Of the case.
        facts: Its whole record, verified.
        word: What the ended run says, if it can still be asked.
        now: What a case would begin with now; for an older case whose run is gone as well.
    """
    began, source = _began(facts[0], word, now)
    new = () if word is None else _following(facts, word.facts)
    if word is not None and new is not None:
        case = _as_told(folded(reference, (*facts, *new), began), word, source)
        if case == word.case:
            return Rebuilt(case, new, source, agrees=True)
    case = folded(reference, facts, began)
    return Rebuilt(case, (), source, agrees=None if word is None else False)


def folded(reference: str, facts: Iterable[Fact], began: Begun) -> Case:
    """Return the case that its facts make, with version and answered keys.

    Args:
        reference: Of the case.
        facts: From the first on, without a gap.
        began: What the case began with.
    """
    case: Case | None = None
    for _, group in groupby(facts, lambda fact: (fact.instruction, fact.command, fact.by)):
        told = tuple(group)
        if case is None:
            newborn = _newborn(reference, told[0], began)
            case = _applied(newborn, told).but(version=1, moved_by=told[0].by)
        else:
            case = _counted(case, _applied(case, told), told)
    if case is None:
        raise ValueError(f"{reference} has no facts to be built from.")
    return case


def _newborn(reference: str, first: Fact, began: Begun) -> Case:
    opened = first.event
    if not isinstance(opened, CaseOpened):
        raise TypeError(f"{reference}: the record begins with {first.type}.")
    opening = Opening.model_validate(
        {
            **dict(began),
            "reference": reference,
            "report": opened.report,
            "council": opened.council,
        }
    )
    return open_case(opening, opened.at)[0]


def _applied(case: Case, facts: tuple[Fact, ...]) -> Case:
    for fact in facts:
        case = evolve(case, fact.event).but(seq=fact.seq)
    return case


def _counted(before: Case, case: Case, facts: tuple[Fact, ...]) -> Case:
    """Return the case with what the door counts of one instruction: its version, and its key."""
    first = facts[0]
    kind = Command.registry.get(first.command)
    if kind is None or first.type == InstructionRefused.type:
        return case
    by = first.by.removeprefix(DIRECT)
    if is_counted(kind, by):
        case = case.but(version=case.version + 1, moved_by=by)
    answer = Answered(
        key=first.instruction,
        content=first.content or "",
        version=case.version,
        phase=case.phase,
        first_seq=before.seq + 1,
        last_seq=case.seq,
    )
    return kept(case, answer)


def _began(first: Fact, word: LastWord | None, now: Begun) -> tuple[Begun, Source]:
    opened = first.event
    if isinstance(opened, CaseOpened) and opened.begun is not None:
        return opened.begun, "record"
    if word is None:
        return now, "registers"
    said = {name: getattr(word.case, name) for name in Begun.model_fields}
    return Begun.model_validate(said), "run"


def _as_told(case: Case, word: LastWord, source: Source) -> Case:
    """Return the case with what only the run could know: its rules, and older keys' content."""
    told = case.but(rules=word.case.rules)
    if source == "record":
        return told
    same = [(a.key, a.version, a.first_seq) for a in told.answered] == [
        (a.key, a.version, a.first_seq) for a in word.case.answered
    ]
    return told.but(answered=word.case.answered) if same else told


def _following(facts: tuple[Fact, ...], said: tuple[Fact, ...]) -> tuple[Fact, ...] | None:
    """Return those of ``said`` that the record lacks; ``None`` where they do not follow on."""
    last = facts[-1].seq
    for fact in said:
        if fact.seq <= last and fact != facts[fact.seq - 1]:
            return None
    new = tuple(fact for fact in said if fact.seq > last)
    return new if not new or new[0].seq == last + 1 else None

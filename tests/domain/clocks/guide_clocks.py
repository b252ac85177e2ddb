"""The guide's table of clocks (section f) written down once more, by hand, for the tests.

Every story begins on Monday 23 November 2026 at noon, in winter, so lengths are written as they
pass on the wall: five working days from Monday noon are seven days.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.builders import ANSWERS, SAID_BY, WHY
from tests.domain.clocks import ways
from tests.domain.clocks.story import Story, instant

MINUTES = 1
HOURS = 60
DAYS = 24 * HOURS
WORKING_DAYS = {1: 1, 2: 2, 4: 4, 5: 7, 8: 10, 10: 14, 15: 21, 20: 28}
"""Days on the wall from the Monday noon; weekends are in between, bank holidays are not."""


def wd(number: int) -> int:
    """Return the minutes on the wall that ``number`` working days take from the Monday noon."""
    return WORKING_DAYS[number] * DAYS


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        on: The fact, or ``entering:<phase>``, that starts it.
        target: Minutes on the wall from the start to the deadline.
        ladder: Letter and first rung, ``U1``; empty for none.
        begin: A story in which it started at minute 0.
        meet: Let what it waits for happen, at a minute.
        way: Minutes from the start at which it speaks, and how: ``warn`` or the notice.
        paused_for: The reasons for which it may be paused.
        service: Whether a breach is ours; a tracker's is not.
    """

    on: str
    target: int
    ladder: str
    begin: Callable[[], Story]
    meet: Callable[[Story, float], Story]
    way: tuple[tuple[int, str], ...] = ()
    paused_for: tuple[str, ...] = ()
    service: bool = True

    @property
    def cause(self) -> str:
        """Return the fact that starts it in its story."""
        return ENTERED.get(self.on, self.on)

    @property
    def warns(self) -> tuple[int, ...]:
        """Return when it pages L0 before its deadline."""
        return tuple(minute for minute, how in self.way if how == "warn")


ENTERED = {
    "entering:assessment": "case-acknowledged",
    "entering:activation": "decision-recorded",
    "entering:containment": "scope-agreed",
    "entering:eradication": "phase-exit-accepted",
    "entering:recovery-offer": "phase-exit-accepted",
    "entering:recovery": "recovery-accepted",
    "entering:closing": "recovery-not-offered",
}
"""By which fact these stories enter each phase."""


def _command(name: str, by: str, /, **inputs: object) -> Callable[[Story, float], Story]:
    return lambda story, minute: story.give(minute, name, by, **inputs)


def _by_provider(name: str, /, **inputs: object) -> Callable[[Story, float], Story]:
    return lambda story, minute: story.give(minute, name, story.provider, **inputs)


def _delivered(notice: str, channel: str, state: str) -> Callable[[Story, float], Story]:
    return _command("record-delivery", "kaya", notice=notice, channel=channel, state=state)


def _authorised(story: Story, minute: float) -> Story:
    story.give(minute, "request-spend", "kaya", amount_pence=9_000_000, reason=WHY)
    return story.give(minute, "authorise-spend", "ruth", reason=WHY)


def _ico(story: Story, minute: float) -> Story:
    at = {"at": instant(minute).isoformat(), "reason": WHY}
    return story.give(minute, "record-ico", "kaya", result="reported", **at)


def _billed() -> Story:
    return ways.end_offers(ways.log(ways.offering(), 0, 1), 0)


def _handed_off() -> Story:
    return _billed().give(0, "hand-off-billing", "priya")


def _rejected() -> Story:
    return _handed_off().give(0, "billing-rejected", "sam", pack=1, reason=WHY)


def _handing_over() -> Story:
    return ways.assessed().give(0, "hand-over", "kaya", to="tomas", open_actions=["Ring."])


def _below() -> Story:
    return ways.containing(0, "C3").give(
        0, "record-category", "kaya", category="C5", given_by="ncsc"
    )


def _asked() -> Story:
    return ways.assessed().give(0, "request-info", "kaya", questions=["Are backups intact?"])


UPDATED = _by_provider("provider-update", summary="Hosts isolated.")
REVIEWED = {"result": "continue", "notes": "It goes on."}
PHASE_REVIEW = _command("record-review", "priya", about="phase", **REVIEWED)
ACCEPTED = _command("accept-phase-exit", "priya", council_agreed_by="Jo Hale")
HOLDS = ("police-request", "forensic-hold")
COUNCIL = ("council-request", "council-closure")
QUALIFIES = {"result": "out-of-scope", "tests": dict.fromkeys(ANSWERS, "no"), "reason": WHY}

ROWS: dict[str, Row] = {
    "triage-acknowledgement": Row(
        "case-opened", 20, "U1", Story, _command("acknowledge", "kaya"), ((10, "warn"),)
    ),
    "decision": Row(
        "entering:assessment", 2 * HOURS, "U1", ways.assessed,
        _command("decide", "kaya", **QUALIFIES), ((1 * HOURS, "warn"),),
        ("awaiting-council-information",),
    ),
    "category-chase": Row(
        "entering:assessment", 1 * HOURS, "", ways.assessed,
        _command("record-category", "kaya", category="C4", given_by="ncsc"),
        ((0, "category-request"),), service=False,
    ),
    "information-reply": Row(
        "information-requested", 4 * HOURS, "S1", _asked,
        _command("record-info", "kaya", answers="Unknown."),
        ((1 * HOURS, "information-reminder"),), ("council-request",),
    ),
    "council-confirmation": Row(
        "entering:activation", 15, "U1", ways.activated,
        _delivered("activation-confirmed", "phone", "spoken"), ((10, "warn"),),
    ),
    "provider-assignment": Row(
        "entering:activation", 15, "U2", lambda: ways.activated(assigns=False),
        _command("assign-provider", "priya", provider="alder", why="by-choice"),
    ),
    "provider-acknowledgement": Row(
        "provider-called-out", 10, "U1", ways.activated, _by_provider("provider-acknowledged")
    ),
    "provider-contact": Row(
        "provider-called-out", 30, "U1", ways.activated,
        _by_provider("contact-made", **ways.TALKED), ((20, "warn"),),
    ),
    "scope-agreement": Row(
        "contact-made", 4 * HOURS, "U1", ways.contacted,
        _by_provider("agree-scope", summary="All of it.", agreed_by="Jo Hale"),
        ((2 * HOURS, "warn"),), ("council-request",),
    ),
    "containment-update": Row(
        "entering:containment", 1 * HOURS, "U1", ways.containing, UPDATED, ((45, "warn"),)
    ),
    "containment-review": Row(
        "entering:containment", 72 * HOURS, "O1", ways.containing, PHASE_REVIEW
    ),
    "eradication-update": Row(
        "entering:eradication", 24 * HOURS, "S1", ways.eradicating, UPDATED,
        ((18 * HOURS, "warn"),), HOLDS,
    ),
    "eradication-review": Row(
        "entering:eradication", 14 * DAYS, "O1", ways.eradicating, PHASE_REVIEW,
        paused_for=HOLDS,
    ),
    "phase-exit-answer": Row(
        "phase-exit-proposed", 4 * HOURS, "S1",
        lambda: ways.propose_exit(ways.containing(), 0), ACCEPTED, ((2 * HOURS, "warn"),),
    ),
    "recovery-offer-issue": Row(
        "entering:recovery-offer", wd(1), "O1", ways.offering, ways.offer,
        paused_for=("council-request",),
    ),
    "recovery-reply": Row(
        "recovery-offered", wd(5), "O1", lambda: ways.offer(ways.offering(), 0), ways.accept,
        ((wd(2), "recovery-reminder"), (wd(4), "recovery-reminder")), COUNCIL,
    ),
    "recovery-update": Row(
        "entering:recovery", wd(5), "O1", ways.recovering, UPDATED, ((wd(4), "warn"),),
        (*COUNCIL, "police-request"),
    ),
    "recovery-stall": Row(
        "entering:recovery", wd(10), "O2", ways.recovering, UPDATED,
        paused_for=(*COUNCIL, "police-request"),
    ),
    "support-review": Row(
        "category-recorded", wd(1), "O1", _below,
        _command("record-review", "priya", about="category", **REVIEWED),
    ),
    "spend-authority": Row(
        "work-logged", 4 * HOURS, "S2", lambda: ways.log(ways.containing(), 0, 14), _authorised,
        ((2 * HOURS, "warn"),),
    ),
    "final-report": Row(
        "entering:closing", wd(10), "O1", ways.closing,
        _command("record-final-report", "kaya", reference="FR-1", data_return="confirmed"),
        ((wd(8), "final-report-reminder"),), (*HOLDS, "dispute"),
    ),
    "billing-hand-off": Row(
        "entering:closing", wd(10), "O1", _billed, _command("hand-off-billing", "priya"),
        paused_for=("dispute",),
    ),
    "billing-acknowledgement": Row(
        "billing-handed-off", wd(2), "O1", _handed_off,
        _command("billing-acknowledged", "sam", pack=1, finance_ref="FIN-1"),
        ((wd(1), "pack-again"),),
    ),
    "closure": Row(
        "entering:closing", wd(20), "O1", ways.closing, ways.close, ((wd(15), "warn"),),
        ("police-request", "dispute"),
    ),
    "hand-over": Row(
        "hand-over-started", 15, "U1", _handing_over, _command("accept-hand-over", "tomas"),
        ((10, "warn"),),
    ),
    "phone-task": Row(
        "phone-task-opened", 30, "U1", lambda: ways.ring_failed(Story(), 0),
        _delivered("report-receipt", "phone", "spoken"),
    ),
    "ico-report": Row(
        "case-opened", 72 * HOURS, "", Story, _ico,
        (
            (24 * HOURS, "ico-reminder"), (48 * HOURS, "ico-reminder"),
            (66 * HOURS, "ico-reminder"),
        ),
        service=False,
    ),
}  # fmt: skip
"""Every clock by its name, in the guide's order."""

OTHER_WAYS: dict[str, Row] = {
    "provider-assignment after a decline": Row(
        "provider-declined", 15, "U2",
        lambda: ways.provider_declines(ways.fail_over(ways.containing(), 0), 0),
        _command("assign-provider", "priya", provider="alder", why="by-choice"),
    ),
    "billing-hand-off after a rejection": Row(
        "billing-rejected", wd(2), "O1", _rejected, _command("hand-off-billing", "priya")
    ),
    "recovery-reply met by a no": Row(
        "recovery-offered", wd(5), "O1", lambda: ways.offer(ways.offering(), 0),
        lambda story, minute: story.give(
            minute, "reject-recovery", "kaya", said_by=SAID_BY, reason=WHY
        ),
        ((wd(2), "recovery-reminder"), (wd(4), "recovery-reminder")), COUNCIL,
    ),
}  # fmt: skip
"""The same clocks by their other starts and stops; named ``<clock> <words>``."""


def clock_of(name: str) -> str:
    """Return the clock that a row of either table is about."""
    return name.split(" ", 1)[0]

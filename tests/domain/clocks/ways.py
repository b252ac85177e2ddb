"""Ways into a case with real commands: report and each leg at one minute, nothing left ringing."""

from collections.abc import Callable
from typing import Any

from domain.phase import CRITERIA
from tests.builders import ANSWERS, SAID_BY, WHY
from tests.domain.clocks.story import Story, instant

TALKED = {"with_whom": "Joanna Hale", "channel": "phone"}
AUTHORITY = {"post": "s151", "how": "signed letter"}
DAY_OF_NOON = "2026-11-23"


def assessed(minute: float = 0, **report: Any) -> Story:
    """Return a case in assessment that nobody has categorised."""
    return Story(begins=instant(minute), **report).give(minute, "acknowledge", "kaya")


def activated(minute: float = 0, category: str = "C2", *, assigns: bool = True) -> Story:
    """Return a case in activation; with ``assigns`` the system called a provider out."""
    return Story(begins=instant(minute), assigns=assigns).activated(minute, category)


def contacted(minute: float = 0, category: str = "C2") -> Story:
    """Return a case in activation whose provider has reached the council, as everybody knows."""
    story = activated(minute, category)
    arrived = {"notice": "activation-confirmed", "channel": "email", "state": "delivered"}
    story.give(minute, "record-delivery", "system", **arrived)
    return story.give(minute, "contact-made", story.provider, **TALKED)


def containing(minute: float = 0, category: str = "C2") -> Story:
    """Return a case in containment."""
    story = contacted(minute, category)
    return story.give(
        minute, "agree-scope", story.provider, summary="All of it.", agreed_by="Jo Hale"
    )


def propose_exit(story: Story, minute: float) -> Story:
    """Let the provider propose that the phase is over."""
    criteria = dict.fromkeys(CRITERIA[story.case.phase], "met")
    return story.give(
        minute, "propose-phase-exit", story.provider, criteria=criteria, summary="It is over."
    )


def leave(story: Story, minute: float) -> Story:
    """Leave containment, eradication or recovery by its exit."""
    propose_exit(story, minute)
    return story.give(minute, "accept-phase-exit", "priya", council_agreed_by="Jo Hale")


def eradicating(minute: float = 0) -> Story:
    """Return a case in eradication."""
    return leave(containing(minute), minute)


def offering(minute: float = 0) -> Story:
    """Return a case in recovery-offer with no offer open."""
    return leave(eradicating(minute), minute)


def offer(story: Story, minute: float) -> Story:
    """Offer recovery at the provider's own card."""
    card = f"{story.provider}-recovery"
    return story.give(minute, "offer-recovery", "priya", card=card, estimate_pence=1_800_000)


def accept(story: Story, minute: float) -> Story:
    """Let the council accept all of it, in writing, with an order."""
    order = {"po_number": "EM-1", "po_value_pence": 4_000_000, "scope": "all"}
    said = {"said_by": SAID_BY, "authority": AUTHORITY}
    return story.give(minute, "accept-recovery", "kaya", **said, **order)


def recovering(minute: float = 0) -> Story:
    """Return a case in recovery."""
    return accept(offer(offering(minute), minute), minute)


def end_offers(story: Story, minute: float) -> Story:
    """Close the response without recovery."""
    return story.give(minute, "close-without-recovery", "priya", why="no-rate-card", reason=WHY)


def closing(minute: float = 0) -> Story:
    """Return a supported case in closing with no work to bill."""
    return end_offers(offering(minute), minute)


def log(story: Story, minute: float, items: int, phase: str = "containment") -> Story:
    """Let the provider log days of a lead, £4,560 each."""
    done = {"date": DAY_OF_NOON, "grade": "lead", "minutes": 1440, "phase": phase}
    for _ in range(items):
        number = len(story.facts)
        story.give(minute, "log-work", story.provider, item=f"W-{number}", description="D", **done)
    return story


def ring_failed(story: Story, minute: float) -> Story:
    """Let every channel of the report's receipt fail, so that somebody has to ring."""
    for channel in ("email", "sms"):
        failed = {"notice": "report-receipt", "channel": channel, "state": "failed"}
        story.give(minute, "record-delivery", "system", **failed)
    return story


def take_pages(story: Story, minute: float) -> Story:
    """Let a manager take every page that waits for a person."""
    story.until(minute, through=False)
    names = {run.clock for run in story.case.clocks if run.paging.unacknowledged}
    for name in sorted(names):
        story.give(minute, "acknowledge-escalation", "priya", about=name)
    return story


def close(story: Story, minute: float, *, waive: tuple[str, ...] = ()) -> Story:
    """Complete the checklist but for what is waived, and close with a second person."""
    take_pages(story, minute)
    if "final-report" not in waive:
        report = {"reference": "FR-1", "data_return": "confirmed"}
        story.give(minute, "record-final-report", "kaya", **report)
    if "ico-outcome" not in waive:
        at = instant(minute).isoformat()
        answer = {"result": "not-reportable", "decided_by": "The DPO", "reason": WHY, "at": at}
        story.give(minute, "record-ico", "kaya", **answer)
    asked = {"waive": list(waive)} if waive else {}
    proposal = {"lessons": "Test the number.", "data_return": "confirmed", **asked}
    story.give(minute, "propose-close", "kaya", **proposal)
    return story.give(minute, "confirm-close", "ruth", reason=WHY, **asked)


def withdraw(story: Story, minute: float) -> Story:
    """Let the council withdraw its report."""
    return story.give(minute, "withdraw", "kaya", said_by=SAID_BY, reason=WHY)


def decline(story: Story, minute: float) -> Story:
    """Let the council decline the service for its insurer's panel."""
    return story.give(
        minute, "decline-service", "kaya", said_by=SAID_BY, why="insurer-panel", reason=WHY
    )


def provider_declines(story: Story, minute: float, why: str = "no-capacity") -> Story:
    """Let the provider give the call-out back."""
    return story.give(minute, "provider-declined", story.provider, why=why, reason=WHY)


def fail_over(story: Story, minute: float, **inputs: Any) -> Story:
    """Let a manager put the other provider in its place."""
    return story.give(minute, "fail-over", "priya", reason=WHY, **inputs)


def return_to_containment(story: Story, minute: float) -> Story:
    """Let a manager send the case back because it spread."""
    return story.give(minute, "return-to-containment", "priya", trigger="spread", reason=WHY)


def reverse(story: Story, minute: float) -> Story:
    """Let a manager who had no part in it reverse the decision."""
    return story.give(minute, "reverse-decision", "priya", reason=WHY)


def by_discretion(story: Story, minute: float) -> Story:
    """Activate below the threshold, with the second person it takes."""
    story.give(minute, "propose-discretionary", "kaya", tests=ANSWERS, reason=WHY)
    return story.give(minute, "approve-discretionary", "ruth", reason=WHY)


def pause(story: Story, minute: float, clock: str, why: str, until: float) -> Story:
    """Let a manager pause a clock."""
    inputs = {"clock": clock, "why": why, "until": instant(until).isoformat(), "reason": WHY}
    return story.give(minute, "pause-clock", "priya", **inputs)


Begin = Callable[[], Story]
"""A way into a story."""


def also(begin: Begin, *steps: Callable[[Story], Story]) -> Begin:
    """Return a way that goes on with ``steps``."""

    def lived() -> Story:
        story = begin()
        for step in steps:
            story = step(story)
        return story

    return lived


def hand_over(story: Story) -> Story:
    """Let the owner start a hand-over."""
    return story.give(0, "hand-over", "kaya", to="tomas", open_actions=["Ring."])


def ring(story: Story) -> Story:
    """Open a phone task."""
    return ring_failed(story, 0)


def spend(story: Story) -> Story:
    """Log more than the authority."""
    return log(story, 0, 14)


def fall_below(story: Story) -> Story:
    """Let the category fall below the threshold."""
    return story.give(0, "record-category", "kaya", category="C5", given_by="ncsc")


def bill(story: Story) -> Story:
    """Log a day and hand it to finance."""
    return log(story, 0, 1).give(0, "hand-off-billing", "priya")


def bill_rejected(story: Story) -> Story:
    """Let finance reject the first pack."""
    return bill(story).give(0, "billing-rejected", "sam", pack=1, reason=WHY)


def other_provider(story: Story) -> Story:
    """Fail over."""
    return fail_over(story, 0)


def nobody_left(story: Story) -> Story:
    """Fail over to one that declines."""
    return provider_declines(other_provider(story), 0)


def exit_proposed(story: Story) -> Story:
    """Let the provider propose the exit."""
    return propose_exit(story, 0)


def unconfirmed() -> Story:
    """Return a case in eradication that was never told by a channel that answered."""
    story = activated()
    story.give(0, "contact-made", story.provider, **TALKED)
    story.give(0, "agree-scope", story.provider, summary="All.", agreed_by="Jo Hale")
    return leave(story, 0)


def reversed_with_contact() -> Story:
    """Return an uncategorised case back in assessment whose provider had reached the council."""
    story = by_discretion(assessed(), 0)
    story.give(0, "contact-made", story.provider, **TALKED)
    return reverse(story, 0)


def asked_again() -> Story:
    """Return the same with questions that the council has not answered."""
    return reversed_with_contact().give(0, "request-info", "kaya", questions=["Backups?"])

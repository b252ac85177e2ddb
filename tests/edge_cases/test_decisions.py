"""Edge cases of decisions and categories: 3, 4, 5, 6, 7, 8, 9."""

from domain.errors import Code, Kind
from tests.builders import ANSWERS, WHY
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS, HOURS
from tests.domain.clocks.story import Story

NO = dict.fromkeys(ANSWERS, "no")


def category(story: Story, minute: float, letter: str) -> Story:
    return story.give(minute, "record-category", "kaya", category=letter, given_by="ncsc")


def test_edge_03_a_false_positive_found_in_containment_is_reversed_billed_and_told_again() -> None:
    """Another person reverses, then it is decided again; work done is billed, all are told."""
    story = ways.log(ways.containing(), 0, 1)
    own = story.refused(10, "reverse-decision", "kaya", reason=WHY)
    assert own.code in (Code.ROLE_NOT_ALLOWED, Code.SAME_PERSON)
    told = len(story.notices)
    ways.reverse(story, 11)
    assert story.said_since(told) == [
        "decision-reversed>council", "ncsc-update>ncsc", "stand-down>provider"
    ]  # fmt: skip
    told = len(story.notices)
    decided = {"result": "false-positive", "tests": NO, "reason": WHY}
    story.give(12, "decide", "kaya", **decided)
    assert story.said_since(told) == ["decision-false-positive>council", "ncsc-update>ncsc"]
    assert (story.case.phase, story.case.outcome) == ("closing", "false-positive")
    story.give(13, "hand-off-billing", "priya")
    (pack,) = story.case.money.packs
    assert pack.A is not None
    assert pack.A.net_pence == 456_000


def test_edge_04_c4_that_becomes_c2_overnight_shortens_what_runs_and_ends_the_proposal() -> None:
    """Deadlines shorten from now, nothing restarts; the proposal lapses and decide works."""
    story = category(ways.assessed(), 1, "C4")
    story.give(2, "propose-discretionary", "kaya", tests=ANSWERS, reason=WHY)
    qualifies = {"result": "qualifies", "tests": ANSWERS, "reason": WHY}
    waits = story.refused(3, "decide", "kaya", **qualifies)
    assert waits.code is Code.APPROVAL_PENDING
    category(story, 60, "C2")
    assert story.case.proposal is None
    assert [f.type for f in story.facts].count("discretionary-lapsed") == 1
    assert story.stands("decision") == ("running", 120, None)
    assert story.give(61, "decide", "kaya", **qualifies).case.phase == "activation"

    late = ways.by_discretion(category(ways.assessed(), 1, "C4"), 2)
    late.give(3, "contact-made", late.provider, **ways.TALKED)
    late.give(4, "agree-scope", late.provider, summary="All.", agreed_by="Jo Hale")
    assert late.stands("containment-update") == ("running", 4 + 24 * HOURS, None)
    category(late, 8 * HOURS, "C2")
    assert late.stands("containment-update") == ("running", 9 * HOURS, None)
    assert late.clock("containment-update").instance == 1
    assert late.until(9 * HOURS).pages("containment-update") == [
        (8 * HOURS + 45, 0), (9 * HOURS, 1)
    ]  # fmt: skip


def test_edge_05_c3_that_becomes_c5_after_activation_keeps_its_support() -> None:
    """Support goes on; a review of it is due within one working day."""
    story = category(ways.containing(0, "C3"), 60, "C5")
    assert story.case.phase == "containment"
    assert story.stands("support-review") == ("running", DAYS + 60, None)
    reviewed = {"about": "category", "result": "continue", "notes": "It goes on."}
    story.give(2 * HOURS, "record-review", "priya", **reviewed)
    assert story.stands("support-review")[0] == "met"
    assert (story.case.phase, story.provider) == ("containment", "alder")


def test_edge_06_an_incident_that_is_never_categorised_is_chased_and_may_be_helped() -> None:
    """Chased hourly until the assessment ends; the discretionary way; every record says so."""
    story = ways.assessed()
    qualifies = {"result": "qualifies", "tests": ANSWERS, "reason": WHY}
    assert story.refused(5, "decide", "kaya", **qualifies).code is Code.BELOW_THRESHOLD
    ways.by_discretion(story.until(181), 200)
    assert story.until(20 * HOURS).told("category-request") == [0, 60, 120, 180]
    assert story.stands("category-chase")[0] == "cancelled"

    story.give(20 * HOURS, "contact-made", story.provider, **ways.TALKED)
    story.give(20 * HOURS, "agree-scope", story.provider, summary="All.", agreed_by="Jo Hale")
    ways.log(story, 20 * HOURS, 1)
    ways.decline(story, 21 * HOURS).give(22 * HOURS, "hand-off-billing", "priya")
    assert {one.context["category"] for one in story.notices} == {"uncategorised"}
    pack = next(f for f in story.facts if f.type == "billing-handed-off").payload["document"]
    assert pack["decision"]["category"] == "uncategorised"
    assert pack["decision"]["discretionary"] is True


def test_edge_07_the_second_of_two_officers_is_told_who_was_first() -> None:
    """Two decide on what both saw: stale-version, with the name of the first."""
    story = category(ways.assessed(), 1, "C2")
    seen = story.case.version
    qualifies = {"result": "qualifies", "tests": ANSWERS, "reason": WHY, "if_version": seen}
    story.give(5, "decide", "kaya", **qualifies)
    late = story.refused(5, "decide", "tomas", **qualifies)
    assert (late.code, late.kind) == (Code.STALE_VERSION, Kind.CONFLICT)
    assert late.details["by"] == "kaya"
    assert "kaya" in late.message


def test_edge_08_a_command_to_a_closed_case_is_refused_and_changes_nothing() -> None:
    """The answer is case-closed; the trace of the attempt is proved beside it, live."""
    story = ways.withdraw(ways.assessed(), 5)
    facts = len(story.facts)
    refused = story.refused(6, "decide", "kaya", result="qualifies", tests=ANSWERS, reason=WHY)
    assert (refused.code, refused.kind) == (Code.CASE_CLOSED, Kind.REFUSED)
    assert len(story.facts) == facts


def test_edge_09_an_activation_by_mistake_is_reversed_though_nobody_was_told() -> None:
    """The reversal is recorded and nothing that was owed is taken back in silence."""
    story = ways.activated()
    owed = [one.notice for one in story.notices]
    ways.reverse(story, 1)
    assert [one.notice for one in story.notices[: len(owed)]] == owed
    assert "activation-confirmed" in [told.notice for told in story.case.notices]
    assert story.told("decision-reversed") == [1]
    assert story.case.phase == "assessment"
    assert [f.type for f in story.facts].count("decision-reversed") == 1


def test_edge_09_what_nobody_had_is_superseded_and_nobody_is_rung_about_it() -> None:
    """A confirmation that no channel got through is marked superseded and off the phone task."""
    story = ways.activated()
    for channel in ("email", "sms"):
        failed = {"notice": "activation-confirmed", "channel": channel, "state": "failed"}
        story.give(1, "record-delivery", "system", **failed)
    assert story.stands("phone-task")[0] == "running"
    ways.reverse(story, 2)
    assert story.stands("phone-task")[0] == "cancelled"
    gone = [f.payload["notice"] for f in story.facts if f.type == "notice-superseded"]
    assert gone == ["activation-confirmed"]
    assert story.told("decision-reversed") == [2]

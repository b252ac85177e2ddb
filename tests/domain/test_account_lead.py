"""At 30 minutes without contact L1 is paged and the provider's account lead (guide f 7)."""

from domain.clocks.due import next_due
from domain.effects import Page
from domain.settling import advance
from tests.domain.clocks.story import Story, instant, minute_of


def pages(story: Story, until: float) -> list[tuple[float, int, str | None]]:
    """Return minute, rung and provider of every page about the provider's contact."""
    case, found = story.case, []
    while (due := next_due(case)) is not None and due.at <= instant(until):
        passed = advance(case, due.at, through=True)
        case = passed.case
        found += [one.page for one in passed.effects if one.page is not None]
    return [row(page) for page in found if page.about.startswith("provider-contact#")]


def row(page: Page) -> tuple[float, int, str | None]:
    return minute_of(page.at), page.rung, page.provider


def test_only_the_first_mark_pages_the_account_lead() -> None:
    story = Story().activated(0)
    assert pages(story, 85) == [
        (20, 0, None),
        (30, 1, "alder"),
        (45, 2, None),
        (60, 3, None),
        (80, 3, None),
    ]


def test_a_contact_in_time_pages_no_account_lead() -> None:
    story = Story().activated(0).give(29, "contact-made", "alder", with_whom="Jo", channel="phone")
    assert [one for one in pages(story, 85) if one[2] is not None] == []


def test_after_a_fail_over_it_is_the_new_providers_lead() -> None:
    story = Story().activated(0)
    story.give(31, "fail-over", "priya", reason="The firm does not answer its line.")
    assert [one for one in pages(story, 62) if one[2] is not None] == [(61, 1, "kestrel")]

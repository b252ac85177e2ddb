"""Temporal's Web UI in a browser: what staff see who look there."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.house import House

pytestmark = [pytest.mark.server, pytest.mark.browser]

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE_MS = 30_000
SHOWN = (
    '"CasePhase": "assessment"',
    '"CaseCategory": "C2"',
    '"CaseOwner": "kaya"',
    '"CaseNextClock": "decision"',
    '"CaseBreached": false',
    '"CaseExercise": false',
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium, which has to be on the path."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found is not None, "No Chromium on the path: install it, or run with -m 'not browser'."
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open one page."""
    opened = browser.new_page(viewport={"width": 1440, "height": 1600})
    opened.set_default_timeout(PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """Return a case with an owner."""
    reference = house.open()
    house.ask("triage", "acknowledge", reference)
    house.quiet(reference)
    return reference


def test_the_list_of_cases_shows_the_case(house: House, page: Page, case: str) -> None:
    page.goto(f"{house.running.ui}/namespaces/cir/workflows")
    expect(page.get_by_text(case).first).to_be_visible(timeout=PATIENCE_MS)


def decoding(house: House, page: Page, token: str) -> None:
    """Give this browser an endpoint of its own, as a person does in the UI's codec dialogue."""
    endpoint = f"{house.running.desk}/codec/{token}"
    page.add_init_script(
        "localStorage.setItem('overrideRemoteCodecConfiguration', 'true');"
        f"localStorage.setItem('endpoint', {json.dumps(json.dumps(endpoint))});"
    )


def opened_tab(house: House, page: Page, case: str, tab: str) -> None:
    """Open the page of a case at one of its tabs."""
    page.goto(f"{house.running.ui}/namespaces/cir/workflows/{case}")
    page.get_by_role("tab", name=tab).click()


def kept(page: Page, folder: Path, name: str) -> str:
    """Save what is on the screen beside the test's other files, and return its text."""
    page.screenshot(path=folder / f"{name}.png")
    text = page.inner_text("body")
    (folder / f"{name}.txt").write_text(text)
    return text


def test_the_details_say_where_the_case_stands(
    house: House, page: Page, case: str, tmp_path: Path
) -> None:
    decoding(house, page, house.token("kaya"))
    opened_tab(house, page, case, "User Metadata")
    drawn = page.frame_locator("iframe[src*='owner']").locator("body")
    expect(drawn).to_contain_text("owner kaya", timeout=PATIENCE_MS)
    kept(page, tmp_path, "details")
    text = drawn.inner_text()

    assert f"{case}: assessment" in text
    assert "Waiting for" in text
    assert "decision waits for" in text
    assert "case-acknowledged by kaya" in text
    assert "Marian Tolley" not in text, "no personal data in what everybody sees"


def test_the_search_attributes_are_those_of_the_case(
    house: House, page: Page, case: str, tmp_path: Path
) -> None:
    opened_tab(house, page, case, "Search Attributes")
    expect(page.get_by_text("CaseNextClock").first).to_be_visible(timeout=PATIENCE_MS)
    text = kept(page, tmp_path, "search-attributes")

    for line in SHOWN:
        assert line in text, text


def test_with_a_token_the_input_of_a_case_is_shown_decoded(
    house: House, page: Page, case: str, tmp_path: Path
) -> None:
    decoding(house, page, house.token("kaya"))
    page.goto(f"{house.running.ui}/namespaces/cir/workflows/{case}")
    expect(page.get_by_text("Saltbeck District Council").first).to_be_visible(timeout=PATIENCE_MS)
    assert "Marian Tolley" in kept(page, tmp_path, "decoded")


@pytest.mark.parametrize("token", [None, "not-a-token"])
def test_without_a_token_the_web_ui_shows_no_clear_text(
    house: House, page: Page, case: str, tmp_path: Path, token: str | None
) -> None:
    if token is not None:
        decoding(house, page, token)
    with page.expect_response(lambda got: "/decode" in got.url) as answered:
        page.goto(f"{house.running.ui}/namespaces/cir/workflows/{case}")
    assert answered.value.status == 401
    refused = page.get_by_text("Data decoding failed - Unauthorized").first
    expect(refused).to_be_visible(timeout=PATIENCE_MS)
    text = kept(page, tmp_path, "sealed")
    for word in ("Saltbeck", "Marian Tolley", "Housing"):
        assert word not in text

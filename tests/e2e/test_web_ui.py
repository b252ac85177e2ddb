"""Temporal's Web UI in a browser: what staff see who look there."""

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Run Chromium, which has to be on the path."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found is not None, "No Chromium on the path: install it, or leave out -m browser."
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


def test_the_page_of_a_case_shows_where_it_stands(
    house: House, page: Page, case: str, tmp_path: Path
) -> None:
    page.goto(f"{house.running.ui}/namespaces/cir/workflows/{case}")
    expect(page.get_by_text(case).first).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=tmp_path / "case.png", full_page=True)
    (tmp_path / "case.txt").write_text(page.inner_text("body"))
    expect(page.get_by_text("owner kaya").first).to_be_visible(timeout=PATIENCE_MS)

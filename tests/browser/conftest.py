"""A real browser: the distribution's Chromium, driven by Playwright; and pages for it to open."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

import visitplan as vp
from tests.browser.large import large_day
from tests.reporting.html.builders import apart, contents
from visitplan.reporting.html import report_page

TOP = Path(__file__).resolve().parents[2]
PATIENCE_MS = 15_000
"""How long the page is waited for, on however busy a machine."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # CI runs as root, and the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Give the path of the distribution's Chromium; None where there is none."""
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path is not None), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("CI needs Chromium for the browser tests: .ci/run installs Debian's package chromium")
    if path is None:
        pytest.skip("no Chromium here: install the distribution's package to run the browser tests")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()


@dataclass
class Opened:
    """A page that is open, with whatever it asked the network for and whatever it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def _note(self, route: Route, request: Request) -> None:
        self.requests.append(request.url)
        if request.url.startswith("file:"):
            route.continue_()
        else:
            route.abort()

    def open(self, path: Path) -> Page:
        """Open a file, and wait until the page has drawn its list."""
        self.page.route("**/*", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("#count:not(:empty)", state="attached")
        return self.page


@pytest.fixture
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """Give a new window; indirect parameters are those of Playwright's contexts."""
    context = browser.new_context(**getattr(request, "param", {}))
    context.set_default_timeout(PATIENCE_MS)
    yield Opened(context.new_page())
    context.close()


@pytest.fixture(scope="session")
def market_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages") / "market day.html"
    path.write_text(report_page(contents(), [apart()]), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def week(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the report of macclesfield-week, planned by the quickest engine."""
    scenario = vp.read(TOP / "data" / "macclesfield-week")
    result = vp.plan(scenario, engine="greedy", iterations=1, time_limit=None, progress=False)
    path = tmp_path_factory.mktemp("pages") / "week.html"
    path.write_text(result.report(), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the report of a day of 5,000 visits."""
    path = tmp_path_factory.mktemp("pages") / "county.html"
    path.write_text(report_page(large_day()), encoding="utf-8")
    return path

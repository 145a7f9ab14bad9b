"""The report in a real browser: it opens, filters, keeps to itself, is accessible, and prints on A4."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opened
from tests.exports.hostile import HOSTILE, hostile_plan, hostile_scenario
from tests.reporting.html.builders import contents
from visitplan.reporting.html import report_page
from visitplan.reporting.html.contents import harmless

pytestmark = pytest.mark.xdist_group("browser")
"""One worker runs them all: one browser, and one plan of the week."""

PHONE = {"viewport": {"width": 320, "height": 700}}
"""The narrowest window in which WCAG 2.2 (1.4.10, Reflow) wants no scrolling sideways."""
DARK = {"color_scheme": "dark"}
A4_PRINTED_PX = 703
"""Width of A4 less two margins of 12 mm, at 96 pixels to the inch."""
CPU_LIMIT_S = 3.0


def listed(page: Page) -> list[str]:
    return page.locator("#list .run b").all_inner_texts()


def run_of(page: Page, staff: str) -> Locator:
    """Give the row of a member of staff's run, once it is drawn."""
    row = page.locator(".run", has=page.locator("b", has_text=re.compile(f"^{staff}$")))
    row.scroll_into_view_if_needed()
    row.locator(".strip g").first.wait_for(state="attached")
    return row


def count(page: Page, expected: str) -> None:
    """Wait until the line of counts begins so."""
    expect(page.locator("#count")).to_have_text(re.compile(f"^{re.escape(expected)}"))


def faults(page: Page) -> list[str]:
    """Give what axe finds, by rule and place."""
    violations = Axe().run(page).response["violations"]
    return [f"{found['id']}: {node['target']}" for found in violations for node in found["nodes"]]


@pytest.mark.parametrize("path", ["market_day", "week", "county"])
def test_no_request_leaves_the_page(opened: Opened, path: str, request: pytest.FixtureRequest) -> None:
    file: Path = request.getfixturevalue(path)
    page = opened.open(file)
    page.locator(".run > button").first.click()
    page.fill("[name=search]", "1")
    page.wait_for_timeout(300)
    assert opened.requests == [file.as_uri()]
    assert opened.complaints == []


@pytest.mark.parametrize("path", ["week", "county"])
def test_it_opens_with_less_than_three_seconds_of_work(
    opened: Opened, path: str, request: pytest.FixtureRequest
) -> None:
    """The processor's seconds of the page's process: what a free machine takes, however busy this one is."""
    page = opened.open(request.getfixturevalue(path))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    metrics = {entry["name"]: entry["value"] for entry in session.send("Performance.getMetrics")["metrics"]}
    assert 0 < metrics["ProcessTime"] < CPU_LIMIT_S


def test_the_county_lists_every_run_and_draws_only_what_is_near(opened: Opened, county: Path) -> None:
    page = opened.open(county)
    count(page, "714 runs with 5,000 visits")
    assert page.locator(".run").count() == 714
    page.locator(".run").first.scroll_into_view_if_needed()
    page.wait_for_selector(".run:first-child .strip g", state="attached")
    assert 0 < page.locator(".strip:has(g)").count() < 200
    page.locator(".run").last.scroll_into_view_if_needed()
    page.wait_for_selector(".run:last-child .strip g", state="attached")


def test_every_run_is_a_strip_of_travel_waiting_breaks_and_visits(opened: Opened, market_day: Path) -> None:
    page = opened.open(market_day)
    carer = run_of(page, "C1").locator(".strip")
    assert carer.locator(".visit").count() == 2
    assert carer.locator(".visit.joint").count() == 1
    assert carer.locator(".pause").count() == 1
    assert carer.locator(".wait").count() == 1
    assert carer.locator(".travel").count() == 3
    assert page.locator(".links line").count() == 1


def test_an_open_run_has_its_steps_in_a_table_and_a_way_to_its_partner(
    opened: Opened, market_day: Path
) -> None:
    page = opened.open(market_day)
    page.get_by_role("button", name=re.compile("^C1 care")).click()
    rows = run_of(page, "C1").locator("tbody tr")
    steps = [re.split(r"\t", text)[:3] for text in rows.all_inner_texts()]
    assert steps == [
        ["08:53", "09:00", "travel"],
        ["09:00", "09:35", "care"],
        ["09:35", "09:56", "travel"],
        ["09:55", "10:00", "wait"],
        ["10:00", "10:30", "care"],
        ["10:30", "10:50", "break"],
        ["10:50", "11:11", "travel"],
    ]
    page.get_by_role("button", name="N1 at 09:00").click()
    partner = page.get_by_role("button", name=re.compile("^N1 nursing"))
    assert partner.get_attribute("aria-expanded") == "true"
    assert partner.evaluate("button => button === document.activeElement")
    expect(page.locator("#map .number")).to_have_text(["1", "2", "1", "2"])


def test_filters_by_area_service_organisation_staff_and_household(opened: Opened, market_day: Path) -> None:
    page = opened.open(market_day)
    assert sorted(listed(page)) == ["C1", "N1"]
    for name, choice, expected in (
        ("area", "Nantwich", "1 run with 1 visit; 1 unassigned visit."),
        ("service", "nursing", "1 run with 2 visits; 0 unassigned visits."),
        ("organisation", "Council", "1 run with 2 visits; 0 unassigned visits."),
        ("staff", "N1", "1 run with 2 visits; 1 unassigned visit."),
    ):
        page.select_option(f"[name={name}]", label=choice)
        count(page, expected)
        page.get_by_role("button", name="Clear the filters").click()
        count(page, "2 runs with 4 visits; 1 unassigned visit.")
    page.fill("[name=household]", "h2")
    count(page, "1 run with 1 visit; 1 unassigned visit.")
    assert run_of(page, "C1").locator(".dim").count() == 1


def test_search_finds_any_id(opened: Opened, market_day: Path) -> None:
    page = opened.open(market_day)
    for text, expected in (
        ("R4", "1 run with 1 visit; 0 unassigned"),
        ("p3", "1 run with 1 visit; 1 unassigned"),
        ("J-H1-1", "2 runs with 2 visits; 0 unassigned"),
        ("C1-1", "1 run with 2 visits; 0 unassigned"),
        ("R5", "0 runs with 0 visits; 1 unassigned"),
    ):
        page.fill("[name=search]", text)
        count(page, expected)


def test_search_finds_an_id_on_any_day(opened: Opened, week: Path) -> None:
    page = opened.open(week)
    run = page.evaluate(
        "JSON.parse(document.getElementById('data').textContent).runs.findLast(r => r.visits.length)"
    )
    assert run["date"] == "2027-03-26"
    page.fill("[name=search]", run["visits"][0][0])
    expect(page.locator("#list b").first).to_have_text(run["staff"])


def test_shifts_without_visits_are_shown_when_asked_for(opened: Opened, market_day: Path) -> None:
    page = opened.open(market_day)
    page.get_by_label("Shifts without visits").check()
    count(page, "3 runs with 4 visits")
    assert "T1" in listed(page)


def test_everything_works_by_keyboard(opened: Opened, market_day: Path) -> None:
    page = opened.open(market_day)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator(".run > button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".run > button").first.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.detail') !== null")


@pytest.mark.parametrize("opened", [{}, DARK, PHONE], indirect=True, ids=["light", "dark", "phone"])
def test_axe_finds_no_fault(opened: Opened, market_day: Path) -> None:
    page = opened.open(market_day)
    page.get_by_role("button", name="Open all listed runs").click()
    page.wait_for_timeout(200)
    assert faults(page) == []


@pytest.mark.parametrize("opened", [{}, DARK], indirect=True, ids=["light", "dark"])
def test_axe_finds_no_fault_in_a_real_week(opened: Opened, week: Path) -> None:
    page = opened.open(week)
    page.locator(".run > button").first.click()
    page.wait_for_timeout(200)
    assert faults(page) == []


@pytest.mark.parametrize("opened", [PHONE], indirect=True)
@pytest.mark.parametrize("path", ["market_day", "week"])
def test_a_phone_scrolls_up_and_down_only(opened: Opened, path: str, request: pytest.FixtureRequest) -> None:
    page = opened.open(request.getfixturevalue(path))
    page.locator(".run > button").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]


@pytest.mark.parametrize("path", ["market_day", "week"])
def test_paper_is_a4_and_nothing_sticks_out(
    opened: Opened, path: str, request: pytest.FixtureRequest
) -> None:
    page = opened.open(request.getfixturevalue(path))
    page.locator(".run > button").first.click()
    page.wait_for_timeout(200)
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = set(re.findall(rb"/MediaBox \[([^\]]+)\]", pdf))
    assert {tuple(round(float(edge)) for edge in box.split()) for box in boxes} == {(0, 0, 595, 842)}
    page.set_viewport_size({"width": A4_PRINTED_PX, "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= A4_PRINTED_PX
    every = "[...document.querySelectorAll('main *')]"
    wide = f"{every}.filter(element => element.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{wide}.map(element => element.outerHTML.slice(0, 80))") == []


def test_before_printing_every_listed_run_is_drawn(opened: Opened, county: Path) -> None:
    page = opened.open(county)
    page.select_option("[name=service]", label="therapy")
    count(page, "238 runs")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".strip:has(.visit)").count() == 238


@pytest.mark.parametrize("opened", [{"java_script_enabled": False}], indirect=True)
def test_without_its_script_it_is_tables(opened: Opened, market_day: Path) -> None:
    page = opened.page
    page.goto(market_day.as_uri())
    assert page.locator("noscript table").count() == 2
    assert page.locator("#app").is_hidden()


def test_hostile_ids_do_nothing_and_are_shown_as_they_are(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(report_page(contents(hostile_plan(), hostile_scenario())), encoding="utf-8")
    opened.page.on("dialog", lambda dialog: opened.complaints.append(dialog.message))
    page = opened.open(path)
    page.get_by_role("button", name="Open all listed runs").click()
    page.wait_for_timeout(300)
    assert opened.complaints == []
    assert opened.requests == [path.as_uri()]
    names = set(page.evaluate("[...document.querySelectorAll('.run > button b')].map(b => b.textContent)"))
    assert names == {harmless(text) for text in HOSTILE}
    assert faults(page) == []

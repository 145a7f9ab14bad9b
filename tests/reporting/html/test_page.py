"""The page: complete in itself, safe whatever the ids are, the same bytes from the same plan."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests.exports.builders import plan, scenario
from tests.exports.hostile import HOSTILE, hostile_plan, hostile_scenario
from tests.reporting.html import golden
from tests.reporting.html.builders import APART, apart, contents
from visitplan import exports
from visitplan.reporting.html import report_page
from visitplan.reporting.html.contents import harmless
from visitplan.result import PlanResult


class Elements(HTMLParser):
    """Notes every element with its attributes, and the text of scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, str] = {}
        self.inside: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

        self.inside = (dict(attrs).get("type") or tag) if tag in ("script", "style") else None

    def handle_endtag(self, tag: str) -> None:
        self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.raw[self.inside] = self.raw.get(self.inside, "") + data


def embedded(page: str) -> dict:
    text = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    return json.loads(text[1])


def hostile_page() -> str:
    return report_page(contents(hostile_plan(), hostile_scenario()))


def test_the_market_day_is_the_golden_page() -> None:
    assert golden.page() == golden.FILE.read_text(encoding="utf-8")


def test_the_same_plan_gives_the_same_page() -> None:
    assert report_page(contents(), [apart()]) == report_page(contents(), [apart()])


def test_it_loads_nothing_from_anywhere() -> None:
    elements = Elements(report_page(contents(), [apart()])).found
    assert not [tag for tag, _ in elements if tag in ("link", "img", "iframe", "object", "embed", "base")]
    assert not [attributes for _, attributes in elements if "src" in attributes or "style" in attributes]
    assert all(str(attributes["href"]).startswith("#") for tag, attributes in elements if tag == "a")


def test_only_its_own_script_and_style_may_run() -> None:
    elements = Elements(report_page(contents()))
    [policy] = [a["content"] for _, a in elements.found if a.get("http-equiv") == "Content-Security-Policy"]
    for directive, kind in (("script-src", "module"), ("style-src", "style")):
        digest = base64.b64encode(hashlib.sha256(elements.raw[kind].encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}'" in str(policy)
    assert str(policy).startswith("default-src 'none';")
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]


def test_hostile_ids_make_no_element_and_run_nothing() -> None:
    plain = {tag for tag, _ in Elements(report_page(contents())).found}
    elements = Elements(hostile_page())
    assert {tag for tag, _ in elements.found} <= plain
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
    assert sum(tag == "script" for tag, _ in elements.found) == 2


def test_hostile_ids_come_out_as_they_are_but_for_signs_without_a_picture() -> None:
    data = embedded(hostile_page())
    assert {run["staff"] for run in data["runs"]} == {harmless(text) for text in HOSTILE}
    assert {home[0] for home in data["homes"]} == {harmless(text) for text in HOSTILE}


def test_no_sign_turns_the_writing_direction_or_a_terminal() -> None:
    page = hostile_page()
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert harmless("a\u202eb\x1b[31m\u2066c\nd\ud800") == "ab\ufffd[31mc d\ufffd"


def test_emoji_and_other_scripts_stay() -> None:
    assert harmless("🚑👵🏽 \u05e9\u05dc\u05d5\u05dd") == "🚑👵🏽 \u05e9\u05dc\u05d5\u05dd"


def test_without_a_script_every_visit_stands_in_a_table() -> None:
    page = report_page(contents())
    tables = page.split("<noscript>")[1].split("</noscript>")[0]
    assert {name for name in ("R1", "R2", "R3", "R4") if f"<bdi>{name}</bdi>" in tables} == {
        "R1",
        "R2",
        "R3",
        "R4",
    }
    assert "break 10:30 for 20 minutes" in tables


def test_the_unassigned_have_owner_reason_and_change() -> None:
    page = report_page(contents())
    section = page.split('<section id="unassigned"')[1].split("</section>")[0]
    left_out = plan().unassigned[0]
    for text in (left_out.visit_id, left_out.organisation, left_out.reason.value, left_out.explanation):
        assert text in section
    assert left_out.change in section


def test_a_plan_without_unassigned_visits_says_so() -> None:
    made = replace(contents(), tables={**contents().tables, "unassigned.csv": []})
    assert "Nobody: every visit that was asked for is in the roster." in report_page(made)


def test_visits_that_need_not_take_place_and_tasks_done_once_are_listed() -> None:
    row = dict.fromkeys(("visit_id", "request_id", "person_id", "household_id", "area", "service"), "R9")
    covered = row | {"organisation": "Council", "explanation": "BP is done by R1."}
    page = report_page(replace(contents(), tables={**contents().tables, "covered.csv": [covered]}))
    section = page.split('<section id="told-once"')[1].split("</section>")[0]
    assert "BP is done by R1." in section
    assert "1 task done once for several visits" in section
    nothing = {**contents().tables, "told_once.csv": []}
    assert 'id="told-once"' not in report_page(replace(contents(), tables=nothing))


@pytest.mark.parametrize(
    ("status", "said"),
    [("interrupted", "Planning was interrupted"), ("failed check", "is not to be used")],
)
def test_a_plan_that_is_not_whole_says_so_first(status: str, said: str) -> None:
    page = report_page(contents(status=status))
    assert page.index(said) < page.index("<main")


def test_edited_files_are_told() -> None:
    assert "The plan&#39;s files were changed" in report_page(contents(edits=2)).replace("'", "&#39;")


def test_without_another_plan_it_says_how_to_learn_what_coordination_bought() -> None:
    page = report_page(contents())
    assert "visitplan report PLAN --against APART" in page
    assert "What is better" not in page


def test_the_library_gives_the_same_page_as_the_folder(tmp_path) -> None:
    result = PlanResult(scenario(), plan())
    written = (result.write(tmp_path / "out") / "report.html").read_text(encoding="utf-8")
    assert result.report() == written
    assert "What is better" in result.report(PlanResult(scenario(), APART))


def test_names_and_contacts_never_reach_it() -> None:
    asked = scenario()
    people = (replace(asked.people[0], name="Edna Secretname"), *asked.people[1:])
    times = tuple(replace(time, contact="Joan Secretname") for time in asked.family_times)
    page = report_page(contents(plan(), replace(asked, people=people, family_times=times)))
    assert "Secretname" not in page


def test_a_home_of_a_member_of_staff_is_not_on_the_map() -> None:
    page = report_page(contents())
    base = scenario().staff[0].start
    assert str(base.lat) not in page
    assert str(base.lon) not in page


def test_tables_read_from_files_are_those_of_the_plan() -> None:
    files = exports.plan_files(hostile_scenario(), hostile_plan(), {"overall": {}})
    assert exports.table_texts(files) == exports.plan_texts(hostile_scenario(), hostile_plan())

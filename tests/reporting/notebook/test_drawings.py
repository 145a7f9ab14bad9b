"""Timeline and map: what they show, what they say, and what they refuse."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from tests.exports.builders import plan, scenario
from tests.exports.hostile import HOSTILE, hostile_plan, hostile_scenario
from tests.reporting.html.builders import contents
from tests.reporting.notebook import golden
from visitplan.reporting.html import runs_data
from visitplan.reporting.html.contents import harmless
from visitplan.reporting.notebook import Drawing, Wish, draw_map, draw_timeline
from visitplan.reporting.notebook.drawing import SERVICE_COLOURS
from visitplan.result import PlanResult

SVG = "{http://www.w3.org/2000/svg}"
MARKET_DAY = PlanResult(scenario(), plan())


def titles(drawing: Drawing) -> list[str]:
    return [title.text or "" for title in ET.fromstring(drawing.svg).iter(f"{SVG}title")]


def words(drawing: Drawing) -> list[str]:
    return [text.text or "" for text in ET.fromstring(drawing.svg).iter(f"{SVG}text")]


def two_days() -> PlanResult:
    """Give the market day with the carer's run on the next day."""
    carer = plan().runs[1]
    later = tuple(
        replace(visit, start=visit.start + 86400, end=visit.end + 86400, joint_visit_id=None)
        for visit in carer.visits
    )
    moved = replace(carer, visits=later, depart=carer.depart + 86400, finish=carer.finish + 86400)
    period = replace(plan().period, last=dt.date(2027, 1, 12))
    shifts = tuple(
        shift
        if shift.shift_id != "C1-1"
        else replace(shift, date=period.last, window=shift.window.shifted(86400), pause=None)
        for shift in scenario().shifts
    )
    made = replace(plan(), period=period, runs=(plan().runs[0], replace(moved, break_start=None, break_s=0)))
    return PlanResult(replace(scenario(), period=period, shifts=shifts), replace(made, joint_visits=()))


@pytest.mark.parametrize("name", ["timeline.svg", "map.svg", "plan.html", "scenario.html"])
def test_the_market_day_is_shown_as_it_is_kept(name: str) -> None:
    assert golden.shown()[name] == (golden.FOLDER / name).read_text(encoding="utf-8")


def test_every_visit_is_told_with_its_times_and_ids() -> None:
    told = titles(MARKET_DAY.timeline())
    assert "09:00 to 09:30: nursing, R1 to P1 at H1, joint visit J-H1-1" in told
    assert "10:30 to 10:50: break" in told
    assert "joint visit J-H1-1" in told


def test_a_shift_without_visits_is_a_row_too() -> None:
    assert "T1" in words(MARKET_DAY.timeline())


def test_the_map_tells_who_comes_to_each_household_and_where_no_staff_live() -> None:
    told = titles(MARKET_DAY.map())
    assert "H1, Crewe: 09:00 care C1; 09:00 nursing N1; 09:30 nursing N1" in told
    assert not any("B1" in title for title in told)


def test_few_runs_have_their_stops_numbered() -> None:
    assert {"1, 2"} <= set(words(MARKET_DAY.map(staff="N1")))


def test_a_household_asked_for_leaves_the_other_visits_faint() -> None:
    drawing = MARKET_DAY.timeline(household="H2")
    root = ET.fromstring(drawing.svg)
    faint = [g.find(f"{SVG}title") for g in root.iter(f"{SVG}g") if g.get("opacity") == "0.3"]
    assert [title.text for title in faint if title is not None] == [
        "09:00 to 09:35: care, R2 to P1 at H1, joint visit J-H1-1"
    ]
    assert drawing.said.endswith("1 run, 2 visits; visits other than of household H2 are faint")


def test_of_several_days_the_first_is_drawn_and_the_others_on_request() -> None:
    plans = two_days()
    assert "one of 2 days, day= shows another: 1 run, 2 visits" in plans.timeline().said
    assert "Tuesday 12 January 2027" in plans.timeline(day="2027-01-12").said
    assert plans.timeline(day=dt.date(2027, 1, 12)).said == plans.timeline(staff="C1").said.replace(
        "1 run of C1", "1 run"
    )


def test_rows_that_are_not_drawn_are_told() -> None:
    assert MARKET_DAY.timeline(most=1).said.endswith(
        "2 rows more are not drawn: ask for a part, or for most=3"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"staff": ["N1", "X"]}, "the plan has no staff X; it has C1, N1, T1"),
        ({"area": "Chester"}, "the plan has no area Chester; it has Crewe, Nantwich"),
        ({"household": "H9"}, "the plan has no household H9; it has H1, H2"),
        ({"service": "dental"}, "the plan has no service dental; it has care, nursing, therapy"),
        ({"day": "2027-01-12"}, "the plan has no such runs on 2027-01-12; it has some on 2027-01-11"),
        ({"day": "Monday"}, "day 'Monday' is no date as YYYY-MM-DD"),
        ({"staff": "N1", "area": "Nantwich"}, "no run of the plan is as asked"),
        ({"most": 0}, "most is 0"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(asked: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        MARKET_DAY.timeline(**asked)  # type: ignore[arg-type]


def test_a_map_of_households_without_coordinates_is_refused() -> None:
    data = runs_data(contents())
    data["homes"] = [[name, area, None, None] for name, area, _, _ in data["homes"]]
    with pytest.raises(ValueError, match="no household of these runs has coordinates"):
        draw_map(data, Wish())


def test_households_left_off_the_map_are_counted() -> None:
    data = runs_data(contents())
    data["homes"][0][2:] = [None, None]
    assert draw_map(data, Wish()).said.endswith("1 household; 1 household without coordinates")


def test_hostile_ids_are_text_and_nothing_else() -> None:
    result = PlanResult(hostile_scenario(), hostile_plan())
    for drawing in (result.timeline(), result.map()):
        root = ET.fromstring(drawing.svg)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "g", "rect", "line", "path", "circle", "text", "title"}
        assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
        assert "\u202e" not in drawing.svg
    page = result._repr_html_()
    assert "<script" not in page
    assert "<img" not in page


@pytest.mark.parametrize("name", [text for text in HOSTILE if text not in ("n1", "N1")])
def test_whoever_has_a_hostile_id_can_be_asked_for(name: str) -> None:
    result = PlanResult(hostile_scenario(), hostile_plan())
    assert harmless(name) in result.timeline(staff=name).said


def test_characters_that_xml_cannot_hold_do_not_break_a_drawing() -> None:
    data = runs_data(contents())
    data["runs"][0]["staff"] = "N\ufffe1\uffff"
    ET.fromstring(draw_timeline(data, Wish()).svg)


def test_a_drawing_is_kept_as_a_file_and_loads_nothing(tmp_path: Path) -> None:
    drawing = MARKET_DAY.map()
    kept = drawing.save(tmp_path / "map.svg").read_text(encoding="utf-8")
    assert kept == drawing.svg + "\n"
    assert re.findall(r"https?://[^\s\"]+", kept) == ["http://www.w3.org/2000/svg"]
    assert "href" not in kept
    assert repr(drawing) == f"<Drawing: {drawing.said}>"


def test_services_have_the_colours_of_the_report_on_paper() -> None:
    css = (resources.files("visitplan.reporting.html") / "static" / "report.css").read_text(encoding="utf-8")
    printed = css.split("@media print")[1]
    assert re.findall(r"--s\d: (#\w+);", printed) == list(SERVICE_COLOURS)

"""``visitplan report``: where the page is written, what it compares, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exports.builders import plan, scenario
from tests.reporting.html.builders import APART
from visitplan import exports
from visitplan.cli import run
from visitplan.result import PlanResult


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return PlanResult(scenario(), plan()).write(tmp_path / "made")


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    return PlanResult(scenario(), APART).write(tmp_path / "apart")


def test_a_plan_folder_has_its_report_and_the_manifest_lists_it(made: Path) -> None:
    assert "report.html" in exports.read_manifest(made).files
    assert exports.read_plan(made, scenario())[1] == ()


def test_the_report_is_made_anew_in_the_folder_and_the_folder_stays_whole(made, apart, capsys) -> None:
    before = {path: path.read_bytes() for path in made.rglob("*.csv")}
    assert run(["report", str(made), "--against", str(apart)]) == 0
    assert "What is better" in (made / "report.html").read_text(encoding="utf-8")
    assert str(made / "report.html") in capsys.readouterr().err
    assert exports.read_plan(made, scenario())[1] == ()
    assert {path: path.read_bytes() for path in made.rglob("*.csv")} == before


def test_out_writes_one_file_and_leaves_the_folder_alone(made, tmp_path) -> None:
    before = (made / "manifest.json").read_bytes()
    assert run(["report", str(made), "--out", str(tmp_path / "page.html"), "--quiet"]) == 0
    assert (tmp_path / "page.html").read_bytes() == (made / "report.html").read_bytes()
    assert (made / "manifest.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.glob(".page*")) == []


def test_several_plans_apart_give_ranges(made, apart, tmp_path) -> None:
    code = run(["report", str(made), "--against", str(apart), "--against", str(made)])
    assert code == 0
    assert "What is not clear" in (made / "report.html").read_text(encoding="utf-8")


def test_edits_are_shown_and_told(made, capsys) -> None:
    roster = made / "roster.csv"
    roster.write_text(roster.read_text(encoding="utf-8").replace("10:00,10:30", "10:05,10:35"), "utf-8")
    assert run(["report", str(made)]) == 0
    assert "PLAN-FILES-DIFFER" in capsys.readouterr().err
    page = (made / "report.html").read_text(encoding="utf-8")
    assert "changed after planning" in page
    assert "<td>10:05</td>" in page


def test_what_is_no_plan_is_exit_2_and_writes_nothing(tmp_path, capsys) -> None:
    (tmp_path / "empty").mkdir()
    assert run(["report", str(tmp_path / "empty")]) == 2
    assert "PLAN-FOLDER" in capsys.readouterr().err
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("place", [("overall", "door_knocks"), ("by_area",), ("by_service", "care", "km")])
def test_key_figures_that_cannot_be_read_are_exit_2(made, apart, capsys, place) -> None:
    figures = json.loads((apart / "kpis.json").read_text(encoding="utf-8"))
    inner = figures
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = "gone"
    (apart / "kpis.json").write_text(json.dumps(figures), encoding="utf-8")
    assert run(["report", str(made), "--against", str(apart)]) == 2
    assert "PLAN-FILE-DAMAGED" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_exit_1(made, tmp_path, capsys) -> None:
    assert run(["report", str(made), "--out", str(tmp_path / "nowhere" / "page.html")]) == 1
    assert "cannot be written" in capsys.readouterr().err

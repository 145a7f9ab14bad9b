"""``visitplan compare``: what two plan folders have to say side by side."""

from __future__ import annotations

import io
import json
import shutil

import pandas as pd
import pytest

from tests.cli.conftest import write_folder
from visitplan.cli import run


@pytest.fixture
def plans(folder, tmp_path):
    """Give the folders of an uncoordinated and a coordinated plan of the same input."""
    apart, together = tmp_path / "apart", tmp_path / "together"
    greedy = ["--engine", "greedy", "--quiet"]
    assert run(["plan", str(folder), "--out", str(apart), "--no-coordination", *greedy]) == 0
    assert run(["plan", str(folder), "--out", str(together), *greedy]) == 0
    return apart, together


def compare(plans, *options) -> int:
    return run(["compare", *map(str, plans), *options])


def test_two_plans_stand_side_by_side(plans, capsys):
    assert compare(plans) == 0
    said = capsys.readouterr().out
    assert said.startswith("apart -> together\n")
    for word in ("family interruptions", "By area", "crewe", "By organisation", "trust", "Households"):
        assert word in said


@pytest.mark.parametrize("table", ["headlines", "kpis", "households", "visits", "appointments"])
def test_every_table_comes_as_csv_on_stdout(plans, capsys, table):
    assert compare(plans, "--csv", "--table", table) == 0
    frame = pd.read_csv(io.StringIO(capsys.readouterr().out))
    assert len(frame) >= 2


def test_json_holds_every_table(plans, capsys):
    assert compare(plans, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["format"] == "visitplan.comparison/1"
    assert {"kpis", "households", "visits", "appointments", "changes"} <= made.keys()


def test_the_page_is_written_and_says_where(plans, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert compare(plans, "--html", str(page)) == 0
    assert "</html>" in page.read_text(encoding="utf-8")
    assert str(page) in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_exit_1(plans, tmp_path):
    assert compare(plans, "--html", str(tmp_path / "nowhere" / "page.html")) == 1


def test_a_plan_whose_input_is_gone_is_exit_2_and_says_how_to_name_it(plans, folder, tmp_path, capsys):
    moved = shutil.move(str(folder), str(tmp_path / "elsewhere"))
    assert compare(plans) == 2
    assert "PLAN-INPUT-GONE" in capsys.readouterr().err
    assert compare(plans, "--input", str(moved)) == 0


def test_an_input_that_has_changed_since_is_told(plans, folder, capsys):
    write_folder(folder, history="person_id,staff_id,visits\nP1,N1,3\n")
    assert compare(plans) == 0
    assert "CHECK-INPUT-CHANGED" in capsys.readouterr().err


def test_a_folder_that_is_no_plan_is_exit_2(plans, tmp_path):
    assert compare((plans[0], tmp_path / "nothing")) == 2

"""``visitplan what-if``: both plans are made and held side by side."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import TABLES, write_folder
from visitplan.cli import run


def what_if(folder, *options) -> int:
    return run(["what-if", str(folder), "--engine", "greedy", "--quiet", *options])


@pytest.fixture
def busy(tmp_path):
    """Give a folder in which the carer has two homes to be in at once."""
    requests = (
        TABLES["requests.csv"]
        .replace("09:00,14:00", "10:00,10:00")
        .replace(
            "R2,H1,P1,care,council,30,2027-03-10,2027-03-10,09:00,12:00",
            "R2,H1,P1,care,council,30,2027-03-10,2027-03-10,10:00,10:00",
        )
    )
    return write_folder(tmp_path / "busy", requests=requests)


def figures(text: str) -> dict[str, tuple[float, float]]:
    rows = json.loads(text)["kpis"]
    return {row["kpi"]: (row["a"], row["b"]) for row in rows if row["scope"] == "overall"}


def test_one_carer_more_serves_everybody(busy, capsys):
    assert what_if(busy, "--add-staff", "care", "--json") == 0
    assert figures(capsys.readouterr().out)["visits_unassigned"] == (1, 0)


def test_without_the_nurse_her_visit_is_unassigned(folder, capsys):
    assert what_if(folder, "--remove-staff", "N1", "--json") == 0
    assert figures(capsys.readouterr().out)["visits_unassigned"] == (0, 1)


def test_another_price_is_told_to_be_another_policy(folder, capsys):
    assert what_if(folder, "--set", "costs.car_pence_per_mile=90") == 0
    said = capsys.readouterr().out
    assert said.startswith("as it is -> what if\n")
    assert "different policies" in said


def test_both_plans_are_kept_where_that_is_asked_for(folder, tmp_path):
    out = tmp_path / "kept"
    out.mkdir()
    assert what_if(folder, "--add-staff", "N1", "--out", str(out)) == 0
    assert (out / "as-is" / "roster.csv").exists()
    assert (out / "what-if" / "roster.csv").exists()


@pytest.mark.parametrize(
    "options",
    [
        ("--add-staff", "nobody"),
        ("--remove-staff", "nobody"),
        ("--set", "costs"),
        ("--set", "costs.colour=1"),
    ],
)
def test_what_is_not_known_is_exit_2_and_named(folder, capsys, options):
    assert what_if(folder, *options) == 2
    assert "WHAT-IF-UNUSABLE" in capsys.readouterr().err

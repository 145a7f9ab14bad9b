"""``visitplan explain``: a request, a member of staff, a household."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import TABLES, write_folder
from visitplan.cli import run


@pytest.fixture
def planned(tmp_path):
    """Give a plan in which R3, at an hour at which nobody works, is unassigned."""
    requests = TABLES["requests.csv"].replace("09:00,14:00", "16:10,16:20")
    folder, out = write_folder(tmp_path / "late", requests=requests), tmp_path / "plan"
    assert run(["plan", str(folder), "--out", str(out), "--engine", "greedy", "--quiet"]) == 0
    return out


def test_an_unassigned_request_names_its_owner_the_reason_and_what_would_let_it_in(planned, capsys):
    assert run(["explain", str(planned), "R3"]) == 0
    said = capsys.readouterr().out
    for words in ("Owner: council", "is unassigned", "council has to act", "each tried out", "earlier"):
        assert words in said


def test_a_planned_request_says_why(planned, capsys):
    assert run(["explain", str(planned), "R1"]) == 0
    assert "Why this person" in capsys.readouterr().out


def test_a_request_comes_as_json_too(planned, capsys):
    assert run(["explain", str(planned), "R3", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["owner"] == "council"
    assert made["visits"][0]["changes"]


@pytest.mark.parametrize(
    ("option", "name", "words"), [("--staff", "N1", "Visit R1"), ("--household", "H1", "leads")]
)
def test_staff_and_households_are_explained(planned, capsys, option, name, words):
    assert run(["explain", str(planned), option, name]) == 0
    assert words in capsys.readouterr().out
    assert run(["explain", str(planned), option, name, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"]


def test_no_name_of_a_person_is_told(planned, capsys):
    for what in (["R1"], ["R3"], ["--staff", "C1"], ["--household", "H1"]):
        assert run(["explain", str(planned), *what]) == 0
    assert "Secretname" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "what", [["R9"], ["--staff", "X"], ["--household", "X"], [], ["R1", "--staff", "N1"]]
)
def test_what_is_not_there_or_not_one_thing_is_exit_2(planned, what):
    assert run(["explain", str(planned), *what]) == 2

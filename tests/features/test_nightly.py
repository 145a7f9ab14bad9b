"""The cron script in examples/nightly does what it says at each exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import TABLES, write_folder

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "nightly" / "nightly.sh"


def nightly(folder: Path, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = tmp_path / "visitplan"
    if not command.exists():
        command.write_text(f'#!/bin/sh\nexec {sys.executable} -m visitplan "$@"\n', encoding="utf-8")
        command.chmod(0o755)
    return subprocess.run(
        ["sh", str(SCRIPT), str(folder), str(tmp_path / "plans" / "tomorrow"), str(tmp_path / "import")],
        env={**os.environ, "VISITPLAN": str(command), "TIME_LIMIT": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def imported(tmp_path: Path) -> pd.DataFrame:
    return pd.read_csv(tmp_path / "import" / "roster.csv")


def test_a_good_night_hands_the_roster_over(tmp_path):
    done = nightly(write_folder(tmp_path / "in"), tmp_path)
    assert (done.returncode, len(imported(tmp_path))) == (0, 3), done.stderr
    assert "planned" in done.stderr


def test_a_mapping_makes_the_roster_what_the_other_system_wants(tmp_path):
    mapping = str(SCRIPT.with_name("roster-system.toml"))
    done = nightly(write_folder(tmp_path / "in"), tmp_path, MAPPING=mapping)
    assert done.returncode == 0, done.stderr
    found = pd.read_csv(tmp_path / "import" / "roster.csv", sep=";", encoding="cp1252", dtype=str)
    assert ",".join(found.columns) == "EmployeeNo,Starts,Ends,ServiceUser,Discipline,Reference"
    assert found["Discipline"].tolist() == ["20", "20", "10"]
    assert sorted(path.name for path in (tmp_path / "import").iterdir()) == ["roster.csv"]


def test_a_mapping_that_cannot_be_used_leaves_the_import_of_before(tmp_path):
    folder = write_folder(tmp_path / "in")
    nightly(folder, tmp_path)
    before = (tmp_path / "import" / "roster.csv").read_bytes()
    (tmp_path / "bad.toml").write_text("columns = []\n")
    done = nightly(folder, tmp_path, MAPPING=str(tmp_path / "bad.toml"))
    assert done.returncode == 1
    assert "MAP-VALUE" in done.stderr
    assert "could not be handed over" in done.stderr
    assert (tmp_path / "import" / "roster.csv").read_bytes() == before


def test_rows_that_cannot_be_planned_are_left_out_and_told(tmp_path):
    requests = TABLES["requests.csv"].replace("R3,H2", "R3,H9")
    done = nightly(write_folder(tmp_path / "in", requests=requests), tmp_path)
    assert (done.returncode, len(imported(tmp_path))) == (0, 2), done.stderr
    assert "rejected.csv" in done.stderr


def test_unassigned_visits_still_hand_the_roster_over_and_say_who_has_to_act(tmp_path):
    requests = TABLES["requests.csv"].replace("09:00,14:00", "05:00,06:00")
    done = nightly(write_folder(tmp_path / "in", requests=requests), tmp_path)
    assert (done.returncode, len(imported(tmp_path))) == (3, 2), done.stderr
    assert "unassigned.csv" in done.stderr


@pytest.mark.parametrize(
    ("breakage", "code", "told"),
    [("exit 2", 2, "mend it"), ("exit 4", 4, "no plan"), ("exit 5", 5, "report it"), ("exit 1", 1, "failed")],
)
def test_a_bad_night_leaves_last_nights_plan_and_import(tmp_path, breakage, code, told):
    folder = write_folder(tmp_path / "in")
    nightly(folder, tmp_path)
    before = (tmp_path / "import" / "roster.csv").read_bytes()
    broken = tmp_path / "broken"
    broken.write_text(f"#!/bin/sh\n{breakage}\n", encoding="utf-8")
    broken.chmod(0o755)
    done = nightly(folder, tmp_path, VISITPLAN=str(broken))
    assert done.returncode == code
    assert told in done.stderr
    assert (tmp_path / "import" / "roster.csv").read_bytes() == before


def test_an_interrupt_before_there_is_a_plan_hands_nothing_over(tmp_path):
    broken = tmp_path / "interrupted"
    broken.write_text("#!/bin/sh\nexit 130\n", encoding="utf-8")
    broken.chmod(0o755)
    done = nightly(write_folder(tmp_path / "in"), tmp_path, VISITPLAN=str(broken))
    assert done.returncode == 130
    assert not (tmp_path / "import").exists()

"""Whatever is done to a written plan, ``visitplan check`` exits with 5 and names it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tests.features.conftest import CREWE
from visitplan.cli import run


class Files:
    """A plan folder whose tables can be edited as somebody with a spreadsheet would."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests = self._read(CREWE / "requests.csv").set_index("request_id", drop=False)
        self.staff = self._read(CREWE / "staff.csv").set_index("staff_id", drop=False)
        self.roster = self._read(folder / "roster.csv")
        self.shifts = self._read(folder / "staff.csv")

    @staticmethod
    def _read(path: Path) -> pd.DataFrame:
        return pd.read_csv(path, dtype=str, keep_default_na=False)

    def save(self) -> None:
        self.roster.to_csv(self.folder / "roster.csv", index=False)
        self.shifts.to_csv(self.folder / "staff.csv", index=False)

    def move(self, row: int, minutes: int) -> None:
        for column in ("start", "end"):
            self.roster.loc[row, column] = later(self.roster.loc[row, column], minutes)

    def give(self, row: int, staff_id: str, shift_id: str | None = None) -> None:
        shift = shift_id or self.shifts.loc[self.shifts["staff_id"] == staff_id, "shift_id"].iloc[0]
        self.roster.loc[row, ["staff_id", "shift_id", "sequence"]] = [staff_id, shift, "99"]

    def row_where(self, wanted: Callable[[pd.Series], bool]) -> int:
        return next(row for row, visit in self.roster.iterrows() if wanted(visit))


def later(clock: str, minutes: int) -> str:
    hours, rest = divmod(int(clock[:2]) * 60 + int(clock[3:]) + minutes, 60)
    return f"{hours:02}:{rest:02}"


def minutes_of(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


@pytest.fixture
def files(crewe_plan: Path, tmp_path: Path) -> Files:
    shutil.copytree(crewe_plan, tmp_path / "plan")
    return Files(tmp_path / "plan")


def codes(files: Files, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """Check the folder as it stands, and give the codes of the errors that are named."""
    assert run(["check", str(CREWE), str(files.folder), "--json"]) == 5
    found = json.loads(capsys.readouterr().out)
    return {item["code"] for item in found if item["severity"] == "error"}


def test_an_untouched_plan_keeps_every_rule(crewe_plan):
    assert run(["check", str(CREWE), str(crewe_plan), "--quiet"]) == 0


def test_1_a_start_moved(files, capsys):
    files.roster.loc[3, "start"] = later(files.roster.loc[3, "start"], -1)
    files.save()
    assert codes(files, capsys) >= {"PLAN-FILES-DIFFER", "CHECK-DURATION"}


def test_2_a_visit_dropped(files, capsys):
    files.roster = files.roster.drop(index=5)
    files.save()
    assert "CHECK-VISIT-DROPPED" in codes(files, capsys)


def test_3_a_visit_doubled(files, capsys):
    files.roster = pd.concat([files.roster, files.roster.iloc[[5]]])
    files.save()
    assert "CHECK-VISIT-DOUBLED" in codes(files, capsys)


def test_4_a_visit_given_to_someone_unskilled(files, capsys):
    def somebody_lacks_the_skill(visit: pd.Series) -> bool:
        return unskilled(visit) is not None

    def unskilled(visit: pd.Series) -> str | None:
        needed = set(filter(None, files.requests.loc[visit["request_id"], "skills"].split(";")))
        for staff_id in files.shifts["staff_id"]:
            member = files.staff.loc[staff_id]
            if member["service"] == visit["service"] and not needed <= set(member["skills"].split(";")):
                return staff_id
        return None

    row = files.row_where(somebody_lacks_the_skill)
    files.give(row, unskilled(files.roster.loc[row]))
    files.save()
    assert "CHECK-SKILLS" in codes(files, capsys)


def test_5_a_visit_given_to_someone_excluded(files, capsys):
    def excludes_somebody(visit: pd.Series) -> bool:
        return bool(files.requests.loc[visit["request_id"], "excluded_staff"])

    row = files.row_where(excludes_somebody)
    excluded = files.requests.loc[files.roster.loc[row, "request_id"], "excluded_staff"].split(";")[0]
    files.give(row, excluded)
    files.save()
    assert "CHECK-EXCLUDED" in codes(files, capsys)


def test_6_a_visit_given_to_someone_off_shift(files, capsys):
    def late_in_the_day(visit: pd.Series) -> bool:
        return off_shift(visit) is not None

    def off_shift(visit: pd.Series) -> tuple[str, str] | None:
        for _, shift in files.shifts.iterrows():
            if shift["service"] == visit["service"] and shift["shift_end"] < visit["start"]:
                return shift["staff_id"], shift["shift_id"]
        return None

    row = files.row_where(late_in_the_day)
    files.give(row, *off_shift(files.roster.loc[row]))
    files.save()
    assert "CHECK-OFF-SHIFT" in codes(files, capsys)


def test_7_a_link_broken(files, capsys):
    row = files.row_where(lambda visit: visit["joint_mode"] == "together")
    files.move(row, 5)
    files.save()
    assert "CHECK-JOINT-START" in codes(files, capsys)


def test_8_a_break_eaten(files, capsys):
    row = next(row for row, shift in files.shifts.iterrows() if shift["break_start"])
    files.shifts.loc[row, "break_start"] = files.roster.loc[
        files.roster["shift_id"] == files.shifts.loc[row, "shift_id"], "start"
    ].iloc[0]
    files.save()
    assert codes(files, capsys) & {"CHECK-BREAK-EATEN", "CHECK-BREAK-WINDOW"}


def test_9_a_window_missed(files, capsys):
    def has_a_window_that_ends(visit: pd.Series) -> bool:
        return minutes_of(files.requests.loc[visit["request_id"], "window_end"]) < 20 * 60

    row = files.row_where(has_a_window_that_ends)
    window_end = files.requests.loc[files.roster.loc[row, "request_id"], "window_end"]
    files.move(row, minutes_of(window_end) - minutes_of(files.roster.loc[row, "start"]) + 10)
    files.save()
    assert "CHECK-WINDOW" in codes(files, capsys)


def test_10_travel_too_short(files, capsys):
    def follows_another_home(row: int) -> bool:
        if row == 0:
            return False
        before, after = files.roster.loc[row - 1], files.roster.loc[row]
        return before["shift_id"] == after["shift_id"] and before["household_id"] != after["household_id"]

    row = next(row for row in files.roster.index if follows_another_home(row))
    gap = minutes_of(files.roster.loc[row, "start"]) - minutes_of(files.roster.loc[row - 1, "end"])
    files.move(row, -gap)
    files.save()
    assert "CHECK-TRAVEL-SHORT" in codes(files, capsys)


def test_11_a_cost_altered(files, capsys):
    path = files.folder / "plan.json"
    plan = json.loads(path.read_text(encoding="utf-8"))
    body = plan.get("plan", plan)
    body["costs"]["travel_time"] -= 1
    path.write_text(json.dumps(plan), encoding="utf-8")
    assert "CHECK-COST" in codes(files, capsys)


def test_12_a_household_over_its_limit(files, capsys):
    homes = files.roster["household_id"].value_counts()
    crowded = files.roster.index[files.roster["household_id"] == homes.index[0]]
    start = files.roster.loc[crowded[0], "start"]
    for row in crowded:
        files.move(row, minutes_of(start) - minutes_of(files.roster.loc[row, "start"]))
    files.save()
    assert "CHECK-HOUSEHOLD-LIMIT" in codes(files, capsys)


def test_13_a_request_invented(files, capsys):
    invented = files.roster.iloc[[5]].assign(visit_id="R999", request_id="R999")
    files.roster = pd.concat([files.roster, invented])
    files.save()
    assert "CHECK-REQUEST-INVENTED" in codes(files, capsys)

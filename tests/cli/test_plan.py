"""``visitplan plan``: what it writes, what it prints where, and what each exit code means."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.conftest import TABLES, write_folder
from visitplan import planning
from visitplan.cli import run
from visitplan.errors import SolverError
from visitplan.findings import Finding, Severity

QUICK = ("--engine", "greedy", "--iterations", "1")


def plan(folder: Path, out: Path, *more: str) -> int:
    return run(["plan", str(folder), "--out", str(out), *QUICK, *more])


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_it_writes_the_plan_folder_and_says_where_roster_and_report_lie(folder, out, capsys):
    assert plan(folder, out) == 0
    assert {path.name for path in out.iterdir()} >= {
        "roster.csv",
        "appointments.csv",
        "unassigned.csv",
        "covered.csv",
        "told_once.csv",
        "joint_visits.csv",
        "staff.csv",
        "kpis.json",
        "findings.csv",
        "plan.json",
        "manifest.json",
        "report.html",
        "calendars",
    }
    assert len(pd.read_csv(out / "roster.csv")) == 3
    assert capsys.readouterr().out.endswith(
        f"The roster is in {out / 'roster.csv'}.\nThe report is in {out / 'report.html'}.\n"
    )


def test_nurse_and_carer_meet_while_the_family_is_there(folder, out):
    plan(folder, out)
    roster = pd.read_csv(out / "roster.csv").set_index("visit_id")
    assert roster.loc["R1", "start"] == roster.loc["R2", "start"]
    assert "10:00" <= roster.loc["R1", "start"] <= "11:00"


def test_without_coordination_nobody_is_joined(folder, out):
    assert plan(folder, out, "--no-coordination") == 0
    assert pd.read_csv(out / "joint_visits.csv").empty


def test_json_is_all_that_stands_on_stdout(folder, out, capsys):
    assert plan(folder, out, "--json") == 0
    assert json.loads(capsys.readouterr().out)


def test_quiet_prints_nothing(folder, out, capsys):
    assert plan(folder, out, "--quiet") == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_bad_input_is_exit_2_with_every_finding_and_no_plan(tmp_path, out, capsys):
    requests = (
        TABLES["requests.csv"]
        .replace("R3,H2", "R3,H9")
        .replace("R2,H1,P1,care,council,30", "R2,H1,P1,care,council,-5")
    )
    assert plan(write_folder(tmp_path / "bad", requests=requests), out) == 2
    told = capsys.readouterr().err
    assert "H9" in told
    assert "duration_min" in told
    assert not out.exists()


def test_a_folder_that_is_not_there_is_exit_2(tmp_path, out, capsys):
    assert plan(tmp_path / "nowhere", out) == 2
    assert "nowhere" in capsys.readouterr().err


def test_an_unknown_option_is_exit_2(folder, capsys):
    assert run(["plan", str(folder), "--colour", "blue"]) == 2
    assert "--colour" in capsys.readouterr().err


def test_skip_invalid_plans_the_rest_and_lists_what_was_left_out(tmp_path, out):
    requests = TABLES["requests.csv"].replace("R3,H2", "R3,H9")
    assert plan(write_folder(tmp_path / "bad", requests=requests), out, "--skip-invalid") == 0
    rejected = pd.read_csv(out / "rejected.csv")
    assert "R3" in rejected.to_string()
    assert set(pd.read_csv(out / "roster.csv")["request_id"]) == {"R1", "R2"}


def test_unassigned_visits_are_exit_3_only_where_that_is_asked_for(tmp_path, out):
    requests = TABLES["requests.csv"].replace("09:00,14:00", "05:00,06:00")
    bad = write_folder(tmp_path / "early", requests=requests)
    assert plan(bad, out) == 0
    assert plan(bad, out, "--fail-on-unassigned") == 3
    assert list(pd.read_csv(out / "unassigned.csv")["visit_id"]) == ["R3"]


def test_no_plan_is_exit_4_and_last_nights_stands(folder, out, monkeypatch, capsys):
    plan(folder, out)
    before = content(out)

    def fails(*_):
        raise SolverError("There is no plan.")

    monkeypatch.setattr(planning, "run", fails)
    assert plan(folder, out) == 4
    assert "There is no plan." in capsys.readouterr().err
    assert content(out) == before


def test_a_plan_that_fails_its_check_is_exit_5_kept_aside_and_last_nights_stands(
    folder, out, monkeypatch, capsys
):
    plan(folder, out)
    before = content(out)
    fault = Finding("CHECK-TRAVEL", Severity.ERROR, cause="Too short.", action="Report it.")
    monkeypatch.setattr(planning.checking, "check", lambda *_: (fault,))
    assert plan(folder, out) == 5
    assert "CHECK-TRAVEL" in capsys.readouterr().err
    assert content(out) == before
    manifest = json.loads((out.parent / "plan.failed" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == "failed check"


def test_a_fault_of_ours_is_exit_1_and_asks_for_a_report(folder, out, monkeypatch, capsys):
    def breaks(*_):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(planning, "run", breaks)
    assert plan(folder, out) == 1
    assert "Please report it" in capsys.readouterr().err
    assert not out.exists()


def test_an_interrupt_before_there_is_a_plan_is_exit_130_and_writes_nothing(folder, out, monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(planning, "reading", interrupted)
    assert plan(folder, out) == 130
    assert "untouched" in capsys.readouterr().err
    assert not out.exists()


def test_a_second_run_on_the_same_out_folder_is_refused(folder, out, capsys):
    holding = f"""
import sys
from visitplan import exports
with exports.lock({str(out)!r}):
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        assert plan(folder, out) == 1
        holder.stdin.close()
    assert str(holder.pid) in capsys.readouterr().err
    assert not out.exists()


def test_a_folder_that_is_no_plan_is_not_replaced(folder, out, capsys):
    out.mkdir()
    (out / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert plan(folder, out) == 1
    assert content(out) == {"thesis.txt": b"years of work"}
    assert str(out) in capsys.readouterr().err


def test_the_log_tells_the_run_in_json_lines_without_names(folder, out, tmp_path):
    log = tmp_path / "log.jsonl"
    assert plan(folder, out, "--log-file", str(log)) == 0
    text = log.read_text(encoding="utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    assert [event["event"] for event in events if event["event"] not in ("finding", "findings")] == [
        "started",
        "read",
        "first plan",
        "written",
        "finished",
    ]
    assert events[-1]["exit"] == 0
    assert "Secretname" not in text


def test_the_log_tells_bad_input_by_code_and_row_without_values(tmp_path, out):
    people = TABLES["people.csv"].replace("P2,H2", "P2,H9")
    log = tmp_path / "log.jsonl"
    assert plan(write_folder(tmp_path / "bad", people=people), out, "--log-file", str(log)) == 2
    text = log.read_text(encoding="utf-8")
    findings = [e for e in map(json.loads, text.splitlines()) if e["event"] == "finding"]
    assert any(finding["file"] == "people.csv" and finding["row"] == 3 for finding in findings)
    assert json.loads(text.splitlines()[-1])["exit"] == 2
    assert "Secretname" not in text


def test_the_same_seed_and_iterations_write_the_same_roster(folder, out, tmp_path):
    again = tmp_path / "again"
    arguments = ("--iterations", "5", "--seed", "3")
    assert run(["plan", str(folder), "--out", str(out), *arguments]) == 0
    assert run(["plan", str(folder), "--out", str(again), *arguments]) == 0
    assert (out / "roster.csv").read_bytes() == (again / "roster.csv").read_bytes()


@pytest.mark.parametrize(
    "name", ["roster.csv", "appointments.csv", "staff.csv", "joint_visits.csv", "plan.json"]
)
def test_no_name_of_a_person_leaves_with_the_plan(folder, out, name):
    plan(folder, out)
    assert "Secretname" not in (out / name).read_text(encoding="utf-8")


def test_a_failed_check_stays_exit_5_where_the_plan_cannot_be_kept_aside(folder, out, monkeypatch, capsys):
    fault = Finding("CHECK-TRAVEL", Severity.ERROR, cause="Too short.", action="Report it.")
    monkeypatch.setattr(planning.checking, "check", lambda *_: (fault,))
    aside = out.with_name("plan.failed")
    aside.mkdir()
    (aside / "thesis.txt").write_text("years of work", encoding="utf-8")
    assert plan(folder, out) == 5
    told = capsys.readouterr().err
    assert "CHECK-TRAVEL" in told
    assert "could not be kept" in told
    assert content(aside) == {"thesis.txt": b"years of work"}

"""``visitplan validate``, ``check``, ``schema`` and ``generate``."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.cli.conftest import TABLES, write_folder
from visitplan.cli import run

QUICK = ("--engine", "greedy", "--iterations", "1", "--quiet")


def test_validate_says_that_a_folder_can_be_planned(folder, capsys):
    assert run(["validate", str(folder)]) == 0
    assert "3 requests, 2 staff, 2 shifts" in capsys.readouterr().err


def test_validate_prints_every_finding_on_stdout_and_exits_2(tmp_path, capsys):
    requests = TABLES["requests.csv"].replace("R3,H2", "R3,H9").replace("10:00", "25:00")
    staff = TABLES["staff.csv"].replace("N1,nursing", "N1,")
    assert run(["validate", str(write_folder(tmp_path / "bad", requests=requests, staff=staff))]) == 2
    told = capsys.readouterr().out
    assert "requests.csv, row 4" in told
    assert "staff.csv, row 2" in told


def test_validate_gives_findings_as_json(tmp_path, capsys):
    requests = TABLES["requests.csv"].replace("R3,H2", "R3,H9")
    assert run(["validate", str(write_folder(tmp_path / "bad", requests=requests)), "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert {"code", "severity", "where", "cause", "action"} == set(found[0])
    assert any(item["where"]["value"] == "H9" for item in found)


def test_check_finds_nothing_wrong_with_a_fresh_plan(folder, out, capsys):
    run(["plan", str(folder), "--out", str(out), *QUICK])
    assert run(["check", str(folder), str(out)]) == 0
    assert "3 visits checked" in capsys.readouterr().err


def test_check_names_a_moved_start(folder, out, capsys):
    run(["plan", str(folder), "--out", str(out), *QUICK])
    roster = pd.read_csv(out / "roster.csv", dtype=str, keep_default_na=False)
    roster.loc[roster["visit_id"] == "R3", ["start", "end"]] = ["08:05", "08:50"]
    roster.to_csv(out / "roster.csv", index=False)
    assert run(["check", str(folder), str(out)]) == 5
    told = capsys.readouterr().out
    assert "PLAN-FILES-DIFFER" in told
    assert "R3" in told


def test_check_warns_where_the_input_has_changed(folder, out, capsys):
    run(["plan", str(folder), "--out", str(out), *QUICK])
    write_folder(folder, history="\nperson_id,staff_id,visits,last_date\n")
    run(["check", str(folder), str(out)])
    assert "CHECK-INPUT-CHANGED" in capsys.readouterr().out


def test_check_warns_where_the_policy_is_another(folder, out, capsys):
    run(["plan", str(folder), "--out", str(out), *QUICK])
    (folder / "visitplan.toml").write_text("[costs]\nshift_use_pence = 100\n", encoding="utf-8")
    assert run(["check", str(folder), str(out)]) == 5
    assert "CHECK-POLICY-CHANGED" in capsys.readouterr().out


def test_check_of_what_is_no_plan_is_exit_2(folder, tmp_path, capsys):
    assert run(["check", str(folder), str(tmp_path)]) == 2
    assert capsys.readouterr().err


def test_schema_lists_the_tables(capsys):
    assert run(["schema"]) == 0
    assert {"requests", "households", "staff", "shifts", "policy"} <= set(capsys.readouterr().out.split())


@pytest.mark.parametrize("name", ["requests", "policy"])
def test_schema_prints_json_schema(name, capsys):
    assert run(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]


def test_schema_of_an_unknown_table_is_exit_2(capsys):
    assert run(["schema", "wishes"]) == 2
    assert "wishes" in capsys.readouterr().err


def test_templates_are_blank_tables_and_replace_nothing(tmp_path, capsys):
    assert run(["schema", "--templates", str(tmp_path / "blank")]) == 0
    header = (tmp_path / "blank" / "requests.csv").read_text(encoding="utf-8")
    assert header.startswith("request_id,")
    assert run(["schema", "--templates", str(tmp_path / "blank")]) == 1
    assert "replace nothing" in capsys.readouterr().err


def test_generate_writes_a_folder_that_can_be_planned(tmp_path, capsys):
    assert run(["generate", str(tmp_path / "day"), "--visits", "40", "--seed", "7"]) == 0
    assert run(["validate", str(tmp_path / "day"), "--quiet"]) == 0
    assert run(["generate", str(tmp_path / "day"), "--visits", "40"]) == 1
    assert "choose a new folder" in capsys.readouterr().err

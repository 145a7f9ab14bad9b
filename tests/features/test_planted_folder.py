"""A folder full of defects: all are told, and the rest is planned, checked and accounted for."""

from __future__ import annotations

import pandas as pd

from tests.inputs.builders import with_rows, write
from tests.inputs.defects import DEFECTS
from visitplan.cli import run


def test_what_is_left_of_a_folder_full_of_defects_is_planned_and_every_row_accounted_for(tmp_path, capsys):
    tables = with_rows(*(defect.rows for defect in DEFECTS))
    folder, out = write(tmp_path / "night", tables), tmp_path / "plan"
    assert run(["validate", str(folder)]) == 2
    told = capsys.readouterr().out
    assert len({defect.code for defect in DEFECTS if defect.code in told}) >= 40
    quick = ["--skip-invalid", "--engine", "greedy", "--time-limit", "4", "--quiet"]
    assert run(["plan", str(folder), "--out", str(out), *quick]) == 0
    assert run(["check", str(folder), str(out), "--quiet"]) == 0
    rejected = pd.read_csv(out / "rejected.csv")
    planned = {*pd.read_csv(out / "roster.csv")["request_id"]}
    planned |= {*pd.read_csv(out / "unassigned.csv")["request_id"]}
    planned |= {*pd.read_csv(out / "covered.csv")["request_id"]}
    gone = (rejected["table"] == "requests").sum()
    assert len(planned) + gone == len(tables["requests"])

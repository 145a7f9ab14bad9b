"""``visitplan warm-up``, and what a run says while it compiles."""

from __future__ import annotations

import json
from pathlib import Path

from visitplan.cli import run
from visitplan.cli.logfile import LogFile
from visitplan.cli.telling import Teller
from visitplan.planning import Progress, warming


def test_it_says_where_compiled_code_is_kept_and_how_long_it_took(monkeypatch, capsys):
    monkeypatch.setattr(warming, "warm_up", lambda: warming.Warmth(Path("/cache/search-1"), 12.34, False))
    assert run(["warm-up"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "The search was compiled and kept in 12.3 s: /cache/search-1" in told.err


def test_done_before_it_says_so_and_quiet_says_nothing(monkeypatch, capsys):
    monkeypatch.setattr(warming, "warm_up", lambda: warming.Warmth(Path("/cache/search-1"), 0.5, True))
    assert run(["warm-up"]) == 0
    assert "was compiled before, and loaded in 0.5 s" in capsys.readouterr().err
    assert run(["warm-up", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


def test_where_it_cannot_be_kept_it_fails_and_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(warming, "warm_up", lambda: warming.Warmth(None, 30.0, False))
    assert run(["warm-up", "--quiet"]) == 1
    assert "NUMBA_CACHE_DIR" in capsys.readouterr().err


def test_compiling_and_the_first_plan_are_each_told_once(tmp_path, capsys):
    shown: list[Progress] = []
    log = tmp_path / "log.jsonl"
    teller = Teller(shown.append, LogFile(log), quiet=False)
    for stage in ("first plan", warming.COMPILING, warming.COMPILING, "searching"):
        teller(Progress(stage, 1.5, 60.0, 0, 100, 2))
    events = [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines()]
    assert [event["event"] for event in events] == ["first plan", "compiling"]
    assert (events[0]["unassigned"], events[0]["seconds"]) == (2, 1.5)
    assert capsys.readouterr().err.count("visitplan warm-up") == 1
    assert len(shown) == 4

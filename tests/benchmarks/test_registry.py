from __future__ import annotations

import pickle
import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks import registry, run
from benchmarks.measuring import side_by_side, yardstick
from benchmarks.registry import ENTRIES, Entry, Given
from benchmarks.regression import RULES, changes, report
from benchmarks.results import Result, Results, medians, page, read, write

if TYPE_CHECKING:
    from pathlib import Path


def results(*figures: dict[str, Any], engine: str = "search", yard: float = 0.2) -> Results:
    """Give results of one entry, a seed for each dictionary."""
    found = tuple(Result("day", "search", engine, seed, one) for seed, one in enumerate(figures, 1))
    return Results("2026-11-22", "a machine, Python 3.11", yard, found)


def worse(new: Results, stored: Results) -> list[str]:
    return [change.figure for change in changes(new, stored) if change.worse]


# --- the registry ---------------------------------------------------------------------------------------


def test_no_two_entries_have_the_same_name() -> None:
    names = [entry.name for entry in ENTRIES]
    assert len(set(names)) == len(names)


def test_every_entry_can_be_sent_to_a_process() -> None:
    assert [pickle.loads(pickle.dumps(entry)).name for entry in ENTRIES] == [e.name for e in ENTRIES]


def test_short_entries_come_first_and_need_nothing() -> None:
    shorts = [entry.short for entry in ENTRIES]
    assert shorts == sorted(shorts, reverse=True)
    assert not any(entry.needs for entry in ENTRIES if entry.short)


def test_a_county_day_in_steps_has_the_same_cost_again() -> None:
    work = partial(registry.steps, 40, "greedy", 1)
    one, other = work(Given()), work(Given())
    assert one["cost"] == other["cost"]
    assert one["curve"][-1][1] == one["cost"]
    assert "limit_seconds" not in one


def test_reading_and_travel_tell_their_rows_and_memory() -> None:
    assert registry.read(30, Given())["rows"] > 30
    assert registry.travel(50, Given())["arrays_mb"] == pytest.approx(50 * 50 * 4 / 2**20)


def test_an_engine_beside_others_is_judged_on_the_same_day() -> None:
    found = registry.apart(30, "greedy", 1.0, Given())
    assert found["cost"] > 0
    assert found["limit_seconds"] == 1.0


# --- running --------------------------------------------------------------------------------------------


def test_an_entry_that_fails_is_a_result_and_ends_nothing() -> None:
    broken = Entry("day", "search", "search", partial(registry.gehring, "none", "search"))
    found = run.measured(broken, Given())
    assert found.figures == {"failed": "KeyError: 'gehring-homberger'"}


def test_seconds_and_memory_are_added_to_what_an_entry_tells() -> None:
    entry = Entry("40 places", "travel", "none", partial(registry.travel, 40))
    figures = run.figures_of(entry, Given())
    assert {"seconds", "cpu_seconds", "megabytes", "arrays_mb"} <= figures.keys()


def test_what_is_not_there_is_left_out_by_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    entry = next(entry for entry in ENTRIES if entry.needs == "hhcrsp")
    assert not run.can_run(entry, Given())
    assert "--hhcrsp is not given" in capsys.readouterr().err
    assert run.can_run(entry, Given(folders=(("hhcrsp", tmp_path),)))


def test_results_are_written_shown_and_compared_by_one_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = Entry("40 places", "travel", "none", partial(registry.travel, 40), short=True)
    monkeypatch.setattr(run, "ENTRIES", (entry,))
    monkeypatch.setattr(run, "alone", lambda work, *given: work(*given))
    stored = tmp_path / "stored.json"
    monkeypatch.setattr(sys, "argv", ["run", "--out", str(stored)])
    run.main()
    assert "## Travel" in capsys.readouterr().out
    old = read(stored)
    write(stored, replace(old, results=(replace(old.results[0], figures={"megabytes": 1e9}),)))
    monkeypatch.setattr(
        sys,
        "argv",
        ["run", "--out", str(tmp_path / "new.json"), "--against", str(stored), "--only", "places"],
    )
    with pytest.raises(SystemExit) as ended:
        run.main()
    assert ended.value.code == 0
    assert "none worse than tolerated" in capsys.readouterr().out


def test_results_of_several_processes_keep_their_order() -> None:
    assert list(side_by_side(lambda k: k * k, range(5), 2)) == [0, 1, 4, 9, 16]


# --- results --------------------------------------------------------------------------------------------


def test_results_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    kept = results({"cost": 1.5, "curve": [[0.1, 2.0]]}, {"cost": 2.5, "curve": []})
    write(tmp_path / "deep" / "results.json", kept)
    assert read(tmp_path / "deep" / "results.json") == kept


def test_another_file_holds_no_results(tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no results"):
        read(tmp_path / "other.json")


def test_the_median_of_several_seeds_is_shown() -> None:
    found = medians(results({"cost": 5.0}, {"cost": 1.0}, {"cost": 2.0}))
    assert found["day", "search", "search"] == {"cost": 2.0, "seeds": 3}


def test_the_page_tells_machine_seeds_figures_and_curve() -> None:
    text = page(results({"cost": 1234.5, "limit_seconds": 60.0, "curve": [(6.0, 1300.0)], "unassigned": 0}))
    assert "2026-11-22. a machine, Python 3.11. Seeds 1;" in text
    assert "| scenario | engine | limit s |    cost | left out |" in text
    assert "| day      | search |      60 | 1,234.5 |        0 |" in text
    assert "6 s: 1,300" in text


def test_the_page_tells_what_failed_and_who_had_no_plan() -> None:
    assert "| OSError: a / b |" in page(results({"failed": "OSError: a | b"}))
    assert "| no plan |" in page(results({"cost": None, "unassigned": 9}))


# --- regression -----------------------------------------------------------------------------------------


def test_nothing_is_worse_than_itself() -> None:
    same = results({"cost": 10.0, "unassigned": 0, "cpu_seconds": 3.0, "megabytes": 100.0})
    assert worse(same, same) == []
    assert report(list(changes(same, same))) == "4 figures compared, none worse than tolerated."


def test_a_plan_that_costs_more_or_leaves_somebody_out_is_worse() -> None:
    stored = results({"cost": 100.0, "unassigned": 0})
    assert worse(results({"cost": 104.0, "unassigned": 0}), stored) == ["cost"]
    assert worse(results({"cost": 100.0, "unassigned": 1}), stored) == ["unassigned"]
    assert worse(results({"cost": 96.0, "unassigned": 0}), stored) == []


def test_a_slower_machine_is_no_regression_but_slower_code_is() -> None:
    stored = results({"cpu_seconds": 3.0}, yard=0.2)
    assert worse(results({"cpu_seconds": 6.0}, yard=0.4), stored) == []
    assert worse(results({"cpu_seconds": 6.0}, yard=0.2), stored) == ["cpu_seconds"]


def test_where_time_was_the_limit_steps_per_second_count_and_seconds_do_not() -> None:
    stored = results({"cpu_seconds": 3.0, "per_second": 30_000.0, "limit_seconds": 3.0})
    slow = {"cpu_seconds": 6.0, "per_second": 15_000.0, "limit_seconds": 3.0}
    assert worse(results(slow), stored) == ["per_second"]
    assert worse(results(slow, yard=0.4), stored) == []


def test_an_entry_that_fails_now_is_worse_and_peers_do_not_count() -> None:
    stored = {"cost": 10.0}
    failed = list(changes(results({"failed": "OSError: gone"}), results(stored)))
    assert [change.worse for change in failed] == [True]
    assert "OSError: gone" in report(failed)
    assert not list(changes(results({"cost": 99.0}, engine="pyvrp"), results(stored, engine="pyvrp")))


def test_no_figure_is_compared_by_two_rules() -> None:
    assert len({rule.figure for rule in RULES}) == len(RULES)


def test_the_yardstick_takes_some_time() -> None:
    assert yardstick() > 0

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks import hhcrsp
from benchmarks.hhcrsp_instances import Gap, Instance, read_best_known, read_instance
from benchmarks.hhcrsp_plans import (
    SCALE,
    cost_of,
    faults_of,
    problem_of,
    routes_of,
    served_twice,
    starts_of,
    write_solution,
)
from tests.benchmarks import documents
from visitplan.solver import SolveOptions, StartWindow, solve

if TYPE_CHECKING:
    from tests.benchmarks.documents import Any

ANN, BOB_NURSE, BOB_CARER, CAT_NURSE, CAT_CARER = range(5)
BY_HAND = ((ANN, BOB_NURSE, CAT_NURSE), (BOB_CARER, CAT_CARER))
"""c1 goes out to 30 and back, and so does c2: 120. Bob at 50, Cat at 80 and 85, nobody is late."""


@pytest.fixture
def tiny(tmp_path: Path) -> Instance:
    return read_instance(documents.write(tmp_path, documents.first_format()))


@pytest.fixture
def named(tmp_path: Path) -> Instance:
    return read_instance(documents.write(tmp_path, documents.second_format()))


# --- reading --------------------------------------------------------------------------------------------


def test_places_follow_the_office_in_the_order_of_the_file(tiny: Instance) -> None:
    assert [service.place for service in tiny.services] == [1, 2, 2, 3, 3]
    assert [giver.place for giver in tiny.caregivers] == [0, 0]


def test_every_required_service_becomes_one_with_the_patient_s_window(tiny: Instance) -> None:
    bob = tiny.services[BOB_CARER]
    assert (bob.patient, bob.service, bob.duration, bob.opens, bob.closes) == ("bob", "carer", 20, 50, 60)


def test_simultaneous_services_are_no_time_apart_and_sequential_ones_keep_their_distance(
    tiny: Instance,
) -> None:
    assert tiny.gaps == (Gap(BOB_NURSE, BOB_CARER, 0, 0), Gap(CAT_NURSE, CAT_CARER, 5, 9))


def test_the_later_sets_name_the_rows_of_offices_and_patients(named: Instance) -> None:
    assert [service.place for service in named.services] == [0, 2, 2, 4, 4]
    assert [(giver.place, giver.back) for giver in named.caregivers] == [(1, 1), (3, 3)]


def test_a_shift_s_beginning_is_when_its_caregiver_may_leave(named: Instance) -> None:
    assert [giver.starts for giver in named.caregivers] == [5, 0]


def test_a_duration_that_is_not_given_is_the_service_s_default(named: Instance) -> None:
    assert named.services[ANN].duration == 5


def test_an_incompatible_caregiver_may_not_serve(named: Instance) -> None:
    assert [named.may_serve(ANN, c) for c in (0, 1)] == [False, True]
    assert [named.may_serve(BOB_NURSE, c) for c in (0, 1)] == [True, True]


def test_newer_names_of_services_windows_and_points_are_read_too(tmp_path: Path) -> None:
    document = documents.second_format()
    document["terminal_points"] = document.pop("departing_points")
    for row in document["patients"]:
        row["required_services"] = row.pop("required_caregivers")
        start, end = row.pop("time_window")
        row["time_windows"] = [{"start": start, "end": end}]
    giver = document["caregivers"][0]
    giver |= {"departing_point": giver.pop("starting_point_id"), "arrival_point": "east"}
    giver["working_shift"] = {"start": 5, "end": 400}
    instance = read_instance(documents.write(tmp_path, document))
    assert (instance.services[ANN].opens, instance.services[ANN].closes) == (0, 100)
    assert (instance.caregivers[0].place, instance.caregivers[0].back) == (1, 3)
    assert instance.caregivers[0].starts == 5


def no_duration(document: dict[str, Any]) -> None:
    document["patients"][1]["required_caregivers"][1].pop("duration")


def no_such_service(document: dict[str, Any]) -> None:
    document["patients"][0]["required_caregivers"] = [{"service": "unheard of"}]


def small_matrix(document: dict[str, Any]) -> None:
    document["distances"] = documents.distances((0, 10, 20))


def not_square(document: dict[str, Any]) -> None:
    document["distances"] = [[0.0, 1.0]]


def odd_synchronization(document: dict[str, Any]) -> None:
    document["patients"][1]["synchronization"] = {"type": "whenever"}


def two_windows(document: dict[str, Any]) -> None:
    document["patients"][0].pop("time_window")
    document["patients"][0]["time_windows"] = [{"start": 0, "end": 1}, {"start": 2, "end": 3}]


def no_patients(document: dict[str, Any]) -> None:
    del document["patients"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (no_duration, "carer has no duration"),
        (no_such_service, "unheard of"),
        (small_matrix, r"places \[3\] are outside the matrix of 3 rows"),
        (not_square, "not square"),
        (odd_synchronization, "unknown synchronization whenever"),
        (two_windows, "has 2 windows"),
        (no_patients, "patients"),
    ],
)
def test_what_is_no_instance_is_refused(tmp_path: Path, spoil: Any, said: str) -> None:
    document = documents.first_format()
    spoil(document)
    with pytest.raises(ValueError, match=said):
        read_instance(documents.write(tmp_path, document))


def test_best_known_costs_lie_in_the_folder_or_beside_it(tmp_path: Path) -> None:
    (tmp_path / "best_known.csv").write_text("instance,cost\ntiny_3_1,40.5\n", encoding="utf-8")
    (tmp_path / "set").mkdir()
    assert read_best_known(tmp_path) == read_best_known(tmp_path / "set") == {"tiny_3_1": 40.5}
    assert read_best_known(tmp_path / "set" / "deeper") == {}


# --- to the solver --------------------------------------------------------------------------------------


def test_the_problem_s_cost_is_the_instance_s_in_thousandths_of_a_third(tiny: Instance) -> None:
    solution = solve(problem_of(tiny), SolveOptions(None, iterations=30), "ortools")
    routes = routes_of(tiny, solution)
    cost = cost_of(tiny, routes, starts_of(tiny, routes))
    assert solution.unassigned == ()
    assert solution.cost.total == round(3 * SCALE * cost.cost)
    assert cost.cost == pytest.approx(40)


def test_a_start_after_the_window_is_late_and_not_forbidden(tiny: Instance) -> None:
    window = problem_of(tiny).visits[BOB_NURSE].windows[0]
    assert (window.earliest, window.preferred) == (50_000, (50_000, 60_000))
    assert window.latest > 1_000_000


def test_a_patient_without_a_window_is_never_late(tmp_path: Path) -> None:
    document = documents.first_format()
    document["patients"][0]["time_window"] = None
    instance = read_instance(documents.write(tmp_path, document))
    window = problem_of(instance).visits[ANN].windows[0]
    assert window == StartWindow(0, window.latest, preferred_latest=window.latest)


def test_caregivers_leave_from_and_return_to_their_own_offices(named: Instance) -> None:
    shifts = problem_of(named).shifts
    assert [(s.start_place, s.end_place, s.start) for s in shifts] == [(1, 1, 5_000), (3, 3, 0)]


# --- judged in floats -----------------------------------------------------------------------------------


def test_starts_are_the_earliest_that_travel_windows_and_gaps_allow(tiny: Instance) -> None:
    assert starts_of(tiny, BY_HAND) == [10, 50, 50, 80, 85]


def test_a_late_partner_holds_up_the_other_and_whoever_follows(tiny: Instance) -> None:
    starts = starts_of(tiny, ((CAT_NURSE, BOB_NURSE, ANN), (CAT_CARER, BOB_CARER)))
    assert starts == [125, 105, 105, 80, 85]


def test_a_second_service_that_comes_late_drags_the_first_along(tmp_path: Path) -> None:
    document = documents.first_format()
    document["patients"][2]["time_window"] = [60, 200]
    starts = starts_of(read_instance(documents.write(tmp_path, document)), BY_HAND)
    assert (starts[CAT_CARER], starts[CAT_NURSE]) == (80, 80 - 9)


def test_runs_that_wait_for_each_other_in_a_circle_are_refused(tiny: Instance) -> None:
    with pytest.raises(ValueError, match="contradicts the gaps"):
        starts_of(tiny, ((CAT_NURSE, BOB_NURSE, ANN), (BOB_CARER, CAT_CARER)))


def test_the_cost_is_a_third_of_distance_tardiness_and_worst_tardiness(tiny: Instance) -> None:
    on_time = cost_of(tiny, BY_HAND, starts_of(tiny, BY_HAND))
    late = cost_of(tiny, BY_HAND, [10, 65, 65, 80, 85])
    assert on_time.cost == pytest.approx(120 / 3)
    assert (late.total_tardiness, late.max_tardiness) == (10, 5)
    assert late.cost == pytest.approx((120 + 10 + 5) / 3)


def test_a_plan_by_hand_has_no_faults(tiny: Instance) -> None:
    assert faults_of(tiny, BY_HAND, starts_of(tiny, BY_HAND)) == []


@pytest.mark.parametrize(
    ("routes", "starts", "said"),
    [
        (((ANN, BOB_NURSE), (BOB_CARER, CAT_CARER)), [10, 50, 50, 80, 85], "not every service is given once"),
        (
            ((ANN, BOB_NURSE, CAT_NURSE, CAT_CARER), (BOB_CARER,)),
            [10, 50, 50, 80, 85],
            "c1 may not give carer",
        ),
        (BY_HAND, [9, 50, 50, 80, 85], "c1 reaches ann too late"),
        (BY_HAND, [10, 49, 49, 80, 85], "bob is served before 50"),
        (BY_HAND, [10, 50, 51, 80, 85], "bob: starts are 1 apart"),
        (BY_HAND, [10, 50, 50, 80, 90], "cat: starts are 10 apart"),
        (BY_HAND, [10, 50, 50, 80, 84], "cat: starts are 4 apart"),
    ],
)
def test_every_broken_rule_is_named(
    tiny: Instance, routes: tuple[tuple[int, ...], ...], starts: list[float], said: str
) -> None:
    assert any(said in fault for fault in faults_of(tiny, routes, starts))


def test_awkward_decimals_never_break_a_rule_of_the_publishers(tmp_path: Path) -> None:
    document = documents.first_format()
    document["distances"] = documents.distances((0, 10.1, 20.2, 30.7))  # type: ignore[arg-type]
    document["patients"][2]["time_window"] = [80.3, 90]
    document["patients"][2]["synchronization"]["distance"] = [0.1, 0.7]
    instance = read_instance(documents.write(tmp_path, document))
    starts = starts_of(instance, BY_HAND)
    assert faults_of(instance, BY_HAND, starts) == []
    assert starts[CAT_NURSE] + 0.7 >= starts[CAT_CARER]


def test_patients_served_twice_by_one_caregiver_are_counted(tiny: Instance) -> None:
    assert served_twice(tiny, BY_HAND) == 0
    assert served_twice(tiny, ((ANN, BOB_NURSE), (BOB_CARER, CAT_NURSE, CAT_CARER))) == 1


# --- written --------------------------------------------------------------------------------------------


def test_a_plan_is_written_in_the_publishers_words(tiny: Instance, tmp_path: Path) -> None:
    target = tmp_path / "plan.json"
    write_solution(target, tiny, BY_HAND, starts_of(tiny, BY_HAND))
    document = json.loads(target.read_text(encoding="utf-8"))
    assert [route["caregiver_id"] for route in document["routes"]] == ["c1", "c2"]
    assert document["routes"][1]["locations"] == [
        {"patient_id": "bob", "service_id": "carer", "arrival_time": 50.0, "departure_time": 70.0},
        {"patient_id": "cat", "service_id": "carer", "arrival_time": 85.0, "departure_time": 95.0},
    ]
    assert document["global_ordering"] == ["ann", "bob", "cat"]


# --- the command ----------------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> None:
    monkeypatch.setattr("sys.argv", ["hhcrsp", *map(str, arguments)])
    hhcrsp.main()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    documents.write(tmp_path, documents.first_format(), "tiny_3_1")
    documents.write(tmp_path, documents.second_format(), "tiny_3_2")
    (tmp_path / "best_known.csv").write_text("instance,cost\ntiny_3_1,50\n", encoding="utf-8")
    return tmp_path


def test_the_command_prints_a_row_an_instance_and_means(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, folder, "--seconds", "0.3", "--engine", "ortools", "--out", folder / "plans")
    lines = capsys.readouterr().out.splitlines()
    row = next(line for line in lines if "tiny_3_1" in line)
    assert [cell.strip() for cell in row.split("|")][1:6] == ["tiny_3_1", "5", "40.000", "50.000", "-20.00"]
    assert any("tiny_3_2" in line for line in lines)
    assert any("mean of 3" in line for line in lines)
    assert sorted(path.stem for path in (folder / "plans").iterdir()) == ["tiny_3_1", "tiny_3_2"]


def test_the_command_solves_only_the_instances_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record = folder / "record.jsonl"
    run(monkeypatch, folder, "--instances", "3_1", "--seconds", "0.2", "--engine", "ortools", "--seed", "1,2",
        "--record", record)  # fmt: skip
    lines = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
    assert [(line["instance"], line["seed"]) for line in lines] == [("tiny_3_1", 1), ("tiny_3_1", 2)]
    assert "tiny_3_2" not in capsys.readouterr().out


def test_a_name_that_fits_no_instance_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="is called 9_9"):
        run(monkeypatch, folder, "--instances", "3_1,9_9")


def test_a_folder_without_instances_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plan.json").write_text('{"routes": []}', encoding="utf-8")
    with pytest.raises(SystemExit, match="no instance in"):
        run(monkeypatch, tmp_path)


# --- the public set, where it is there ------------------------------------------------------------------

PUBLIC = os.environ.get("VISITPLAN_BENCHMARKS")


@pytest.mark.skipif(PUBLIC is None, reason="VISITPLAN_BENCHMARKS names no folder")
def test_every_public_instance_can_be_read_and_has_a_best_known_cost() -> None:
    folder = Path(str(PUBLIC)) / "hhcrsp"
    best = read_best_known(folder)
    paths = hhcrsp.instance_files(folder, None)
    assert len(paths) == 70
    assert all(best[read_instance(path).name] > 0 for path in paths)

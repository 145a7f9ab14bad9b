"""The calibration finds the figures of a made-up county, and ours are those it finds for Cheshire."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibrate_travel import Fit, circuity_of, shortest_ways
from visitplan.policy import ModePolicy, TravelPolicy

ROOT = Path(__file__).parents[2]
SPEEDS = (18.0, 36.0, 42.0, 66.0, 90.0)


def suggested(folder: Path) -> ModePolicy:
    """Run the calibration as a user does and read the policy that it prints."""
    command = [sys.executable, "-m", "benchmarks.calibrate_travel", str(folder)]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    toml = tomllib.loads(printed[printed.index("[travel.car]") :])
    return ModePolicy.model_validate(toml["travel"]["car"])


def write(path: Path, *table: tuple[object, ...]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)


@pytest.fixture
def county(tmp_path):
    """Lay out villages along a road 1.4 times as long as the crow flies, and drives at SPEEDS."""
    lat = [53.0 + 0.01 * k for k in range(60)]  # 1.113 km apart
    write(
        tmp_path / "cheshire_main_roads_nodes.csv",
        ("node", "lat", "lon"),
        *((k, here, -2.5) for k, here in enumerate(lat)),
    )
    write(
        tmp_path / "cheshire_main_roads_edges.csv",
        ("a", "b", "km"),
        *((k, k + 1, 1.4 * 1.1131) for k in range(59)),
    )
    write(tmp_path / "cheshire_lsoa21.csv", ("lat", "lon"), *((here, -2.5) for here in lat), ("", ""))
    write(
        tmp_path / "dft_road_speeds_2017_am_peak.csv",
        ("road_type", "kmh"),
        ("Local street", 18),
        ("Minor road", 36),
    )
    straight = np.arange(0.5, 60, 0.25)
    minutes = Fit(1.4, SPEEDS).minutes(straight)
    write(
        tmp_path / "cheshire_lsoa11_to_acute_hospital_drive_minutes.csv",
        ("drive_minutes", "straight_km"),
        *zip(minutes.tolist(), straight.tolist(), strict=True),
    )
    return tmp_path


def test_a_made_up_county_gives_its_figures_back(county):
    car = suggested(county)
    assert car.circuity == 1.4
    assert [band.kmh for band in car.bands] == list(SPEEDS)


def test_the_shortest_way_goes_round_when_that_is_shorter():
    triangle = [[(1, 1.0), (2, 5.0)], [(0, 1.0), (2, 1.0)], [(0, 5.0), (1, 1.0)], []]
    assert shortest_ways(triangle, 0) == [0, 1, 2, float("inf")]


def test_circuity_looks_only_at_pairs_as_far_apart_as_visits_are():
    assert circuity_of(np.array([0.5, 10.0, 30.0]), np.array([5.0, 12.0, 90.0])) == pytest.approx(1.2)


def test_the_calibration_reckons_as_the_source_does():
    from visitplan.travel.speed import Speeds

    car = TravelPolicy().car
    straight = np.array([0.3, 2.0, 7.0, 15.0, 40.0])
    ours = Fit(car.circuity, tuple(band.kmh for band in car.bands)).minutes(straight)
    assert ours * 60 == pytest.approx(Speeds(car).seconds(straight * 1000 * car.circuity))


@pytest.mark.skipif("VISITPLAN_CHESHIRE" not in os.environ, reason="VISITPLAN_CHESHIRE names no folder")
def test_the_defaults_are_those_that_cheshire_suggests():
    assert suggested(Path(os.environ["VISITPLAN_CHESHIRE"])) == TravelPolicy().car

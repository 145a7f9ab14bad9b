"""Fit the crow-flies figures of the car to a county, and say how well they fit.

Run ``python -m benchmarks.calibrate_travel DIR``, where DIR holds

- ``cheshire_main_roads_nodes.csv`` (node, lat, lon) and ``cheshire_main_roads_edges.csv`` (a, b, km),
- ``cheshire_lsoa21.csv`` (lat, lon): where people live,
- ``cheshire_lsoa11_to_acute_hospital_drive_minutes.csv`` (drive_minutes, straight_km),
- ``dft_road_speeds_2017_am_peak.csv`` (road_type, kmh).

docs/travel.md tells what was done with the result.
"""

from __future__ import annotations

import argparse
import csv
import heapq
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from visitplan.travel.distance import earth_centred, straight_metres

CIRCUITY_FROM_KM, CIRCUITY_TO_KM = 1.0, 20.0
"""Straight distances on which circuity is measured: the legs that home visits have."""
CIRCUITY_ROWS = ((1, 2), (2, 3), (3, 5), (5, 10), (10, 15), (15, 20), (20, 30), (30, 50), (50, 100))
TRUSTED_FROM_KM, TRUSTED_TO_KM = 8.0, 50.0
"""Straight distances of the drive minutes that are fitted: below, their intercept rules; above, pairs over 75
minutes are missing, so that those that are there are too fast."""
BAND_LIMITS_KM = (1.0, 3.0, 10.0, 25.0, 1000.0)
SHORT_HOPS = ("Local street", "Minor road")
"""Roads whose measured speed is that of the first and the second band."""
DRIVE_ROWS = ((0, 2), (2, 5), (5, 8), (8, 12), (12, 16), (16, 20), (20, 25), (25, 30), (30, 40), (40, 50))
BIN_KM = 4.0
"""Every stretch of this many straight km counts alike in the fit, however many pairs it has."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Road over straight distance, and the km/h of each band."""

    circuity: float
    kmh: tuple[float, ...]

    def minutes(self, straight_km: Floats) -> Floats:
        """Give the driving minutes over straight distances, as the crow-flies source reckons them."""
        fitted: Floats = _in_bands(straight_km * self.circuity) @ (60 / np.array(self.kmh))
        return fitted


def main() -> None:
    """Read, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    folder: Path = parser.parse_args().folder
    straight, road = network_distances(folder)
    circuity = circuity_of(straight, road)
    print_circuity(straight, road, circuity)
    drive_km, drive_minutes = drives(folder)
    exact = Fit(circuity, speeds_of(drive_km, drive_minutes, circuity, short_hop_speeds(folder)))
    rounded = Fit(round(circuity * 20) / 20, tuple(float(round(kmh)) for kmh in exact.kmh))
    print_drives(drive_km, drive_minutes, exact, rounded)
    print_policy(rounded)


def network_distances(folder: Path) -> tuple[Floats, Floats]:
    """Give straight and shortest road km between the main-road nodes nearest to where people live."""
    nodes = _points(folder / "cheshire_main_roads_nodes.csv")
    homes = _points(folder / "cheshire_lsoa21.csv")
    nearest = sorted(set(straight_metres(homes, nodes).argmin(axis=1).tolist()))
    neighbours = _network(folder / "cheshire_main_roads_edges.csv", len(nodes))
    road = np.array([np.array(shortest_ways(neighbours, source))[nearest] for source in nearest])
    straight = straight_metres(nodes[nearest], nodes[nearest]) / 1000
    once = np.triu_indices(len(nearest), 1)
    return straight[once], road[once]


def shortest_ways(neighbours: list[list[tuple[int, float]]], source: int) -> list[float]:
    """Give the length of the shortest way from one node to every other (Dijkstra 1959, with a heap)."""
    known = [math.inf] * len(neighbours)
    known[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        length, node = heapq.heappop(heap)
        if length > known[node]:
            continue
        for neighbour, step in neighbours[node]:
            if length + step < known[neighbour]:
                known[neighbour] = length + step
                heapq.heappush(heap, (length + step, neighbour))
    return known


def circuity_of(straight: Floats, road: Floats) -> float:
    """Give road over straight distance, summed over the pairs as far apart as home visits are."""
    near = (straight >= CIRCUITY_FROM_KM) & (straight < CIRCUITY_TO_KM)
    return float(road[near].sum() / straight[near].sum())


def drives(folder: Path) -> tuple[Floats, Floats]:
    """Give straight km and calibrated drive minutes from where people live to hospitals."""
    rows = _rows(folder / "cheshire_lsoa11_to_acute_hospital_drive_minutes.csv")
    return (
        np.array([float(row["straight_km"]) for row in rows]),
        np.array([float(row["drive_minutes"]) for row in rows]),
    )


def short_hop_speeds(folder: Path) -> list[float]:
    """Give the measured km/h of the roads that short hops are driven on."""
    rows = _rows(folder / "dft_road_speeds_2017_am_peak.csv")
    speeds = {row["road_type"]: float(row["kmh"]) for row in rows}
    return [speeds[road] for road in SHORT_HOPS]


def speeds_of(straight_km: Floats, minutes: Floats, circuity: float, short: list[float]) -> tuple[float, ...]:
    """Give the km/h of every band: the short ones as measured, the others by weighted least squares."""
    used = (straight_km >= TRUSTED_FROM_KM) & (straight_km < TRUSTED_TO_KM)
    parts = _in_bands(straight_km[used] * circuity)
    fixed = parts[:, : len(short)] @ (60 / np.array(short))
    bins = (straight_km[used] // BIN_KM).astype(int)
    weight = np.sqrt(1 / np.bincount(bins)[bins])
    slopes = np.linalg.lstsq(
        parts[:, len(short) :] * weight[:, None], (minutes[used] - fixed) * weight, rcond=None
    )[0]
    return (*short, *(float(60 / slope) for slope in slopes))


def print_circuity(straight: Floats, road: Floats, circuity: float) -> None:
    """Print road over straight distance by distance."""
    print(f"circuity: {len(straight)} pairs of main-road nodes near homes")
    print(f"{'straight km':>12} {'pairs':>6} {'sum/sum':>8} {'10 %':>6} {'median':>6} {'90 %':>6}")
    for low, high in CIRCUITY_ROWS:
        here = (straight >= low) & (straight < high)
        ratio = road[here] / straight[here]
        tenth, half, most = np.percentile(ratio, (10, 50, 90))
        whole = road[here].sum() / straight[here].sum()
        print(f"{f'{low}-{high}':>12} {here.sum():6} {whole:8.3f} {tenth:6.2f} {half:6.2f} {most:6.2f}")
    print(f"{CIRCUITY_FROM_KM:g} to {CIRCUITY_TO_KM:g} km together: {circuity:.3f}\n")


def print_drives(straight_km: Floats, minutes: Floats, exact: Fit, rounded: Fit) -> None:
    """Print fitted speeds, and residuals of the rounded figures by distance."""
    print("speeds by band, km/h (limit in road km: fitted, rounded)")
    for limit, fitted, whole in zip(BAND_LIMITS_KM, exact.kmh, rounded.kmh, strict=True):
        print(f"  to {limit:6g}: {fitted:6.1f} {whole:5.0f}")
    print(f"\n{'straight km':>12} {'pairs':>6} {'minutes':>8} {'ours':>6} {'bias':>6} {'rmse':>6}")
    ours = rounded.minutes(straight_km)
    for low, high in DRIVE_ROWS:
        here = (straight_km >= low) & (straight_km < high)
        error = ours[here] - minutes[here]
        note = "" if low >= TRUSTED_FROM_KM else "  not fitted"
        print(
            f"{f'{low}-{high}':>12} {here.sum():6} {minutes[here].mean():8.1f} {ours[here].mean():6.1f} "
            f"{error.mean():+6.1f} {np.sqrt(np.mean(error**2)):6.1f}{note}"
        )


def print_policy(fit: Fit) -> None:
    """Print the figures as a policy file has them."""
    print(f"\n[travel.car]\ncircuity = {fit.circuity:g}\nbands = [")
    for limit, kmh in zip(BAND_LIMITS_KM, fit.kmh, strict=True):
        print(f"  {{ up_to_km = {limit:g}, kmh = {kmh:g} }},")
    print("]\naccess_min = 2  # not in the data: parking, and the walk to the door")


def _in_bands(road_km: Floats) -> Floats:
    """Give the km of each road distance that lie in each band, shape (distances, bands)."""
    lows = np.array((0.0, *BAND_LIMITS_KM[:-1]))
    parts: Floats = np.clip(road_km[:, None] - lows, 0, np.array(BAND_LIMITS_KM) - lows)
    return parts


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _points(path: Path) -> Floats:
    rows = [row for row in _rows(path) if row["lat"]]
    return earth_centred([float(row["lat"]) for row in rows], [float(row["lon"]) for row in rows])


def _network(path: Path, nodes: int) -> list[list[tuple[int, float]]]:
    neighbours: list[list[tuple[int, float]]] = [[] for _ in range(nodes)]
    for row in _rows(path):
        one, other, length = int(row["a"]), int(row["b"]), float(row["km"])
        neighbours[one].append((other, length))
        neighbours[other].append((one, length))
    return neighbours


if __name__ == "__main__":
    main()

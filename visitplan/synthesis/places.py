"""Places from a file: postcodes or small areas, by the town that each is nearest to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where
from visitplan.synthesis.gazetteer import TOWNS
from visitplan.synthesis.ground import KM_PER_DEGREE, Ground, Place, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from visitplan.synthesis.gazetteer import Town

    Points = NDArray[np.float64]

NEAR_KM = 25.0
"""Places further than this from every town are another county's."""

COUNTRY_KM = 5.0
"""Places further than this from their town are countryside, as in the gazetteer."""

WIDEST_KM = 1.0
"""Homes of a small area lie no further from its point than this, in the root mean square."""

COUNCILS = {"E06000049": "east", "E06000050": "west"}
"""ONS codes of Cheshire East and of Cheshire West and Chester."""

NUMBERS = {"lat": (-90, 90), "lon": (-180, 180), "age_65_plus": (0, np.inf), "all_ages": (0, np.inf)}
"""The columns that are numbers, and what they lie between; 99.999999 stands for no place in ONS files."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a file that have coordinates.

    Attributes
    ----------
    name
        The file.
    table
        lat and lon (degrees, WGS 84), and where the file has them postcode, lad_code (ONS code of the local
        authority), age_65_plus and all_ages (people).
    without
        How many rows of the file have no coordinates.
    """

    name: str
    table: pd.DataFrame
    without: int


def read_places(path: Path) -> Places:
    """Read a CSV file (UTF-8, with a header) of postcodes or small areas.

    It needs the columns lat and lon; postcode, lad_code, age_65_plus and all_ages are used where it has them.
    Rows without coordinates, or with latitude 99.999999, which stands for none in files of the Office for
    National Statistics, are left out and counted.

    Raises
    ------
    InputError
        The file cannot be read or lacks a column (``GEN-PLACES-FILE``), or some cells are not numbers or
        impossible (``GEN-PLACES-CELL``, one for each).
    """
    try:
        cells = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", skip_blank_lines=False
        )
    except (OSError, ValueError) as error:
        raise _unusable(path, f"it cannot be read ({type(error).__name__})") from error
    cells.columns = cells.columns.str.strip().str.lower()
    cells = cells.loc[:, ~cells.columns.duplicated()]
    if lacking := [name for name in ("lat", "lon") if name not in cells]:
        raise _unusable(path, f"it has no column {' and no column '.join(lacking)}")
    known = [name for name in (*NUMBERS, "postcode", "lad_code") if name in cells]
    table = cells[known].apply(lambda column: column.str.strip())
    placed = table["lat"].ne("") & table["lon"].ne("") & ~table["lat"].str.startswith("99.9999")
    table = table[placed]
    if findings := list(_bad_cells(path, table)):
        raise InputError(f"{path.name} has places that cannot be used", findings)
    numbers = [name for name in known if name in NUMBERS]
    return Places(path.name, table.assign(**{n: _numbers(table[n]) for n in numbers}), int((~placed).sum()))


def _numbers(column: pd.Series[str]) -> pd.Series[float]:
    return pd.to_numeric(column, errors="coerce")


def _bad_cells(path: Path, table: pd.DataFrame) -> Iterator[Finding]:
    for name, (least, most) in NUMBERS.items():
        if name in table:
            for at, cell in table.loc[~_numbers(table[name]).between(least, most), name].items():
                yield Finding(
                    "GEN-PLACES-CELL",
                    Severity.ERROR,
                    Where(file=path.name, row=int(str(at)) + 2, column=name, value=cell),
                    cause=f"It is not a number from {least} to {most}.",
                    action="Correct it, or take the row out.",
                )


def _unusable(path: Path, why: str) -> InputError:
    finding = Finding(
        "GEN-PLACES-FILE",
        Severity.ERROR,
        Where(file=path.name),
        cause=f"The file of places cannot be used: {why}.",
        action="Give a CSV file, UTF-8, with a header and the columns lat and lon.",
    )
    return InputError(f"{path.name} is no file of places", [finding])


def ground_at(places: Places, towns: Sequence[Town]) -> Ground:
    """Give the ground that lies at places: each belongs to the nearest of all towns, as town or countryside.

    Where the file tells people's ages, homes are spread by them; else each town and countryside has the
    people that the gazetteer says, evenly over its places. A postcode is a point; homes of a small area are
    scattered round its own, half as far as it is to the next.

    Raises
    ------
    InputError
        None of the places lies near the towns (``GEN-PLACES-NONE``).
    """
    table = places.table
    points = table[["lat", "lon"]].to_numpy(dtype=float)
    nearest, km = _nearest(points)
    kept = (km <= NEAR_KM) & np.isin(nearest, [TOWNS.index(town) for town in towns])
    if not kept.any():
        raise _none_near(places, towns)
    table, points, nearest = table[kept], points[kept], nearest[kept]
    has_country = np.array([town.country_65_plus > 0 for town in TOWNS])
    rural = (km[kept] > COUNTRY_KM) & has_country[nearest]
    spread = np.zeros(len(table)) if "postcode" in table else _half_way_to_the_next(points)
    spots = []
    for town, country in [(town, country) for country in (False, True) for town in towns]:
        here = (nearest == TOWNS.index(town)) & (rural == country)
        if here.any():
            spots.append(_spot(town, country, table[here], spread[here]))
    return Ground(spots)


def _nearest(points: Points) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Give, for each point, the index of the nearest of all towns and how far it is, km."""
    best = np.zeros(len(points), dtype=np.intp)
    least = np.full(len(points), np.inf)
    for index, town in enumerate(TOWNS):
        km = _km(points, np.array([town.lat, town.lon]))
        closer = km < least
        best[closer], least[closer] = index, km[closer]
    return best, least


def _km(points: Points, point: Points) -> NDArray[np.float64]:
    """Give the straight distance of each point from one point, km."""
    scale = np.array([KM_PER_DEGREE, KM_PER_DEGREE * np.cos(np.radians(point[0]))])
    gaps: NDArray[np.float64] = np.linalg.norm((points - point) * scale, axis=1)
    return gaps


def _half_way_to_the_next(points: Points) -> NDArray[np.float64]:
    """Give half the distance from each point to the nearest other one, km; to none it is infinite."""
    halves = np.full(len(points), WIDEST_KM)
    for index, point in enumerate(points):
        gaps = _km(points, point)
        gaps[index] = np.inf
        halves[index] = min(gaps.min() / 2, WIDEST_KM)
    return halves


def _spot(town: Town, rural: bool, table: pd.DataFrame, spread: NDArray[np.float64]) -> Spot:
    """Make the spot of some places; people are the file's, or else the gazetteer's."""
    older, younger = _ages(table)
    places = tuple(
        Place(
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            km=float(km),
            older=float(old),
            younger=float(young),
            authority=COUNCILS.get(row.get("lad_code", ""), town.authority),
            postcode=row.get("postcode"),
        )
        for row, km, old, young in zip(table.to_dict("records"), spread, older, younger, strict=True)
    )
    if "age_65_plus" in table:
        return Spot(town, rural, float(older.sum()), float(younger.sum()), places)
    elders = town.country_65_plus if rural else town.town_65_plus
    residents = town.country_residents if rural else town.town_residents
    return Spot(town, rural, float(elders), float(residents - elders), places)


def _ages(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the weights of each place for older and younger people; the same for all where none are told."""
    alike = np.ones(len(table))
    older = table["age_65_plus"].to_numpy(float) if "age_65_plus" in table else alike
    if "age_65_plus" not in table or "all_ages" not in table:
        return older, alike
    return older, np.maximum(table["all_ages"].to_numpy(float) - older, 0.0)


def _none_near(places: Places, towns: Sequence[Town]) -> InputError:
    finding = Finding(
        "GEN-PLACES-NONE",
        Severity.ERROR,
        Where(file=places.name),
        cause=f"None of its {len(places.table)} places with coordinates belongs to {_listed(towns)}.",
        action="Give a file of places in Cheshire, lat and lon in degrees (WGS 84), or leave it out.",
    )
    return InputError(f"{places.name} has no place that can be used", [finding])


def _listed(towns: Sequence[Town]) -> str:
    return "any of the towns" if len(towns) == len(TOWNS) else " or ".join(town.name for town in towns)

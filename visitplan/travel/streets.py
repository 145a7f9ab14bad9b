"""What a matrix of real streets says that somebody should know: one function a rule, one list of rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from visitplan.domain.places import UNREACHABLE, TravelMode
from visitplan.findings import Finding, Severity, Where
from visitplan.policy import RoadsPolicy
from visitplan.travel.kept import PointMatrix
from visitplan.travel.legs import LISTED

if TYPE_CHECKING:
    from collections.abc import Callable
MAP_ACTION = "Correct its coordinates, or use a map that holds its road; see docs/travel.md."


@dataclass(frozen=True)
class Streets:
    """A matrix, the places it is for, and what counts as far and as uneven.

    Attributes
    ----------
    ids
        Of the places.
    point
        Shape (places,): the row of each place in the matrix.
    """

    matrix: PointMatrix
    ids: Sequence[str]
    point: NDArray[np.intp]
    mode: TravelMode
    policy: RoadsPolicy

    @cached_property
    def hub(self) -> int:
        """Give the point that most others can be reached from and left for: the heart of the network."""
        seconds = self.matrix.seconds
        counts = [
            np.count_nonzero((seconds[row] != UNREACHABLE) & (seconds[:, row] != UNREACHABLE))
            for row in range(len(seconds))
        ]
        return int(np.argmax(counts))

    @cached_property
    def entered(self) -> NDArray[np.bool_]:
        """Tell of each point whether there is a way to it from the hub."""
        return np.asarray(self.matrix.seconds[self.hub] != UNREACHABLE)

    @cached_property
    def left(self) -> NDArray[np.bool_]:
        """Tell of each point whether there is a way from it to the hub."""
        return np.asarray(self.matrix.seconds[:, self.hub] != UNREACHABLE)

    def at(self, point: int) -> str:
        """Give the id of the first place at a point."""
        return self.ids[int(np.flatnonzero(self.point == point)[0])]

    def named(
        self, faulty: NDArray[np.bool_], code: str, cause: Callable[[int], str], action: str
    ) -> Iterator[Finding]:
        """Warn of each of the first places at these points, and once of the number of all the others."""
        indices = np.flatnonzero(faulty[self.point])
        for index in indices[:LISTED].tolist():
            where = Where(subject=self.ids[index])
            yield Finding(code, Severity.WARNING, where, cause(int(self.point[index])), action)
        if len(indices) > LISTED:
            more = f"The same kind of thing holds for {len(indices) - LISTED} more places by {self.mode}."
            yield Finding(code, Severity.WARNING, Where(subject=str(self.mode)), more, action)


def no_road(streets: Streets) -> Iterator[Finding]:
    """Name places without any road near them."""
    yield from streets.named(
        np.isposinf(streets.matrix.snap_m),
        "TRAVEL-NO-ROAD",
        lambda _: (
            f"The map has no road for {streets.mode} near this place, so that it cannot be travelled to."
        ),
        MAP_ACTION,
    )


def road_far(streets: Streets) -> Iterator[Finding]:
    """Name places that are far from the road they were put on."""
    snaps = streets.matrix.snap_m
    yield from streets.named(
        (snaps > streets.policy.max_snap_m) & np.isfinite(snaps),
        "TRAVEL-ROAD-FAR",
        lambda point: (
            f"The nearest road for {streets.mode} is {snaps[point]:.0f} m away; the time from there to "
            "the door is not counted."
        ),
        MAP_ACTION,
    )


def no_way(streets: Streets) -> Iterator[Finding]:
    """Name places that no way leads to or from, though there is a road near them."""
    yield from streets.named(
        ~streets.entered & ~streets.left & ~np.isposinf(streets.matrix.snap_m),
        "TRAVEL-NO-WAY",
        lambda _: (
            f"No way by {streets.mode} leads from its road to {streets.at(streets.hub)} and most other "
            "places, or back."
        ),
        "Correct its coordinates, or serve it by staff who start on its side; visits nobody can reach are "
        "unassigned.",
    )


def one_way_only(streets: Streets) -> Iterator[Finding]:
    """Name places that can be entered and not left, or left and not entered."""
    hub = streets.at(streets.hub)
    yield from streets.named(
        streets.entered != streets.left,
        "TRAVEL-ONE-WAY",
        lambda point: (
            f"There is a way by {streets.mode} from {hub} to this place and none back."
            if streets.entered[point]
            else f"There is a way by {streets.mode} from this place to {hub} and none back."
        ),
        "Move its coordinates to the road it is entered by, or correct the map's one-way streets.",
    )


def pairs_without_way(streets: Streets) -> Iterator[Finding]:
    """Count the pairs without a way between points that are both part of the network."""
    inside = np.flatnonzero(streets.entered & streets.left)
    seconds = streets.matrix.seconds
    missing = sum(np.count_nonzero(seconds[row][inside] == UNREACHABLE) for row in inside)
    if missing:
        yield Finding(
            "TRAVEL-NO-WAY",
            Severity.WARNING,
            Where(subject=str(streets.mode)),
            cause=f"{missing} more ways by {streets.mode} do not exist, or last over 18 hours.",
            action="Correct the map, or split the region; nobody is sent over them.",
        )


def uneven(streets: Streets) -> Iterator[Finding]:
    """Tell how many ways take much longer in one direction, and name the most uneven one."""
    seconds = streets.matrix.seconds
    count, most, worst = 0, 0, (0, 0)
    for row in range(len(seconds) - 1):
        there, back = seconds[row, row + 1 :], seconds[row + 1 :, row]
        both = (there != UNREACHABLE) & (back != UNREACHABLE)
        gap = np.where(both, there.astype(np.int32) - back, 0)
        count += int(np.count_nonzero(np.abs(gap) >= streets.policy.min_uneven_s))
        farthest = int(np.argmax(np.abs(gap)))
        if abs(int(gap[farthest])) > most:
            most, other = abs(int(gap[farthest])), row + 1 + farthest
            worst = (row, other) if gap[farthest] > 0 else (other, row)
    if count:
        origin, destination = worst
        yield Finding(
            "TRAVEL-UNEVEN",
            Severity.NOTE,
            Where(subject=f"{streets.at(origin)} to {streets.at(destination)}"),
            cause=f"Pairs that differ with the direction by {streets.policy.min_uneven_s} s or more, "
            f"by {streets.mode}: {count}; the most this one: {seconds[origin, destination]} s there, "
            f"{seconds[destination, origin]} s back.",
            action="Nothing, where one-way streets explain it; each direction is planned with its own time.",
        )


RULES: tuple[Callable[[Streets], Iterator[Finding]], ...] = (
    no_road,
    road_far,
    no_way,
    one_way_only,
    pairs_without_way,
    uneven,
)


def findings_of_streets(streets: Streets) -> tuple[Finding, ...]:
    """Give what every rule finds."""
    return tuple(finding for rule in RULES for finding in rule(streets))

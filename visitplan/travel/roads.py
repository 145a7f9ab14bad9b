"""Travel by a road engine: asked block by block, kept on disk, and held once for everybody who asks again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.places import UNREACHABLE, Place, TravelMatrix, TravelMode
from visitplan.findings import Finding
from visitplan.policy import TravelPolicy
from visitplan.travel.compact import MAX_SECONDS, packed, whole_seconds
from visitplan.travel.engines import Points, RoadEngine, distinct_points
from visitplan.travel.kept import Kept, PointMatrix, question_key
from visitplan.travel.streets import Streets, findings_of_streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RoadSource:
    """Travel by a road engine: a travel source.

    The engine's time on the road is rounded up to whole seconds, and the access time of the place where the
    leg ends is added, as for crow-flies travel. Places at one point are asked for once. All ``places`` are
    asked for with the first question of a mode; who asks for some of them later is answered from memory.

    Attributes
    ----------
    engine
        Drives.
    policy
        Gives access times, and the limits of :class:`visitplan.policy.RoadsPolicy`.
    kept
        Where matrices are kept on disk.
    places
        All places that are likely to be asked for.
    """

    engine: RoadEngine
    policy: TravelPolicy
    kept: Kept
    places: tuple[Place, ...] = ()
    _held: dict[TravelMode, _Held] = field(default_factory=dict, init=False, repr=False, compare=False)
    _told: dict[TravelMode, tuple[Finding, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _map: dict[TravelMode, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Give what was found in the matrices that were asked for so far."""
        return tuple(finding for mode in sorted(self._told) for finding in self._told[mode])

    def matrix(self, places: Sequence[Place], mode: TravelMode) -> TravelMatrix:
        """Give free-flow travel between the places, rows and columns in their order.

        Legs over 65,534 s or 655 km are ``UNREACHABLE``.

        Raises
        ------
        TravelError
            The engine is not set up for this mode, cannot be asked, or gives no usable answer.
        """
        with self._lock:
            held = self._held.get(mode)
            if held is None or not held.knows(places):
                held = self._held[mode] = self._asked(tuple(dict.fromkeys((*self.places, *places))), mode)
        return held.between(places)

    def describe(self) -> Mapping[str, str]:
        """Give the engine and its settings, access times, and the name of each map that was driven on."""
        access = {
            f"{mode.value}_access_min": f"{self.policy.mode(mode.value).access_min:g}" for mode in TravelMode
        }
        maps = {f"{mode.value}_map": name for mode, name in sorted(self._map.items()) if name}
        return {**self.engine.describe(), **access, **maps}

    def _asked(self, places: tuple[Place, ...], mode: TravelMode) -> _Held:
        points, point = distinct_points(places)
        identity = self.engine.identity(mode)
        version = self.policy.roads.data_version or self.engine.data_version(mode)
        self._map[mode] = version
        key = question_key(identity, version, points)
        matrix, found = self.kept.load(key, len(points))
        if matrix is None:
            matrix = _driven(self.engine, points, mode)
            found += self.kept.keep(key, matrix)
        ids = [place.place_id for place in places]
        streets = Streets(matrix, ids, point, mode, self.policy.roads)
        self._told[mode] = found + (findings_of_streets(streets) if ids else ())
        access = _access_seconds(places, self.policy.mode(mode.value).access_min)
        return _Held.of(places, _door_to_door(matrix, ids, point, access))


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """A matrix in memory, and the row of each of its places."""

    row: Mapping[Place, int]
    matrix: TravelMatrix

    @classmethod
    def of(cls, places: Sequence[Place], matrix: TravelMatrix) -> _Held:
        return cls({place: row for row, place in enumerate(places)}, matrix)

    def knows(self, places: Iterable[Place]) -> bool:
        return all(place in self.row for place in places)

    def between(self, places: Sequence[Place]) -> TravelMatrix:
        """Give the part for these places; the very matrix where it is all of them in their order."""
        rows = [self.row[place] for place in places]
        if len(rows) == len(self.row) and rows == list(range(len(rows))):
            return self.matrix
        pairs = np.ix_(rows, rows)
        ids = tuple(place.place_id for place in places)
        return TravelMatrix(ids, self.matrix.seconds[pairs], self.matrix.decametres[pairs])


def _driven(engine: RoadEngine, points: Points, mode: TravelMode) -> PointMatrix:
    """Ask an engine for everything between points, a few blocks at a time; the first failure ends it."""
    count, step = len(points), engine.places_per_request
    matrix = PointMatrix(
        np.empty((count, count), dtype=np.uint16),
        np.empty((count, count), dtype=np.uint16),
        np.empty(count, dtype=np.float32),
    )
    parts = [slice(start, min(start + step, count)) for start in range(0, count, step)]
    pool = ThreadPoolExecutor(engine.requests_at_once, thread_name_prefix="travel")
    try:
        asked = [pool.submit(_drive_block, engine, points, mode, r, c, matrix) for r in parts for c in parts]
        for number, future in enumerate(as_completed(asked), start=1):
            future.result()
            if number * 10 // len(asked) > (number - 1) * 10 // len(asked):
                _log.info("travel by %s: %d of %d questions are answered", mode, number, len(asked))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    np.fill_diagonal(matrix.seconds, 0)
    np.fill_diagonal(matrix.decametres, 0)
    return matrix


def _drive_block(
    engine: RoadEngine, points: Points, mode: TravelMode, rows: slice, columns: slice, into: PointMatrix
) -> None:
    """Ask for one block and write it, and with the first column the snaps of its rows, into the matrix."""
    block = engine.block(mode, points[rows], points[columns])
    into.seconds[rows, columns], into.decametres[rows, columns] = packed(
        whole_seconds(block.seconds.copy()), block.metres.copy()
    )
    if columns.start == 0:
        into.snap_m[rows] = block.snap_m


def _access_seconds(places: Sequence[Place], access_min: float) -> NDArray[np.int64]:
    default = round(access_min * 60)
    return np.array(
        [default if place.access_s is None else place.access_s for place in places], dtype=np.int64
    )


def _door_to_door(
    matrix: PointMatrix, ids: Sequence[str], point: NDArray[np.intp], access: NDArray[np.int64]
) -> TravelMatrix:
    """Give travel between places from that between their points, a row at a time."""
    count = len(ids)
    seconds = np.empty((count, count), dtype=np.uint16)
    decametres = np.empty((count, count), dtype=np.uint16)
    for row in range(count):
        road = matrix.seconds[point[row]][point]
        leg = road + access
        impossible = (road == UNREACHABLE) | (leg > MAX_SECONDS)
        seconds[row] = np.where(impossible, UNREACHABLE, leg)
        decametres[row] = np.where(impossible, UNREACHABLE, matrix.decametres[point[row]][point])
    np.fill_diagonal(seconds, 0)
    np.fill_diagonal(decametres, 0)
    return TravelMatrix(tuple(ids), seconds, decametres)

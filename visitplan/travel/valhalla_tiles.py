"""Travel by Valhalla in this process: the extra ``visitplan[valhalla]``, and tiles on this machine's disk.

The questions and answers are those of Valhalla's locate and matrix services
(https://valhalla.github.io/valhalla/api/matrix/api-reference/).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from visitplan.domain.places import TravelMode
from visitplan.errors import TravelError
from visitplan.policy import ValhallaPolicy
from visitplan.travel.distance import earth_centred, straight_metres
from visitplan.travel.engines import MICRODEGREE, Block, Points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LIMITS = {"max_locations": 2_000, "max_matrix_location_pairs": 1_000_000, "max_matrix_distance": 700_000}
"""In place of limits that protect public servers: the largest question, and more metres than a leg can have.

Valhalla's memory grows with the distance, so that it cannot simply be without limit.
"""


class Actor(Protocol):
    """The part of ``valhalla.Actor`` that is used."""

    def status(self, request: Mapping[str, Any], /) -> dict[str, Any]:
        """Tell version and age of the tiles."""
        ...

    def locate(self, request: Mapping[str, Any], /) -> list[dict[str, Any]]:
        """Give the roads near each location."""
        ...

    def matrix(self, request: Mapping[str, Any], /) -> dict[str, Any]:
        """Give times and distances between locations."""
        ...


@dataclass(frozen=True, slots=True)
class Valhalla:
    """Valhalla over one set of tiles; one question at a time, since an actor is not shared by threads."""

    actor: Actor
    policy: ValhallaPolicy
    _snaps: dict[tuple[TravelMode, int, int], float] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    @property
    def places_per_request(self) -> int:
        """Give the most origins, and the most destinations, of one question."""
        return self.policy.places_per_request

    @property
    def requests_at_once(self) -> int:
        """Give 1: questions wait for each other."""
        return 1

    def identity(self, mode: TravelMode) -> str:
        """Name the costing, the tiles and the version that drives on them."""
        return f"valhalla {_version()} {self.policy.tiles} {self.policy.costing(mode.value)}"

    def data_version(self, mode: TravelMode) -> str:
        """Give the time at which the tiles were last written, in seconds since 1970."""
        return str(self.actor.status({}).get("tileset_last_modified", ""))

    def block(self, mode: TravelMode, origins: Points, destinations: Points) -> Block:
        """Ask the matrix service about those points that have a road near them; the others have no way.

        Raises
        ------
        TravelError
            Valhalla refuses the question.
        """
        with self._lock:
            from_snaps, to_snaps = self._snapped(mode, origins), self._snapped(mode, destinations)
            rows, columns = np.flatnonzero(np.isfinite(from_snaps)), np.flatnonzero(np.isfinite(to_snaps))
            seconds = np.full((len(origins), len(destinations)), np.nan)
            metres = seconds.copy()
            if len(rows) and len(columns):
                pairs = np.ix_(rows, columns)
                seconds[pairs], metres[pairs] = self._between(mode, origins[rows], destinations[columns])
        return Block(seconds, metres, from_snaps)

    def describe(self) -> Mapping[str, str]:
        """Give the version, the tiles' name, and the costing of every mode."""
        costings = {mode.value: self.policy.costing(mode.value) for mode in TravelMode}
        return {
            "source": "valhalla",
            "valhalla": _version(),
            "tiles": Path(str(self.policy.tiles)).name,
            **costings,
        }

    def _between(
        self, mode: TravelMode, origins: Points, destinations: Points
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give seconds and metres; not a number where there is no way."""
        question = {
            "sources": _locations(origins),
            "targets": _locations(destinations),
            "costing": self.policy.costing(mode.value),
            "units": "kilometers",
            "verbose": False,
        }
        try:
            answer = self.actor.matrix(question)["sources_to_targets"]
        except RuntimeError as error:
            raise TravelError(
                f"Valhalla gives no travel by {mode} ({error}). Check that the tiles in [travel.valhalla] of "
                "visitplan.toml hold the whole region, and were built by the same version."
            ) from error
        seconds = np.array(answer["durations"], dtype=np.float64)  # None becomes not a number
        return seconds, np.array(answer["distances"], dtype=np.float64) * 1000

    def _snapped(self, mode: TravelMode, points: Points) -> NDArray[np.float64]:
        """Give the metres from each point to its road, infinite where there is none; each is asked once."""
        keys = [(mode, lat, lon) for lat, lon in points.tolist()]
        new = [row for row, key in enumerate(keys) if key not in self._snaps]
        for row, snap in zip(new, self._located(mode, points[new]), strict=True):
            self._snaps[keys[row]] = snap
        return np.array([self._snaps[key] for key in keys], dtype=np.float64)

    def _located(self, mode: TravelMode, points: Points) -> list[float]:
        if not len(points):
            return []
        question = {"locations": _locations(points), "costing": self.policy.costing(mode.value)}
        try:
            answers = self.actor.locate(question)
        except RuntimeError as error:
            raise TravelError(
                f"Valhalla cannot look for roads ({error}). Check the tiles in [travel.valhalla]."
            ) from error
        return [_nearest(answer) for answer in answers]


def opened(policy: ValhallaPolicy) -> Valhalla:
    """Open the tiles that a policy names.

    Raises
    ------
    TravelError
        Valhalla is not installed, the policy names no tiles, or they cannot be read.
    """
    try:
        import valhalla
        from valhalla.config import get_config
    except ImportError as error:
        raise TravelError(
            'The policy says source = "valhalla" in [travel], but Valhalla is not installed. Install '
            "visitplan[valhalla], on Python 3.12 or newer."
        ) from error
    tiles = _tiles(policy)
    where = {"tile_dir": "", "tile_extract": str(tiles)} if tiles.is_file() else {"tile_dir": str(tiles)}
    config: dict[str, Any] = get_config(**{"tile_extract": "", **where})
    config["loki"]["use_connectivity"] = False  # or one island's question would fail as a whole
    for mode in TravelMode:
        config["service_limits"][policy.costing(mode.value)].update(LIMITS)
    try:
        return Valhalla(valhalla.Actor(config), policy)
    except (RuntimeError, OSError, AttributeError) as error:
        raise TravelError(
            f"Valhalla cannot open the tiles at {tiles} ({error}). Build them anew with valhalla_build_tiles."
        ) from error


def _tiles(policy: ValhallaPolicy) -> Path:
    if policy.tiles is None:
        raise TravelError(
            'The policy says source = "valhalla" in [travel], but names no tiles. Give tiles, a tar file '
            "or a folder, in [travel.valhalla] of visitplan.toml."
        )
    tiles = Path(policy.tiles).expanduser()
    if not (tiles.is_file() or (tiles.is_dir() and any(tiles.rglob("*.gph")))):
        raise TravelError(
            f"There are no Valhalla tiles at {tiles}. Build them with valhalla_build_tiles, or correct "
            "tiles in [travel.valhalla] of visitplan.toml."
        )
    return tiles


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("pyvalhalla")
    except PackageNotFoundError:
        return "unknown"


def _locations(points: Points) -> list[dict[str, float]]:
    return [{"lat": lat * MICRODEGREE, "lon": lon * MICRODEGREE} for lat, lon in points.tolist()]


def _nearest(answer: Mapping[str, Any]) -> float:
    """Give the metres from a located point to the nearest of the roads that were found for it."""
    edges = answer.get("edges") or ()
    if not edges:
        return float("inf")
    here = earth_centred([answer["input_lat"]], [answer["input_lon"]])
    there = earth_centred(
        [edge["correlated_lat"] for edge in edges], [edge["correlated_lon"] for edge in edges]
    )
    return float(straight_metres(here, there).min())

"""Travel that was given, and the choice between the sources."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.places import UNREACHABLE, TravelMatrix, TravelTable
from visitplan.errors import TravelError
from visitplan.travel.compact import MAX_SECONDS
from visitplan.travel.crow_flies import CrowFlies
from visitplan.travel.kept import Kept
from visitplan.travel.osrm import Osrm
from visitplan.travel.roads import RoadSource
from visitplan.travel.valhalla_tiles import opened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from visitplan.domain.places import Place, TravelMode, TravelSource
    from visitplan.findings import Finding
    from visitplan.policy import TravelPolicy


@dataclass(frozen=True, slots=True, eq=False)
class MatrixSource:
    """Travel from a table that came with the input.

    The table's seconds are door to door and used as they are: the policy's access time is not added. Only a
    place with an ``access_s`` of its own (``access_min`` of its row) has it added to every leg that ends
    there.
    """

    table: TravelTable

    def matrix(self, places: Sequence[Place], mode: TravelMode) -> TravelMatrix:
        """Give the table's travel between the places, rows and columns in their order.

        Raises
        ------
        TravelError
            The table has nothing for this mode, or lacks places; the message names all of them.
        """
        known = self._of_mode(mode)
        rows = _rows_of(places, known, mode)
        pairs = np.ix_(rows, rows)
        seconds = _with_access(known.seconds[pairs], places)
        ids = tuple(place.place_id for place in places)
        return TravelMatrix(ids, seconds, known.decametres[pairs])

    def describe(self) -> Mapping[str, str]:
        """Give size and digest of every mode's matrix, for a plan's provenance."""
        modes = {
            mode.value: f"{len(matrix.place_ids)} places, sha256 {_digest(matrix)}"
            for mode, matrix in self.table.matrices.items()
        }
        return {"source": "matrix", **modes}

    def _of_mode(self, mode: TravelMode) -> TravelMatrix:
        if mode in self.table.matrices:
            return self.table.matrices[mode]
        given = ", ".join(sorted(self.table.matrices)) or "none"
        raise TravelError(
            f"The travel table has no travel by {mode} (it has: {given}), but staff travel so. "
            f'Add rows of mode {mode}, or set source = "crow_flies" in [travel] of visitplan.toml.'
        )


def source_for(policy: TravelPolicy, table: TravelTable | None, places: Sequence[Place] = ()) -> TravelSource:
    """Give the travel source that the policy asks for.

    Parameters
    ----------
    table
        Travel that came with the input, if any.
    places
        All places that are likely to be asked for: a road engine is then asked once, for all of them.

    Raises
    ------
    TravelError
        The policy asks for a matrix and the input has no travel table, or for an engine that is not installed
        or has no tiles.
    """
    if policy.source == "crow_flies":
        return CrowFlies(policy)
    if policy.source == "osrm":
        return RoadSource(Osrm(policy.osrm), policy, Kept.by(policy.roads), tuple(places))
    if policy.source == "valhalla":
        return RoadSource(opened(policy.valhalla), policy, Kept.by(policy.roads), tuple(places))
    if table is None:
        raise TravelError(
            'The policy says source = "matrix" in [travel], but the input has no travel table. Give '
            'travel.csv (from_place, to_place, seconds) or travel.npz, or set source = "crow_flies".'
        )
    return MatrixSource(table)


def findings_of(source: TravelSource) -> tuple[Finding, ...]:
    """Give what a source has found in the travel that it was asked for; road engines find most."""
    return source.findings if isinstance(source, RoadSource) else ()


def _rows_of(places: Sequence[Place], known: TravelMatrix, mode: TravelMode) -> list[int]:
    row_of = {place_id: row for row, place_id in enumerate(known.place_ids)}
    missing = [place.place_id for place in places if place.place_id not in row_of]
    if missing:
        raise TravelError(
            f"The travel table has no travel by {mode} for {len(missing)} of {len(places)} places: "
            f"{', '.join(missing)}. Add their rows, both from and to each of them, or set "
            'source = "crow_flies" in [travel] of visitplan.toml.'
        )
    return [row_of[place.place_id] for place in places]


def _with_access(seconds: NDArray[np.uint16], places: Sequence[Place]) -> NDArray[np.uint16]:
    """Add, in place, the access time of those places that have one to the legs that end there."""
    for column, place in enumerate(places):
        if place.access_s:
            later = seconds[:, column].astype(np.int64) + place.access_s
            later[column] = 0
            seconds[:, column] = np.where(later > MAX_SECONDS, UNREACHABLE, later)
    return seconds


def _digest(matrix: TravelMatrix) -> str:
    digest = hashlib.sha256("\n".join(matrix.place_ids).encode())
    for array in (matrix.seconds, matrix.decametres):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]

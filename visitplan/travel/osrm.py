"""Travel by an OSRM server: its table service, asked block by block.

The questions and answers are those of the HTTP API v1 of OSRM 5.18 and later, whose table service also gives
distances (https://project-osrm.org/docs/v5.24.0/api/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from visitplan.domain.places import TravelMode
from visitplan.errors import TravelError
from visitplan.policy import OsrmPolicy, OsrmServer
from visitplan.travel.engines import MICRODEGREE, Block, Points
from visitplan.travel.http import Server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

DECIMALS = 6
SLIP = 10.0
"""Metres or seconds below zero that OSRM may answer, by rounding, for two points at one spot of a road."""
REMEDIES = {
    "TooBig": "Lower places_per_request in [travel.osrm], or give osrm-routed a larger --max-table-size.",
    "NoSegment": "Its map has no road for this profile: check which map and profile the server has loaded.",
    "NotImplemented": "Its algorithm has no table service: prepare the map with osrm-contract, or with "
    "osrm-partition and osrm-customize.",
}
"""What to do about OSRM's codes."""


@dataclass(frozen=True, slots=True)
class Osrm:
    """OSRM servers, one for each mode of travel."""

    policy: OsrmPolicy

    @property
    def places_per_request(self) -> int:
        """Give the most origins, and the most destinations, of one question."""
        return self.policy.places_per_request

    @property
    def requests_at_once(self) -> int:
        """Give how many questions may be on the way at the same time."""
        return self.policy.requests_at_once

    def identity(self, mode: TravelMode) -> str:
        """Name the server and its profile.

        Raises
        ------
        TravelError
            The policy names no server for this mode.
        """
        server = self._of_mode(mode)
        return f"osrm {server.url} {server.profile}"

    def data_version(self, mode: TravelMode) -> str:
        """Give what the map was called when it was made, by ``osrm-extract --data_version``; or nothing.

        Raises
        ------
        TravelError
            The server cannot be asked.
        """
        answer = self._ask(mode, f"/nearest/v1/{self._of_mode(mode).profile}/0,0?generate_hints=false")
        told = answer.get("data_version")
        return told if isinstance(told, str) else ""

    def block(self, mode: TravelMode, origins: Points, destinations: Points) -> Block:
        """Ask the table service for durations and distances.

        Raises
        ------
        TravelError
            The server cannot be asked, refuses, or answers with something else than two tables of this shape.
        """
        answer = self._ask(mode, self._question(mode, origins, destinations))
        shape = (len(origins), len(destinations))
        seconds = self._table(answer, "durations", shape, mode)
        metres = self._table(answer, "distances", shape, mode)
        seconds[np.isnan(metres)] = np.nan
        return Block(seconds, metres, _snaps(answer, len(origins)))

    def describe(self) -> Mapping[str, str]:
        """Give the server and profile of every mode that has one."""
        servers = {mode.value: self.policy.server(mode.value) for mode in TravelMode}
        told = {mode: f"{server.url} {server.profile}" for mode, server in servers.items() if server}
        return {"source": "osrm", **told}

    def _of_mode(self, mode: TravelMode) -> OsrmServer:
        server = self.policy.server(mode.value)
        if server is None:
            raise TravelError(
                f"Staff travel by {mode}, but visitplan.toml names no OSRM server for it. Add "
                f"[travel.osrm.{mode}] with the url of one whose map was extracted with a profile for {mode}."
            )
        return server

    def _question(self, mode: TravelMode, origins: Points, destinations: Points) -> str:
        points = np.concatenate((origins, destinations))
        at = ";".join(
            f"{lon * MICRODEGREE:.{DECIMALS}f},{lat * MICRODEGREE:.{DECIMALS}f}"
            for lat, lon in points.tolist()
        )
        sources = ";".join(map(str, range(len(origins))))
        ends = ";".join(map(str, range(len(origins), len(points))))
        return (
            f"/table/v1/{self._of_mode(mode).profile}/{at}?sources={sources}&destinations={ends}"
            "&annotations=duration,distance&generate_hints=false"
        )

    def _ask(self, mode: TravelMode, path: str) -> dict[str, Any]:
        url = self._of_mode(mode).url
        answer = Server(url, self.policy.timeout_s, self.policy.tries).ask(path)
        code = answer.get("code")
        if code != "Ok":
            said = str(answer.get("message") or "no message")[:200]
            remedy = REMEDIES.get(str(code), "Check the url and profile in [travel.osrm] of visitplan.toml.")
            raise TravelError(f"The OSRM server at {url} refuses: {str(code)[:50]} ({said}). {remedy}")
        return answer

    def _table(
        self, answer: Mapping[str, Any], name: str, shape: tuple[int, int], mode: TravelMode
    ) -> NDArray[np.float64]:
        try:
            table = np.array(answer.get(name), dtype=np.float64)  # null becomes not a number
        except (TypeError, ValueError):
            table = np.empty(0)
        if table.shape == shape and not (table < -SLIP).any():
            return np.maximum(table, 0)  # what is not a number stays so
        raise TravelError(
            f"The OSRM server at {self._of_mode(mode).url} gives no table of {name} in shape {shape}. "
            "It must be OSRM 5.18 or newer."
        )


def _snaps(answer: Mapping[str, Any], count: int) -> NDArray[np.float64]:
    """Give the metres from each origin to the road it was put on; not a number where they are not told."""
    try:
        return np.array([float(source["distance"]) for source in answer["sources"]]).reshape(count)
    except (KeyError, TypeError, ValueError):
        return np.full(count, np.nan)

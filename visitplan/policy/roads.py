"""Policy of road engines: where they are, what is asked at once, and what is kept of the answers."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from visitplan.policy.section import Section


class RoadsPolicy(Section):
    """What holds for every road engine.

    Attributes
    ----------
    max_snap_m
        Metres from a place to the nearest road beyond which there is a finding.
    min_uneven_s
        A way that takes this many seconds more in one direction than in the other counts as uneven.
    cache_folder
        Where matrices are kept; without it, ``$XDG_CACHE_HOME/visitplan/travel`` or
        ``~/.cache/visitplan/travel``.
    cache_mb
        Most megabytes of matrices to keep: the oldest go first. 0 keeps none and reads none.
    cache_days
        Days after which a matrix is asked for anew, since maps and speeds change.
    data_version
        Name of the map that the engine drives on. Matrices are kept under it, so that a new map is asked
        anew; without it, the engine is asked for its own.
    """

    max_snap_m: Annotated[float, Field(gt=0)] = 500
    min_uneven_s: Annotated[int, Field(gt=0)] = 300
    cache_folder: str | None = None
    cache_mb: Annotated[int, Field(ge=0)] = 2000
    cache_days: Annotated[int, Field(ge=1)] = 30
    data_version: str | None = None


class OsrmServer(Section):
    """One OSRM server: it drives by the one profile that its map was extracted with.

    ``url`` may hold a path, of a proxy; no ``/table`` and no query. ``profile`` is what stands behind
    ``/table/v1/``; ``osrm-routed`` accepts any.
    """

    url: str
    profile: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] = "driving"

    @field_validator("url")
    @classmethod
    def _is_http(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("url must begin with http:// or https:// and name a host")
        if parts.query or parts.fragment:
            raise ValueError("url must not hold a query or a fragment")
        if parts.username or parts.password:
            raise ValueError(
                "url must not hold a user or password: they would be seen in process lists and logs"
            )
        _ = parts.port  # raises ValueError where it is no port
        return url.rstrip("/")


class OsrmPolicy(Section):
    """Where the OSRM servers are, one for each mode that staff travel by, and how they are asked.

    Attributes
    ----------
    car, bike, walk
        The server of each mode; a mode without one cannot be travelled by.
    timeout_s
        Seconds to wait for one answer.
    tries
        How often one question is asked while the server is down, busy or too slow.
    places_per_request
        Most origins, and most destinations, of one question; ``osrm-routed`` takes 100 unless it is started
        with a larger ``--max-table-size``.
    requests_at_once
        Questions on the way at the same time.
    """

    car: OsrmServer | None = OsrmServer(url="http://127.0.0.1:5000")
    bike: OsrmServer | None = None
    walk: OsrmServer | None = None
    timeout_s: Annotated[float, Field(gt=0)] = 30
    tries: Annotated[int, Field(ge=1, le=10)] = 4
    places_per_request: Annotated[int, Field(ge=1, le=1000)] = 100
    requests_at_once: Annotated[int, Field(ge=1, le=32)] = 4

    def server(self, mode: str) -> OsrmServer | None:
        """Give the server of one mode: car, bike or walk."""
        servers: dict[str, OsrmServer | None] = {"car": self.car, "bike": self.bike, "walk": self.walk}
        return servers[mode]


class ValhallaPolicy(Section):
    """Valhalla's tiles, and the costing of each mode.

    Attributes
    ----------
    tiles
        The tar file of tiles that ``valhalla_build_extract`` makes, or the folder of
        ``valhalla_build_tiles``.
    car, bike, walk
        Valhalla's costing model for each mode.
    places_per_request
        Most origins, and most destinations, of one question.
    """

    tiles: str | None = None
    car: Literal["auto", "taxi", "motor_scooter", "motorcycle"] = "auto"
    bike: Literal["bicycle", "motor_scooter"] = "bicycle"
    walk: Literal["pedestrian"] = "pedestrian"
    places_per_request: Annotated[int, Field(ge=1, le=1000)] = 100

    def costing(self, mode: str) -> str:
        """Give the costing of one mode: car, bike or walk."""
        costings: dict[str, str] = {"car": self.car, "bike": self.bike, "walk": self.walk}
        return costings[mode]

"""Addresses to coordinates through geopy: politely, remembered in a file, and with nothing else sent along.

Only the address or postcode leaves the machine; ids and names never do.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitplan.errors import TravelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from visitplan.inputs.context import Coordinates
    from visitplan.policy import PlacesPolicy

_RETRIES = 1


def default_cache() -> Path:
    """Give the cache file under the user's cache folder (XDG Base Directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "visitplan" / "geocode.sqlite"


class Cache:
    """Remembers answers in an SQLite file; what was not found is asked again the next time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._open()) as database, database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS answers"
                    " (geocoder TEXT, query TEXT, lat REAL, lon REAL, PRIMARY KEY (geocoder, query))"
                )
        except (OSError, sqlite3.Error) as error:
            raise TravelError(
                f"The geocoder's cache {path.name} cannot be used: {error}. "
                "Name a file that can be written in `places.cache` of the policy."
            ) from error

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)

    def get(self, geocoder: str, query: str) -> Coordinates | None:
        """Give the remembered answer, or None."""
        with closing(self._open()) as database:
            row = database.execute(
                "SELECT lat, lon FROM answers WHERE geocoder = ? AND query = ?", (geocoder, query)
            ).fetchone()
        return None if row is None else (float(row[0]), float(row[1]))

    def put(self, geocoder: str, query: str, place: Coordinates) -> None:
        """Remember an answer."""
        with closing(self._open()) as database, database:
            database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", (geocoder, query, *place))


def geocode(
    queries: Iterable[str], policy: PlacesPolicy, folder: Path | None
) -> dict[str, Coordinates | None]:
    """Find addresses or postcodes; None stands for what the geocoder does not know.

    Parameters
    ----------
    queries
        Addresses or postcodes; each is asked once.
    policy
        Names the geocoder, its options, the least delay between two questions and the cache.
    folder
        What a relative cache path is relative to.

    Raises
    ------
    TravelError
        The geocoder does not exist, is not set up, refuses, or cannot be reached.
    """
    name = str(policy.geocoder)
    path = default_cache() if policy.cache is None else (folder or Path()) / policy.cache
    cache = Cache(path)
    answers: dict[str, Coordinates | None] = {}
    ask: Callable[[str], Any] | None = None
    for query in dict.fromkeys(queries):
        answers[query] = cache.get(name, query)
        if answers[query] is None:
            ask = ask or _asker(policy)
            answers[query] = _answer(ask, name, query)
        place = answers[query]
        if place is not None:
            cache.put(name, query, place)
    return answers


def _asker(policy: PlacesPolicy) -> Callable[[str], Any]:
    """Make the geocoder's question, no more often than the policy allows."""
    from geopy.exc import GeocoderNotFound, GeopyError
    from geopy.extra.rate_limiter import RateLimiter
    from geopy.geocoders import get_geocoder_for_service

    try:
        kind = get_geocoder_for_service(policy.geocoder)
        options = {"user_agent": policy.user_agent or "visitplan", **policy.geocoder_options}
        geocoder = kind(**options)
    except GeocoderNotFound as error:
        raise TravelError(
            f"There is no geocoder {policy.geocoder!r}. Correct `places.geocoder` in the policy; geopy's "
            "names are such as nominatim or opencage."
        ) from error
    except (GeopyError, TypeError, ValueError) as error:
        raise TravelError(
            f"The geocoder {policy.geocoder} cannot be set up: {error}. Correct `places.geocoder_options`."
        ) from error
    limited: Callable[[str], Any] = RateLimiter(
        geocoder.geocode,
        min_delay_seconds=policy.min_delay_s,
        max_retries=_RETRIES,
        error_wait_seconds=policy.min_delay_s,
        swallow_exceptions=False,
    )
    return limited


@contextmanager
def _without_geopys_log() -> Iterator[None]:
    """Keep geopy from logging: what it tells of a failed question holds the address."""
    logger = logging.getLogger("geopy")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _answer(ask: Callable[[str], Any], name: str, query: str) -> Coordinates | None:
    from geopy.exc import GeocoderServiceError, GeopyError

    try:
        with _without_geopys_log():
            answer = ask(query)
    except GeocoderServiceError as error:
        raise TravelError(
            f"The geocoder {name} cannot be asked ({type(error).__name__}). Check the network and the "
            "geocoder's settings, or give coordinates or a postcode file instead."
        ) from error
    except (GeopyError, ValueError) as error:
        raise TravelError(
            f"The geocoder {name} gave no usable answer ({type(error).__name__}). Check its settings, or "
            "give coordinates or a postcode file instead."
        ) from error
    return None if answer is None else (float(answer.latitude), float(answer.longitude))

"""Where households, bases and homes lie: by coordinates, else by the postcode file, else by the geocoder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from visitplan.findings import Severity
from visitplan.inputs.geocoding import geocode
from visitplan.inputs.postcodes import is_postcode, look_up, normalised, spaced
from visitplan.inputs.problems import Problem, RowKey, problem
from visitplan.inputs.rows import StartFrom
from visitplan.inputs.tables import Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visitplan.inputs.context import Coordinates
    from visitplan.inputs.rows import StaffRow
    from visitplan.inputs.tables import Tables
    from visitplan.policy import PlacesPolicy, Policy


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What a row says about where it lies; ``prefix`` is ``home_`` in the columns of staff."""

    row: Row[Any]
    prefix: str
    lat: float | None
    lon: float | None
    postcode: str | None
    address: str | None

    @property
    def has_coordinates(self) -> bool:
        """Tell whether both coordinates are given."""
        return self.lat is not None and self.lon is not None

    def problem(
        self, code: str, cause: str, action: str, column: str, severity: Severity = Severity.ERROR
    ) -> Problem:
        """Make a problem of the row."""
        name = f"{self.prefix}{column}"
        out = (self.row.key,) if severity is Severity.ERROR else ()
        return problem(
            code,
            cause,
            action,
            file=self.row.file,
            row=self.row.number,
            column=name,
            value=self.row.cells.get(name),
            severity=severity,
            rows=out,
        )


def starts_at_home(staff: StaffRow) -> bool:
    """Tell whether shifts start at home: as the row says, else where it gives a home."""
    if staff.start_from is not None:
        return staff.start_from is StartFrom.HOME
    home = (staff.home_lat, staff.home_lon, staff.home_postcode, staff.home_address)
    return any(item is not None for item in home)


def whereabouts(tables: Tables) -> Iterator[Whereabouts]:
    """Give what every household, every base and every home that shifts start from says about its place."""
    rows: tuple[Row[Any], ...] = (*tables.households, *tables.bases)
    for row in rows:
        data = row.data
        yield Whereabouts(row, "", data.lat, data.lon, data.postcode, data.address)
    for member in tables.staff:
        staff = member.data
        if starts_at_home(staff):
            yield Whereabouts(
                member, "home_", staff.home_lat, staff.home_lon, staff.home_postcode, staff.home_address
            )


def placed(
    tables: Tables, policy: Policy, folder: Path | None
) -> tuple[dict[RowKey, Coordinates], list[Problem]]:
    """Find where everything lies.

    Returns
    -------
    tuple
        Coordinates by row, and problems of the rows whose place is missing, unknown or out of the region.

    Raises
    ------
    TravelError
        The geocoder is needed and cannot be asked.
    """
    problems: list[Problem] = []
    places: dict[RowKey, Coordinates] = {}
    open_questions: list[Whereabouts] = []
    for item in whereabouts(tables):
        problems += [*_half(item), *_shape(item)]
        if item.lat is not None and item.lon is not None:
            places[item.row.key] = (item.lat, item.lon)
        elif item.lat is None and item.lon is None:
            open_questions.append(item)
    by_postcode, more = _by_postcode_file(open_questions, policy.places, folder)
    problems += more
    by_geocoder, more = _by_geocoder(
        [item for item in open_questions if item.row.key not in by_postcode], policy.places, folder
    )
    places |= by_postcode | by_geocoder
    problems += more
    items = {item.row.key: item for item in whereabouts(tables)}
    problems += [found for key in places for found in _region(items[key], places[key], policy.places)]
    return places, problems


def _half(item: Whereabouts) -> Iterator[Problem]:
    if (item.lat is None) != (item.lon is None):
        yield item.problem(
            "PLACE-HALF",
            "Only one of latitude and longitude is given.",
            "Give both, or neither and a postcode.",
            "lon" if item.lon is None else "lat",
        )


def _shape(item: Whereabouts) -> Iterator[Problem]:
    if item.postcode is not None and not is_postcode(item.postcode):
        needed = item.lat is None and item.lon is None and item.address is None
        yield item.problem(
            "POSTCODE-SHAPE",
            "This cannot be a UK postcode.",
            "Correct it; watch for the letter O and the digit 0.",
            "postcode",
            Severity.ERROR if needed else Severity.WARNING,
        )


def _usable_postcode(item: Whereabouts) -> str | None:
    if item.postcode is None or not is_postcode(item.postcode):
        return None
    return normalised(item.postcode)


def _by_postcode_file(
    items: Iterable[Whereabouts], policy: PlacesPolicy, folder: Path | None
) -> tuple[dict[RowKey, Coordinates], list[Problem]]:
    wanted = {item.row.key: code for item in items if (code := _usable_postcode(item)) is not None}
    if policy.postcodes is None or not wanted:
        return {}, []
    path = _relative(policy.postcodes, folder)
    found, problems = look_up(path, set(wanted.values()))
    return {key: found[code] for key, code in wanted.items() if code in found}, problems


def _relative(name: str, folder: Path | None) -> Path:
    return (folder or Path()) / name


def _by_geocoder(
    items: list[Whereabouts], policy: PlacesPolicy, folder: Path | None
) -> tuple[dict[RowKey, Coordinates], list[Problem]]:
    """Ask the geocoder for the address, or for the postcode where there is none."""
    queries: dict[RowKey, str] = {}
    problems: list[Problem] = []
    for item in items:
        postcode = _usable_postcode(item)
        query = item.address or (spaced(postcode) if postcode else None)
        if query is None:
            problems += _nothing_given(item)
        elif policy.geocoder is None:
            problems.append(_not_in_file(item, policy))
        else:
            queries[item.row.key] = query
    answers = geocode(queries.values(), policy, folder) if queries else {}
    places = {key: place for key, query in queries.items() if (place := answers[query]) is not None}
    for item in items:
        if item.row.key in queries and item.row.key not in places:
            problems.append(_not_found(item, str(policy.geocoder)))
    return places, problems


def _nothing_given(item: Whereabouts) -> Iterator[Problem]:
    if item.postcode is None:
        yield item.problem(
            "PLACE-MISSING",
            "There are neither coordinates nor a postcode nor an address.",
            f"Give {item.prefix}lat and {item.prefix}lon, or {item.prefix}postcode.",
            "lat",
        )


def _not_in_file(item: Whereabouts, policy: PlacesPolicy) -> Problem:
    column = "postcode" if item.postcode is not None else "address"
    if policy.postcodes is None:
        cause = f"Nothing says where this {column} lies: the policy names neither postcode file nor geocoder."
        action = "Give coordinates, or name `places.postcodes` or `places.geocoder` in the policy."
    elif column == "address":
        cause = "The policy names no geocoder for addresses."
        action = "Give coordinates or a postcode, or name `places.geocoder` in the policy."
    else:
        cause = "The postcode file does not have this postcode."
        action = "Correct it, give coordinates, or use a newer postcode file."
    return item.problem("PLACE-NOT-FOUND", cause, action, column)


def _not_found(item: Whereabouts, geocoder: str) -> Problem:
    column = "address" if item.address is not None else "postcode"
    return item.problem(
        "PLACE-NOT-FOUND",
        f"The geocoder {geocoder} does not know this {column}.",
        "Correct it, or give coordinates.",
        column,
    )


def _region(item: Whereabouts, place: Coordinates, policy: PlacesPolicy) -> Iterator[Problem]:
    lat, lon = place
    if _inside(lat, lon, policy):
        return
    column = "lat" if item.has_coordinates else "postcode" if item.postcode else "address"
    if item.has_coordinates and _inside(lon, lat, policy):
        yield item.problem(
            "PLACE-SWAPPED",
            f"Latitude {lat:g} and longitude {lon:g} are the wrong way round.",
            "Swap them: in Great Britain latitudes are near 53 and longitudes near -2.",
            column,
        )
        return
    yield item.problem(
        "PLACE-OUTSIDE",
        f"Latitude {lat:.5g} and longitude {lon:.5g} lie outside the policy's region.",
        "Correct them, or set min_lat, max_lat, min_lon and max_lon of [places] in the policy.",
        column,
    )


def _inside(lat: float, lon: float, policy: PlacesPolicy) -> bool:
    return policy.min_lat <= lat <= policy.max_lat and policy.min_lon <= lon <= policy.max_lon

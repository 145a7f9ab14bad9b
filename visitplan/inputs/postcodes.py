"""UK postcodes: their shape, and a file that says where they lie."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from visitplan.inputs.csv_files import DELIMITERS
from visitplan.inputs.problems import Problem, problem
from visitplan.inputs.raw import column_name

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from visitplan.inputs.context import Coordinates

_SHAPE = re.compile(
    r"(?:GIR0AA|[A-PR-UWYZ](?:[0-9][0-9A-HJKPSTUW]?|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)[0-9][ABD-HJLNP-UW-Z]{2})"
)
"""A postcode without its space, after the valid formats in the Royal Mail's PAF Programmers' Guide."""
_LAT = ("lat", "latitude")
_LON = ("lon", "long", "lng", "longitude")


def normalised(postcode: str) -> str:
    """Write a postcode in capitals and without spaces."""
    return re.sub(r"\s+", "", postcode).upper()


def is_postcode(text: str) -> bool:
    """Tell whether a text has the shape of a UK postcode, with or without its space."""
    return _SHAPE.fullmatch(normalised(text)) is not None


def spaced(postcode: str) -> str:
    """Write a postcode the way people do, with a space before its last three characters."""
    text = normalised(postcode)
    return f"{text[:-3]} {text[-3:]}"


def look_up(path: Path, wanted: Collection[str]) -> tuple[dict[str, Coordinates], list[Problem]]:
    """Find postcodes in a CSV file with the columns postcode, lat and lon (degrees, WGS 84).

    The file may be the whole country's: only what is wanted is kept. Lines without coordinates, or with the
    99.999999 that ONS files hold for postcodes without a place, give nothing.

    Parameters
    ----------
    path
        The file, UTF-8 with a header.
    wanted
        Postcodes as :func:`normalised` writes them.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            header = stream.readline()
            delimiter = max(DELIMITERS, key=header.count)
            names = [column_name(cell) for cell in next(csv.reader([header], delimiter=delimiter), [])]
            columns = [_position(names, options) for options in (("postcode", "pcds", "pcd"), _LAT, _LON)]
            if None in columns:
                return {}, [_unusable(path, "it needs the columns postcode, lat and lon")]
            at, lat, lon = (int(column) for column in columns if column is not None)
            found = {}
            for line in csv.reader(stream, delimiter=delimiter):
                if len(line) > max(at, lat, lon) and (code := normalised(line[at])) in wanted:
                    place = _coordinates(line[lat], line[lon])
                    if place is not None:
                        found[code] = place
            return found, []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return {}, [_unusable(path, str(error))]


def _position(names: list[str], options: tuple[str, ...]) -> int | None:
    return next((names.index(option) for option in options if option in names), None)


def _coordinates(lat: str, lon: str) -> Coordinates | None:
    try:
        place = float(lat), float(lon)
    except ValueError:
        return None
    return place if -90 <= place[0] <= 90 and -180 <= place[1] <= 180 else None


def _unusable(path: Path, why: str) -> Problem:
    return problem(
        "POSTCODE-FILE",
        f"The postcode file cannot be used: {why}.",
        "Correct `places.postcodes` in the policy: a CSV file with the columns postcode, lat and lon.",
        file=path.name,
        fatal=True,
    )

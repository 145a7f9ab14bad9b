"""Travel archives: npz files that hold whole matrices, for tables too large for rows of text."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visitplan.domain.places import UNREACHABLE, TravelMatrix, TravelMode, TravelTable
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where, errors_in
from visitplan.policy import TravelPolicy
from visitplan.travel.compact import MAX_METRES, MAX_SECONDS, packed, whole_seconds
from visitplan.travel.legs import LISTED, places_over_limit
from visitplan.travel.speed import Speeds
from visitplan.travel.tables import gaps, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

IDS = "place_ids"
KNOWN = (IDS, *(f"{mode}_{what}" for mode in TravelMode for what in ("seconds", "metres")))


def read_travel_npz(path: Path, policy: TravelPolicy | None = None) -> TravelTable:
    """Read a travel table from an npz archive.

    The archive holds ``place_ids`` (text, shape (places,)) and, for each mode it knows, ``car_seconds`` and,
    if wanted, ``car_metres`` (numbers, shape (places, places), from row to column). Seconds are door to door
    and rounded up; 65535, and what is not a finite number, means that there is no way. Metres that are not
    given are those that the policy's speeds make of the time.

    Raises
    ------
    InputError
        The file cannot be read, or its arrays are faulty; ``findings`` lists all of it.
    """
    table, findings = assess_archive(path, policy)
    if table is None:
        raise InputError(f"{path.name} has {len(errors_in(findings))} faults", findings)
    return table


def assess_archive(
    path: Path, policy: TravelPolicy | None = None
) -> tuple[TravelTable | None, tuple[Finding, ...]]:
    """Give the table of :func:`read_travel_npz` and every finding; no table if one of them is an error.

    Raises
    ------
    InputError
        The file is no npz archive, or holds Python objects.
    """
    archive = _Archive(path.name, _load(path))
    findings = [finding for rule in RULES for finding in rule(archive)]
    if errors_in(findings):
        return None, tuple(findings)
    matrices = {mode: _matrix(archive, mode, policy or TravelPolicy()) for mode in archive.modes}
    findings += [finding for mode, matrix in matrices.items() for finding in gaps(matrix, mode, path.name)]
    return TravelTable(matrices), tuple(findings)


def _load(path: Path) -> dict[str, NDArray[Any]]:
    try:
        if not zipfile.is_zipfile(path):  # np.load would also open a bare array, or try to unpickle
            path.stat()  # says so when there is no such file
            raise ValueError("it is not an npz archive")
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise unreadable(path, error) from error


@dataclass(frozen=True, slots=True)
class _Archive:
    """The arrays of a travel archive by name."""

    file: str
    arrays: Mapping[str, NDArray[Any]]

    @property
    def ids(self) -> tuple[str, ...]:
        """Give the place ids as stripped text; empty when there are none."""
        ids = self.arrays.get(IDS)
        return () if ids is None or ids.ndim != 1 else tuple(str(place).strip() for place in ids.tolist())

    @property
    def modes(self) -> tuple[TravelMode, ...]:
        """Give the modes whose seconds are there."""
        return tuple(mode for mode in TravelMode if f"{mode}_seconds" in self.arrays)

    def sound(self) -> Iterator[tuple[str, NDArray[Any]]]:
        """Give those matrices by name that are square and made of numbers."""
        shape = (len(self.ids), len(self.ids))
        for name, array in self.arrays.items():
            if name in KNOWN[1:] and array.shape == shape and array.dtype.kind in "iuf":
                yield name, array

    def found(
        self,
        code: str,
        name: str,
        cause: str,
        action: str,
        *,
        value: str | None = None,
        subject: str | None = None,
    ) -> Finding:
        """Make an error about an array."""
        where = Where(file=self.file, column=name, value=value, subject=subject)
        return Finding(code, Severity.ERROR, where, cause, action)


def array_missing(archive: _Archive) -> Iterator[Finding]:
    """Say that the ids, or the seconds of every mode, are not there."""
    action = f"The arrays are {', '.join(KNOWN)}."
    if IDS not in archive.arrays:
        yield archive.found("TRAVEL-ARRAY-MISSING", IDS, "The array is not there.", action)
    if not archive.modes:
        yield archive.found("TRAVEL-ARRAY-MISSING", "car_seconds", "No mode has its seconds.", action)
    for mode in TravelMode:
        if f"{mode}_metres" in archive.arrays and mode not in archive.modes:
            cause = f"There are {mode}_metres, but no seconds to go with them."
            yield archive.found("TRAVEL-ARRAY-MISSING", f"{mode}_seconds", cause, action)


def array_unknown(archive: _Archive) -> Iterator[Finding]:
    """Warn of arrays that nobody reads."""
    for name in archive.arrays:
        if name not in KNOWN:
            yield Finding(
                "TRAVEL-ARRAY-UNKNOWN",
                Severity.WARNING,
                Where(file=archive.file, column=name),
                cause="The array is not known and was not read.",
                action=f"The arrays are {', '.join(KNOWN)}.",
            )


def array_shape(archive: _Archive) -> Iterator[Finding]:
    """Name arrays of the wrong shape or of something else than numbers."""
    count = len(archive.ids)
    ids = archive.arrays.get(IDS)
    if ids is not None and (ids.ndim != 1 or ids.dtype.kind not in "Uiu" or not count):
        cause = f"It has shape {ids.shape} and holds {ids.dtype}."
        yield archive.found("TRAVEL-ARRAY-SHAPE", IDS, cause, "Give one row of texts, at least one.")
    sound = {name for name, _ in archive.sound()}
    for name in KNOWN[1:]:
        array = archive.arrays.get(name)
        if array is not None and name not in sound:
            cause = f"It has shape {array.shape} and holds {array.dtype}."
            action = f"Give numbers in shape ({count}, {count}), as many as {IDS}."
            yield archive.found("TRAVEL-ARRAY-SHAPE", name, cause, action)


def id_blank_or_repeated(archive: _Archive) -> Iterator[Finding]:
    """Name ids that stand there twice, and those that are empty."""
    seen: set[str] = set()
    for place in archive.ids:
        if not place:
            yield archive.found("TRAVEL-PLACE-MISSING", IDS, "A place has no id.", "Give every place its id.")
        elif place in seen:
            cause = "The id stands there twice."
            yield archive.found("TRAVEL-DUPLICATE", IDS, cause, "Keep one row and column of it.", value=place)
        seen.add(place)


def value_negative(archive: _Archive) -> Iterator[Finding]:
    """Name ways of negative time or distance."""
    action = "Correct it; 65535 seconds means that there is no way."
    for name, array in archive.sound():
        yield from _cells(archive, name, array < 0, "TRAVEL-NEGATIVE", "Travel is negative.", action)


def value_too_long(archive: _Archive) -> Iterator[Finding]:
    """Name ways of over 18 hours that are not marked as no way, and those over 655 km that are ways."""
    cause = f"A leg takes at most {MAX_SECONDS} seconds (18 hours) and {MAX_METRES // 1000} km."
    action = "Check the unit; 65535 seconds means that there is no way."
    sound = dict(archive.sound())
    for name, array in sound.items():
        seconds = sound.get(name.replace("_metres", "_seconds"), np.zeros_like(array))
        ways = np.isfinite(seconds) & (seconds != UNREACHABLE)
        limit = MAX_SECONDS if name.endswith("_seconds") else MAX_METRES
        over = ways & np.isfinite(array) & (array > limit)
        yield from _cells(archive, name, over, "TRAVEL-TOO-LONG", cause, action)


def too_many_places(archive: _Archive) -> Iterator[Finding]:
    """Say that matrices of so many places would not fit."""
    yield from places_over_limit(len(archive.ids), archive.file)


RULES: tuple[Callable[[_Archive], Iterator[Finding]], ...] = (
    array_missing,
    array_unknown,
    array_shape,
    id_blank_or_repeated,
    value_negative,
    value_too_long,
    too_many_places,
)


def _cells(
    archive: _Archive, name: str, faulty: NDArray[np.bool_], code: str, cause: str, action: str
) -> Iterator[Finding]:
    """Give a finding for each of the first faulty cells of a matrix, and one for the number of the others."""
    rows, columns = np.nonzero(faulty)
    for row, column in zip(rows[:LISTED].tolist(), columns[:LISTED].tolist(), strict=True):
        way = f"{archive.ids[row]} to {archive.ids[column]}"
        value = str(archive.arrays[name][row, column])
        yield archive.found(code, name, cause, action, value=value, subject=way)
    if len(rows) > LISTED:
        more = f"{cause} The same holds for {len(rows) - LISTED} more ways."
        yield archive.found(code, name, more, action)


def _matrix(archive: _Archive, mode: TravelMode, policy: TravelPolicy) -> TravelMatrix:
    """Pack one mode, a row at a time, so that large archives need little more than themselves."""
    speeds = Speeds(policy.mode(mode.value))
    time = archive.arrays[f"{mode}_seconds"]
    distance = archive.arrays.get(f"{mode}_metres")
    seconds = np.empty(time.shape, dtype=np.uint16)
    decametres = np.empty(time.shape, dtype=np.uint16)
    for row in range(len(time)):
        leg = whole_seconds(time[row].astype(np.float64))
        metres = speeds.metres_door_to_door(leg)
        if distance is not None:
            given = distance[row].astype(np.float64)
            metres = np.where(np.isfinite(given), given, metres)
        seconds[row], decametres[row] = packed(leg, metres)
    np.fill_diagonal(seconds, 0)
    np.fill_diagonal(decametres, 0)
    return TravelMatrix(archive.ids, seconds, decametres)

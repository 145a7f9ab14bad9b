"""Travel tables: long rows of from, to, mode, time and distance, checked and packed into matrices."""

from __future__ import annotations

import warnings
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.places import UNREACHABLE, TravelMatrix, TravelMode, TravelTable
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where, errors_in
from visitplan.policy import TravelPolicy
from visitplan.travel.compact import MAX_METRES, MAX_SECONDS, packed, whole_seconds
from visitplan.travel.legs import Figures, Legs, findings_of_legs
from visitplan.travel.speed import Speeds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

TIME_COLUMNS = {"seconds": 1.0, "minutes": 60.0}
"""Time columns and what turns them into seconds."""
DISTANCE_COLUMNS = {"metres": 1.0, "km": 1000.0}
"""Distance columns and what turns them into metres."""
COLUMNS = ("from_place", "to_place", "mode", *TIME_COLUMNS, *DISTANCE_COLUMNS)


def read_travel_csv(path: Path, policy: TravelPolicy | None = None) -> TravelTable:
    """Read a travel table in long CSV, UTF-8 with a header; see :func:`table_from_frame`.

    Raises
    ------
    InputError
        The file cannot be read, or holds faulty rows; ``findings`` lists all of them.
    """
    frame, rows = csv_frame(path)
    return table_from_frame(frame, policy, file=path.name, rows=rows)


def csv_frame(path: Path) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Give the cells of a CSV file as text, and the row of the file that each stands in.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    import pandas as pd  # here, because it costs half a second that planning without a table need not pay

    faults = (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError)
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            frame = pd.read_csv(
                path,
                dtype=str,
                keep_default_na=False,
                encoding="utf-8-sig",
                index_col=False,  # a row with more cells than the header is a fault, not an index
                skip_blank_lines=False,  # so that row numbers stay true
            )
    except (*faults, pd.errors.ParserWarning) as error:
        raise unreadable(path, error) from error
    frame = frame[(frame != "").any(axis=1)]
    return frame, frame.index.to_numpy() + 2


def unreadable(path: Path, error: Exception) -> InputError:
    """Make the error of a travel file that cannot be opened or parsed."""
    finding = Finding(
        "TRAVEL-UNREADABLE",
        Severity.ERROR,
        Where(file=path.name),
        cause=f"The travel table cannot be read: {error}.",
        action="Give a CSV in UTF-8 with a header, or an .npz file as docs/travel.md describes it.",
    )
    return InputError(f"{path.name} cannot be read", [finding])


def table_from_frame(
    frame: pd.DataFrame,
    policy: TravelPolicy | None = None,
    *,
    file: str = "travel.csv",
    rows: NDArray[np.int64] | None = None,
) -> TravelTable:
    """Make a travel table from long rows: one for each way from a place to another by one mode.

    Parameters
    ----------
    frame
        Columns from_place, to_place, mode (default car), seconds or minutes (door to door, rounded up to
        whole seconds), and metres or km. A distance that is not given is the one that the policy's speeds
        make of the time. Pairs without a row have no way between them; a place is 0 s from itself.
    policy
        Its modes' speeds and access times turn time into distance; None takes the defaults.
    file, rows
        Name of the table, and the line of each of its rows there, for the findings; None counts from 2.

    Raises
    ------
    InputError
        Rows are faulty; ``findings`` lists all of them.
    """
    table, findings = assess_frame(frame, policy, file=file, rows=rows)
    if table is None:
        raise InputError(f"{file} has {len(errors_in(findings))} faults", findings)
    return table


def assess_frame(
    frame: pd.DataFrame,
    policy: TravelPolicy | None = None,
    *,
    file: str = "travel.csv",
    rows: NDArray[np.int64] | None = None,
) -> tuple[TravelTable | None, tuple[Finding, ...]]:
    """Give the table of :func:`table_from_frame` and every finding; no table if one of them is an error."""
    frame = frame.rename(columns=lambda name: str(name).strip())
    findings = [*_column_findings(frame, file)]
    if errors_in(findings):
        return None, tuple(findings)
    legs = _legs(frame, file, np.arange(len(frame)) + 2 if rows is None else rows)
    findings += findings_of_legs(legs)
    if errors_in(findings):
        return None, tuple(findings)
    matrices = {
        mode: _matrix(legs, mode, policy or TravelPolicy())
        for mode in TravelMode
        if (legs.mode == mode.value).any()
    }
    findings += [finding for mode, matrix in matrices.items() for finding in gaps(matrix, mode, file)]
    return TravelTable(matrices), tuple(findings)


def gaps(matrix: TravelMatrix, mode: TravelMode, file: str) -> Iterator[Finding]:
    """Warn of pairs without a way: most often somebody forgot them."""
    missing = int((matrix.seconds == UNREACHABLE).sum())
    if missing:
        count = len(matrix.place_ids)
        yield Finding(
            "TRAVEL-PAIR-MISSING",
            Severity.WARNING,
            Where(file=file, subject=str(mode)),
            cause=f"{missing} of {count * (count - 1)} ways by {mode} are not given and count as no way.",
            action="Add their rows, unless nobody can travel them.",
        )


def _column_findings(frame: pd.DataFrame, file: str) -> Iterator[Finding]:
    given = list(frame.columns)
    for group in (("from_place",), ("to_place",), tuple(TIME_COLUMNS)):
        if not set(group) & set(given):
            yield Finding(
                "TRAVEL-COLUMN-MISSING",
                Severity.ERROR,
                Where(file=file, column=" or ".join(group)),
                cause="The column is not there.",
                action=f"Add it; the columns are {', '.join(COLUMNS)}.",
            )
    for group in (*((name,) for name in COLUMNS[:3]), tuple(TIME_COLUMNS), tuple(DISTANCE_COLUMNS)):
        if sum(given.count(name) for name in group) > 1:
            yield Finding(
                "TRAVEL-COLUMN-TWICE",
                Severity.ERROR,
                Where(file=file, column=" and ".join(name for name in group if name in given)),
                cause="The same thing is given twice.",
                action="Leave out one of the columns.",
            )
    for name in given:
        if name not in COLUMNS:
            near = get_close_matches(name, COLUMNS, n=1)
            yield Finding(
                "TRAVEL-COLUMN-UNKNOWN",
                Severity.WARNING,
                Where(file=file, column=name),
                cause="The column is not known and was not read.",
                action=f"Did you mean {near[0]}?" if near else f"The columns are {', '.join(COLUMNS)}.",
            )


def _legs(frame: pd.DataFrame, file: str, rows: NDArray[np.int64]) -> Legs:
    return Legs(
        file=file,
        rows=rows,
        origin=_texts(frame, "from_place"),
        destination=_texts(frame, "to_place"),
        mode=_modes(frame),
        time=_figures(frame, TIME_COLUMNS, MAX_SECONDS),
        distance=_figures(frame, DISTANCE_COLUMNS, MAX_METRES) if _has(frame, DISTANCE_COLUMNS) else None,
    )


def _modes(frame: pd.DataFrame) -> NDArray[np.object_]:
    if "mode" not in frame.columns:
        return np.full(len(frame), TravelMode.CAR.value, dtype=np.object_)
    modes = _stripped(frame, "mode").str.lower()
    return modes.where(modes != "", TravelMode.CAR.value).to_numpy(dtype=object)


def _has(frame: pd.DataFrame, names: Mapping[str, float]) -> bool:
    return any(name in frame.columns for name in names)


def _stripped(frame: pd.DataFrame, name: str) -> pd.Series[str]:
    column = frame[name].astype(object)
    return column.where(column.notna(), "").astype(str).str.strip()


def _texts(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    return _stripped(frame, name).to_numpy(dtype=object)


def _figures(frame: pd.DataFrame, names: Mapping[str, float], limit: int) -> Figures:
    import pandas as pd

    name = next(name for name in names if name in frame.columns)
    text = _texts(frame, name)
    values = pd.to_numeric(pd.Series(text), errors="coerce").to_numpy(dtype=np.float64) * names[name]
    return Figures(name, text, values, blank=text == "", limit=limit)


def _matrix(legs: Legs, mode: TravelMode, policy: TravelPolicy) -> TravelMatrix:
    import pandas as pd

    here = np.flatnonzero(legs.mode == mode.value)
    codes, ids = pd.factorize(np.concatenate((legs.origin[here], legs.destination[here])), sort=True)
    pairs = (codes[: len(here)], codes[len(here) :])
    time = whole_seconds(legs.time.values[here])
    metres = Speeds(policy.mode(mode.value)).metres_door_to_door(time)
    if legs.distance is not None:
        given = legs.distance.values[here]
        metres = np.where(np.isnan(given), metres, given)
    seconds = np.full((len(ids), len(ids)), UNREACHABLE, dtype=np.uint16)
    decametres = seconds.copy()
    seconds[pairs], decametres[pairs] = packed(time, metres)
    np.fill_diagonal(seconds, 0)
    np.fill_diagonal(decametres, 0)
    return TravelMatrix(tuple(str(place) for place in ids), seconds, decametres)

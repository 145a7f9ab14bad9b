"""The rows of a travel table as columns, and the rules they keep: one function a rule, one list of rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from visitplan.domain.places import TravelMode
from visitplan.findings import Finding, Severity, Where
from visitplan.travel.compact import MAX_METRES, MAX_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LISTED = 100
"""Rows that are named one by one for each rule and column; of the rest, the number is told."""
MAX_PLACES = 20_000
"""Most places of a table: 1.6 GB of matrices for one mode."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A column of numbers.

    Attributes
    ----------
    name
        The column's name.
    text
        As it was given.
    values
        float64, in seconds or metres; not a number where the text is none.
    blank
        bool: nothing was given.
    limit
        The largest value that can be held.
    """

    name: str
    text: NDArray[np.object_]
    values: NDArray[np.float64]
    blank: NDArray[np.bool_]
    limit: int


@dataclass(frozen=True, slots=True)
class Legs:
    """The rows of a travel table: line numbers, ids and modes as stripped text, time, distance if any."""

    file: str
    rows: NDArray[np.int64]
    origin: NDArray[np.object_]
    destination: NDArray[np.object_]
    mode: NDArray[np.object_]
    time: Figures
    distance: Figures | None

    @property
    def figures(self) -> tuple[Figures, ...]:
        """Give the columns of numbers."""
        return (self.time,) if self.distance is None else (self.time, self.distance)

    def named(
        self,
        faulty: NDArray[np.bool_],
        code: str,
        column: str,
        text: NDArray[np.object_],
        cause: str,
        action: str,
        severity: Severity = Severity.ERROR,
    ) -> Iterator[Finding]:
        """Give a finding for each of these rows, and one for all those beyond the first ``LISTED``."""
        indices = np.flatnonzero(faulty)
        for index in indices[:LISTED]:
            where = Where(self.file, int(self.rows[index]), column, str(text[index]))
            yield Finding(code, severity, where, cause, action)
        if len(indices) > LISTED:
            more = f"{cause} The same holds in {len(indices) - LISTED} more rows."
            yield Finding(code, severity, Where(self.file, column=column), more, action)


def no_rows(legs: Legs) -> Iterator[Finding]:
    """Say that the table is empty."""
    if not len(legs.origin):
        yield Finding(
            "TRAVEL-EMPTY",
            Severity.ERROR,
            Where(file=legs.file),
            cause="The travel table has no rows.",
            action="Fill it, or leave it out and plan with crow-flies travel.",
        )


def place_missing(legs: Legs) -> Iterator[Finding]:
    """Name rows without an origin or a destination."""
    for column, ids in (("from_place", legs.origin), ("to_place", legs.destination)):
        yield from legs.named(
            ids == "",
            "TRAVEL-PLACE-MISSING",
            column,
            ids,
            cause="The row names no place here.",
            action="Give a household_id, base_id or staff_id.",
        )


def mode_unknown(legs: Legs) -> Iterator[Finding]:
    """Name rows of a mode that is not car, bike or walk."""
    modes = [mode.value for mode in TravelMode]
    yield from legs.named(
        ~np.isin(legs.mode.astype(str), modes),
        "TRAVEL-MODE-UNKNOWN",
        "mode",
        legs.mode,
        cause="There is no such mode of travel.",
        action=f"Give one of {', '.join(modes)}; an empty cell means car.",
    )


def number_unreadable(legs: Legs) -> Iterator[Finding]:
    """Name times and distances that are no numbers; a distance may be left empty."""
    for figures in legs.figures:
        may_be_blank = figures is legs.distance
        yield from legs.named(
            np.isnan(figures.values) & ~(figures.blank & may_be_blank),
            "TRAVEL-NUMBER",
            figures.name,
            figures.text,
            cause="This is not a number.",
            action="Give a plain number such as 412 or 6.9; leave the whole row out where there is no way.",
        )


def negative(legs: Legs) -> Iterator[Finding]:
    """Name times and distances below zero."""
    for figures in legs.figures:
        yield from legs.named(
            figures.values < 0,
            "TRAVEL-NEGATIVE",
            figures.name,
            figures.text,
            cause="Travel cannot be negative.",
            action="Correct it, or leave the whole row out where there is no way.",
        )


def too_long(legs: Legs) -> Iterator[Finding]:
    """Name times over 18 hours and distances over 655 km."""
    for figures in legs.figures:
        yield from legs.named(
            figures.values > figures.limit,
            "TRAVEL-TOO-LONG",
            figures.name,
            figures.text,
            cause=f"A leg takes at most {MAX_SECONDS} seconds (18 hours) and {MAX_METRES // 1000} km.",
            action="Check the unit of the column; leave the whole row out where there is no way.",
        )


def duplicate(legs: Legs) -> Iterator[Finding]:
    """Name rows that give the same way by the same mode again."""
    import pandas as pd

    keys = pd.DataFrame({"from": legs.origin, "to": legs.destination, "mode": legs.mode})
    pairs = legs.origin + " to " + legs.destination
    yield from legs.named(
        keys.duplicated(keep="first").to_numpy(),
        "TRAVEL-DUPLICATE",
        "from_place",
        pairs,
        cause="An earlier row gives this way by this mode already.",
        action="Keep one of the rows.",
    )


def not_at_rest(legs: Legs) -> Iterator[Finding]:
    """Warn of a time or distance from a place to itself: it is planned as 0."""
    same = legs.origin == legs.destination
    for figures in legs.figures:
        yield from legs.named(
            same & (figures.values > 0),
            "TRAVEL-SAME-PLACE",
            figures.name,
            figures.text,
            cause="This leads from a place to itself and is planned as 0.",
            action="Leave the row out.",
            severity=Severity.WARNING,
        )


def too_many_places(legs: Legs) -> Iterator[Finding]:
    """Say that a matrix of so many places would not fit."""
    count = len(set(legs.origin) | set(legs.destination))
    yield from places_over_limit(count, legs.file)


def places_over_limit(count: int, file: str) -> Iterator[Finding]:
    """Say that a matrix of so many places would not fit."""
    if count > MAX_PLACES:
        yield Finding(
            "TRAVEL-TOO-MANY-PLACES",
            Severity.ERROR,
            Where(file=file, value=str(count)),
            cause=f"The travel table names {count} places; more than {MAX_PLACES} do not fit.",
            action="Keep the places of this planning period only.",
        )


RULES: tuple[Callable[[Legs], Iterator[Finding]], ...] = (
    no_rows,
    place_missing,
    mode_unknown,
    number_unreadable,
    negative,
    too_long,
    duplicate,
    not_at_rest,
    too_many_places,
)


def findings_of_legs(legs: Legs) -> list[Finding]:
    """Give what every rule finds."""
    return [finding for rule in RULES for finding in rule(legs)]

"""From a few numbers to a planning folder's tables."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where
from visitplan.synthesis.asking import Ask, Calendar, asks_of
from visitplan.synthesis.drawing import chance, stream
from visitplan.synthesis.gazetteer import towns_named
from visitplan.synthesis.homes import homes
from visitplan.synthesis.rates import Rates
from visitplan.synthesis.tables import Made, tables
from visitplan.synthesis.ties import history, pins, with_likings
from visitplan.synthesis.workforce import base_of, workforce

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from visitplan.synthesis.gazetteer import Town
    from visitplan.synthesis.homes import Home

DEFAULT_DATE = dt.date(2027, 3, 10)
"""A Wednesday without anything special about it."""

MOST_DAYS = 28
MOST_VISITS = 100_000


def generate(
    *,
    visits: int = 500,
    seed: int = 1,
    date: dt.date = DEFAULT_DATE,
    days: int = 1,
    towns: Sequence[str] | None = None,
    rates: Rates | None = None,
) -> dict[str, pd.DataFrame]:
    """Give the input tables of a synthetic scenario in Cheshire, by table name.

    The same arguments give the same tables, to the byte. Nobody in them is real: households are scattered at
    random round public town centres.

    Parameters
    ----------
    visits
        Visits, each by one member of staff, in the whole period: exactly so many.
    date, days
        First day of the period, and how many there are.
    towns
        Names from :data:`visitplan.synthesis.TOWNS`; all of them by default.
    rates
        How the county lives and works.

    Raises
    ------
    InputError
        A town is unknown (``GEN-TOWN-UNKNOWN``), or a size is out of range (``GEN-SIZE``).
    """
    _check_size("visits", visits, MOST_VISITS)
    _check_size("days", days, MOST_DAYS)
    rates = Rates() if rates is None else rates
    chosen = towns_named(towns)
    calendar = Calendar(date, days)
    bases = _bases(chosen)

    drawn = list(_drawn(visits, seed, chosen, calendar, rates))
    asks = [ask for _, asks_here in drawn for ask in asks_here]
    by_id = {home.household_id: home for home, _ in drawn}
    members, duties = workforce(seed, asks, by_id, calendar, rates)
    known = history(seed, asks, members, calendar, rates)
    asks = with_likings(seed, asks, members, known, rates)
    promised = pins(seed, asks, duties, rates)
    frequent = _frequent_users(seed, by_id.values(), rates)
    made = Made(list(by_id.values()), asks, members, duties, bases, known, promised, frequent)
    return tables(made, rates)


def _bases(towns: Sequence[Town]) -> dict[str, Town]:
    """Give each area a base, at the centre of its largest town."""
    largest = sorted(towns, key=lambda town: town.town_residents)
    return {base_of(town.area): town for town in largest}


def _frequent_users(seed: int, drawn: Iterable[Home], rates: Rates) -> frozenset[str]:
    rng = stream(seed, "frequent users")
    people = (dweller.person_id for home in drawn for dweller in home.dwellers)
    return frozenset(person for person in people if chance(rng, rates.frequent_users))


def _check_size(name: str, value: int, most: int) -> None:
    if 1 <= value <= most:
        return
    finding = Finding(
        "GEN-SIZE",
        Severity.ERROR,
        Where(column=name, value=str(value)),
        cause=f"{name} is {value}.",
        action=f"Give a whole number from 1 to {most:,}.",
    )
    raise InputError(f"cannot generate {value} {name}", [finding])


def _drawn(
    visits: int, seed: int, towns: Sequence[Town], calendar: Calendar, rates: Rates
) -> Iterator[tuple[Home, list[Ask]]]:
    """Draw households with their requests until there are just so many visits."""
    rng = stream(seed, "requests")
    left = visits
    for home in homes(seed, towns, rates):
        asks = _fitted(asks_of(home, calendar, rates, rng), left)
        left -= sum(ask.attendances for ask in asks)
        if asks:
            yield home, asks
        if left == 0:
            return


def _fitted(asks: list[Ask], left: int) -> list[Ask]:
    """Keep the first requests that make no more than so many visits; what insisted on the rest lets go."""
    kept: list[Ask] = []
    for ask in asks:
        if ask.attendances > left:
            break
        kept.append(ask)
        left -= ask.attendances
    if len(kept) == len(asks):
        return asks
    if not kept and left:
        visits = min(left, len(asks[0].dates))
        kept = [replace(asks[0], staff_needed=1, daily=False, visits=visits, min_days_between=None)]
    return [replace(ask, joint="allow") if ask.joint == "require" else ask for ask in kept]

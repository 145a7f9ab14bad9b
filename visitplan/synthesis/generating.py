"""From a few numbers to a planning folder's tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where
from visitplan.synthesis.asking import Ask, Calendar, asks_of
from visitplan.synthesis.county import with_county_life
from visitplan.synthesis.drawing import chance, stream
from visitplan.synthesis.gazetteer import Town, towns_named
from visitplan.synthesis.ground import ground_of
from visitplan.synthesis.homes import homes
from visitplan.synthesis.organisations import Organisations
from visitplan.synthesis.places import ground_at
from visitplan.synthesis.presets import PLAIN, preset_named
from visitplan.synthesis.rates import Rates
from visitplan.synthesis.tables import Made, tables
from visitplan.synthesis.ties import history, pins, with_likings
from visitplan.synthesis.workforce import base_of, workforce

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from visitplan.synthesis.ground import Ground
    from visitplan.synthesis.homes import Home
    from visitplan.synthesis.places import Places

MOST_DAYS = 28
MOST_VISITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be generated, once presets and defaults have been looked up."""

    visits: int
    seed: int
    calendar: Calendar
    towns: tuple[Town, ...]
    rates: Rates
    organisations: Organisations
    tells_discharges: bool


def generate(
    *,
    preset: str | None = None,
    visits: int | None = None,
    seed: int = 1,
    date: dt.date | None = None,
    days: int | None = None,
    towns: Sequence[str] | None = None,
    rates: Rates | None = None,
    places: Places | None = None,
) -> dict[str, pd.DataFrame]:
    """Give the input tables of a synthetic scenario in Cheshire, by table name.

    The same arguments give the same tables, to the byte. Nobody in them is real: households are scattered at
    random round public town centres, or drawn from the places given.

    Parameters
    ----------
    preset
        The name of one of :data:`visitplan.synthesis.PRESETS`; what else is given goes before it. Without it,
        :data:`visitplan.synthesis.PLAIN` is what they are drawn from.
    visits
        Visits, each by one member of staff, in the whole period: exactly so many.
    date, days
        First day of the period, and how many there are.
    towns
        Names from :data:`visitplan.synthesis.TOWNS`; all of them by default.
    rates
        How the county lives and works.
    places
        Where homes lie, from :func:`visitplan.synthesis.read_places`; of those nearest to the towns.

    Raises
    ------
    InputError
        The preset or a town is unknown (``GEN-PRESET-UNKNOWN``, ``GEN-TOWN-UNKNOWN``), a size is out of range
        (``GEN-SIZE``), or no place lies near the towns (``GEN-PLACES-NONE``).
    """
    wish = _wish(preset, visits, seed, date, days, towns, rates)
    ground = ground_of(wish.towns) if places is None else ground_at(places, wish.towns)

    drawn = list(_drawn(wish, ground))
    asks = [ask for _, asks_here in drawn for ask in asks_here]
    by_id = {home.household_id: home for home, _ in drawn}
    members, duties = workforce(seed, asks, by_id, ground, wish.calendar, wish.rates)
    known = history(seed, asks, members, wish.calendar, wish.rates)
    asks = with_likings(seed, asks, members, duties, known, wish.rates)
    made = Made(
        homes=list(by_id.values()),
        asks=asks,
        members=members,
        duties=duties,
        bases=_bases(wish.towns),
        history=known,
        pins=pins(seed, asks, duties, wish.rates),
        frequent_users=_frequent_users(seed, by_id.values(), wish.rates),
        discharges=_discharges(asks) if wish.tells_discharges else {},
        days=wish.calendar.days,
    )
    return tables(made, wish.rates)


def _wish(
    preset: str | None,
    visits: int | None,
    seed: int,
    date: dt.date | None,
    days: int | None,
    towns: Sequence[str] | None,
    rates: Rates | None,
) -> Wish:
    """Look up what is not given in the preset."""
    ours = PLAIN if preset is None else preset_named(preset)
    visits = ours.visits if visits is None else visits
    days = ours.days if days is None else days
    _check_size("visits", visits, MOST_VISITS)
    _check_size("days", days, MOST_DAYS)
    return Wish(
        visits=visits,
        seed=seed,
        calendar=Calendar(ours.date if date is None else date, days),
        towns=towns_named(ours.towns if towns is None else towns),
        rates=ours.rates if rates is None else rates,
        organisations=ours.organisations,
        tells_discharges=ours.tells_discharges,
    )


def _bases(towns: Sequence[Town]) -> dict[str, Town]:
    """Give each area a base, at the centre of its largest town."""
    largest = sorted(towns, key=lambda town: town.town_residents)
    return {base_of(town.area): town for town in largest}


def _frequent_users(seed: int, drawn: Iterable[Home], rates: Rates) -> frozenset[str]:
    rng = stream(seed, "frequent users")
    people = (dweller.person_id for home in drawn for dweller in home.dwellers)
    return frozenset(person for person in people if chance(rng, rates.frequent_users))


def _discharges(asks: Iterable[Ask]) -> dict[str, dt.datetime]:
    """Give, by person, when those who come home from hospital are home."""
    return {ask.person_id: ask.not_before for ask in asks if ask.not_before is not None}


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


def _drawn(wish: Wish, ground: Ground) -> Iterator[tuple[Home, list[Ask]]]:
    """Draw households with their requests until there are just so many visits."""
    rng, more = stream(wish.seed, "requests"), stream(wish.seed, "county")
    left = wish.visits
    for nearly in homes(wish.seed, ground, wish.rates):
        asks = asks_of(nearly, wish.calendar, wish.rates, rng)
        home, asks = with_county_life(asks, nearly, wish.calendar, wish.rates, more)
        asks = [
            replace(ask, organisation=wish.organisations.owner(ask.team, home)) for ask in _fitted(asks, left)
        ]
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
        kept = [
            replace(
                asks[0], staff_needed=1, daily=False, visits=visits, min_days_between=None, same_time=None
            )
        ]
    return [replace(ask, joint="allow") if ask.joint == "require" else ask for ask in kept]

"""Which runs a drawing shows: one day, and whoever is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from visitplan.reporting.notebook.lines import Line
from visitplan.reporting.text import counted, day

if TYPE_CHECKING:
    from visitplan.reporting.notebook.lines import Stop


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; None leaves it open.

    Attributes
    ----------
    day
        A date, or one as text (YYYY-MM-DD); None is the first day with visits.
    staff
        One staff id or several.
    area, service, household
        Runs with a visit there, of that service, or to that household.
    """

    day: dt.date | str | None = None
    staff: str | Iterable[str] | None = None
    area: str | None = None
    service: str | None = None
    household: str | None = None

    @property
    def staff_ids(self) -> frozenset[str]:
        """Give the staff asked for; empty where everybody is."""
        if self.staff is None:
            return frozenset()
        return frozenset({self.staff} if isinstance(self.staff, str) else self.staff)

    @property
    def about_visits(self) -> bool:
        """Tell whether it asks for some visits only."""
        return any(value is not None for value in (self.area, self.service, self.household))

    def meant(self, stop: Stop) -> bool:
        """Tell whether a visit is among those asked for."""
        asked = ((self.area, stop.area), (self.service, stop.service), (self.household, stop.household_id))
        return all(wanted is None or wanted == is_so for wanted, is_so in asked)


@dataclass(frozen=True, slots=True)
class Picked:
    """The runs of one day that a wish asks for.

    Attributes
    ----------
    lines
        These runs; where the wish asks for some visits only, those that have one.
    days
        How many days the plan has visits on.
    """

    wish: Wish
    day: dt.date
    lines: tuple[Line, ...]
    days: int

    @property
    def said(self) -> str:
        """Say which they are."""
        staff = self.wish.staff_ids
        of = [f"of {', '.join(sorted(staff))}"] if staff else []
        names = [field.name for field in fields(self.wish) if field.name in ("area", "service", "household")]
        of += [f"{name} {getattr(self.wish, name)}" for name in names if getattr(self.wish, name) is not None]
        runs = sum(bool(line.stops) for line in self.lines)
        visits = sum(len(line.stops) for line in self.lines)
        others = f"; one of {self.days} days, day= shows another" if self.days > 1 else ""
        said = f"{day(self.day)}{others}: {counted(runs, 'run')} with {counted(visits, 'visit')}"
        return " ".join((said, *of))


def picked(lines: tuple[Line, ...], wish: Wish) -> Picked:
    """Pick the runs that a wish asks for.

    Raises
    ------
    ValueError
        The plan has nothing that is called so, or nothing on that day.
    """
    _known("staff", wish.staff_ids, (line.staff_id for line in lines))
    stops = [stop for line in lines for stop in line.stops]
    _known("area", _given(wish.area), (stop.area for stop in stops))
    _known("service", _given(wish.service), (line.service for line in lines))
    _known("household", _given(wish.household), (stop.household_id for stop in stops))
    found = [line for line in lines if _passes(line, wish)]
    days = sorted({line.date for line in found if line.stops} or {line.date for line in found})
    if not days:
        raise ValueError("no run of the plan is as asked: ask for less at a time")
    chosen = _day(wish.day, days)
    every = {line.date for line in lines if line.stops}
    return Picked(wish, chosen, tuple(line for line in found if line.date == chosen), len(every))


def _given(value: str | None) -> frozenset[str]:
    return frozenset() if value is None else frozenset({value})


def _known(what: str, asked: frozenset[str], there: Iterable[str]) -> None:
    names = set(there)
    unknown = sorted(asked - names)
    if unknown:
        some = sorted(names)[:10]
        more = f" and {len(names) - len(some)} more" if len(names) > len(some) else ""
        raise ValueError(f"the plan has no {what} {', '.join(unknown)}; it has {', '.join(some)}{more}")


def _passes(line: Line, wish: Wish) -> bool:
    if wish.staff_ids and line.staff_id not in wish.staff_ids:
        return False
    return not wish.about_visits or any(wish.meant(stop) for stop in line.stops)


def _day(asked: dt.date | str | None, days: list[dt.date]) -> dt.date:
    if asked is None:
        return days[0]
    if isinstance(asked, str):
        try:
            asked = dt.date.fromisoformat(asked)
        except ValueError:
            raise ValueError(f"day {asked!r} is no date as YYYY-MM-DD") from None
    if isinstance(asked, dt.datetime):
        asked = asked.date()
    if asked not in days:
        there = ", ".join(str(known) for known in days[:14])
        raise ValueError(f"the plan has no such runs on {asked}; it has some on {there}")
    return asked

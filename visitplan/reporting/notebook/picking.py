"""Which runs a drawing shows: one day, and whoever is asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.reporting.html.contents import harmless
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

    def as_shown(self) -> Wish:
        """Give the wish with ids as drawings show them: without signs that have no picture."""
        staff = tuple(harmless(name) for name in self.staff_ids)
        rest = (None if value is None else harmless(value) for _, value in self.visits_asked)
        return Wish(self.day, staff, *rest)

    @property
    def visits_asked(self) -> tuple[tuple[str, str | None], ...]:
        """Give what it asks of visits, by name."""
        return ("area", self.area), ("service", self.service), ("household", self.household)

    @property
    def about_visits(self) -> bool:
        """Tell whether it asks for some visits only."""
        return any(value is not None for _, value in self.visits_asked)

    def meant(self, stop: Stop) -> bool:
        """Tell whether a visit is among those asked for."""
        are = (stop.area, stop.service, stop.household_id)
        asked = zip(self.visits_asked, are, strict=True)
        return all(wanted is None or wanted == is_so for (_, wanted), is_so in asked)


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
        staff = sorted(self.wish.staff_ids)
        of = f" of {', '.join(staff)}" if staff else ""
        asked = " and ".join(f"{name} {value}" for name, value in self.wish.visits_asked if value is not None)
        faint = f"; visits other than of {asked} are faint" if asked else ""
        runs = sum(bool(line.stops) for line in self.lines)
        visits = sum(len(line.stops) for line in self.lines)
        others = f"; one of {self.days} days, day= shows another" if self.days > 1 else ""
        return f"{day(self.day)}{others}: {counted(runs, 'run')}{of}, {counted(visits, 'visit')}{faint}"


def picked(lines: tuple[Line, ...], wish: Wish) -> Picked:
    """Pick the runs that a wish asks for.

    Raises
    ------
    ValueError
        The plan has nothing that is called so, or nothing on that day.
    """
    wish = wish.as_shown()
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

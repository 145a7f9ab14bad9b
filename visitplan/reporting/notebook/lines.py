"""A plan's runs as the drawings take them: read from the report's data, so that both show the same."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BREAK, TRAVEL, VISIT, WAIT = "break", "travel", "visit", "wait"
_SMALLEST = 0.01
"""Minutes below which a step is none: minutes are rounded sums of seconds."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit in a run; times in minutes after midnight of the run's date.

    Attributes
    ----------
    joint
        The joint visit's id; empty where there is none.
    lat, lon
        Degrees, or None where the household has no coordinates.
    """

    visit_id: str
    person_id: str
    household_id: str
    area: str
    service: str
    start: int
    end: int
    travel: float
    wait: float
    joint: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A run, or a shift without visits; times in minutes after midnight of its date.

    Attributes
    ----------
    colour
        Place of its service in the plan's list.
    back
        Minutes of the way back.
    """

    shift_id: str
    staff_id: str
    service: str
    colour: int
    date: dt.date
    begins: int | None
    ends: int | None
    depart: int | None
    finish: int | None
    pause: int | None
    pause_min: float
    back: float
    stops: tuple[Stop, ...]

    @property
    def times(self) -> tuple[int, ...]:
        """Give every time from which or until which somebody is at work."""
        stops = (time for stop in self.stops for time in (stop.start, stop.end))
        return tuple(t for t in (self.begins, self.ends, self.depart, self.finish, *stops) if t is not None)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a run: travel, wait, break or visit, in minutes after midnight."""

    kind: str
    start: float
    end: float
    stop: Stop | None = None


def lines_of(data: Mapping[str, Any]) -> tuple[Line, ...]:
    """Give every run of the report's data, those of one area beside each other, as the report has them."""
    lines = (_line(run, data) for run in data["runs"])
    return tuple(sorted(lines, key=_order))


def _order(line: Line) -> tuple[bool, str, str, str, dt.date, str]:
    area = line.stops[0].area if line.stops else ""
    return not line.stops, area, line.service, line.staff_id, line.date, line.shift_id


def _line(run: Mapping[str, Any], data: Mapping[str, Any]) -> Line:
    begins, ends = run["shift"]
    pause, pause_min = run["pause"]
    return Line(
        shift_id=run["id"],
        staff_id=run["staff"],
        service=data["services"][run["service"]],
        colour=run["service"],
        date=dt.date.fromisoformat(run["date"]),
        begins=begins,
        ends=ends,
        depart=run["depart"],
        finish=run["finish"],
        pause=pause,
        pause_min=pause_min,
        back=run["back"],
        stops=tuple(_stop(cells, data) for cells in run["visits"]),
    )


def _stop(cells: Sequence[Any], data: Mapping[str, Any]) -> Stop:
    visit_id, _, person_id, home, service, _, start, end, travel, wait, joint, _ = cells
    household_id, area, lat, lon = data["homes"][home]
    return Stop(
        visit_id=visit_id,
        person_id=person_id,
        household_id=household_id,
        area=data["areas"][area],
        service=data["services"][service],
        start=start,
        end=end,
        travel=travel,
        wait=wait,
        joint=data["joints"][joint][0] if joint >= 0 else "",
        lat=lat,
        lon=lon,
    )


def steps_of(line: Line) -> tuple[Step, ...]:
    """Give a run as steps one after the other, with the break where it is taken."""
    return tuple(_Walk(line).steps())


class _Walk:
    """Goes through a run; ``now`` is the time up to which it is told."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.rested = line.pause is None or not line.pause_min
        self.now = 0.0

    def steps(self) -> Iterator[Step]:
        for k, stop in enumerate(self.line.stops):
            if k == 0:
                self.now = self._sets_off(stop)
            yield from self._way(stop.travel, stop.wait, stop.start)
            yield Step(VISIT, stop.start, stop.end, stop)
            self.now = stop.end
        if self.line.stops:
            finish = self.line.finish
            yield from self._way(self.line.back, 0, self.now + self.line.back if finish is None else finish)
        if not self.rested:
            yield self._rest(self._pause)

    @property
    def _pause(self) -> float:
        return self.line.pause or 0

    def _sets_off(self, first: Stop) -> float:
        """Give when the first leg begins; a break between leaving and the first visit comes on top of it."""
        depart = self.line.depart if self.line.depart is not None else first.start
        between = not self.rested and depart <= self._pause < first.start
        return first.start - first.travel - first.wait - (self.line.pause_min if between else 0)

    def _way(self, travel: float, wait: float, until: float) -> Iterator[Step]:
        """Give what lies between two visits; a break interrupts whatever it falls into."""
        if not self.rested and self._pause < until:
            before = max(0, self._pause - self.now)
            driven = min(travel, before)
            idled = min(wait, before - driven)
            yield from self._step(TRAVEL, driven)
            yield from self._step(WAIT, idled)
            if self._pause < self.now:  # before leaving
                yield self._rest(self._pause)
            else:
                yield self._rest(self.now)
                self.now += self.line.pause_min
            travel, wait = travel - driven, wait - idled
        yield from self._step(TRAVEL, travel)
        yield from self._step(WAIT, wait)

    def _rest(self, start: float) -> Step:
        self.rested = True
        return Step(BREAK, start, start + self.line.pause_min)

    def _step(self, kind: str, minutes: float) -> Iterator[Step]:
        if minutes > _SMALLEST:
            yield Step(kind, self.now, self.now + minutes)
            self.now += minutes

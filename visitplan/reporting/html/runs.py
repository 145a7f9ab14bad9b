"""The report's data for schedulers: every run, stop by stop, in the compact form that the page's script has.

The data is a dictionary ready for JSON. Services, organisations, areas, homes and joint visits stand once, in
lists; elsewhere they are named by their place in the list. Times are local clock minutes after midnight of
the shift's date, so that 01:30 on the next day is 1,530.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from visitplan.reporting.html.contents import clock, coordinate, date, harmless, number

if TYPE_CHECKING:
    from visitplan.reporting.html.contents import Contents, Row

ROSTER, STAFF, JOINT_VISITS = "roster.csv", "staff.csv", "joint_visits.csv"
DAY_MIN = 1440


def runs_data(contents: Contents) -> dict[str, Any]:
    """Give runs, homes and joint visits of a plan.

    ``runs`` has an entry for each shift, used or not. ``homes`` has household id, area, latitude and
    longitude; ``joints`` has joint visit id, mode, lead visit, whether with the family, what is told once.

    Raises
    ------
    InputError
        A cell cannot be read.
    """
    reader = _Reader(contents)
    runs = [reader.run(row) for row in contents.tables[STAFF]]
    return {
        "services": reader.services.texts,
        "organisations": reader.organisations.texts,
        "areas": reader.areas.texts,
        "homes": list(reader.homes.values()),
        "joints": [_joint(row) for row in contents.tables[JOINT_VISITS]],
        "runs": runs,
    }


class Register:
    """Texts in the order in which they first came; each stands once."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        """Give the place of a text, as a new one where it has none."""
        return self._places.setdefault(text, len(self._places))

    @property
    def texts(self) -> list[str]:
        """Give the texts, made harmless to look at."""
        return [harmless(text) for text in self._places]


class _Reader:
    """Reads runs, and notes the services, homes and so on that they name."""

    def __init__(self, contents: Contents) -> None:
        self.services, self.organisations, self.areas = Register(), Register(), Register()
        self.homes: dict[str, list[Any]] = {}
        self._home_places: dict[str, int] = {}
        self._joints = {row["joint_visit_id"]: k for k, row in enumerate(contents.tables[JOINT_VISITS])}
        self._stops: dict[str, list[Row]] = defaultdict(list)
        for row in contents.tables[ROSTER]:
            self._stops[row["shift_id"]].append(row)

    def run(self, row: Row) -> dict[str, Any]:
        """Give a run: whose it is, its times, its sums and its visits."""
        stops = self._stops.get(row["shift_id"], [])
        day = _day(row, stops)
        visits = [self._visit(stop, day) for stop in stops]
        named = row if row["service"] or not stops else stops[0]
        return {
            "id": harmless(row["shift_id"]),
            "staff": harmless(row["staff_id"]),
            "service": self.services.place(named["service"]),
            "organisation": self.organisations.place(named["organisation"]),
            "date": day.isoformat(),
            **_times(row, visits),
            **_sums(row),
            "visits": visits,
        }

    def _visit(self, stop: Row, day: dt.date) -> list[Any]:
        """Give ids, home, service, organisation, start, end, travel, wait, joint visit or -1, and tasks."""
        start = _minute(stop, "start", day)
        return [
            harmless(stop["visit_id"]),
            harmless(stop["request_id"]),
            harmless(stop["person_id"]),
            self._home(stop),
            self.services.place(stop["service"]),
            self.organisations.place(stop["organisation"]),
            start,
            _from(start, clock(ROSTER, stop, "end")),
            number(ROSTER, stop, "travel_min"),
            number(ROSTER, stop, "wait_min"),
            self._joints.get(stop["joint_visit_id"], -1),
            harmless(stop["tasks"].replace(";", ", ")),
        ]

    def _home(self, stop: Row) -> int:
        name = stop["household_id"]
        if name not in self._home_places:
            self._home_places[name] = len(self.homes)
            lat, lon = coordinate(ROSTER, stop, "lat"), coordinate(ROSTER, stop, "lon")
            self.homes[name] = [harmless(name), self.areas.place(stop["area"]), lat, lon]
        return self._home_places[name]


def _joint(row: Row) -> list[Any]:
    return [
        harmless(row["joint_visit_id"]),
        harmless(row["mode"].replace("_", " ")),
        harmless(row["lead_visit_id"]),
        row["with_family"] == "yes",
        harmless(row["told_once"]),
    ]


def _day(row: Row, stops: list[Row]) -> dt.date:
    """Give the shift's date; where the file does not tell it, that of its first visit."""
    days = [date(STAFF, row, "date"), *(date(ROSTER, stop, "date") for stop in stops[:1])]
    return next((day for day in days if day is not None), dt.date.min)


def _times(row: Row, visits: list[list[Any]]) -> dict[str, Any]:
    """Give shift, departure, finish and break."""
    begin, depart = clock(STAFF, row, "shift_start"), clock(STAFF, row, "depart")
    if visits and depart is not None:
        depart = visits[0][6] - (visits[0][6] - depart) % DAY_MIN
    origin = begin if begin is not None else depart or 0
    return {
        "shift": [begin, _from(origin, clock(STAFF, row, "shift_end"))],
        "depart": depart,
        "finish": _from(max((visit[7] for visit in visits), default=origin), clock(STAFF, row, "finish")),
        "pause": [_from(origin, clock(STAFF, row, "break_start")), number(STAFF, row, "break_min")],
    }


def _sums(row: Row) -> dict[str, float]:
    """Give hours worked, minutes travelled, waited, over time and on the way home, and kilometres."""
    columns = {"hours": "hours", "travel": "travel_min", "wait": "wait_min", "overtime": "overtime_min"}
    columns |= {"back": "return_min", "km": "km"}
    return {name: number(STAFF, row, column) for name, column in columns.items()}


def _minute(stop: Row, column: str, day: dt.date) -> int:
    on = date(ROSTER, stop, "date") or day
    return (on - day).days * DAY_MIN + (clock(ROSTER, stop, column) or 0)


def _from(origin: int, time: int | None) -> int | None:
    """Give the first time from ``origin`` on that has this clock time."""
    return None if time is None else origin + (time - origin) % DAY_MIN

"""When family can be at home, by how they work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.synthesis.kinds import clock

if TYPE_CHECKING:
    import datetime as dt

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKING_DAYS = WEEKDAYS[:5]
WEEKEND = WEEKDAYS[5:]

Hours = tuple[tuple[str, ...], str, str]

_FREE_WEEKEND: Hours = (WEEKEND, "09:00", "20:00")

PATTERNS: dict[str, tuple[Hours, ...]] = {
    "none": (),
    "full_time": ((WORKING_DAYS, "17:30", "21:30"), _FREE_WEEKEND),
    "part_time": (
        (("mon", "wed", "fri"), "09:00", "16:00"),
        (("tue", "thu"), "17:30", "21:00"),
        _FREE_WEEKEND,
    ),
    "part_time_other_days": (
        (("tue", "thu"), "09:00", "16:00"),
        (("mon", "wed", "fri"), "17:30", "21:00"),
        _FREE_WEEKEND,
    ),
    "lunch": ((WORKING_DAYS, "12:00", "13:30"), (WORKING_DAYS, "18:00", "21:00"), _FREE_WEEKEND),
    "late_shift": ((WORKING_DAYS, "08:00", "12:30"), _FREE_WEEKEND),
    "retired": ((WEEKDAYS, "08:00", "20:00"),),
}
"""Full time: evenings. Part time: some days until four, the other evenings. Lunch: at noon and in the
evenings. Late shift: mornings. All of these: weekends, 09:00 to 20:00. Retired: in all day, every day."""


def family_rows(household_id: str, pattern: str) -> list[dict[str, object]]:
    """Give the family_times rows of a household."""
    return [
        {"household_id": household_id, "weekday": ";".join(days), "start": start, "end": end}
        for days, start, end in PATTERNS[pattern]
    ]


def days_met(pattern: str, dates: list[dt.date], start: int, end: int, minutes: int, slack: int) -> int:
    """Count the dates on which a whole visit fits a family time, with room to choose its start.

    Parameters
    ----------
    start, end
        Minutes from midnight between which the visit starts.
    minutes, slack
        Its length, and how far apart its first and last possible start must be.
    """
    return sum(
        any(
            WEEKDAYS[date.weekday()] in days
            and min(end, clock(to) - minutes) - max(start, clock(begin)) >= slack
            for days, begin, to in PATTERNS[pattern]
        )
        for date in dates
    )

"""What services come for: the kinds of visits, their hours and tasks, and the shifts of the teams."""

from __future__ import annotations

from dataclasses import dataclass


def clock(text: str) -> int:
    """Give the minutes from midnight of HH:MM."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of visit.

    Attributes
    ----------
    name
        Ends the request id.
    team
        Who does it: care, nursing, physio or ot.
    start, end
        Minutes from midnight between which it starts.
    minutes
        Lengths to draw from; empty for care calls, whose lengths have rates of their own.
    skills, tasks
        What it takes and what is done.
    priority
        1 (urgent) to 5.
    time_critical
        The window may not be missed.
    every
        Days from one visit to the next in a period of several days; 1 is daily.
    """

    name: str
    team: str
    start: int
    end: int
    minutes: tuple[int, ...] = ()
    skills: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    priority: int = 3
    time_critical: bool = False
    every: int = 1

    @property
    def service(self) -> str:
        """Give the service whose team this is."""
        return SERVICE_OF[self.team]


SERVICE_OF = {"care": "care", "nursing": "nursing", "physio": "therapy", "ot": "therapy"}

CARE_CALLS = (
    Kind("morning", "care", clock("07:00"), clock("10:30"), (), ("personal_care",), ("wash", "breakfast")),
    Kind("lunch", "care", clock("11:30"), clock("14:00"), (), ("personal_care",), ("meal",)),
    Kind("tea", "care", clock("15:30"), clock("18:00"), (), ("personal_care",), ("meal",)),
    Kind("bed", "care", clock("18:45"), clock("21:15"), (), ("personal_care",), ("wash",)),
)
"""The calls of a day; a package of one takes the first, of two the first and the last, and so on."""

CALLS_OF_PACKAGE = {"1": (0,), "2": (0, 3), "3": (0, 1, 3), "4": (0, 1, 2, 3)}

NURSING = (
    Kind(
        "insulin",
        "nursing",
        clock("08:00"),
        clock("09:30"),
        (15,),
        ("insulin",),
        ("insulin_dose",),
        priority=1,
        time_critical=True,
    ),
    Kind(
        "bloods", "nursing", clock("08:00"), clock("11:00"), (15,), ("bloods",), ("blood_sample",), every=99
    ),
    Kind(
        "wound",
        "nursing",
        clock("08:30"),
        clock("15:00"),
        (30, 30, 45),
        ("wound",),
        ("dressing",),
        2,
        every=2,
    ),
    Kind(
        "catheter",
        "nursing",
        clock("09:00"),
        clock("15:00"),
        (45,),
        ("catheter",),
        ("catheter_change",),
        every=99,
    ),
    Kind(
        "review", "nursing", clock("10:00"), clock("15:00"), (30, 45), (), ("medication_review",), 4, every=99
    ),
)

THERAPY = (
    Kind(
        "mobility", "physio", clock("09:00"), clock("15:15"), (45, 60), ("physio",), ("exercises",), every=3
    ),
    Kind("home", "ot", clock("09:00"), clock("15:15"), (60,), ("ot",), ("home_safety",), 4, every=99),
)

INSULIN_EVENING = Kind(
    "insulin_evening",
    "nursing",
    clock("16:30"),
    clock("18:00"),
    (15,),
    ("insulin",),
    ("insulin_dose",),
    priority=1,
    time_critical=True,
)
"""The second dose of the day."""

URGENT_RESPONSE_MIN = 120
"""Urgent community response: two hours (NHS England, Urgent community response, national standard)."""

URGENT = Kind(
    "urgent",
    "nursing",
    clock("08:00"),
    clock("18:00"),
    (30, 45, 60),
    (),
    ("blood_pressure", "skin_check", "falls_check"),
    priority=1,
)
"""An urgent call; here the hours are those at which calls come in. The service answers from 08:00 to 20:00 on
seven days (NHS England, Urgent community response), two hours after the last call."""

QUIET = ("13:00", "14:30")
"""When a quiet home rests after lunch. Assumption."""

KIND = {kind.name: kind for kind in (*CARE_CALLS, *NURSING, *THERAPY)}

PROGRAMMES = {"mobility": 2}
"""Kinds that can be a programme, and the days from one visit to the next where they are."""

TASKS: tuple[tuple[str, int, bool], ...] = (
    ("wash", 15, False),
    ("breakfast", 10, False),
    ("meal", 15, False),
    ("medication", 5, False),
    ("insulin_dose", 10, False),
    ("blood_sample", 10, False),
    ("dressing", 20, False),
    ("catheter_change", 30, False),
    ("exercises", 30, False),
    ("settle_in", 20, False),
    ("home_safety", 20, True),
    ("medication_review", 10, True),
    ("weight", 5, True),
    ("blood_pressure", 5, True),
    ("falls_check", 10, True),
    ("skin_check", 5, True),
)
"""Code, minutes, and whether one service can do it for all."""

SHARED_TASKS = ("weight", "blood_pressure", "falls_check", "skin_check")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A way to work: the stretches of a day, and the break of each (minutes, from, to), or None.

    ``hours`` is the most a week; with ``alternate`` somebody works every other day.
    """

    name: str
    stretches: tuple[tuple[int, int], ...]
    breaks: tuple[tuple[int, int, int] | None, ...]
    hours: float
    alternate: bool = False


EARLY = Pattern(
    "early",
    ((clock("06:45"), clock("14:45")),),
    ((30, clock("10:00"), clock("11:45")),),
    40,
)
SPLIT = Pattern(
    "split", ((clock("06:45"), clock("11:15")), (clock("16:00"), clock("22:00"))), (None, None), 48
)
LONG_SPLIT = Pattern(
    "long_split",
    ((clock("07:30"), clock("13:30")), (clock("16:30"), clock("21:30"))),
    (None, None),
    48,
    alternate=True,
)
LATE = Pattern("late", ((clock("14:45"), clock("22:15")),), ((30, clock("17:30"), clock("19:30")),), 40)
DAY = Pattern("day", ((clock("07:45"), clock("16:15")),), ((30, clock("11:30"), clock("14:00")),), 40)
EVENING = Pattern("evening", ((clock("13:30"), clock("21:30")),), ((30, clock("16:30"), clock("19:00")),), 40)
"""Split shifts: 296 of 417 care workers, nearly half of them starting 06-08 and ending 21-23, with the pause
after lunch calls (UNISON survey in Community Care, 16 December 2015). Breaks: at least 20 minutes over six
hours (Working Time Regulations 1998). The hours themselves are assumptions. Long split shifts are on every
other day, so that 11 hours of rest lie between them (the same regulations)."""

"""What a joint visit is worth, in its parts, in millipence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.coordination.alone import least, tightness_mp
from visitplan.domain.period import HOUR
from visitplan.policy import Costs, Mode

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from visitplan.coordination.arrangement import Arrangement, Setting
    from visitplan.coordination.units import Unit


@dataclass(frozen=True, slots=True)
class Benefit:
    """What a joint visit saves and what it costs: counts and seconds, and their worth in millipence.

    Attributes
    ----------
    interruptions_saved
        Attendances of the family that fall away.
    door_knocks_saved
        Arrivals at the door that fall away; back to back saves none.
    seconds_saved
        Staff time of tasks told once.
    family_seconds_saved
        Seconds less that the family has to be at home: the visits that want it, less the one attendance.
        Negative where the family stays on for somebody who could do without it.
    days_saved
        Days less on which somebody may come: the most days its units could take apart, less one.
    frequent_users
        Units for people who often need urgent care; they come first where not all can be joined.
    interruptions_mp, door_knocks_mp, told_once_mp, family_mp, days_mp, frequent_mp, homecoming_mp
        What these are worth.
    narrowing_mp
        The room for routing that is given up.
    preference_mp
        Earliness and lateness against preferred times that cannot be avoided any more, and families that
        are welcome and can no longer be there.
    """

    interruptions_saved: int
    door_knocks_saved: int
    seconds_saved: int
    family_seconds_saved: int
    days_saved: int
    frequent_users: int
    interruptions_mp: int
    door_knocks_mp: int
    told_once_mp: int
    family_mp: int
    days_mp: int
    frequent_mp: int
    homecoming_mp: int
    narrowing_mp: int
    preference_mp: int

    @property
    def saved_mp(self) -> int:
        """Give what is gained."""
        return (
            self.interruptions_mp
            + self.door_knocks_mp
            + self.told_once_mp
            + self.family_mp
            + self.days_mp
            + self.frequent_mp
            + self.homecoming_mp
        )

    @property
    def total_mp(self) -> int:
        """Give what it is worth on the whole."""
        return self.saved_mp - self.narrowing_mp - self.preference_mp


def benefit_of(arrangement: Arrangement) -> Benefit:
    """Weigh an arrangement that can be a joint visit."""
    scenario, units = arrangement.setting.scenario, arrangement.units
    worth = scenario.policy.rules(area=arrangement.setting.area).coordination
    interruptions, family = _family_saved(arrangement)
    knocks = len(units) - 1 if arrangement.mode is Mode.TOGETHER else 0
    seconds = sum(
        (unit.duration_s - duration) * unit.slots
        for unit, duration in zip(units, arrangement.durations, strict=True)
    )
    days = _most_days(arrangement.setting, units) - 1
    frequent = sum(scenario.person_by_id[unit.request.person_id].frequent_user for unit in units)
    homecoming = 0 if arrangement.homecoming is None else len(arrangement.first_visits) - 1
    apart_mp = sum(arrangement.setting.alone(unit).preference_mp for unit in units)
    preference = max(0, _least_preference(arrangement) - apart_mp)
    return Benefit(
        interruptions_saved=interruptions,
        door_knocks_saved=knocks,
        seconds_saved=seconds,
        family_seconds_saved=family,
        days_saved=days,
        frequent_users=frequent,
        interruptions_mp=interruptions * Costs.millipence(worth.interruption_pence),
        door_knocks_mp=knocks * Costs.millipence(worth.door_knock_pence),
        told_once_mp=seconds * _mp_per_s(scenario.policy.costs.hourly_pence),
        family_mp=family * _mp_per_s(worth.family_hour_pence),
        days_mp=days * Costs.millipence(worth.day_pence),
        frequent_mp=frequent * Costs.millipence(worth.frequent_user_pence),
        homecoming_mp=homecoming * Costs.millipence(worth.homecoming_pence),
        narrowing_mp=narrowing_mp(arrangement),
        preference_mp=preference + _families_kept_away_mp(arrangement),
    )


def _mp_per_s(pence_per_hour: float) -> int:
    return round(pence_per_hour * 1000 / HOUR)


def _family_saved(arrangement: Arrangement) -> tuple[int, int]:
    """Give the attendances that the family is spared, and the seconds at home.

    Nothing is saved where the family has said when it can be there, and the joint visit lies outside.
    """
    if not arrangement.with_family and arrangement.setting.family:
        return 0, 0
    wanting = [unit.duration_s for unit in arrangement.units if unit.wants_family]
    if not wanting:
        return 0, 0
    return len(wanting) - 1, sum(wanting) - arrangement.attendance_s


def _families_kept_away_mp(arrangement: Arrangement) -> int:
    """Give what it costs that welcome families which could be at a visit alone are not at the joint visit.

    That is the price of their absence, less the attendance that they are not asked for.
    """
    if arrangement.with_family:
        return 0
    family, scenario = arrangement.setting.family, arrangement.setting.scenario
    worth = scenario.policy.rules(area=arrangement.setting.area).coordination
    lost = 0
    for unit, free in zip(arrangement.units, arrangement.free, strict=True):
        if unit.wants_family and free & family.starts_for(unit.duration_s):
            asked = Costs.millipence(worth.interruption_pence)
            asked += unit.duration_s * _mp_per_s(worth.family_hour_pence)
            absent = Costs.millipence(scenario.rules_for(unit.request).costs.family_absent_pence)
            lost += max(0, unit.slots * absent - asked)
    return lost


def _most_days(setting: Setting, units: Sequence[Unit]) -> int:
    """Give the most different days that units could take if each came by itself."""
    day_of: dict[dt.date, int] = {}  # which unit has a day in the largest matching found so far
    days = [setting.alone(unit).days for unit in units]
    return sum(_finds_day(unit, days, day_of, set()) for unit in range(len(units)))


def _finds_day(
    unit: int, days: Sequence[Sequence[dt.date]], day_of: dict[dt.date, int], seen: set[dt.date]
) -> bool:
    for day in days[unit]:
        if day not in seen:
            seen.add(day)
            if day not in day_of or _finds_day(day_of[day], days, day_of, seen):
                day_of[day] = unit
                return True
    return False


def narrowing_mp(arrangement: Arrangement) -> int:
    """Give the price of the room that is given up: of each unit's starts, and for each who comes.

    By :func:`tightness_mp`, a set of starts of length L is as tight as HOUR / (L + HOUR): 1 when it is fixed,
    1/2 for an hour, and little to choose between a day and a week.
    """
    setting = arrangement.setting
    return sum(
        unit.slots * (tightness_mp(setting.scenario, starts) - setting.alone(unit).tightness_mp)
        for unit, starts in zip(arrangement.units, arrangement.starts, strict=True)
    )


def _least_preference(arrangement: Arrangement) -> int:
    """Give the least earliness and lateness over all starts, were there no gaps between the units."""
    offsets = _offsets(arrangement)
    preferences = [arrangement.setting.alone(unit).preference for unit in arrangement.units]
    wished = [(wish, offset) for wish, offset in zip(preferences, offsets, strict=True) if wish is not None]
    return least(wished, arrangement.starts[0])


def _offsets(arrangement: Arrangement) -> list[int]:
    if arrangement.mode is Mode.TOGETHER:
        return [0] * len(arrangement.units)
    return [sum(arrangement.durations[:position]) for position in range(len(arrangement.units))]

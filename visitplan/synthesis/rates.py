"""Every rate of a synthetic scenario, in one place."""

from __future__ import annotations

from dataclasses import dataclass, fields

Weights = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Rates:
    """How a synthetic county lives and works. Shares are from 0 to 1; weights are relative.

    The last nine are 0 by default, which leaves out what they say; see :data:`visitplan.synthesis.COUNTY`.

    "Assumption" marks a judgement of ours that no source was found for.

    Attributes
    ----------
    profiles
        Weights of the services that visit a person, joined by ``+``. Assumption.
    couples
        Share of households in which two people are visited. Assumption.
    care_calls
        Weights of one to four care calls a day. Assumption, set so that hours a household come to about the
        12.4 contact hours a week of NHS Digital, Community Care Statistics: home help/care 2008.
    care_minutes
        Weights of a care call's length in minutes: council visits of a week in Torbay 2022, median provider
        (Torbay Council, Home care Annex B): 18, 835, 209 and 97 visits.
    double_handed
        Share of people with care all of whose calls take two. Assumption (no national share was found).
    nursing_kinds, therapy_kinds
        Weights of what a nurse or a therapist comes for. Assumption.
    daily_care
        In a period of several days, share of care calls that come every day; the others come on some days.
        Assumption.
    time_critical_care
        Share of morning calls with medication that must be given on time (Parkinson's UK: within 30 minutes
        of the prescribed time; the share is an assumption).
    blood_follow_ups
        Share of blood tests followed by a medication review the same day. Assumption.
    discharges
        Share of people who come home from hospital in the period. Assumption.
    joint_avoid, joint_require
        Share of requests that must not, and of those that can, that must be part of a joint visit.
        Assumption.
    family_patterns
        Weights of when a household's family can be at home; see :mod:`visitplan.synthesis.families`.
        Assumption.
    family_welcome, family_required
        Share of a service's requests, in households with family, at which the family is welcome and,
        where its times meet the request's, required. Assumption.
    preferred_times
        Share of care calls with a preferred hour inside their window. Assumption.
    frequent_users
        Share of people who often need urgent care. Assumption.
    shared_tasks
        Share of nursing and therapy requests, and half of it of care requests, that ask for one or two tasks
        which any service can do (weight, blood pressure, ...). Assumption.
    flats
        Share of town homes with a longer way to the door. Assumption.
    small_homes
        Share of homes, double-handed ones apart, that hold two members of staff at once at most. Assumption.
    known, preferred, excluded
        Share of people with a history of visits; of requests with preferred, and with excluded staff.
        Assumption. (NICE NG21 1.1.4 asks for the same care workers.)
    pinned
        Share of single visits promised to one member of staff. Assumption.
    utilisation
        Share of staff time, in the hour of the day that is tightest, that visits and travel fill. Assumption.
    cyclists
        Share of care staff, from the third of each shift pattern on, who cycle. Assumption.
    skill_medication, skill_moving, skill_catheter
        Share of carers who may give medication or move people with equipment, and of nurses who may change
        catheters. Assumption.
    overtime_min
        Minutes of overtime that every shift allows. Assumption.
    care_hourly, nursing_hourly, therapy_hourly
        Pounds an hour: median care worker pay (Skills for Care, December 2025); the middle of NHS Agenda for
        Change bands 5 to 6, and of band 6, England 2025/26.
    urgent
        Share of people who call urgently on a day, to be answered within two hours, from 08:00 to 20:00 (NHS
        England, Urgent community response; the share is an assumption).
    insulin_evening
        Share of people with insulin who have a second dose, in the evening. Assumption.
    reablement
        Share of people who have two calls a day from the day after they come home from hospital.
        Assumption.
    usual_times
        Share of care calls without a preferred hour that people are used to at a time of day. Assumption.
    same_time
        Share of daily care calls that always come at about the same time of day. Assumption.
    quiet_homes
        Share of homes, of those whose requests are not tied to others or to family, that rest after lunch.
        Assumption.
    split_shifts
        Least share of a day's carers who work split shifts, with the pause after lunch calls: 296 of 417
        (UNISON survey in Community Care, 16 December 2015).
    commute_km
        Kilometres over which those who come to work from a town fall to 1/e of what its people under 65 say;
        at 0, staff live close to those they serve. Assumption.
    programmes
        Share of exercises at home that are a programme, every other day like dressings, instead of every
        third. Assumption.
    """

    profiles: Weights = (
        ("care", 0.46),
        ("nursing", 0.20),
        ("therapy", 0.04),
        ("care+nursing", 0.17),
        ("care+therapy", 0.06),
        ("nursing+therapy", 0.03),
        ("care+nursing+therapy", 0.04),
    )
    couples: float = 0.10
    care_calls: Weights = (("1", 0.20), ("2", 0.28), ("3", 0.22), ("4", 0.30))
    care_minutes: Weights = (("15", 18), ("30", 835), ("45", 209), ("60", 97))
    double_handed: float = 0.10
    nursing_kinds: Weights = (
        ("insulin", 0.25),
        ("bloods", 0.20),
        ("wound", 0.30),
        ("catheter", 0.10),
        ("review", 0.15),
    )
    therapy_kinds: Weights = (("mobility", 0.6), ("home", 0.4))
    daily_care: float = 0.7
    time_critical_care: float = 0.08
    blood_follow_ups: float = 0.15
    discharges: float = 0.015
    joint_avoid: float = 0.06
    joint_require: float = 0.05
    family_patterns: Weights = (
        ("none", 0.30),
        ("full_time", 0.20),
        ("part_time", 0.15),
        ("lunch", 0.08),
        ("late_shift", 0.07),
        ("retired", 0.20),
    )
    family_welcome: tuple[tuple[str, float], ...] = (("care", 0.25), ("nursing", 0.50), ("therapy", 0.70))
    family_required: tuple[tuple[str, float], ...] = (("care", 0.01), ("nursing", 0.04), ("therapy", 0.12))
    preferred_times: float = 0.25
    frequent_users: float = 0.05
    shared_tasks: float = 0.5
    flats: float = 0.15
    small_homes: float = 0.05
    known: float = 0.85
    preferred: float = 0.05
    excluded: float = 0.02
    pinned: float = 0.01
    utilisation: float = 0.77
    cyclists: float = 0.04
    skill_medication: float = 0.8
    skill_moving: float = 0.7
    skill_catheter: float = 0.6
    overtime_min: int = 30
    care_hourly: float = 12.60
    nursing_hourly: float = 19.85
    therapy_hourly: float = 21.80
    urgent: float = 0.0
    insulin_evening: float = 0.0
    reablement: float = 0.0
    usual_times: float = 0.0
    same_time: float = 0.0
    quiet_homes: float = 0.0
    split_shifts: float = 0.0
    commute_km: float = 0.0
    programmes: float = 0.0

    def __post_init__(self) -> None:
        faults = [name for name, value in self._numbers() if value < 0]
        faults += [name for name in _SHARES if not 0 <= getattr(self, name) <= 1]
        if not 0 < self.utilisation <= 1:
            faults.append("utilisation")
        if faults:
            raise ValueError(f"rates out of range: {sorted(set(faults))}")

    def _numbers(self) -> list[tuple[str, float]]:
        numbers = []
        for field in fields(self):
            value = getattr(self, field.name)
            parts = [weight for _, weight in value] if isinstance(value, tuple) else [value]
            numbers += [(field.name, part) for part in parts]
        return numbers


_SHARES = tuple(
    field.name
    for field in fields(Rates)
    if field.type == "float" and not field.name.endswith(("_hourly", "_km"))
)

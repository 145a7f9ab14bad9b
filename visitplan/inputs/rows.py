"""One model for each table: its columns, their meaning and their units.

The models read single rows. What spans columns, rows or tables is the business of the rules.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from visitplan.domain.places import TravelMode
from visitplan.domain.requests import Family, Joint
from visitplan.inputs.cells import (
    Clock,
    ClockEnd,
    ClockLatest,
    Date,
    Days,
    Id,
    IdList,
    Moment,
    NhsNumber,
    Number,
    Start,
    Text,
    Truth,
    Visits,
    Whole,
    as_choice,
)


class StartFrom(StrEnum):
    """Where a member of staff's shifts start and end."""

    HOME = "home"
    BASE = "base"


JointChoice = Annotated[Joint, BeforeValidator(as_choice)]
FamilyChoice = Annotated[Family, BeforeValidator(as_choice)]
ModeChoice = Annotated[TravelMode, BeforeValidator(as_choice)]
StartChoice = Annotated[StartFrom, BeforeValidator(as_choice)]
DAY_MINUTES = 1440


class InputRow(BaseModel):
    """A row of an input table; columns that it does not know are left to the column findings."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)


class RequestRow(InputRow):
    """What one service asks for: who, what, how long, when, and who may do it."""

    request_id: Id = Field(description="Names the request; unique.")
    household_id: Id = Field(description="Where: a household_id of the table households.")
    person_id: Id = Field(description="Who is visited.")
    service: Id = Field(description="Service that asks, as in the table staff.")
    organisation: Id = Field(description="Organisation that owns the request.")
    duration_min: Whole = Field(gt=0, le=DAY_MINUTES, description="Minutes of one visit, tasks included.")
    earliest_date: Date = Field(description="First date on which a visit may fall.")
    latest_date: Date = Field(description="Last date on which a visit may fall.")
    window_start: Clock = Field(description="Earliest local time at which a visit may start.")
    window_end: ClockLatest = Field(description="Latest local time at which a visit may start.")
    preferred_start: Clock | None = Field(None, description="A visit should not start before this time.")
    preferred_end: ClockLatest | None = Field(None, description="A visit should not start after this time.")
    usual_start: Clock | None = Field(
        None, description="When it began last time; a visit should start near it, if no time is preferred."
    )
    same_time_min: Whole | None = Field(
        None, ge=0, le=DAY_MINUTES, description="Most minutes by which its visits' times of day may differ."
    )
    days: Days | None = Field(None, description="Weekdays on which a visit may fall; empty: all.")
    visits: Visits = Field(1, description="How many visits in the period, or 'daily' for one every day.")
    min_days_between: Whole = Field(
        1, ge=1, le=366, description="Fewest days from one visit's date to the next."
    )
    staff_needed: Whole = Field(1, ge=1, le=10, description="Members of staff who come at the same time.")
    skills: IdList = Field((), description="Skills that each of them needs.")
    joint: JointChoice = Field(Joint.ALLOW, description="Whether a visit may or must be in a joint visit.")
    family: FamilyChoice = Field(
        Family.NOT_NEEDED, description="Whether the family should be there; required: for the whole visit."
    )
    priority: Whole = Field(3, ge=1, le=5, description="1 urgent ... 5 can wait.")
    time_critical: Truth = Field(
        False, description="The window may not be missed, whatever the policy allows."
    )
    tasks: IdList = Field((), description="Codes of the table tasks that the visit is for.")
    not_before: Moment | None = Field(None, description="Local date-time before which no visit starts.")
    complete_by: Moment | None = Field(None, description="Local date-time by which a visit has ended.")
    received: Moment | None = Field(
        None, description="Local date-time at which an urgent call (priority 1) came in; answered soon after."
    )
    after_request: Id | None = Field(None, description="request_id of the request that this one follows.")
    min_gap_min: Whole | None = Field(
        None, ge=0, le=60 * DAY_MINUTES, description="Fewest minutes from its visit's end to this start."
    )
    max_gap_min: Whole | None = Field(
        None, ge=0, le=60 * DAY_MINUTES, description="Most minutes from its visit's end to this start."
    )
    preferred_staff: IdList = Field((), description="staff_ids of those who should come.")
    excluded_staff: IdList = Field((), description="staff_ids of those who must not come.")
    nhs_number: NhsNumber = Field(None, description="Checked by its check digit, and then forgotten.")


class HouseholdRow(InputRow):
    """An address, given by coordinates, a postcode or an address."""

    household_id: Id = Field(description="Names the household; unique.")
    area: Id = Field(description="Area that it lies in.")
    lat: Number | None = Field(None, description="Degrees north, WGS 84.")
    lon: Number | None = Field(None, description="Degrees east, WGS 84.")
    postcode: Text | None = Field(None, description="UK postcode; used where there are no coordinates.")
    address: Text | None = Field(None, description="Address; used where nothing else gives the place.")
    access_min: Number | None = Field(
        None, ge=0, le=240, description="Minutes from the parked car to the door; empty: the policy's."
    )
    max_staff_at_once: Whole | None = Field(
        None, ge=1, le=20, description="Members of staff the home holds at a time; empty: the policy's."
    )
    quiet_start: Clock | None = Field(
        None, description="From this local time on no visit starts; with quiet_end."
    )
    quiet_end: Clock | None = Field(
        None,
        description="From this local time on visits start again; not after quiet_start: on the next day.",
    )


class PersonRow(InputRow):
    """Someone who is visited. The table is optional: without it, people come from the requests."""

    person_id: Id = Field(description="Names the person; unique.")
    household_id: Id = Field(description="Where the person lives.")
    frequent_user: Truth = Field(False, description="Often in need of urgent care.")
    child: Truth = Field(False, description="A child.")
    discharge: Moment | None = Field(
        None, description="Local date-time of being home from hospital; nobody comes before it."
    )
    name: Text | None = Field(None, description="For letters only.")
    nhs_number: NhsNumber = Field(None, description="Checked by its check digit, and then forgotten.")


class FamilyTimeRow(InputRow):
    """A time in which a family member can be at home: on one date, or every week."""

    household_id: Id = Field(description="Which household.")
    date: Date | None = Field(None, description="The date; or give weekday.")
    weekday: Days | None = Field(None, description="The weekdays; or give date.")
    start: Clock = Field(description="From this local time.")
    end: ClockEnd = Field(description="To this local time; not after start: on the next day.")
    contact: Text | None = Field(None, description="Whom to tell; for letters only.")


class StaffRow(InputRow):
    """A member of staff."""

    staff_id: Id = Field(description="Names the member of staff; unique.")
    service: Id = Field(description="Service, as in the table requests.")
    organisation: Id = Field(description="Employer.")
    skills: IdList = Field((), description="What they can do.")
    grade: Whole | None = Field(None, ge=0, le=99, description="Pay grade.")
    home_lat: Number | None = Field(None, description="Home, degrees north.")
    home_lon: Number | None = Field(None, description="Home, degrees east.")
    home_postcode: Text | None = Field(None, description="Home, by postcode.")
    home_address: Text | None = Field(None, description="Home, by address.")
    base_id: Id | None = Field(None, description="base_id of the table bases.")
    start_from: StartChoice | None = Field(
        None, description="Where shifts start and end; empty: at home where one is given, else at the base."
    )
    travel_mode: ModeChoice = Field(TravelMode.CAR, description="How they travel.")
    hourly_cost: Number | None = Field(
        None, ge=0, le=10_000, description="Pounds an hour; empty: the policy's."
    )
    max_week_hours: Number | None = Field(None, ge=0, le=168, description="Most hours in the period.")
    areas: IdList = Field((), description="Areas served; empty: all.")
    works_with: IdList = Field((), description="Services they share a visit with; empty: all.")


class ShiftRow(InputRow):
    """One member of staff's working time on one day."""

    staff_id: Id = Field(description="Whose shift.")
    date: Date = Field(description="Date on which it starts.")
    start: Clock = Field(description="Local time of earliest departure.")
    end: ClockEnd = Field(description="Local time of latest return; not after start: on the next day.")
    shift_id: Id | None = Field(
        None, description="Names the shift; empty: staff_id@date, with /2, /3 for further shifts that day."
    )
    break_min: Whole | None = Field(None, ge=0, le=DAY_MINUTES, description="Minutes of break.")
    break_from: Clock | None = Field(
        None, description="Break not before; empty: an hour into the shift, where it is long enough."
    )
    break_to: ClockEnd | None = Field(
        None, description="Break over by; empty: an hour before the end, where it is long enough."
    )
    overtime_max_min: Whole = Field(0, ge=0, le=720, description="Most minutes of overtime.")


class BaseRow(InputRow):
    """A clinic, office or depot that staff start from."""

    base_id: Id = Field(description="Names the base; unique.")
    lat: Number | None = Field(None, description="Degrees north, WGS 84.")
    lon: Number | None = Field(None, description="Degrees east, WGS 84.")
    postcode: Text | None = Field(None, description="UK postcode; used where there are no coordinates.")
    address: Text | None = Field(None, description="Address; used where nothing else gives the place.")
    area: Id | None = Field(None, description="Area that it lies in; for the reader, not used in planning.")


class HistoryRow(InputRow):
    """How often a member of staff has visited a person."""

    person_id: Id = Field(description="Who was visited.")
    staff_id: Id = Field(description="By whom.")
    visits: Whole = Field(ge=0, description="How often.")
    last_date: Date | None = Field(None, description="When last.")
    task: Id | None = Field(None, description="Code of the table tasks: when last they did this task.")


class PinRow(InputRow):
    """A visit that stays with a member of staff, at a start, or both."""

    visit_id: Id = Field(
        description="request_id, or with /2 for its second visit and b for its second staff."
    )
    staff_id: Id | None = Field(None, description="Who serves it.")
    date: Date | None = Field(None, description="Date of the start, where start is only a time.")
    start: Start | None = Field(None, description="Local date-time at which it starts.")

    @property
    def moment(self) -> dt.datetime | None:
        """Give the pinned start, or None where there is none or its date is missing."""
        if isinstance(self.start, dt.time):
            return None if self.date is None else dt.datetime.combine(self.date, self.start)
        return self.start


class TaskRow(InputRow):
    """Something done in visits."""

    code: Id = Field(description="Names the task; unique.")
    minutes: Whole = Field(ge=0, le=DAY_MINUTES, description="Minutes that it takes.")
    shareable: Truth = Field(False, description="Several services that ask for it need it done only once.")
    skill: Id | None = Field(None, description="Skill of whoever does it for others.")


class TravelRow(InputRow):
    """The way from one place to another. The table may also be an .npz file: see docs/travel.md."""

    from_place: Id = Field(description="household_id, base_id, or staff_id for a home.")
    to_place: Id = Field(description="The same.")
    mode: ModeChoice = Field(TravelMode.CAR, description="How one travels.")
    seconds: Number | None = Field(None, ge=0, description="Seconds, door to door; or give minutes.")
    minutes: Number | None = Field(None, ge=0, description="Minutes, door to door; or give seconds.")
    metres: Number | None = Field(None, ge=0, description="Metres; or give km; or neither.")
    km: Number | None = Field(None, ge=0, description="Kilometres; or give metres; or neither.")

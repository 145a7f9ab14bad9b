"""Calendars, read back with a parser that is not the one that wrote them."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from tests.exports.builders import asked, plan, scenario, visit
from tests.exports.faults import HastyDisk
from tests.exports.figures import figures
from tests.exports.hostile import HOSTILE, hostile_plan, hostile_scenario
from visitplan import exports
from visitplan.domain.people import Person
from visitplan.domain.period import Period
from visitplan.domain.plan import Run
from visitplan.domain.scenario import Scenario
from visitplan.domain.showing import shown
from visitplan.exports.calendars import LEDGER_FILE, Ledger, calendar_files, parse_ledger
from visitplan.exports.calendars.zones import zone_component

if TYPE_CHECKING:
    from pathlib import Path

    from visitplan.domain.plan import Plan

NEXT_MINUTE = dt.timedelta(minutes=1)
MINUTE_OF_THE_PLAN = 3_696_375  # from 2020-01-01 00:00 to 2027-01-10 22:15, UTC


def later(made: Plan, by: dt.timedelta = NEXT_MINUTE, **changes: object) -> Plan:
    """Give a plan as made some time after another."""
    created = made.provenance.created + by
    return replace(made, provenance=replace(made.provenance, created=created), **changes)  # type: ignore[arg-type]


def calendars(made: Plan, before: Ledger | None = None, case: Scenario | None = None) -> dict[str, bytes]:
    return calendar_files(case or scenario(), made, before or Ledger())


def ledger(files: dict[str, bytes]) -> Ledger:
    return parse_ledger(files[LEDGER_FILE])


def events(files: dict[str, bytes], name: str) -> list[Any]:
    calendar = vobject.readOne(files[f"calendars/{name}.ics"].decode())
    return list(calendar.contents.get("vevent", []))


def moved(made: Plan, minutes: int) -> Plan:
    """Give the plan with the carer's visit R4 moved."""
    nurse, carer = made.runs
    first, second = carer.visits
    shift = minutes * 60
    second = replace(second, start=second.start + shift, end=second.end + shift)
    return replace(made, runs=(nurse, replace(carer, visits=(first, second))))


def without_r4(made: Plan) -> Plan:
    nurse, carer = made.runs
    return replace(made, runs=(nurse, replace(carer, visits=carer.visits[:1])))


def test_everybody_with_a_shift_and_every_home_with_a_request_has_a_calendar() -> None:
    assert sorted(calendars(plan())) == [
        "calendars/household-H1.ics",
        "calendars/household-H2.ics",
        "calendars/ledger.json",
        "calendars/staff-C1.ics",
        "calendars/staff-N1.ics",
        "calendars/staff-T1.ics",
    ]


def test_a_carer_sees_her_visits_and_her_break() -> None:
    told = [(e.summary.value, f"{e.dtstart.value:%a %H:%M}", f"{e.dtend.value:%H:%M}") for e in carer()]
    assert told == [
        ("Joint visit H1", "Mon 09:00", "09:35"),
        ("Visit H2", "Mon 10:00", "10:30"),
        ("Break", "Mon 10:30", "10:50"),
    ]


def carer() -> list[Any]:
    return events(calendars(plan()), "staff-C1")


def test_a_joint_visit_says_who_else_comes_and_who_leads() -> None:
    assert carer()[0].description.value == "Visit R2, person P1.\nN1 comes at 09:00.\nN1 leads."


def test_a_household_sees_one_entry_for_each_attendance() -> None:
    (entry,) = events(calendars(plan()), "household-H1")
    assert entry.summary.value == "Visit by N1, C1"
    assert entry.description.value == (
        "Arrival between 08:45 and 09:15.\nN1 leads.\nA family member is asked to be there.\n"
        "Visits: R1, R2, R3."
    )


def test_who_has_nothing_to_do_has_an_empty_calendar() -> None:
    assert events(calendars(plan()), "staff-T1") == []


def test_calendars_hold_no_names_services_tasks_or_places() -> None:
    named = replace(
        scenario(), people=(Person("P1", "H1", name="Ethel Smith"), Person("P2", "H1"), Person("P3", "H2"))
    )
    text = b"".join(calendars(plan(), case=named).values()).decode()
    for told in ("Ethel", "Smith", "WOUND", "WASH", "BP", "nursing", "care,", "Crewe", "53.", "LOCATION"):
        assert told not in text


def test_every_entry_has_its_own_uid_and_is_private() -> None:
    files = calendars(plan())
    every = [entry for name in files if name.endswith(".ics") for entry in events(files, name[10:-4])]
    assert len({entry.uid.value for entry in every}) == len(every) == 7
    assert {entry.contents["class"][0].value for entry in every} == {"PRIVATE"}


@pytest.mark.parametrize("folds", range(2))
def test_summer_time_is_understood_by_the_other_parser(folds: int) -> None:
    for day in (dt.date(2027, 3, 27), dt.date(2027, 3, 28), dt.date(2027, 10, 30), dt.date(2027, 10, 31)):
        start = dt.datetime.combine(day, dt.time(3 + 9 * folds), ZoneInfo("Europe/London"))
        assert read_back(day, start) == start.astimezone(dt.UTC)


@pytest.mark.parametrize("fold", range(2))
def test_the_hour_that_comes_twice_is_told_without_doubt(fold: int) -> None:
    day = dt.date(2027, 10, 31)
    start = dt.datetime.combine(day, dt.time(1, 30, fold=fold), ZoneInfo("Europe/London"))
    text = files_of(day, start)["calendars/staff-N1.ics"].decode()
    assert ("DTSTART:20271031T013000Z" if fold else "DTSTART;TZID=Europe/London:20271031T013000") in text


def files_of(day: dt.date, start: dt.datetime) -> dict[str, bytes]:
    """Give the calendars of a plan with one visit at a moment."""
    period = Period(day, day)
    case = replace(scenario(), period=period, shifts=(), requests=(asked_on(day),), family_times=())
    tick = period.tick_of(start)
    one = replace(visit("R1", 1, "09:00", "09:30"), start=tick, end=tick + 1800)
    run = Run("N1-1", "N1", (one,), tick, tick + 1800, 0, 0)
    made = replace(plan(), period=period, runs=(run,), unassigned=(), joint_visits=())
    return calendars(made, case=case)


def asked_on(day: dt.date) -> Any:
    return asked("R1", "H1", "P1", "nursing", 30, earliest_date=day, latest_date=day)


def read_back(day: dt.date, start: dt.datetime) -> dt.datetime:
    (entry,) = events(files_of(day, start), "staff-N1")
    found: dt.datetime = entry.dtstart.value.astimezone(dt.UTC)
    return found


@pytest.mark.parametrize(
    "zone", ["Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"]
)
def test_a_zone_is_told_with_every_change_of_its_clock(zone: str) -> None:
    component = zone_component(zone, dt.date(2027, 5, 1), dt.date(2027, 5, 7))
    told = sorted(
        (part["DTSTART"].dt, part["TZOFFSETFROM"].td, part["TZOFFSETTO"].td)
        for part in component.subcomponents
    )
    there = ZoneInfo(zone)
    for hour in range(365 * 24):
        moment = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC) + dt.timedelta(hours=hour)
        offset = [to for onset, back, to in told if onset - back <= moment.replace(tzinfo=None)][-1]
        assert offset == moment.astimezone(there).utcoffset()


def test_a_new_entry_is_numbered_by_the_minute_of_planning() -> None:
    assert {entry.sequence.value for entry in carer()} == {str(MINUTE_OF_THE_PLAN)}


def sequences(files: dict[str, bytes], name: str) -> list[tuple[str, int, str]]:
    return [(e.uid.value, int(e.sequence.value), e.status.value) for e in events(files, name)]


def test_the_same_plan_again_keeps_every_number() -> None:
    first = calendars(plan())
    again = calendars(later(plan()), ledger(first))
    for name in ("staff-C1", "staff-N1", "household-H1", "household-H2"):
        assert sequences(again, name) == sequences(first, name)


def test_a_visit_that_moves_keeps_its_uid_and_takes_a_higher_number() -> None:
    first = calendars(plan())
    second = calendars(moved(later(plan()), 5), ledger(first))
    before, after = sequences(first, "staff-C1"), sequences(second, "staff-C1")
    assert [uid for uid, _, _ in before] == [uid for uid, _, _ in after]
    assert [b[1] < a[1] for b, a in zip(before, after, strict=True)] == [False, True, False]
    assert sequences(second, "household-H2")[0][1] == MINUTE_OF_THE_PLAN + 1
    assert sequences(second, "household-H1") == sequences(first, "household-H1")


def test_a_change_within_the_same_minute_is_counted_too() -> None:
    first = calendars(plan())
    second = calendars(moved(plan(), 5), ledger(first))
    assert sequences(second, "household-H2")[0][1] == MINUTE_OF_THE_PLAN + 1


def test_a_plan_made_later_elsewhere_still_has_the_higher_numbers() -> None:
    elsewhere = calendars(moved(later(plan()), 5))
    assert sequences(elsewhere, "household-H2")[0][1] > sequences(calendars(plan()), "household-H2")[0][1]


def test_an_entry_that_is_gone_is_cancelled_with_a_higher_number() -> None:
    first = calendars(plan())
    second = calendars(without_r4(later(plan())), ledger(first))
    (uid, number, status) = sequences(second, "household-H2")[0]
    assert (uid, status) == (sequences(first, "household-H2")[0][0], "CANCELLED")
    assert number == MINUTE_OF_THE_PLAN + 1
    third = calendars(without_r4(later(plan(), 2 * NEXT_MINUTE)), ledger(second))
    assert sequences(third, "household-H2") == sequences(second, "household-H2")


def test_an_entry_that_comes_back_is_confirmed_with_a_higher_number_still() -> None:
    gone = calendars(without_r4(later(plan())), ledger(calendars(plan())))
    back = calendars(later(plan(), 2 * NEXT_MINUTE), ledger(gone))
    assert sequences(back, "household-H2")[0][1:] == (MINUTE_OF_THE_PLAN + 2, "CONFIRMED")


def test_a_visit_given_to_another_is_cancelled_for_the_one_and_new_for_the_other() -> None:
    nurse, carer_run = plan().runs
    second = carer_run.visits[1]
    handed = replace(second, shift_id="T1-1", staff_id="T1", sequence=1)
    runs = (
        nurse,
        replace(carer_run, visits=carer_run.visits[:1]),
        Run("T1-1", "T1", (handed,), handed.start, handed.end, 0, 0),
    )
    files = calendars(later(plan(), runs=runs), ledger(calendars(plan())))
    assert [status for _, _, status in sequences(files, "staff-C1")] == [
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
    ]
    assert [status for _, _, status in sequences(files, "staff-T1")] == ["CONFIRMED"]


def test_a_plan_of_the_next_day_neither_cancels_nor_keeps_the_day_before() -> None:
    day = dt.date(2027, 1, 12)
    first = calendars(plan())
    period = Period(day, day)
    case = replace(scenario(), period=period, requests=(asked_on(day),), shifts=(), family_times=())
    empty = replace(plan(), period=period, runs=(), unassigned=(), joint_visits=())
    assert ledger(calendars(empty, ledger(first), case)).entries == ()


def test_a_plan_of_the_day_before_remembers_what_it_does_not_plan() -> None:
    day = dt.date(2027, 1, 10)
    period = Period(day, day)
    case = replace(scenario(), period=period, requests=(asked_on(day),), shifts=(), family_times=())
    empty = replace(later(plan()), period=period, runs=(), unassigned=(), joint_visits=())
    files = calendars(empty, ledger(calendars(plan())), case)
    assert sequences(files, "staff-C1") == sequences(calendars(plan()), "staff-C1")


def test_a_daily_visit_is_known_by_its_day_and_not_by_its_number() -> None:
    days = [dt.date(2027, 1, 11), dt.date(2027, 1, 12)]
    request = asked("R1", "H1", "P1", "nursing", 30, latest_date=days[1], daily=True)
    week = replace(scenario(), period=Period(*days), requests=(request,), family_times=())
    rest = replace(week, period=Period(days[1], days[1]))
    tuesday = visit("R1", 1, "09:00", "09:30")
    in_week = replace(tuesday, visit_id="R1/2", start=tuesday.start + 86400, end=tuesday.end + 86400)
    assert uid_of(week, in_week) == uid_of(rest, tuesday)


def uid_of(case: Scenario, planned: Any) -> str:
    run = Run("N1-1", "N1", (planned,), planned.start, planned.end, 0, 0)
    made = replace(plan(), period=case.period, runs=(run,), unassigned=(), joint_visits=())
    return sequences(calendars(made, case=case), "staff-N1")[0][0]


@pytest.mark.parametrize(
    "data", [None, b"", b"not json", b"[]", b'{"format": "visitplan.calendars/2"}', b"\xff"]
)
def test_a_ledger_that_cannot_be_read_counts_as_none(data: bytes | None) -> None:
    assert parse_ledger(data) == Ledger()


def write(out: Path, made: Plan, **options: Any) -> None:
    exports.write_plan(out, scenario(), made, figures(made), disk=HastyDisk(), **options)


def test_a_plan_folder_counts_on_from_the_one_it_replaces(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, plan())
    write(out, moved(later(plan()), 5))
    files = {f"calendars/{path.name}": path.read_bytes() for path in (out / "calendars").iterdir()}
    assert sequences(files, "household-H2")[0][1] == MINUTE_OF_THE_PLAN + 1
    assert sequences(files, "household-H1")[0][1] == MINUTE_OF_THE_PLAN


def test_a_plan_that_failed_its_check_has_no_calendars(tmp_path: Path) -> None:
    write(tmp_path / "out", plan(), status="failed check")
    assert not (tmp_path / "out" / "calendars").exists()


def test_what_people_put_among_the_calendars_is_kept_and_told(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, plan())
    (out / "calendars" / "notes.txt").write_text("sent on Monday")
    write(out, plan())
    assert (out / "calendars" / "notes.txt").read_text() == "sent on Monday"
    assert [(f.code, f.where.file) for f in exports.read_plan(out)[1]] == [
        ("PLAN-FILE-EXTRA", "calendars/notes.txt")
    ]


def test_a_calendar_that_was_changed_or_lost_is_found(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, plan())
    (out / "calendars" / "staff-N1.ics").write_text("nothing")
    (out / "calendars" / "staff-C1.ics").unlink()
    assert sorted((f.code, f.where.file) for f in exports.read_plan(out)[1]) == [
        ("PLAN-FILE-CHANGED", "calendars/staff-N1.ics"),
        ("PLAN-FILE-MISSING", "calendars/staff-C1.ics"),
    ]


def test_a_manifest_that_points_outside_reads_nothing_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(out, plan())
    manifest = json.loads((out / "manifest.json").read_bytes())
    manifest["files"]["../secret/keys"] = {"bytes": 1, "sha256": "0" * 64}
    (out / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "keys").write_text("k")
    assert [f.code for f in exports.read_plan(out)[1]] == ["PLAN-FILE-MISSING"]


def test_hostile_ids_make_harmless_files_and_entries() -> None:
    files = calendar_files(hostile_scenario(), hostile_plan(), Ledger())
    assert len(files) == 1 + 2 * len(HOSTILE) + len(["the home of the visit left out"])
    for name, data in files.items():
        folder, _, stem = name.partition("/")
        assert folder == "calendars"
        assert stem.replace(".", "").replace("-", "").replace("_", "").isalnum()
        assert stem.isascii()
        if name.endswith(".ics"):
            lines = data.decode().split("\r\n")
            assert [line for line in lines if line.startswith(("X-", "ATTACH", "URL"))] == [
                line for line in lines if line.startswith("X-WR-CALNAME:")
            ]
            for entry in vobject.readOne(data.decode()).contents.get("vevent", []):
                assert not set("\x1b\r\x00") & set(entry.summary.value)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_what_a_calendar_is_called_is_written_as_icalendar_writes_it(name: str) -> None:
    owner = replace(plan().runs[0], staff_id=name or "N1", visits=())
    made = calendars(replace(plan(), runs=(owner,)))
    whole = Calendar()
    whole.add("x-wr-calname", f"Visits {shown(owner.staff_id)}")
    line = whole.to_ical().removeprefix(b"BEGIN:VCALENDAR\r\n").removesuffix(b"END:VCALENDAR\r\n")
    assert sum(line in text for text in made.values()) == 1


def test_calendars_of_two_zones_made_after_each_other_keep_their_own_times() -> None:
    here = calendars(plan())
    away = replace(scenario().period, zone="Europe/Paris")
    there = calendars(replace(plan(), period=away), case=replace(scenario(), period=away))
    for made, zone in (
        (here, b"Europe/London"),
        (there, b"Europe/Paris"),
        (calendars(plan()), b"Europe/London"),
    ):
        starts = [line for line in made["calendars/staff-N1.ics"].splitlines() if b"DTSTART;" in line]
        assert starts
        assert all(b"TZID=" + zone in line for line in starts)

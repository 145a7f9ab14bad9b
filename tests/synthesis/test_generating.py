import datetime as dt
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.synthesis.folders import WEEKDAYS, Tables, attendances, dangling, dates_of, minutes
from visitplan import coordination, inputs
from visitplan.domain.expansion import expand
from visitplan.errors import InputError
from visitplan.synthesis import PRESETS, TOWNS, Rates, generate, write
from visitplan.synthesis.asking import Ask, with_required_meeting
from visitplan.synthesis.families import days_met

SIZES = {"visits": st.integers(1, 150), "seed": st.integers(0, 10_000), "days": st.integers(1, 9)}


def _bytes(folder: Path, **arguments: object) -> dict[str, bytes]:
    folder.mkdir()
    return {path.name: path.read_bytes() for path in write(folder, generate(**arguments))}  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one = _bytes(tmp_path / "one", visits=200, seed=5, days=3)
    assert one == _bytes(tmp_path / "two", visits=200, seed=5, days=3)
    assert sorted(one) == [
        "bases.csv",
        "family_times.csv",
        "history.csv",
        "households.csv",
        "people.csv",
        "pins.csv",
        "requests.csv",
        "shifts.csv",
        "staff.csv",
        "tasks.csv",
    ]


def test_another_seed_gives_another_day(tmp_path: Path) -> None:
    one, two = _bytes(tmp_path / "one", seed=1), _bytes(tmp_path / "two", seed=2)
    assert one["tasks.csv"] == two["tasks.csv"]
    assert one["requests.csv"] != two["requests.csv"]
    assert one["households.csv"] != two["households.csv"]


def test_files_are_utf8_with_plain_line_ends_and_a_header(tmp_path: Path) -> None:
    files = _bytes(tmp_path / "day", visits=10)
    assert files["pins.csv"] == b"visit_id,staff_id,start\n"
    assert all(b"\r" not in content and content.decode("utf-8") for content in files.values())


@settings(max_examples=25, deadline=None)
@given(**SIZES)
def test_there_are_just_as_many_visits_as_asked_for_and_every_id_resolves(
    visits: int, seed: int, days: int
) -> None:
    tables = generate(visits=visits, seed=seed, days=days)
    assert attendances(tables["requests"]) == visits
    assert dangling(tables) == []
    assert tables["requests"]["request_id"].is_unique
    assert set(tables["people"]["person_id"]) >= set(tables["requests"]["person_id"])


@settings(max_examples=25, deadline=None)
@given(**SIZES)
def test_every_scenario_can_be_read_without_an_error_or_a_warning(visits: int, seed: int, days: int) -> None:
    from visitplan import inputs

    reading = inputs.read_frames(generate(visits=visits, seed=seed, days=days))
    assert [str(finding) for finding in reading.findings if finding.severity != "note"] == []


@settings(max_examples=15, deadline=None)
@given(**SIZES)
@example(visits=68, seed=1062, days=6)  # who was excluded was the only one at work on one of its days
def test_the_reader_makes_the_visits_that_were_asked_for_and_each_can_be_served_by_somebody(
    visits: int, seed: int, days: int
) -> None:
    from visitplan import inputs
    from visitplan.domain.expansion import expand

    scenario = inputs.read_frames(generate(visits=visits, seed=seed, days=days)).scenario
    demand = expand(scenario)
    assert len(demand.visits) == visits
    for visit in demand.visits:
        request = scenario.request_by_id[visit.request_id]
        able = [
            member.staff_id
            for member in scenario.staff
            if (member.service, member.organisation) == (request.service, request.organisation)
            and request.skills <= member.skills
            and member.staff_id not in request.excluded_staff
        ]
        met = [
            shift.shift_id
            for shift in scenario.shifts
            if shift.staff_id in able
            and any(part.meet(shift.window.starts_for(request.duration_s)) for part in visit.windows)
        ]
        assert len(met) >= request.staff_needed, visit


@pytest.fixture(scope="module")
def county() -> Tables:
    """A day of a large county."""
    return generate(visits=6000, seed=4)


def test_people_live_where_older_people_live(county: Tables) -> None:
    area_of = {town.area: 0 for town in TOWNS}
    older = sum(town.older_people for town in TOWNS)
    for town in TOWNS:
        area_of[town.area] += town.older_people
    counts = county["households"]["area"].value_counts(normalize=True)
    for area, people in area_of.items():
        assert counts[area] == pytest.approx(people / older, abs=0.025), area


def test_rates_are_met_by_a_large_day(county: Tables) -> None:
    rates, requests = Rates(), county["requests"]
    care = requests[requests["service"] == "care"]
    lengths = care["duration_min"].value_counts(normalize=True)
    assert lengths["30"] == pytest.approx(835 / 1159, abs=0.02)
    assert (care["staff_needed"] == "2").mean() == pytest.approx(rates.double_handed, abs=0.025)
    assert (requests["joint"] == "avoid").mean() == pytest.approx(rates.joint_avoid, abs=0.01)
    people_with_care = care["person_id"].nunique()
    assert len(care) / people_with_care == pytest.approx(0.2 + 2 * 0.28 + 3 * 0.22 + 4 * 0.3, abs=0.15)
    share = requests["person_id"][requests["not_before"] != ""].nunique() / requests["person_id"].nunique()
    assert share == pytest.approx(rates.discharges, abs=0.008)


def test_hours_of_care_a_household_come_near_the_published_twelve_a_week(county: Tables) -> None:
    requests = county["requests"]
    care = requests[requests["service"] == "care"]
    worked = (care["duration_min"].astype(int) * care["staff_needed"].astype(int)).sum() / 60
    assert 7 * worked / care["household_id"].nunique() == pytest.approx(12.4, abs=1.5)


def test_a_family_that_is_required_is_there_on_every_day() -> None:
    rates = Rates(family_required=(("care", 0.5), ("nursing", 0.8), ("therapy", 1.0)))
    tables = generate(visits=800, seed=7, days=5, rates=rates)
    required = tables["requests"][tables["requests"]["family"] == "required"]
    assert len(required) > 20
    times = tables["family_times"]
    for row in required.itertuples():
        mine = times[times["household_id"] == row.household_id]
        for date in dates_of(row):
            day = WEEKDAYS[date.weekday()]
            latest = [
                min(minutes(row.window_end), minutes(time.end) - int(row.duration_min))
                - max(minutes(row.window_start), minutes(time.start))
                for time in mine.itertuples()
                if day in time.weekday.split(";")
            ]
            assert max(latest) >= 30, row.request_id


def test_a_required_joint_visit_has_somebody_to_join() -> None:
    requests = generate(visits=800, seed=8, rates=Rates(joint_require=0.6))["requests"]
    demanding = requests[requests["joint"] == "require"]
    assert len(demanding) > 30
    for row in demanding.itertuples():
        others = requests[
            (requests["household_id"] == row.household_id)
            & (requests["service"] != row.service)
            & (requests["joint"] != "avoid")
            & (requests["family"] != "required")
        ]
        room = [
            min(minutes(other.window_end), minutes(row.window_end))
            - max(minutes(other.window_start), minutes(row.window_start))
            for other in others.itertuples()
        ]
        assert max(room) >= 30, row.request_id


@pytest.mark.parametrize("preset", ["town-day", "team-week"])
def test_whoever_asks_for_a_joint_visit_gets_one_even_where_everybody_asks(preset: str) -> None:
    known = next(known for known in PRESETS if known.name == preset)
    rates = replace(known.rates, joint_require=1.0)
    for seed in (1, 2, 3):
        tables = generate(preset=preset, visits=150, seed=seed, rates=rates)
        assert (tables["requests"]["joint"] == "require").sum() >= 4
        scenario = inputs.read_frames(tables).scenario
        joined = coordination.coordinate(scenario, expand(scenario), time_limit=2.0)
        assert [str(finding) for finding in joined.findings if "REQUIRE" in finding.code] == []


def test_a_visit_that_may_not_wait_is_nobodys_partner_unless_both_may_begin_when_it_must() -> None:
    asks = {"time_critical": True, "start": 480, "end": 570}
    dose, review = an_ask("dose", "nursing", **asks), an_ask("call", "care", start=510, end=900)
    sure = Rates(joint_require=1.0)
    assert [ask.joint for ask in with_required_meeting([dose, review], sure, Random(1))] == ["allow"] * 2
    early = replace(review, start=450)
    assert [ask.joint for ask in with_required_meeting([dose, early], sure, Random(1))] == [
        "require",
        "allow",
    ]


def test_a_partner_is_promised_to_one_request_only() -> None:
    asks = [an_ask("call", "care"), an_ask("dressing", "nursing"), an_ask("exercises", "therapy")]
    sure = Rates(joint_require=1.0)
    joints = [ask.joint for ask in with_required_meeting(asks, sure, Random(1))]
    assert joints == ["require", "allow", "allow"]


def an_ask(name: str, service: str, **other: Any) -> Ask:
    day = dt.date(2027, 3, 22)
    times: dict[str, Any] = {"minutes": 30, "first": day, "last": day, "start": 480, "end": 720, **other}
    return Ask(request_id=name, household_id="H", person_id="P", team=service, service=service, **times)


def test_a_person_who_comes_home_is_settled_in_first_and_seen_by_a_nurse_after() -> None:
    requests = generate(visits=300, seed=9, days=4, rates=Rates(discharges=0.2))["requests"]
    checks = requests[requests["request_id"].str.endswith("-check")]
    assert len(checks) > 5
    for check in checks.itertuples():
        settle = requests.set_index("request_id").loc[check.after_request]
        home_at = dt.datetime.fromisoformat(settle["not_before"])
        assert settle["service"] == "care"
        assert settle["earliest_date"] == settle["latest_date"] == home_at.date().isoformat()
        assert settle["window_start"] == home_at.strftime("%H:%M")
        assert set(requests[requests["person_id"] == check.person_id]["request_id"]) == {
            check.request_id,
            check.after_request,
        }


def test_a_visit_is_promised_only_to_a_driver_who_can_serve_it() -> None:
    tables = generate(visits=500, seed=3, rates=Rates(pinned=1.0, cyclists=0.5))
    staff, requests = tables["staff"].set_index("staff_id"), tables["requests"].set_index("request_id")
    assert len(tables["pins"]) > 100
    for pin in tables["pins"].itertuples():
        member, request = staff.loc[pin.staff_id], requests.loc[pin.visit_id]
        assert member["travel_mode"] == "car"
        assert member["organisation"] == request["organisation"]
        assert set(request["skills"].split(";")) - {""} <= set(member["skills"].split(";"))
        assert pin.staff_id not in request["excluded_staff"]


def test_the_first_of_daily_visits_can_be_promised_and_nothing_whose_day_is_open() -> None:
    tables = generate(preset="team-week", visits=300, rates=Rates(pinned=1.0))
    requests = tables["requests"].set_index("request_id")
    promised = requests.loc[tables["pins"]["visit_id"].str.removesuffix("/1")]
    assert len(promised) > 20
    assert all(row.visits == "daily" or row.earliest_date == row.latest_date for row in promised.itertuples())
    assert inputs.read_frames(tables).scenario.pins


def test_exercises_in_a_programme_come_as_often_as_dressings() -> None:
    def repeats(programmes: float) -> set[tuple[str, str]]:
        rates = Rates(profiles=(("therapy", 1.0),), programmes=programmes, discharges=0.0)
        requests = generate(visits=30, days=5, rates=rates)["requests"].iloc[
            :-1
        ]  # the last fills what is left
        exercises = requests[requests["request_id"].str.endswith("-mobility")].astype(str)
        return set(zip(exercises["visits"], exercises["min_days_between"], strict=True))

    assert repeats(0.0) == {("1", "")}
    assert repeats(1.0) == {("2", "2")}


def test_only_the_towns_that_are_named_are_drawn() -> None:
    tables = generate(visits=100, towns=["Crewe", "Knutsford"])
    assert set(tables["households"]["area"]) == {"crewe", "knutsford"}
    assert list(tables["bases"]["base_id"]) == ["B-knutsford", "B-crewe"]


def test_nobody_works_more_than_five_days_in_seven() -> None:
    shifts = generate(visits=500, days=7, seed=2)["shifts"]
    worked = shifts.groupby("staff_id")["date"].nunique()
    assert worked.max() <= 5
    assert set(shifts.groupby("date")["staff_id"].nunique().diff().dropna()) == {0.0}


@pytest.mark.parametrize(("name", "value"), [("visits", 0), ("visits", 1_000_001), ("days", 0), ("days", 29)])
def test_an_impossible_size_is_refused(name: str, value: int) -> None:
    with pytest.raises(InputError) as caught:
        generate(**{name: value})  # type: ignore[arg-type]
    assert caught.value.findings[0].code == "GEN-SIZE"


def test_a_family_is_met_only_where_the_whole_visit_fits() -> None:
    wednesday = [dt.date(2027, 3, 10)]
    assert days_met("lunch", wednesday, 11 * 60, 14 * 60, 60, slack=30) == 1  # 12:00 to 12:30
    assert days_met("lunch", wednesday, 11 * 60, 14 * 60, 61, slack=30) == 0
    assert days_met("none", wednesday, 0, 1439, 5, slack=0) == 0


@pytest.mark.parametrize(
    "bad", [{"known": 1.5}, {"couples": -0.1}, {"utilisation": 0.0}, {"care_hourly": -1.0}]
)
def test_a_rate_out_of_range_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        Rates(**bad)  # type: ignore[arg-type]

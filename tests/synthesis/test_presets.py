import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.synthesis.folders import Tables, attendances, dangling, minutes
from visitplan import inputs, planning
from visitplan.errors import InputError
from visitplan.synthesis import COUNTY, PRESETS, TOWNS, Rates, generate, write
from visitplan.synthesis.ground import distance_km
from visitplan.synthesis.organisations import THREE_TRUSTS

NAMES = [preset.name for preset in PRESETS]


@pytest.fixture(scope="module")
def day() -> Tables:
    """A day of the whole county."""
    return generate(preset="cheshire-day", visits=3000, seed=2)


@pytest.fixture(scope="module")
def week() -> Tables:
    return generate(preset="cheshire-week", visits=2500, seed=2, rates=replace(COUNTY, discharges=0.2))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    contents = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        contents.append([p.read_bytes() for p in write(folder, generate(preset=name, visits=150, seed=6))])
    assert contents[0] == contents[1]


@settings(max_examples=6, deadline=None)
@given(name=st.sampled_from(NAMES), visits=st.integers(1, 120), seed=st.integers(0, 10_000))
def test_every_preset_is_read_without_an_error_or_a_warning_and_has_just_so_many_visits(
    name: str, visits: int, seed: int
) -> None:
    tables = generate(preset=name, visits=visits, seed=seed)
    assert attendances(tables["requests"]) == visits
    assert dangling(tables) == []
    assert tables["requests"]["request_id"].is_unique
    reading = inputs.read_frames(tables)
    assert [str(finding) for finding in reading.findings if finding.severity != "note"] == []


def test_even_a_county_of_extremes_is_read_without_an_error_or_a_warning() -> None:
    rates = replace(
        COUNTY,
        urgent=0.5,
        discharges=0.4,
        insulin_evening=1.0,
        usual_times=1.0,
        same_time=1.0,
        quiet_homes=1.0,
        joint_require=0.5,
        split_shifts=1.0,
    )
    for name in ("winter-monday", "cheshire-week"):
        reading = inputs.read_frames(generate(preset=name, visits=300, seed=4, rates=rates))
        assert [str(finding) for finding in reading.findings if finding.severity != "note"] == []


def test_what_a_preset_says_holds_until_something_else_is_given() -> None:
    week = generate(preset="cheshire-week", visits=200)
    assert week["shifts"]["date"].min() == "2027-03-08"
    assert week["shifts"]["date"].max() == "2027-03-14"
    other = generate(preset="cheshire-week", visits=40, days=2, date=dt.date(2027, 6, 1), towns=["Crewe"])
    assert set(other["shifts"]["date"]) == {"2027-06-01", "2027-06-02"}
    assert set(other["households"]["area"]) == {"crewe"}
    assert set(generate(preset="town-day", visits=60)["households"]["area"]) <= {
        "crewe",
        "nantwich",
        "sandbach",
    }


def test_an_unknown_preset_is_refused_with_the_nearest_known_name() -> None:
    with pytest.raises(InputError) as caught:
        generate(preset="cheshire-weak")
    assert caught.value.findings[0].code == "GEN-PRESET-UNKNOWN"
    assert "cheshire-week" in caught.value.findings[0].action
    with pytest.raises(InputError) as caught:
        generate(preset="kent")
    assert "Choose from: town-day" in caught.value.findings[0].action


def test_three_trusts_and_two_councils_share_the_county_with_borders_that_cross(day: Tables) -> None:
    requests, staff = day["requests"], day["staff"]
    assert set(requests["organisation"]) == {
        "trust-west",
        "trust-central",
        "trust-east",
        "council-east",
        "council-west",
    }
    assert set(requests["organisation"]) == set(staff["organisation"])
    area_of = dict(zip(day["households"]["household_id"], day["households"]["area"], strict=True))
    council_of_area = {town.area: town.authority for town in TOWNS}
    central = requests[requests["organisation"] == "trust-central"]["household_id"]
    assert {council_of_area[area_of[home]] for home in central} == {"east", "west"}
    nursed = requests[requests["service"] == "nursing"].groupby("organisation")["household_id"]
    areas = [{area_of[home] for home in homes} for _, homes in nursed]
    assert sum(len(mine) for mine in areas) == len(set().union(*areas))


def test_every_area_has_a_trust() -> None:
    assert {area for area, _ in THREE_TRUSTS.trusts} == {town.area for town in TOWNS}


def test_an_urgent_call_is_answered_within_two_hours_between_eight_and_eight(day: Tables) -> None:
    urgent = day["requests"][day["requests"]["received"] != ""]
    assert len(urgent) == pytest.approx(COUNTY.urgent * len(day["people"]), abs=12)
    for row in urgent.itertuples():
        received = dt.datetime.fromisoformat(row.received)
        assert received.date().isoformat() == row.earliest_date == row.latest_date
        assert received.strftime("%H:%M") == row.window_start
        assert minutes(row.window_end) == minutes(row.window_start) + 120
        assert minutes("08:00") <= minutes(row.window_start) < minutes(row.window_end) <= minutes("20:00")
        assert (row.priority, row.visits, row.service) == ("1", "1", "nursing")


def test_the_table_of_people_says_who_comes_home_from_hospital_and_they_are_called_on_until_the_end(
    week: Tables,
) -> None:
    people, requests = week["people"].set_index("person_id"), week["requests"]
    home = people["discharge"][people["discharge"] != ""]
    assert len(home) > 10
    cared_for = 0
    for person, at in home.items():
        mine = requests[requests["person_id"] == person]
        first_day = at[:10]
        assert (mine["earliest_date"] >= first_day).all()
        assert (mine["not_before"] == at).sum() == 1
        daily = mine[mine["visits"] == "daily"]
        assert (daily["earliest_date"] > first_day).all()
        assert (daily["latest_date"] == "2027-03-14").all()
        cared_for += len(daily) == 2
    assert cared_for > len(home) / 2
    assert set(requests["request_id"][requests["received"] != ""].str.split("-").str[0]).isdisjoint(
        home.index
    )


def test_insulin_may_be_given_twice_a_day(day: Tables) -> None:
    ids = day["requests"]["request_id"]
    second = ids[ids.str.endswith("-insulin_evening")]
    once = ids[ids.str.endswith("-insulin")]
    assert len(second) / len(once) == pytest.approx(COUNTY.insulin_evening, abs=0.1)
    assert set(second.str.removesuffix("_evening")) <= set(once)


def test_usual_times_lie_in_their_windows_and_are_care_calls_without_a_preference(week: Tables) -> None:
    usual = week["requests"][week["requests"]["usual_start"] != ""]
    assert len(usual) > 30
    assert set(usual["service"]) == {"care"}
    assert set(usual["preferred_start"]) == {""}
    assert all(row.window_start <= row.usual_start <= row.window_end for row in usual.itertuples())


def test_quiet_homes_are_not_bound_to_family_or_to_other_visits() -> None:
    tables = generate(preset="cheshire-day", visits=400, rates=replace(COUNTY, quiet_homes=1.0))
    quiet = tables["households"].query("quiet_start != ''")["household_id"]
    assert len(quiet) > 60
    there = tables["requests"][tables["requests"]["household_id"].isin(quiet)]
    assert set(there["family"]) == {"not_needed", "welcome"}
    assert set(there["joint"]) <= {"allow", "avoid"}
    assert set(there["after_request"]) == {""}


def test_as_many_carers_work_split_shifts_as_in_the_survey(day: Tables) -> None:
    shifts = day["shifts"].merge(day["staff"][["staff_id", "service", "organisation"]], on="staff_id")
    care = shifts[shifts["service"] == "care"]
    for organisation, theirs in care.groupby("organisation"):
        worked = theirs["staff_id"].value_counts()
        assert 0.71 <= (worked == 2).mean() < 0.8, organisation


def test_split_shifts_are_on_every_other_day_so_that_eleven_hours_lie_between_them(week: Tables) -> None:
    shifts = week["shifts"]
    split = shifts[shifts.duplicated(["staff_id", "date"])]
    assert len(split) > 50
    days = split.assign(day=[dt.date.fromisoformat(date).toordinal() for date in split["date"]])
    assert days.groupby("staff_id")["day"].diff().dropna().eq(2).all()
    assert shifts.groupby("staff_id")["date"].nunique().max() <= 5


def test_staff_live_where_people_under_65_do_and_not_too_far_away(day: Tables) -> None:
    homes = day["households"].astype({"lat": float, "lon": float})[["lat", "lon"]].to_numpy()
    staff = day["staff"].astype({"home_lat": float, "home_lon": float})
    nearest = [
        min(distance_km(lat, lon, *home) for home in homes[::7])
        for lat, lon in zip(staff["home_lat"], staff["home_lon"], strict=True)
    ]
    assert sum(nearest) / len(nearest) < 3.0
    in_crewe = [
        distance_km(lat, lon, 53.095, -2.442) < 4
        for lat, lon in zip(staff["home_lat"], staff["home_lon"], strict=True)
    ]
    assert sum(in_crewe) / len(staff) == pytest.approx(0.11, abs=0.05)  # 81,705 of 755,934 residents


def test_week_hours_are_for_the_whole_period() -> None:
    one, four = (generate(visits=300, days=days)["staff"]["max_week_hours"].astype(int) for days in (7, 28))
    assert set(one) <= {40, 48}
    assert set(four) <= {160, 192}


def test_without_a_preset_nothing_of_all_this_is_drawn() -> None:
    plain = generate(visits=300, days=3)
    assert "received" not in plain["requests"]
    assert "usual_start" not in plain["requests"]
    assert list(plain["people"].columns) == ["person_id", "household_id", "frequent_user", "child"]
    assert "trust-east" not in set(plain["requests"]["organisation"])


@pytest.mark.parametrize("bad", [{"urgent": 1.2}, {"split_shifts": -0.1}, {"commute_km": -1.0}])
def test_a_rate_of_the_county_out_of_range_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        Rates(**bad)  # type: ignore[arg-type]


def test_a_town_day_can_be_served() -> None:
    scenario = inputs.read_frames(generate(preset="town-day", visits=60, seed=2)).scenario
    plan = planning.plan(scenario, engine="greedy", progress=False).plan
    assert [(visit.visit_id, visit.explanation) for visit in plan.unassigned] == []

"""The sample folders are what their READMEs say."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests.synthesis.folders import DATA, Tables, attendances, dangling, minutes, tables_of
from visitplan.policy import read_policy
from visitplan.synthesis import COUNTY, PRESETS, Rates, generate, write
from visitplan.synthesis.columns import COLUMNS
from visitplan.synthesis.presets import TEAM, WINTER

SAMPLES = {"crewe-day": 1, "macclesfield-week": 5}
SELDOM_USED = (
    "preferred_start",
    "time_critical",
    "not_before",
    "complete_by",
    "after_request",
    "min_gap_min",
    "max_gap_min",
    "preferred_staff",
    "excluded_staff",
)


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def tables(sample: str) -> Tables:
    return tables_of(sample)


@pytest.fixture(scope="module")
def crewe() -> Tables:
    return tables_of("crewe-day")


@pytest.fixture(scope="module")
def week() -> Tables:
    return tables_of("macclesfield-week")


def test_every_table_but_travel_is_there(tables: Tables) -> None:
    assert set(tables) == set(COLUMNS)
    assert list(tables["requests"].columns) == list(COLUMNS["requests"])


def test_the_week_is_drawn_to_the_byte_by_the_command_in_the_readmes(tmp_path: Path) -> None:
    command = "visitplan generate macclesfield-week --preset team-week"
    folder = DATA / "macclesfield-week"
    for readme in (DATA / "README.md", folder / "README.md"):
        assert command in readme.read_text(encoding="utf-8")
    drawn = write(tmp_path, generate(preset="team-week"))
    assert {path.name for path in drawn} == {path.name for path in folder.glob("*.csv")}
    assert [path.name for path in drawn if path.read_bytes() != (folder / path.name).read_bytes()] == []


def test_every_id_points_at_something(tables: Tables) -> None:
    assert dangling(tables) == []


def test_every_pin_names_a_visit(tables: Tables) -> None:
    requests = set(tables["requests"]["request_id"])
    assert {re.sub(r"/\d+[a-z]*$", "", visit) for visit in tables["pins"]["visit_id"]} <= requests
    assert len(tables["pins"]) >= 3


def test_nobody_has_a_name(tables: Tables) -> None:
    assert "name" not in tables["people"].columns
    assert "nhs_number" not in tables["people"].columns


def test_households_lie_in_the_south_and_east_of_cheshire(tables: Tables) -> None:
    places = tables["households"].astype({"lat": float, "lon": float})
    assert places["lat"].between(52.95, 53.40).all()
    assert places["lon"].between(-2.60, -2.00).all()


def test_tasks_fit_into_their_visits(tables: Tables) -> None:
    takes = dict(zip(tables["tasks"]["code"], tables["tasks"]["minutes"].astype(int), strict=True))
    for row in tables["requests"].itertuples():
        assert sum(takes[task] for task in filter(None, row.tasks.split(";"))) <= int(row.duration_min), row


def test_the_readme_counts_are_true(sample: str, tables: Tables) -> None:
    days = SAMPLES[sample]
    counts = [len(tables["requests"]), attendances(tables["requests"])]
    counts += [len(tables["households"]), len(tables["staff"]), days]
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    row = next(line for line in readme.splitlines() if line.startswith(f"| [{sample}]"))
    assert [int(cell) for cell in re.findall(r"\| (\d+) (?=\|)", row)] == counts
    assert f"{counts[0]} requests" in (DATA / sample / "README.md").read_text(encoding="utf-8")


def test_every_column_of_the_samples_is_explained(tables: Tables) -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    columns = {column for frame in tables.values() for column in frame.columns}
    assert [column for column in sorted(columns) if not re.search(rf"\b{column}\b", readme)] == []


def _shown(value: Any) -> str:
    return ", ".join(f"{name} {weight}" for name, weight in value) if isinstance(value, tuple) else str(value)


def test_the_table_of_rates_is_the_one_in_use_with_a_source_or_assumption_for_each() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for field in fields(Rates):
        every = (Rates(), COUNTY, WINTER, TEAM)
        plain, county, cold, team = (_shown(getattr(rates, field.name)) for rates in every)
        differs = [county] if county != plain else []
        differs += [f"winter-monday {cold}"] if cold != county else []
        differs += [f"team-week {team}"] if team != county else []
        row = f"| {field.name} | {plain} | {'; '.join(differs)} | "
        assert row in readme
        assert re.search(re.escape(row) + r"\w.+ \|\n", readme), field.name


def test_the_table_of_presets_is_the_one_in_use() -> None:
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for preset in PRESETS:
        assert f"| {preset.name} | {preset.visits:,} | {preset.days} | {preset.summary} |" in readme
        assert preset.rates in (COUNTY, WINTER, TEAM)


def test_crewe_day_has_the_size_of_a_day_one_can_follow(crewe: Tables) -> None:
    assert len(crewe["requests"]) == pytest.approx(120, abs=5)
    assert len(crewe["staff"]) == 25
    assert set(crewe["requests"]["organisation"]) == {
        "community-trust",
        "homecare-crewe",
        "homecare-nantwich",
    }
    assert set(crewe["shifts"]["date"]) == {"2027-03-10"}


def _meetings(tables: Tables, weekday: str, date: str) -> Iterator[tuple[str, str, str]]:
    """Pairs of requests that could start together while the family, wanted by both, is there."""
    times = tables["family_times"]
    there = times[(times.get("date", "") == date) | times["weekday"].str.contains(weekday)]
    wanted = tables["requests"].query("family != 'not_needed' and joint != 'avoid'")
    for household, mine in wanted.groupby("household_id"):
        stretches = there[there["household_id"] == household]
        for one, two in itertools.combinations(mine.itertuples(), 2):
            if any(_room(one, two, stretch) >= 0 for stretch in stretches.itertuples()):
                yield str(household), one.request_id, two.request_id


def _room(one: Any, two: Any, stretch: Any) -> int:
    first = max(minutes(row) for row in (one.window_start, two.window_start, stretch.start))
    ends = (minutes(stretch.end) - int(row.duration_min) for row in (one, two))
    return min(minutes(one.window_end), minutes(two.window_end), *ends) - first


def test_crewe_day_has_many_households_where_services_can_meet_with_the_family(crewe: Tables) -> None:
    households = {household for household, _, _ in _meetings(crewe, "wed", "2027-03-10")}
    assert len(households) >= 15


def test_every_meeting_told_in_the_crewe_readme_can_happen(crewe: Tables) -> None:
    readme = (DATA / "crewe-day" / "README.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| (H\d{3}) \|", readme, flags=re.MULTILINE)
    can_meet = {household for household, _, _ in _meetings(crewe, "wed", "2027-03-10")}
    assert len(told) >= 15
    assert set(told) <= can_meet
    named = re.findall(r"\bR\d{3}b?-[A-Z]+\b", readme)
    assert set(named) <= set(crewe["requests"]["request_id"])


def test_crewe_day_has_every_kind_of_rule(crewe: Tables) -> None:
    requests = crewe["requests"]
    assert {"avoid", "allow", "require"} == set(requests["joint"])
    assert {"not_needed", "welcome", "required"} == set(requests["family"])
    for column in [
        "preferred_start",
        "time_critical",
        "not_before",
        "complete_by",
        "after_request",
        "min_gap_min",
        "max_gap_min",
        "preferred_staff",
        "excluded_staff",
    ]:
        assert (requests[column] != "").any(), column
    assert (requests["staff_needed"] == "2").sum() >= 4
    assert (requests["skills"].str.contains("insulin") & (requests["time_critical"] == "yes")).sum() >= 4
    assert (crewe["people"]["child"] == "yes").sum() == 1
    assert set(crewe["staff"]["travel_mode"]) == {"car", "bike"}
    assert crewe["shifts"]["staff_id"].duplicated().sum() == 4  # the split shifts


def test_macclesfield_week_repeats_and_pairs_and_discharges(week: Tables) -> None:
    requests = week["requests"]
    daily, named = requests["visits"] == "daily", requests["days"] != ""
    assert (daily & ~named).sum() == 80
    assert (daily & named).sum() == 48
    twice = requests[requests["visits"] == "2"]
    assert len(twice) == 122
    assert set(twice["min_days_between"]) == {"2"}
    assert set(twice["days"]) == {""}
    assert (requests["staff_needed"] == "2").sum() == 5
    assert requests["request_id"].str.endswith("-settle").sum() == 8
    assert (week["people"]["discharge"] != "").sum() == 8
    assert ((requests["after_request"] != "") & requests["request_id"].str.endswith("-review")).sum() == 3
    assert (requests["joint"] == "require").sum() == 3
    assert (requests["joint"] == "avoid").sum() == 17
    assert len(week["pins"]) == 5
    assert len(week["shifts"]) == 265
    assert week["shifts"]["date"].nunique() == 5
    assert {"2027-03-22", "2027-03-26"} <= set(week["shifts"]["date"])


def test_macclesfield_week_has_its_own_rules_for_an_area_and_for_pairs_of_services() -> None:
    policy = read_policy(DATA / "macclesfield-week" / "visitplan.toml")
    assert policy.rules(area="knutsford").limits.staff_at_once == 2
    assert policy.rules(area="macclesfield").limits.staff_at_once == 3
    assert policy.coordination.pairing("therapy", "nursing").order == "nursing"
    assert policy.rules(service="care").costs.stranger_pence == 200


def test_services_meet_in_many_households_of_the_week(week: Tables) -> None:
    services = week["requests"].groupby("household_id")["service"].nunique()
    several = set(services[services > 1].index)
    assert len(services) == 117
    assert len(several) == 104
    assert (services == 3).sum() == 49
    assert len(several & set(week["family_times"]["household_id"])) == 89


def test_a_sample_is_read_without_an_error_or_a_warning(sample: str) -> None:
    from visitplan import inputs

    reading = inputs.read(DATA / sample)
    assert [str(finding) for finding in reading.findings if finding.severity != "note"] == []
    assert len(reading.scenario.requests) == len(tables_of(sample)["requests"])

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from tests.coordination.areas import random_area
from tests.coordination.builders import MIN, Case, between, codes, home, request, staff, visit
from visitplan.coordination import coordinate, enumeration
from visitplan.coordination.choice_model import REQUIRED_MP
from visitplan.coordination.choose import choose
from visitplan.coordination.enumeration import Homes, all_candidates
from visitplan.coordination.load import hours_of, limits
from visitplan.coordination.refusing import NOT_LOOKED_AT
from visitplan.coordination.ties import components
from visitplan.coordination.timing import Edge, start_sets
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Family, Joint
from visitplan.domain.windows import Window, Windows
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.coordination.enumeration import Candidate

NURSE, CARER = request("N", family=Family.WELCOME), request("C", "care", family=Family.WELCOME)
THERAPIST = request("T", "therapy", family=Family.WELCOME)


def joined(case: Case) -> set[frozenset[str]]:
    return {frozenset(joint.visit_ids) for joint in coordinate(*case.both()).joint_visits}


def test_all_three_meet_where_all_may():
    assert joined(Case((NURSE, CARER, THERAPIST))) == {frozenset("NCT")}


def test_each_visit_is_in_one_joint_visit_at_most():
    pairs_only = {"coordination": {"max_size": 2}}

    (pair,) = joined(Case((NURSE, CARER, THERAPIST), policy=pairs_only))

    assert len(pair) == 2


def test_a_visit_that_requires_company_gets_it_before_one_that_would_like_it():
    needy = request("T", "therapy", joint=Joint.REQUIRE)
    pairs_only = {"coordination": {"max_size": 2}}

    (pair,) = joined(Case((NURSE, CARER, needy), policy=pairs_only))

    assert "T" in pair


def test_a_visit_that_requires_company_and_finds_none_is_named():
    lonely = request("T", "therapy", "15:00-16:00", joint=Joint.REQUIRE)
    demand = coordinate(*Case((NURSE, CARER, lonely)).both())

    (finding,) = [f for f in demand.findings if f.code == "COORD-REQUIRE-NO-PARTNER"]
    assert finding.where.subject == "T"
    assert visit(demand, "T").windows


def test_a_visit_that_finds_no_company_is_told_why_for_each_other_request():
    lonely = request("T", "therapy", "15:00-16:00", joint=Joint.REQUIRE)
    shy = replace(CARER, joint=Joint.AVOID)
    demand = coordinate(*Case((NURSE, shy, lonely)).both())

    (finding,) = [f for f in demand.findings if f.code == "COORD-REQUIRE-NO-PARTNER"]
    assert finding.cause == (
        "Visit T requires a joint visit, and no other visit can be joined with it. "
        "With N: Their times never come near each other. With C: C is not to be joined."
    )


def test_a_visit_to_a_household_that_nobody_else_visits_finds_no_company():
    demand = coordinate(*Case((request("T", "therapy", joint=Joint.REQUIRE),)).both())

    (finding,) = [f for f in demand.findings if f.code == "COORD-REQUIRE-NO-PARTNER"]
    assert finding.cause.endswith("There is no other visit to the household.")


def test_a_visit_whose_company_was_not_looked_at_is_told_so(monkeypatch):
    monkeypatch.setattr(enumeration, "MAX_ARRANGEMENTS", 0)
    demand = coordinate(*Case((NURSE, request("T", "therapy", joint=Joint.REQUIRE))).both())

    (finding,) = [f for f in demand.findings if f.code == "COORD-REQUIRE-NO-PARTNER"]
    assert finding.cause.endswith(f"With N: {NOT_LOOKED_AT}")
    assert "COORD-TOO-MANY-WAYS" in codes(demand)


def test_two_that_require_the_same_partner_cannot_both_have_it():
    one = request("T", "therapy", joint=Joint.REQUIRE)
    other = request("U", "therapy", person_id="Q", joint=Joint.REQUIRE)
    apart = {"coordination": {"same_service": False}}

    demand = coordinate(*Case((NURSE, one, other), policy=apart).both())

    assert codes(demand).count("COORD-REQUIRE-LEFT-OVER") == 1
    assert len(demand.joint_visits) == 1


def test_the_choice_says_that_it_is_the_best():
    assert codes(coordinate(*Case((NURSE, CARER)).both())) == ["COORD-CHOICE-PROVED"]


def test_without_time_the_choice_says_how_good_it_is():
    scenario = random_area(14, homes=40)
    demand = coordinate(scenario, expand(scenario), time_limit=0.0)

    (finding,) = [f for f in demand.findings if f.code == "COORD-CHOICE-GAP"]
    assert "more" in finding.cause


def test_joint_visits_are_numbered_in_each_home_by_time():
    morning = (NURSE, CARER)
    afternoon = (
        request("N2", window="14:00-15:00", family=Family.WELCOME),
        request("C2", "care", "14:00-15:00", family=Family.WELCOME),
    )
    demand = coordinate(*Case((*afternoon, *morning)).both())

    assert [(j.joint_visit_id, set(j.visit_ids)) for j in demand.joint_visits] == [
        ("J-H-1", {"N", "C"}),
        ("J-H-2", {"N2", "C2"}),
    ]


def test_the_same_seed_gives_the_same_demand():
    scenario = random_area(5, homes=6)
    demand = expand(scenario)

    assert coordinate(scenario, demand, seed=4) == coordinate(scenario, demand, seed=4)


def test_an_overloaded_hour_takes_fewer_joint_visits():
    """One nurse and one carer have an hour: at 70 %, one joint visit of 30 minutes fits, the second costs."""
    homes = (home("H"), home("G"))
    fixed = {"family": Family.WELCOME, "duration_s": 30 * MIN}
    requests = tuple(
        request(f"{service}-{h.household_id}", service, "09:00-09:15", household_id=h.household_id, **fixed)
        for h in homes
        for service in ("nursing", "care")
    )
    members = (staff("n", "nursing"), staff("c", "care"))

    def chosen(price: int) -> int:
        policy = {"coordination": {"overload_pence_per_min": price, "load_percent": 70}}
        case = Case(requests, homes, members=members, policy=policy)
        return len(coordinate(*case.both()).joint_visits)

    assert (chosen(0), chosen(20), chosen(100)) == (2, 2, 1)


def test_time_is_spread_over_the_hours_in_which_a_visit_may_start():
    assert hours_of(Windows.of([Window(3000, 4000)])) == ((0, 600), (1, 401))


def test_a_limit_counts_the_staff_of_the_service_who_are_at_work_and_serve_the_area():
    members = (
        staff("n1", "nursing", areas=frozenset({"south"})),
        staff("n2", "nursing"),
        staff("c", "care"),
    )
    policy = {"coordination": {"load_percent": 10}}
    nurse = request("N", window="09:00-09:00", family=Family.WELCOME)
    carer = request("C", "care", "09:00-09:00", family=Family.WELCOME)
    scenario, demand = Case((nurse, carer), members=members, policy=policy).both()
    found, _ = all_candidates(Homes.of(scenario, demand))

    by_size = sorted(limit.seconds for limit in limits(scenario, found))

    assert by_size == [360, 360, 360, 720]  # care twice and nursing in the north; nursing everywhere


def test_joint_visits_leave_repeated_visits_their_days_apart():
    """The first of two weekly visits cannot take the last day, although a carer waits there too."""
    twice = request(
        "N", visits=2, min_days_between=2, latest_date=NURSE.latest_date.replace(day=3), family=Family.WELCOME
    )
    wednesday = NURSE.latest_date.replace(day=3)
    carer = request("C", "care", earliest_date=wednesday, latest_date=wednesday, family=Family.WELCOME)
    demand = coordinate(*Case((twice, carer)).both())

    assert {frozenset(joint.visit_ids) for joint in demand.joint_visits} == {frozenset({"N/2", "C"})}


def test_crossing_joint_visits_that_could_no_longer_be_timed_are_not_both_chosen():
    """B follows A and D follows C; joining A with D and B with C would let each wait for the other."""
    a = request("A", "nursing", family=Family.REQUIRED)
    b = request("B", "care", after_request="A", family=Family.REQUIRED)
    c = request("C", "care", person_id="Q", family=Family.REQUIRED)
    d = request("D", "nursing", person_id="Q", after_request="C", family=Family.REQUIRED)
    pairs = {"coordination": {"max_size": 2, "same_service": False, "modes": ["together"]}}
    case = Case((a, b, c, d), policy=pairs, family=(between("08:00", "13:00"),))

    assert joined(case) in ({frozenset("AC")}, {frozenset("AD")}, {frozenset("BC")}, {frozenset("BD")}) or (
        joined(case) == {frozenset("AC"), frozenset("BD")}
    )


def two_areas(percent: float) -> Case:
    """Give two areas with a home each, a carer each, and one nurse for both, all in the same hour."""
    homes = (home("H", "north"), home("G", "south"))
    fixed = {"family": Family.WELCOME, "duration_s": 30 * MIN}
    requests = tuple(
        request(f"{service}-{h.household_id}", service, "09:00-09:15", household_id=h.household_id, **fixed)
        for h in homes
        for service in ("nursing", "care")
    )
    members = (
        staff("n", "nursing"),
        staff("c1", "care", areas=frozenset({"north"})),
        staff("c2", "care", areas=frozenset({"south"})),
    )
    policy = {"coordination": {"overload_pence_per_min": 200, "load_percent": percent}}
    return Case(requests, homes, members=members, policy=policy)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("percent", "count"), [(70, 1), (100, 2)])
def test_areas_that_share_a_nurse_meet_where_there_is_too_little_of_her(percent, count, workers):
    scenario, demand = two_areas(percent).both()
    homes = Homes.of(scenario, demand)
    candidates, _ = all_candidates(homes)
    choice = choose(homes, candidates, seed=1, time_limit=20, workers=workers)
    assert choice.proved
    assert choice.value_mp == best_by_trying_all(homes, candidates)
    assert len(choice.chosen) == count


@pytest.mark.parametrize("time_limit", [0.001, 0.03, 20])
def test_whatever_the_time_a_choice_is_worth_what_it_says_and_no_more_than_its_bound(time_limit):
    for seed in range(0, 200, 20):
        scenario = random_area(seed)
        homes = Homes.of(scenario, expand(scenario))
        candidates, _ = all_candidates(homes)
        choice = choose(homes, candidates, seed=1, time_limit=time_limit, workers=1)
        which = tuple(k for k, candidate in enumerate(candidates) if candidate in choice.chosen)
        assert choice.value_mp == value(homes, candidates, which) <= choice.bound_mp


def test_skills_and_days_have_limits_of_their_own():
    """One of two nurses can dress a stoma: what both could take, she alone cannot."""
    nurse = request("N", window="09:00-09:00", family=Family.WELCOME, skills=frozenset({"stoma"}))
    carer = request("C", "care", "09:00-09:00", family=Family.WELCOME)
    members = (
        staff("n1", "nursing", skills=frozenset({"stoma"})),
        staff("n2", "nursing"),
        staff("c", "care"),
    )
    policy = {"coordination": {"load_percent": 1}}
    scenario, demand = Case((nurse, carer), members=members, policy=policy).both()
    found, _ = all_candidates(Homes.of(scenario, demand))

    of_nurses = {
        (limit.cell.skill, limit.cell.hour): limit.seconds
        for limit in limits(scenario, found)
        if limit.cell.service == "nursing" and limit.cell.area == ""
    }

    assert of_nurses == {("", 9): 72, ("stoma", 9): 36, ("", None): 864, ("stoma", None): 432}


def test_a_couple_with_many_calls_on_five_days_is_looked_at_whole():
    """Each of two has five calls a day, all of which could be back to back with one or two of the other's."""
    calls = tuple(
        request(
            f"{person}{k}",
            service,
            f"{hour:02}:00-{hour + 1:02}:30",
            person_id=person,
            daily=True,
            latest_date=NURSE.latest_date.replace(day=5),
        )
        for person, service in (("P", "care"), ("Q", "nursing"))
        for k, hour in enumerate((8, 9, 12, 17, 18))
    )
    demand = coordinate(*Case(calls).both())
    assert demand.joint_visits
    assert "COORD-TOO-MANY-WAYS" not in codes(demand)


@pytest.mark.parametrize("seed", range(200))
def test_the_choice_is_worth_what_trying_every_choice_finds(seed: int):
    scenario = random_area(seed)
    homes = Homes.of(scenario, expand(scenario))
    candidates, _ = all_candidates(homes)
    candidates = candidates[:14]

    choice = choose(homes, candidates, seed=1, time_limit=20, workers=1)

    assert choice.proved
    assert choice.value_mp == choice.bound_mp == best_by_trying_all(homes, candidates)


def best_by_trying_all(homes: Homes, candidates: Sequence[Candidate]) -> int:
    return max(value(homes, candidates, which) for which in disjoint(candidates, 0, frozenset()))


def disjoint(candidates: Sequence[Candidate], at: int, used: frozenset[str]) -> Iterator[tuple[int, ...]]:
    if at == len(candidates):
        yield ()
        return
    yield from disjoint(candidates, at + 1, used)
    mine = frozenset(unit.unit_id for unit in candidates[at].units)
    if not mine & used:
        yield from ((at, *rest) for rest in disjoint(candidates, at + 1, used | mine))


def value(homes: Homes, candidates: Sequence[Candidate], which: tuple[int, ...]) -> int:
    chosen = [candidates[k] for k in which]
    if not can_be_timed(homes, chosen):
        return -(10**15)
    in_one = {unit.unit_id for candidate in chosen for unit in candidate.units}
    needing = {unit.unit_id for candidate in candidates for unit in candidate.units if unit.needs_joint}
    over = sum(
        limit.over_mp_per_s * max(0, sum(limit.loads.get(k, 0) for k in which) - limit.seconds)
        for limit in limits(homes.scenario, candidates)
    )
    gain = sum(candidate.joint.benefit_mp for candidate in chosen)
    return gain - over - REQUIRED_MP * len(needing - in_one)


def can_be_timed(homes: Homes, chosen: Sequence[Candidate]) -> bool:
    """Tell whether all tied units that could be timed apart can still be timed."""
    windows = {unit.unit_id: unit.windows for units in homes.units.values() for unit in units}
    ties = [tie for tie in homes.ties.among(windows) if windows[tie.first] and windows[tie.second]]
    hopeful = [c for c in components(ties) if timing(sorted(c), windows, ties, ())]
    return timing(sorted(frozenset().union(*hopeful)), windows, ties, chosen)


def timing(order, windows, ties, chosen) -> bool:
    at = {unit_id: k for k, unit_id in enumerate(order)}
    starts = {unit_id: windows[unit_id] for unit_id in order}
    spared: dict[str, int] = {}
    edges: list[Edge] = []
    for candidate in chosen:
        ids = [unit.unit_id for unit in candidate.units]
        offsets = [sum(candidate.durations[:k]) for k in range(len(ids))]
        together = candidate.joint.mode is Mode.TOGETHER
        for k, unit in enumerate(candidate.units):
            spared[ids[k]] = unit.duration_s - candidate.durations[k]
            if ids[k] in at:
                starts[ids[k]] &= candidate.starts[k]
        for one, two in combinations([k for k, unit_id in enumerate(ids) if unit_id in at], 2):
            least = 0 if together else offsets[two] - offsets[one]
            most = least if together else least + (two - one) * candidate.joint.max_gap_s
            edges.append(Edge(at[ids[one]], at[ids[two]], least, most))
    for tie in ties:
        if tie.first in at:
            less = spared.get(tie.first, 0) if tie.from_end else 0
            lo = None if tie.lo_s is None else tie.lo_s - less
            hi = None if tie.hi_s is None else tie.hi_s - less
            edges.append(Edge(at[tie.first], at[tie.second], lo, hi))
    return not order or bool(start_sets([starts[unit_id] for unit_id in order], edges)[0])

"""Coordination and routing, back and forth: what is not served, or costs more than it is worth, is split."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.findings import Finding, Severity
from visitplan.planning.attempts import Attempts, Served, Wish, solve_whole
from visitplan.planning.judging import dear_joint_visits
from visitplan.planning.splitting import (
    best_half,
    brought_back,
    split,
    taken_apart,
    uncoordinated,
    without_lone_requires,
)
from visitplan.planning.weighing import total_cost
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from visitplan.domain.demand import Demand
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.attempts import Solving
    from visitplan.planning.budget import Budget
    from visitplan.planning.options import Options
    from visitplan.routing import Network

FIRST_SHARE = 0.12
"""Part of the time after which is seen what cannot be served together."""
RETRY_SHARE = 0.08
"""Part of what is left that each attempt to serve what was lost may take."""
MOST_RETRIES = 3
"""So many attempts to serve what was lost take their part; more of them only put in what was untied."""
SPLIT_SHARE = 0.05
"""Part of what is left that each attempt with fewer joint visits may take."""
MOST_SPLITS = 2
WORTH_ANOTHER = 0.01
"""Part of the total that splitting must have saved for what is joined then to be judged again."""
JUDGED_WITH = 0.002
"""Seconds for each visit that must be left for joint visits to be judged: a first plan tells too little."""
TRUSTED_WITH = 0.001
"""Seconds for each visit that must be left to trust that judgement unseen: later steps make it true."""
SEARCH_SHARE = 0.75
"""Part of what is left that then goes into the coordinated plan, before the uncoordinated one is looked for.

Short attempts first, to learn what to join, and one long search for the plan: with 30, 50 and 30 in a hundred
for the parts above, and a search that kept near what these found, a week of 840 visits cost about 1 % more in
a minute, with 8 % more travel (two seeds).
"""
APART_SHARE = 0.35
"""Part of what is left in which the plan without coordination is looked for."""
APART_WITH = 0.001
"""Seconds for each visit that must be left to look for it: in less, what it serves by luck would decide."""


def serve(
    scenario: Scenario,
    demand: Demand,
    network: Network,
    options: Options,
    budget: Budget,
    solving: Solving = solve_whole,
) -> Served:
    """Route the demand, and split joint visits that cannot be served or cost more than they are worth.

    Three rounds, the last two of which stop when time is up:

    1. What was lost is tied less and tried again, until nothing lost is tied to anything or an attempt costs
       no less than the one before. Once time is up, or after ``MOST_RETRIES``, an attempt only puts what is
       not served into the routes that were found: so nobody is lost to a joint visit for want of time.
    2. Joint visits that are dear are split: until none is, a plan costs no less in all than the one before
       or little less (``WORTH_ANOTHER``), or ``MOST_SPLITS``. Once, and no more, a plan is taken that had no
       time to cost less, where time is left to search it (``TRUSTED_WITH``).
    3. With what is joined now the plan is searched for, within ``SEARCH_SHARE`` of what is left, and held
       against the uncoordinated one, looked for from scratch within ``APART_SHARE`` of what is left then: so
       it never loses for want of time. The uncoordinated plan is kept if it costs less in all, unless a plan
       that goes on from it with all joint visits, or with the better half of them, costs less still. It is
       not looked for where less than ``APART_WITH`` is left for each visit. Where steps are limited it has
       all of them, and comes last: so no plan of so many steps costs more in all than the uncoordinated one.

    Where a visit is lost that was to do tasks for others, these come back: at once in the last two rounds,
    and in the first as soon as less ties do not help. The time left improves the plan that is kept, and never
    makes it cost more in all. Only plans of the third round, and the one that is given, are timed exactly.
    """
    attempts = Attempts(scenario, network, options, budget, solving)
    return attempts.timed(_served(attempts, demand))


def _served(attempts: Attempts, demand: Demand) -> Served:
    scenario, options = attempts.scenario, attempts.options
    wish = without_lone_requires(scenario, Wish(demand, coordinated=options.coordinate))
    best = _without_what_is_lost(attempts, attempts.attempt(wish, None, FIRST_SHARE, rough=True))
    whole = _whole(attempts, best, FIRST_SHARE)
    if whole is not best:
        best = _without_what_is_lost(attempts, whole)
    if not options.coordinate or not (demand.joint_visits or demand.told):
        return _improved(attempts, best, far=True)
    best = _without_dear_joint_visits(attempts, best)
    if options.iterations is None:
        best = _improved(attempts, best, SEARCH_SHARE, far=True)
        return _improved(attempts, _unless_apart_is_cheaper(attempts, best, APART_SHARE))
    return _unless_apart_is_cheaper(attempts, _improved(attempts, best, far=True), 1.0)


def _whole(attempts: Attempts, served: Served, share: float) -> Served:
    """Give a plan in which what lost visits were to do came back, whether there is time or not."""
    while (whole := brought_back(attempts.scenario, served)) is not None:
        served = attempts.attempt(whole, served, share, rough=served.rough)
    return served


def _without_what_is_lost(attempts: Attempts, best: Served) -> Served:
    """Tie less what was lost; goes on when time is up, as what is lost then would be lost for good."""
    scenario, retries = attempts.scenario, 0
    while not attempts.options.cancelled() and (less := taken_apart(scenario, best)) is not None:
        share = RETRY_SHARE if retries < MOST_RETRIES else 0.0
        tried = attempts.attempt(less, best, share, rough=best.rough, instead=best)
        tried = _whole(attempts, tried, share)
        if tried.cost(scenario) >= best.cost(scenario):
            break
        best, retries = tried, retries + 1
    return best


def _without_dear_joint_visits(attempts: Attempts, best: Served) -> Served:
    for _ in range(MOST_SPLITS):
        if not _time_left(attempts, best, JUDGED_WITH):
            break
        dear = dear_joint_visits(attempts, best)
        if not dear:
            break
        fewer = split(attempts.scenario, best.wish, dear)
        tried = attempts.attempt(fewer, best, SPLIT_SHARE, rough=best.rough, instead=best)
        tried = _whole(attempts, tried, SPLIT_SHARE)
        if _is_trusted(attempts, best, tried):
            return tried
        if _cheaper(attempts, best, tried) is best:
            break
        before, best = _total(attempts, best), tried
        if before - _total(attempts, best) < WORTH_ANOTHER * before:
            break
    return best


def _is_trusted(attempts: Attempts, best: Served, tried: Served) -> bool:
    """Say whether dear joint visits are split though that is not seen to be cheaper.

    Time was up before there were as many steps as visits, so what the plan without them could cost is not
    seen; it leaves out no more; and time is left for the steps that make it cheaper.
    """
    scenario, solution = attempts.scenario, tried.solution
    hardly = solution.stop is Stop.TIME and solution.iterations < len(tried.encoding.visits)
    served = tried.unserved_cost(scenario) <= best.unserved_cost(scenario)
    return hardly and served and _time_left(attempts, tried, TRUSTED_WITH)


def _time_left(attempts: Attempts, best: Served, seconds: float) -> bool:
    """Say whether so many seconds are left for each visit."""
    left = attempts.budget.left
    return not attempts.over and (left is None or left >= seconds * len(best.encoding.visits))


def _improved(attempts: Attempts, best: Served, share: float = 1.0, *, far: bool = False) -> Served:
    """Give the plan after this share of what is left went into improving it, far from it or near."""
    if attempts.over or best.solution.stop is Stop.OPTIMAL:
        return best
    tried = _whole(attempts, attempts.attempt(best.wish, best, share, far=far), share)
    if _total(attempts, tried) <= _total(attempts, best):
        return tried
    return replace(best, solution=replace(best.solution, stop=tried.solution.stop))


def _unless_apart_is_cheaper(attempts: Attempts, best: Served, share: float) -> Served:
    """Give the plan, or the uncoordinated one if that costs less in all."""
    if not _time_left(attempts, best, APART_WITH):
        return best
    alone = uncoordinated(attempts.scenario, best.wish)
    apart = _whole(attempts, attempts.attempt(alone, None, share, instead=best), share)
    apart = _without_what_is_lost(attempts, apart)
    kept = _cheaper(attempts, best, apart)
    if kept is best:
        return best
    saved = _total(attempts, best) - _total(attempts, apart)
    apart = _told(
        apart, f"GBP {saved / 100_000:.2f} less in all than the best coordinated plan that was found"
    )
    return _joined_again(attempts, apart, best.wish, share)


def _joined_again(attempts: Attempts, apart: Served, wish: Wish, share: float) -> Served:
    """Give the uncoordinated plan, or one that goes on from it with all or half of the joint visits.

    The first of them that costs less in all is given, without the joint visits that then cannot be served.
    Both are tried even when time is up: no county shall lose its joint visits for want of a second.
    """
    for fewer in (wish, best_half(attempts.scenario, wish)):
        if fewer is None or attempts.options.cancelled():
            break
        tried = _whole(attempts, attempts.attempt(fewer, apart, share, instead=apart), share)
        tried = _without_what_is_lost(attempts, tried)
        if _cheaper(attempts, apart, tried) is tried:
            return tried if fewer is wish else _told(tried, FEWER)
    return apart


FEWER = "less in all than with all its joint visits, so half of them, those worth most, are kept"


def _told(served: Served, what: str) -> Served:
    finding = Finding(
        "PLAN-COORDINATION-DEAR",
        Severity.NOTE,
        cause=f"With fewer joint visits the plan costs {what}.",
        action="Give more time; or raise what coordination is worth in the policy.",
    )
    return replace(served, wish=replace(served.wish, findings=(*served.wish.findings, finding)))


def _cheaper(attempts: Attempts, best: Served, tried: Served) -> Served:
    """Give the second of two plans if it costs less in all, else the first."""
    return tried if _total(attempts, tried) < _total(attempts, best) else best


def _total(attempts: Attempts, served: Served) -> int:
    return total_cost(attempts.scenario, served, attempts.network)

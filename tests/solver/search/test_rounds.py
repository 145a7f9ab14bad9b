"""Plans searched in blocks, side by side: nothing is lost, no border broken, and every run is repeatable."""

from __future__ import annotations

import logging
import pickle
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.errors import SolverError
from visitplan.solver import Link, SolveOptions, StaffRule, StartWindow, Stop, cost_of, solve, violations
from visitplan.solver.greedy import greedy
from visitplan.solver.pieces import borders, cut
from visitplan.solver.search import blocks, building, rounds
from visitplan.solver.search.blocks import BlockOutcome, BlockTask, improve, temperature
from visitplan.solver.search.fitting import fit, unfit
from visitplan.solver.search.rounds import Rounds, count_blocks, in_blocks
from visitplan.solver.timing import time_runs


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    """Let blocks have two visits or more, so that tiny plans are cut, and be searched whole by few steps."""
    monkeypatch.setattr(rounds, "FEWEST", 2)
    monkeypatch.setattr(rounds, "_WHOLE_CHUNK", 5)


def street(count=24, staff=4):
    """Give visits along a street, pairs of them linked, and members of staff who live along it."""
    pairs = [(place, place + 1) for place in range(0, count, 6)]
    return line_problem(
        [visit(place, duration=5) for place in range(count)],
        [shift(staff=s, home=count * s // staff) for s in range(staff)],
        links=[Link(a, b, 0, 20, StaffRule.DISTINCT) for a, b in pairs],
        groups=pairs,
    )


def steps(number, **kwargs):
    """Give options with a number of steps and no clock."""
    return SolveOptions(time_limit=None, iterations=number, **{"workers": 2, **kwargs})


class Elsewhere(Executor):
    """Does jobs here and now; what is given and what comes back is pickled, as for another process."""

    def submit(self, call, /, *args, **kwargs):
        job = Future()
        try:
            job.set_result(pickle.loads(pickle.dumps(call(*pickle.loads(pickle.dumps(args)), **kwargs))))
        except Exception as error:
            job.set_exception(error)
        return job


class Failing(Executor):
    """Fails in one job of every two, or in all."""

    def __init__(self, every=2, error=RuntimeError):
        self.asked, self.every, self.error = 0, every, error

    def submit(self, call, /, *args, **kwargs):
        self.asked += 1
        job = Future()
        if self.asked % self.every == 0:
            job.set_exception(self.error("the machine is gone"))
        else:
            job.set_result(call(*args, **kwargs))
        return job


class Refusing(Executor):
    """Takes no job at all."""

    asked = 0

    def submit(self, call, /, *args, **kwargs):
        self.asked += 1
        raise BrokenExecutor("no worker is left")


class Silent(Executor):
    """Takes jobs and never says anything again."""

    def submit(self, call, /, *args, **kwargs):
        return Future()


# --- any problem ----------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(routing_problems(most_visits=8, most_shifts=5), st.integers(1, 3), st.integers(1, 9))
def test_any_plan_searched_in_blocks_stays_valid_and_costs_what_it_is_said_to(problem, workers, seed):
    search = Rounds(problem, steps(600, workers=workers, seed=seed))
    found = search.run()
    assert violations(problem, found.routes) == []
    assert found.cost == cost_of(problem, found.routes)
    assert search.refused == 0
    served = {visit for route in found.routes for visit in route.visits}
    assert served | set(found.unassigned) == set(range(len(problem.visits)))


@settings(deadline=None, max_examples=30)
@given(routing_problems(most_visits=8, most_shifts=5), st.integers(1, 9))
def test_a_search_in_blocks_is_never_dearer_than_the_plan_it_starts_from(problem, seed):
    first = greedy(problem)
    found = Rounds(problem, steps(300, seed=seed, initial=first.routes)).run()
    assert found.cost.total <= first.cost.total


@settings(deadline=None, max_examples=25)
@given(routing_problems(most_visits=8, most_shifts=5), st.integers(1, 3), st.integers(1, 9))
def test_the_same_seed_steps_and_workers_give_the_same_plan_wherever_blocks_are_searched(
    problem, workers, seed
):
    threads = Rounds(problem, steps(400, workers=workers, seed=seed)).run()
    again = Rounds(problem, steps(400, workers=workers, seed=seed)).run()
    elsewhere = Rounds(problem, steps(400, workers=workers, seed=seed, executor=Elsewhere())).run()
    assert threads.routes == again.routes == elsewhere.routes


@settings(deadline=None, max_examples=40)
@given(routing_problems(most_visits=8, most_shifts=5, timed_costs=True), st.integers(0, 9))
def test_pieces_moved_side_by_side_hold_together(problem, seed):
    routes = greedy(problem).routes
    search = Rounds(problem, steps(200, seed=seed, initial=routes))
    search.run()
    assert search.refused == 0


@settings(deadline=None, max_examples=40)
@given(routing_problems(most_visits=8, most_shifts=5), st.integers(1, 3), st.integers(1, 9))
def test_any_first_plan_made_in_blocks_is_valid_and_loses_no_visit(problem, workers, seed):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds, "WHOLE", 1)
        search = Rounds(problem, steps(0, workers=workers, seed=seed))
        found = search.run()
    assert (violations(problem, found.routes), search.refused) == ([], 0)
    assert found.cost.total <= cost_of(problem, ()).total
    served = {visit for route in found.routes for visit in route.visits}
    assert served | set(found.unassigned) == set(range(len(problem.visits)))


# --- borders --------------------------------------------------------------------------------------------


def test_a_link_across_a_border_leaves_each_side_its_half_of_the_slack():
    problem = line_problem(
        [visit(0, (0, 100)), visit(0, (0, 100))], [shift(), shift(staff=1)], links=[Link(0, 1, 0, 40)]
    )
    routes = time_runs(problem, {0: (0,), 1: (1,)})
    held = borders(problem, routes, [(0,), (1,)])
    one = cut(problem, routes, [0], held=held).problem.visits[0].windows[0]
    other = cut(problem, routes, [1], held=held).problem.visits[0].windows[0]
    assert other.earliest - one.latest >= 0
    assert other.latest - one.earliest <= 40


def test_a_link_within_a_block_keeps_its_slack():
    problem = line_problem([visit(0), visit(0)], [shift(), shift(staff=1)], links=[Link(0, 1, 0, 40)])
    routes = time_runs(problem, {0: (0,), 1: (1,)})
    assert borders(problem, routes, [(0, 1)]) == {}


def test_a_linked_pair_on_both_sides_of_a_border_still_meets():
    problem = line_problem(
        [visit(0, duration=5), visit(40, duration=5), visit(20, (50, 60)), visit(20, (50, 60))],
        [shift(), shift(staff=1, home=40)],
        links=[Link(2, 3, 0, 0, StaffRule.DISTINCT)],
        groups=[(2, 3)],
    )
    found = Rounds(problem, steps(2000)).run()
    starts = {v: s for r in found.routes for v, s in zip(r.visits, r.starts, strict=True)}
    assert (found.unassigned, starts[2]) == ((), starts[3])


def test_a_week_limit_holds_over_several_shifts_of_one_member_of_staff():
    problem = line_problem(
        [visit(0, (500 * d, 500 * d + 100), duration=20) for d in range(4)] * 2,
        [shift(500 * d, 500 * d + 200, staff=s) for s in range(3) for d in range(4)],
        week_limits=[50, 50, 90],
    )
    found = Rounds(problem, steps(3000)).run()
    assert (violations(problem, found.routes), found.unassigned) == ([], ())


def test_a_visit_left_out_finds_the_block_in_which_it_can_be_served():
    problem = line_problem(
        [visit(place, duration=5) for place in (0, 1, 2, 38, 39, 40)],
        [shift(), shift(staff=1, home=40)],
        not_eligible=[(5, 0)],
    )
    first = time_runs(problem, {0: (0, 1, 2), 1: (3, 4)})
    search = Rounds(problem, steps(200, initial=first))
    search._take(first)
    search._walking = first
    assert search.run().unassigned == ()


# --- what a piece cannot say ----------------------------------------------------------------------------


def test_a_visit_whose_partner_is_served_elsewhere_is_never_left_out():
    problem = line_problem(
        [visit(5, unassigned=1), visit(5, unassigned=1)],
        [shift(), shift(staff=1, use_cost=50)],
        groups=[(0, 1)],
    )
    routes = time_runs(problem, {0: (0,), 1: (1,)})
    piece = cut(problem, routes, [1])
    fitted, given_routes = fit(piece)
    outcome = improve(BlockTask(0, fitted, given_routes, 1, 1, 500, 10, 200))
    assert [route.visits for route in outcome.best] == [(0,)]


def late_pair():
    """Give two runs that are late by 30 and by 10, in a problem in which the largest lateness costs."""
    wish = StartWindow(0, 500, 0, 0, 10)
    problem = line_problem([visit(40, wish), visit(20, wish)], [shift(), shift(staff=1)], max_late_cost=7)
    return problem, time_runs(problem, {0: (0,), 1: (1,)})


def test_lateness_up_to_the_largest_outside_costs_nothing_in_a_piece():
    problem, routes = late_pair()
    piece = cut(problem, routes, [1])
    fitted, given_routes = fit(piece, 7, 30)
    assert cost_of(fitted, given_routes).max_late == 7 * 30
    assert violations(fitted, given_routes) == []
    assert unfit(piece, given_routes) == piece.routes


def test_a_piece_with_the_latest_visit_pays_for_what_it_is_later_than_the_rest():
    problem, routes = late_pair()
    fitted, given_routes = fit(cut(problem, routes, [0]), 7, 10)
    assert cost_of(fitted, given_routes).max_late == 7 * 30
    assert fit(cut(problem, routes, [0]), 0, 10)[0].max_late_cost == 0


def test_the_best_plan_of_a_block_is_timed_exactly():
    problem = line_problem([visit(0), visit(0, (500, 600))], [shift(waiting_cost=3)])
    routes = time_runs(problem, {0: (0, 1)})
    outcome = improve(BlockTask(0, problem, routes, 1, 1, 500, 10, 50))
    assert cost_of(problem, outcome.best).waiting == 0 < cost_of(problem, routes).waiting


# --- executors that fail --------------------------------------------------------------------------------


def test_a_block_whose_job_fails_stays_as_it_was_and_is_told_of(caplog):
    with caplog.at_level(logging.WARNING):
        found = Rounds(street(), steps(4000, executor=Failing())).run()
    assert (found.unassigned, found.stop) == ((), Stop.ITERATIONS)
    assert "RuntimeError: shifts" in caplog.text
    assert "the machine is gone" not in caplog.text


def test_an_executor_that_gives_nothing_back_is_given_up_for_threads(caplog):
    refusing = Refusing()
    with caplog.at_level(logging.WARNING):
        found = Rounds(street(), steps(12_000, executor=refusing)).run()
    alone = Rounds(street(), steps(12_000)).run()
    assert (found.unassigned, refusing.asked) == ((), 4)
    assert "threads of this process" in caplog.text
    assert found.cost.total <= greedy(street()).cost.total
    assert alone.iterations == 12_000


def test_a_problem_that_cannot_be_searched_is_refused_wherever_its_blocks_are(monkeypatch):
    monkeypatch.setattr(rounds, "WHOLE", 1)
    dear = line_problem([visit(1, StartWindow(0, 9, preferred_latest=3), late=2**40)], [shift()])
    for executor in (None, Elsewhere()):
        with pytest.raises(SolverError, match="larger cost units"):
            Rounds(dear, steps(10, executor=executor)).run()


def test_a_job_that_somebody_cancels_leaves_its_block_as_it_was():
    class Cancelling(Failing):
        def submit(self, call, /, *args, **kwargs):
            job = super().submit(call, *args, **kwargs)
            if self.asked % 2:
                job = Future()
                job.cancel()
            return job

    found = Rounds(street(), steps(4000, executor=Cancelling(every=10**9))).run()
    assert (found.unassigned, found.stop) == ((), Stop.ITERATIONS)


def test_a_search_whose_executor_says_nothing_is_cancelled_all_the_same():
    asked = []
    options = steps(10**9, executor=Silent(), cancelled=lambda: len(asked) > 20 or asked.append(1))
    found = Rounds(street(), options).run()
    assert (found.stop, found.unassigned) == (Stop.CANCELLED, ())


def test_worker_processes_give_the_same_plan_as_threads():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        elsewhere = Rounds(street(), steps(2000, executor=pool)).run()
    assert elsewhere.routes == Rounds(street(), steps(2000)).run().routes


def test_travel_of_several_modes_is_read_from_a_pickle_too():
    matrices = [np.full((300, 300), mode, dtype=np.int32) for mode in (1, 2)]
    stacked = building._stacked(pickle.loads(pickle.dumps(matrices)))
    assert np.array_equal(stacked, np.concatenate(matrices))


# --- the search as a whole ------------------------------------------------------------------------------


def test_a_complete_plan_is_told_first_and_costs_only_fall():
    told = []
    ticks = iter(range(10**6))
    options = SolveOptions(
        time_limit=4000, workers=2, on_progress=told.append, clock=lambda: float(next(ticks))
    )
    found = Rounds(street(), options).run()
    assert (found.stop, told[0].unassigned) == (Stop.TIME, 0)
    assert [p.cost for p in told] == sorted((p.cost for p in told), reverse=True)


def test_a_search_cancelled_before_it_begins_gives_a_plan():
    found = Rounds(street(), SolveOptions(workers=2, cancelled=lambda: True)).run()
    assert (found.stop, violations(street(), found.routes)) == (Stop.CANCELLED, [])


def test_a_large_first_plan_is_made_in_blocks_and_complete(monkeypatch):
    monkeypatch.setattr(rounds, "WHOLE", 10)
    told = []
    found = Rounds(street(), steps(0, on_progress=told.append)).run()
    assert (found.unassigned, told[-1].iterations) == ((), 0)


def test_what_holds_of_a_plan_to_start_from_is_kept_where_the_plan_as_it_is_does_not_hold(monkeypatch):
    monkeypatch.setattr(rounds, "WHOLE", 10)
    first = greedy(street()).routes
    broken = (replace(first[0], starts=tuple(start + 5000 for start in first[0].starts)), *first[1:])
    found = Rounds(street(), steps(0, initial=broken)).run()
    assert (violations(street(), found.routes), found.unassigned) == ([], ())


def test_nothing_to_search_ends_the_search():
    problem = line_problem(
        [visit(1), visit(2)], [shift(), shift(staff=1)], not_eligible=[(0, 0), (0, 1), (1, 0), (1, 1)]
    )
    assert Rounds(problem, steps(1000)).run().stop is Stop.EXHAUSTED


def test_the_engine_searches_in_blocks_when_there_are_workers_for_them():
    problem = street()
    assert in_blocks(problem, steps(1))
    assert not in_blocks(problem, steps(1, workers=1))
    assert in_blocks(problem, steps(1, workers=1, executor=Silent()))
    found = solve(problem, steps(3000), engine="search")
    assert found.unassigned == ()


def test_blocks_are_as_many_as_workers_or_a_multiple_of_them(monkeypatch):
    monkeypatch.setattr(rounds, "FEWEST", 500)
    asked = [(100, 2), (999, 2), (1000, 2), (1500, 2), (1501, 2), (16_000, 2), (16_000, 1), (1600, 8)]
    found = [count_blocks(*each) for each in asked]
    assert found == [1, 1, 2, 2, 4, 22, 22, 3]


def test_a_job_falls_from_hot_to_cold():
    task = BlockTask(0, street(), (), 1, 1, 800, 8)
    assert [temperature(task, share) for share in (0.0, 0.5, 1.0)] == [800, 80, 8]


def test_a_job_that_is_timed_ends_and_gives_both_its_plans():
    ticks = iter(range(10**6))
    problem = street()
    task = BlockTask(3, problem, greedy(problem).routes, 1, 1, 2000, 500, seconds=60.0)
    outcome = improve(task, clock=lambda: float(next(ticks)))
    assert isinstance(outcome, BlockOutcome)
    assert (outcome.number, outcome.iterations > 0) == (3, True)
    for routes in (outcome.walking, outcome.best):
        assert violations(problem, routes) == []
    assert cost_of(problem, outcome.best).total <= cost_of(problem, outcome.walking).total


@pytest.mark.parametrize(("steps", "timed"), [(0, 0), (10, 1)])
def test_only_what_was_searched_for_is_timed_exactly(monkeypatch, steps, timed):
    asked = []
    monkeypatch.setattr(blocks, "times_matter", lambda problem: True)
    monkeypatch.setattr(blocks, "retime", lambda problem, routes, stopped: asked.append(1) or routes)
    outcome = improve(BlockTask(0, street(), (), 1, 1, 500, 10, steps))
    assert violations(street(), outcome.best) == []
    assert len(asked) == timed


def test_the_first_plan_is_made_in_blocks_though_the_time_is_over_before_it(monkeypatch):
    monkeypatch.setattr(rounds, "WHOLE", 10)
    ticks = iter(range(1_000_000))
    told = []
    options = SolveOptions(
        time_limit=0.5, workers=2, clock=lambda: float(next(ticks)), on_progress=told.append
    )
    found = Rounds(street(), options).run()
    assert found.unassigned == ()
    assert [progress.unassigned for progress in told] == [0]
    assert found.stop is Stop.TIME


@pytest.mark.parametrize(("first_plan", "shortest"), [(0.0, 0.4), (4.0, 15.0)])
def test_the_first_round_is_worth_the_cutting_which_is_judged_by_how_long_the_first_plan_took(
    monkeypatch, first_plan, shortest
):
    now, lengths = [0.0], []
    search = Rounds(street(), SolveOptions(time_limit=60.0, workers=2, clock=lambda: now[0]))
    whole, begin = search._construct_whole, search._begin

    def slowly():
        whole()
        now[0] += first_plan

    def noted(hands, plan):
        lengths.append(plan.length)
        now[0] = 60.0
        return begin(hands, plan)

    monkeypatch.setattr(Rounds, "_construct_whole", lambda self: slowly())
    monkeypatch.setattr(Rounds, "_begin", lambda self, hands, plan: noted(hands, plan))
    assert search.run().unassigned == ()
    assert lengths[0] >= shortest


def test_blocks_that_a_worker_searches_one_after_another_share_the_time_of_a_round(monkeypatch):
    """A round that lasts longer is taken for the overhead of cutting, and then there are few rounds."""
    monkeypatch.setattr(rounds, "MOST", 4)
    search = Rounds(street(), SolveOptions(time_limit=60.0, workers=2, clock=lambda: 0.0))
    search._construct_whole()
    tasks = []

    class Noting:
        def begin(self, task, shifts):
            tasks.append(task)

    search._begin(Noting(), rounds._Round(began=0.0, steps=None, length=12.0, hot=1, cold=1))
    assert len(tasks) == 4
    assert [task.seconds for task in tasks] == [6.0] * 4


def torn():
    """Give two visits at the same time: the nearer member of staff is the only one who can reach the second.

    The first costs that member least as well, and is put in first.
    """
    homes = [shift(staff=0, home=0), shift(staff=1, home=20)]
    return line_problem([visit(9, (15, 15)), visit(0, (15, 15))], homes)


def test_the_first_plan_moves_a_visit_aside_for_one_that_only_its_member_of_staff_can_serve():
    found = Rounds(torn(), steps(0)).run()
    assert (found.unassigned, found.iterations) == ((), 0)


def test_once_cancelled_nothing_is_moved_aside():
    found = Rounds(torn(), steps(0, cancelled=lambda: True)).run()
    assert (found.stop, violations(torn(), found.routes)) == (Stop.CANCELLED, [])


def test_what_a_failed_job_left_out_of_the_first_plan_is_put_in_though_there_are_no_steps(monkeypatch):
    monkeypatch.setattr(rounds, "WHOLE", 10)
    executor = Failing(every=10)
    executor.asked = 9  # the first job fails
    found = Rounds(street(), steps(0, executor=executor, seed=3)).run()
    assert (found.unassigned, executor.asked) == ((), 13)


def test_a_first_plan_in_blocks_ends_at_once_when_cancelled(monkeypatch):
    monkeypatch.setattr(rounds, "WHOLE", 10)
    found = Rounds(street(), SolveOptions(time_limit=60.0, workers=2, cancelled=lambda: True)).run()
    assert found.stop is Stop.CANCELLED

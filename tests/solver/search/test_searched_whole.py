"""Large plans that leave somebody out are searched whole before they are cut."""

from __future__ import annotations

import pytest

from tests.solver.builders import line_problem, shift, visit
from tests.solver.search.test_rounds import steps, street, torn
from visitplan.solver.search import rounds
from visitplan.solver.search.rounds import Rounds


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    """Let tiny plans be cut, and be searched whole by few steps."""
    monkeypatch.setattr(rounds, "FEWEST", 2)
    monkeypatch.setattr(rounds, "_WHOLE_CHUNK", 5)


@pytest.fixture
def _no_way_is_made(monkeypatch):
    monkeypatch.setattr(rounds.Worker, "make_way", lambda self, stopped: None)
    monkeypatch.setattr(rounds.Worker, "make_way_between", lambda self, number: None)


@pytest.mark.usefixtures("_no_way_is_made")
def test_a_plan_that_leaves_somebody_out_is_searched_whole_before_it_is_cut():
    search = Rounds(torn(), steps(200))
    search._construct_whole()
    assert (search._absent(), 0 < search._made <= 40) == (0, True)


@pytest.mark.usefixtures("_no_way_is_made")
@pytest.mark.parametrize("options", [steps(200, cancelled=lambda: True), steps(19)])
def test_it_is_not_once_cancelled_nor_with_too_few_steps(options):
    search = Rounds(torn(), options)
    search._construct_whole()
    assert (search._absent(), search._made) == (1, 0)


def test_a_plan_that_leaves_nobody_out_is_cut_at_once():
    search = Rounds(street(), steps(400))
    search._construct_whole()
    assert (search._absent(), search._made) == (0, 0)


def test_somebody_whom_nobody_can_serve_does_not_keep_a_plan_whole():
    hopeless = line_problem([visit(1), visit(2)], [shift()], not_eligible=[(0, 0)])
    search = Rounds(hopeless, steps(100_000))
    search._construct_whole()
    assert (search._absent(), search._made) == (1, rounds._WHOLE_STEPS * 2 // 2)

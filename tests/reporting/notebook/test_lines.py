"""Runs as steps: travel, wait, break and visit, one after the other."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reporting.html.builders import contents
from visitplan.reporting.html import runs_data
from visitplan.reporting.notebook.lines import Line, Step, Stop, lines_of, steps_of


def stop(start: int, end: int, travel: float = 0, wait: float = 0) -> Stop:
    return Stop(f"V{start}", "P1", "H1", "Crewe", "care", start, end, travel, wait, "", 53.1, -2.4)


def line(*stops: Stop, depart: int, finish: int, pause: int | None, pause_min: float = 0, back: float = 0):
    times = (400, 1000, depart, finish)
    return Line("C1-1", "C1", "care", 0, dt.date(2027, 1, 11), *times, pause, pause_min, back, stops)


def told(run: Line) -> list[tuple[str, float, float]]:
    return [(step.kind, step.start, step.end) for step in steps_of(run)]


def test_the_carers_day_is_told_step_by_step() -> None:
    run = next(run for run in lines_of(runs_data(contents())) if run.shift_id == "C1-1")
    assert told(run) == [
        ("travel", pytest.approx(533), 540),
        ("visit", 540, 575),
        ("travel", 575, 595.5),
        ("wait", 595.5, 600),
        ("visit", 600, 630),
        ("break", 630, 650),
        ("travel", 650, 671),
    ]


def test_a_break_interrupts_the_way_on_which_it_begins() -> None:
    run = line(stop(480, 500), stop(560, 580, 20, 10), depart=480, finish=580, pause=510, pause_min=30)
    steps = told(run)
    assert steps == [
        ("visit", 480, 500),
        ("travel", 500, 510),
        ("break", 510, 540),
        ("travel", 540, 550),
        ("wait", 550, 560),
        ("visit", 560, 580),
    ]


def test_a_break_before_leaving_and_one_after_coming_back_stand_where_they_are_taken() -> None:
    before = line(stop(520, 540, 10), depart=510, finish=540, pause=450, pause_min=30)
    assert told(before) == [("break", 450, 480), ("travel", 510, 520), ("visit", 520, 540)]
    after = line(stop(520, 540, 10), depart=510, finish=550, pause=600, pause_min=30, back=10)
    assert told(after)[-2:] == [("travel", 540, 550), ("break", 600, 630)]


def test_a_shift_without_visits_has_its_break_only() -> None:
    idle = Line("T1-1", "T1", "therapy", 1, dt.date(2027, 1, 11), 840, 1080, None, None, None, 0, 0, ())
    assert steps_of(idle) == ()
    assert idle.times == (840, 1080)


@given(
    st.lists(st.tuples(*(st.integers(0, 60) for _ in range(2)), st.integers(5, 60)), min_size=1, max_size=5),
    st.integers(0, 6),
    st.integers(5, 45),
)
def test_steps_follow_each_other_without_gap_or_overlap(
    parts: list[tuple[int, int, int]], at: int, pause_min: int
) -> None:
    now, stops, pause = 480, [], 480 + 40 * at
    rested = False
    for travel, wait, minutes in parts:
        start = now + travel + wait
        if not rested and now <= pause < start:
            start, rested = start + pause_min, True
        stops.append(stop(start, start + minutes, travel, wait))
        now = start + minutes
    taken = pause if rested else None
    steps = steps_of(line(*stops, depart=480, finish=now, pause=taken, pause_min=pause_min))
    assert [step.stop for step in steps if step.kind == "visit"] == stops
    for one, other in pairwise(steps):
        assert one.end == pytest.approx(other.start)
    assert total(steps, "travel") == pytest.approx(sum(part[0] for part in parts))
    assert total(steps, "break") == pytest.approx(pause_min if rested else 0)


def total(steps: tuple[Step, ...], kind: str) -> float:
    return sum(step.end - step.start for step in steps if step.kind == kind)

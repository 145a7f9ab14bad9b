"""Windows and their set algebra, against plain sets of ticks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitplan.domain.windows import Window, Windows

TICKS = range(-5, 60)


def ticks_of(windows: Windows) -> set[int]:
    return {tick for part in windows for tick in range(part.start, part.end + 1)}


@st.composite
def any_window(draw: st.DrawFn) -> Window:
    start = draw(st.integers(0, 50))
    return Window(start, draw(st.integers(start, 55)))


any_windows = st.lists(any_window(), max_size=6)
any_set = any_windows.map(Windows.of)


def test_a_window_that_ends_before_it_starts_cannot_be_built():
    with pytest.raises(ValueError, match="ends at 4, before it starts at 5"):
        Window(5, 4)


def test_both_ends_of_a_window_belong_to_it():
    window = Window(10, 20)
    assert [tick in window for tick in (9, 10, 20, 21)] == [False, True, True, False]
    assert window.length == 10


def test_a_window_of_one_tick_holds_a_visit_of_no_length():
    assert Window(5, 5).starts_for(0) == Window(5, 5)
    assert Window(5, 5).starts_for(1) is None


def test_a_visit_that_just_fits_has_one_start():
    assert Window(10, 20).starts_for(10) == Window(10, 10)
    assert Window(10, 20).starts_for(11) is None


def test_a_stretch_is_held_only_if_both_ends_lie_inside():
    window = Window(10, 20)
    assert window.holds(10, 20)
    assert not window.holds(9, 20)
    assert not window.holds(10, 21)


def test_windows_that_share_one_tick_meet_there():
    assert Window(0, 10).meet(Window(10, 20)) == Window(10, 10)
    assert Window(0, 9).meet(Window(10, 20)) is None


def test_windows_that_touch_become_one():
    assert Windows.of([Window(11, 20), Window(0, 10)]).parts == (Window(0, 20),)


def test_windows_with_a_tick_between_them_stay_two():
    assert len(Windows.of([Window(0, 10), Window(12, 20)])) == 2


@pytest.mark.parametrize(
    "parts",
    [
        (Window(10, 20), Window(0, 5)),
        (Window(0, 10), Window(5, 20)),
        (Window(0, 10), Window(11, 20)),
    ],
    ids=["out of order", "overlapping", "touching"],
)
def test_a_set_is_disjoint_and_ascending_from_birth(parts):
    with pytest.raises(ValueError, match="disjoint and ascending"):
        Windows(parts)


def test_an_empty_set_is_false_and_has_no_ends():
    empty = Windows()
    assert not empty
    assert empty.length == 0
    with pytest.raises(ValueError, match="earliest"):
        _ = empty.earliest
    with pytest.raises(ValueError, match="latest"):
        _ = empty.latest


def test_a_set_knows_its_ends_and_its_length():
    windows = Windows.of([Window(30, 40), Window(0, 10)])
    assert (windows.earliest, windows.latest, windows.length) == (0, 40, 20)


def test_a_hole_in_the_middle_leaves_both_sides():
    left = Windows.of([Window(0, 20)]) - Windows.of([Window(5, 10)])
    assert left.parts == (Window(0, 4), Window(11, 20))


@given(any_windows)
def test_a_union_holds_the_ticks_of_all_its_windows(windows):
    expected = {tick for window in windows for tick in range(window.start, window.end + 1)}
    assert ticks_of(Windows.of(windows)) == expected


@given(any_set, any_set)
def test_or_is_the_union(one, other):
    assert ticks_of(one | other) == ticks_of(one) | ticks_of(other)


@given(any_set, any_set)
def test_and_is_the_intersection(one, other):
    assert ticks_of(one & other) == ticks_of(one) & ticks_of(other)


@given(any_set, any_set)
def test_minus_is_the_difference(one, other):
    assert ticks_of(one - other) == ticks_of(one) - ticks_of(other)


@given(any_set)
def test_in_agrees_with_the_ticks(windows):
    assert {tick for tick in TICKS if tick in windows} == ticks_of(windows)


@given(any_set, any_set)
def test_equal_sets_of_ticks_are_equal_windows(one, other):
    assert (one == other) == (ticks_of(one) == ticks_of(other))


@given(any_set, st.integers(-100, 100))
def test_shifting_moves_every_tick(windows, by):
    assert ticks_of(windows.shifted(by)) == {tick + by for tick in ticks_of(windows)}


@given(any_set, st.integers(0, 60))
def test_a_start_is_allowed_exactly_when_the_whole_visit_lies_inside(windows, duration):
    inside = ticks_of(windows)
    allowed = {tick for tick in TICKS if set(range(tick, tick + duration + 1)) <= inside}
    assert ticks_of(windows.starts_for(duration)) == allowed

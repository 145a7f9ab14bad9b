from hypothesis import given, settings
from hypothesis import strategies as st

from visitplan.coordination.precedence import NEVER, Precedence
from visitplan.coordination.timing import Edge, inside_one, joint_edges, start_sets
from visitplan.domain.windows import Window, Windows
from visitplan.policy import Mode


def windows(*ends: tuple[int, int]) -> Windows:
    return Windows.of(Window(start, end) for start, end in ends)


def test_visits_that_start_together_share_their_common_starts():
    sets = start_sets([windows((0, 10), (20, 30)), windows((5, 25))], joint_edges(Mode.TOGETHER, [3, 4], 0))

    assert sets == (windows((5, 10), (20, 25)), windows((5, 10), (20, 25)))


def test_back_to_back_counts_the_gap_from_the_end_of_the_first():
    sets = start_sets([windows((0, 10)), windows((12, 40))], joint_edges(Mode.BACK_TO_BACK, [5, 9], 2))

    assert sets == (windows((5, 10)), windows((12, 17)))


def test_visits_whose_times_are_too_far_apart_have_no_starts_at_all():
    sets = start_sets([windows((0, 3)), windows((20, 30))], joint_edges(Mode.BACK_TO_BACK, [5, 9], 2))

    assert sets == (Windows(), Windows())


def test_edges_that_run_in_a_circle_leave_no_starts():
    edges = [Edge(0, 1, 1, None), Edge(1, 0, 1, None)]

    assert start_sets([windows((0, 10**6)), windows((0, 10**6))], edges) == (Windows(), Windows())


def test_all_lie_inside_the_same_family_time():
    family = windows((0, 10), (12, 40))
    both = [windows((0, 40)), windows((0, 40))]

    sets = inside_one(family, both, [6, 6], joint_edges(Mode.BACK_TO_BACK, [6, 6], 3))

    assert sets == (windows((12, 28)), windows((18, 34)))


small = st.builds(
    lambda ends: Windows.of(Window(min(pair), max(pair)) for pair in ends),
    st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), min_size=1, max_size=3),
)
edge = st.builds(
    lambda pair, lo, width: Edge(pair[0], pair[1], lo, None if width is None else lo + width),
    st.sampled_from([(0, 1), (1, 2), (0, 2), (2, 0)]),
    st.integers(-4, 8),
    st.one_of(st.none(), st.integers(0, 5)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(small, min_size=3, max_size=3), st.lists(edge, max_size=4))
def test_start_sets_are_what_trying_every_timing_finds(sets: list[Windows], edges: list[Edge]):
    ticks = [[tick for window in one for tick in range(window.start, window.end + 1)] for one in sets]
    found: list[set[int]] = [set(), set(), set()]
    for a in ticks[0]:
        for b in ticks[1]:
            for c in ticks[2]:
                starts = (a, b, c)
                if all(
                    (e.lo is None or starts[e.second] - starts[e.first] >= e.lo)
                    and (e.hi is None or starts[e.second] - starts[e.first] <= e.hi)
                    for e in edges
                ):
                    for which, start in zip(found, starts, strict=True):
                        which.add(start)

    assert start_sets(sets, edges) == tuple(Windows.of(Window(t, t) for t in one) for one in found)


def test_precedence_adds_up_along_links():
    precedence = Precedence(3)

    assert precedence.add(0, 1, 10, 20)
    assert precedence.add(1, 2, 5, None)

    assert precedence.between(0, 2) == 15
    assert precedence.between(1, 0) == -20
    assert precedence.between(2, 0) == NEVER


def test_precedence_refuses_a_circle():
    precedence = Precedence(2)
    precedence.add(0, 1, 10, None)

    assert not precedence.add(1, 0, 1, None)


def test_precedence_does_not_count_on_a_visit_between_that_may_be_left_out():
    loose = Precedence(3, [None, None, None])
    grouped = Precedence(3, [7, 7, None])
    for precedence in (loose, grouped):
        precedence.add(0, 1, 10, None)
        precedence.add(1, 2, 10, None)

    assert loose.between(0, 2) == NEVER
    assert grouped.between(0, 2) == 20


def test_precedence_clips_windows_until_nothing_moves():
    precedence = Precedence(2)
    precedence.add(0, 1, 10, 12)

    assert precedence.tightened([windows((0, 5), (30, 40)), windows((20, 44))]) == [
        windows((30, 34)),
        windows((40, 44)),
    ]
    assert precedence.tightened([windows((30, 40)), windows((0, 39))]) is None

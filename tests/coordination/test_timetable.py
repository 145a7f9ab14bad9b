from visitplan.coordination.timetable import timetable
from visitplan.domain.demand import Visit
from visitplan.domain.windows import Window, Windows


def visits(*windows: tuple[int, int], seconds: int = 10) -> list[Visit]:
    return [
        Visit(f"V{k}", f"V{k}", 1, 1, seconds, Windows((Window(*window),)))
        for k, window in enumerate(windows)
    ]


def test_all_find_room_where_there_is_just_enough():
    table = timetable(visits((0, 20), (0, 10), (0, 0)), [None] * 3, [1, 1, 1], [], 1)

    assert table is not None
    assert (table.rows, table.left_out) == (((2, 1, 0),), ())


def test_the_least_weighty_is_left_out_where_there_is_not():
    table = timetable(visits((0, 0), (0, 0), (0, 0)), [None] * 3, [5, 1, 3], [], 2)

    assert table is not None
    assert table.left_out == (1,)
    assert len(table.rows) == 2


def test_a_group_is_left_out_as_a_whole():
    table = timetable(visits((0, 0), (0, 0), (50, 50)), [None, 7, 7], [9, 1, 1], [], 1)

    assert table is not None
    assert table.left_out == (1, 2)


def test_links_between_those_who_come_are_kept():
    table = timetable(visits((0, 90), (0, 90)), [None, None], [1, 1], [(1, 0, 30, 40)], 1)

    assert table is not None
    assert table.rows == ((1, 0),)

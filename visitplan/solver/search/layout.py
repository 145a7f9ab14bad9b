"""The columns of the search's arrays, by name. Compiled code reads these numbers as constants.

A *node* is a visit, the start of a shift, or the end of a shift: visits first, then all starts, then all
ends. A node's row is 64 bytes, one cache line of most processors, so that a start is moved at the cost of one
look at memory.
"""

from __future__ import annotations

import numpy as np

NODE_COLUMNS = 16
(
    START,  # tick at which it starts; for an end node, tick of the return
    FLOOR,  # tick it shall not start before; of a visit with dearer and cheaper times, the one it was put at
    DUE,  # last start without late cost; of an end node, the end of the shift
    LATEST,  # last start allowed at all
    DURATION,
    PLACE,
    NEXT,  # node after it in its run, -1 after an end node
    PREV,  # node before it, -1 before a start node
    ROUTE,  # shift that serves it, -1 while it is absent
    LEG_TICKS,  # free-flow travel to NEXT
    LEG_COST,  # its cost
    ARC,  # what else holds on the way to NEXT: BREAK, TIMED, both or neither
    LINK_FROM,  # its rows in ``link``
    LINK_TO,
    RATE,  # cost per tick after DUE
    KIND,  # PLAIN, or STEPPED: several windows, or a cost that falls with time
) = range(NODE_COLUMNS)

PLAIN, STEPPED = 0, 1
BREAK, TIMED = 1, 2

LINK_COLUMNS = 4
(
    OTHER,  # the visit at the other end
    OUT,  # start(OTHER) >= start(this) + OUT
    IN,  # start(this) >= start(OTHER) + IN
    STAFF_RULE,
) = range(LINK_COLUMNS)

VISIT_COLUMNS = 8
(
    WINDOW_FROM,  # its rows in ``window``
    WINDOW_TO,
    EARLY_RATE,  # cost per tick before the preferred part of the window
    FLOOR_FROM,  # its rows in ``floor``: starts worth waiting for
    FLOOR_TO,
    UNIT,  # what it is served with, all or nothing
    FIRST,  # first start allowed at all
    STAFF_RULED,  # 1 if a link of it carries a staff rule
) = range(VISIT_COLUMNS)

WINDOW_COLUMNS = 5
(OPENS, CLOSES, PREFERRED_FROM, PREFERRED_TO, FLAT_COST) = range(WINDOW_COLUMNS)

SHIFT_COLUMNS = 11
(
    STAFF,
    MODE,
    USE_COST,
    WAITING_COST,
    PAUSE,  # ticks of the break, 0 if there is none
    PAUSE_STEP,  # the same, rounded up to the grid
    PAUSE_EARLIEST,
    PAUSE_LATEST,
    PAUSE_OVER,  # first tick, on the grid, at which a break may have been taken
    LATEST_RETURN,
    WEEK_LIMIT,  # most ticks of the staff's week, -1 if there is no limit
) = range(SHIFT_COLUMNS)

COUNT_COLUMNS = 26
(
    VISITS,
    SHIFTS,
    LOGGED,  # rows of ``log`` in use
    EDITED,  # rows of ``edit`` in use
    OVERFLOW,  # 1 once a log or a queue was too small: the step is undone, the arrays grow
    MAX_LATE_COST,
    MOST_LATE,  # largest lateness of any visit, kept while MAX_LATE_COST is not 0
    MOST_MOVES,  # starts one push may move before it is given up
    GRID,
    HAS_LIMITS,  # 1 if any week limit is there
    HAS_WAITING,  # 1 if any shift pays for waiting
    MODES,
    MAIN_MODE,  # mode whose legs stand in the neighbour lists
    CURRENT,  # cost of the plan as it stands
    BEST,  # cost of the best plan so far
    ABSENT,  # units in ``absent``
    ITERATIONS,
    ACCEPTED,
    SCANNED,  # positions looked at
    SWAPPED,  # tails swapped
    SEEKING,  # 1: every other step is made around a unit that is not served
    SPEED_ROWS,  # rows of ``speed`` for each mode
    SPAN_SHIFT,  # a part of ``span`` is so many bits of a tick long
    PLACES,
    LATEST_TOUCHED,  # 1 once a visit as late as any other was moved or taken out
    LATE_MAY_FALL,  # 1 if the largest lateness costs and a visit may be late in one window, early in the next
) = range(COUNT_COLUMNS)

SPAN_PARTS = 256
"""Equal parts of time for each of which is known where to look for its speed."""

NEVER = 2**29
"""A tick after every other; all ticks of a problem must be below it."""

NO_GAP = -(2**30)
"""Stands in OUT and IN for a side of a link that is open."""

IMPOSSIBLE = np.int64(2**60)
"""A cost above every other."""

NOWHERE = -(2**31)
"""No start is allowed."""

EDIT_COLUMNS = 6
(EDIT_KIND, EDIT_VISIT, EDIT_BEFORE, EDIT_BREAK, EDIT_FLOOR, EDIT_ROUTE) = range(EDIT_COLUMNS)
PUT_IN, TAKEN_OUT, TAILS_SWAPPED = np.arange(3)

NONE = np.int64(-1)
ZERO = np.int64(0)
ONE = np.int64(1)
"""Numbers handed to compiled functions; literals would make Numba compile a copy of a function for each."""

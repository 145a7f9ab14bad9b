"""All arrays of one search, each with its shape, unit and owner; and how compiled code gets at them.

Dozens of arrays handed from function to function cost more than the work most functions do. Compiled code is
therefore given one table, which holds the address and the length of every array; ``of.node(state)`` makes an
array of an entry, without a copy and without counting references. ``Arrays`` keeps the memory alive, so it
must live as long as its table is in use.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, TypeAlias

import numpy as np
from numba import types
from numba.extending import intrinsic
from numba.np import arrayobj
from numpy.typing import NDArray

from visitplan.solver.search.layout import (
    EDIT_COLUMNS,
    LINK_COLUMNS,
    NODE_COLUMNS,
    SHIFT_COLUMNS,
    SPAN_PARTS,
    VISIT_COLUMNS,
    WINDOW_COLUMNS,
)

State: TypeAlias = NDArray[np.int64]
"""Table of addresses and lengths: three entries for each field of ``Arrays``, in their order."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """The problem, the plan as it stands, the best plan, and room to work; ``layout`` names the columns.

    Attributes
    ----------
    node : int32 (nodes, NODE_COLUMNS)
        The plan as it stands.
    link : int32 (2 x links, LINK_COLUMNS), window : int32 (windows, WINDOW_COLUMNS)
        By visit; windows ascending.
    visit : int32 (visits, VISIT_COLUMNS), shift : int64 (shifts, SHIFT_COLUMNS)
    speed : int64 (modes x (changes + 2), 2)
        By mode: a row with the work in one free-flow tick and the number of spans, then the tick each span
        starts at and the work done per tick in it (see ``solver.arithmetic``).
    span : int32 (modes, SPAN_PARTS)
        For the start of each part of time, the row of ``speed`` that holds, counted from its mode's first.
    log : int32 (grows, 2)
        Nodes moved in this step, and the starts they had.
    queue : int32 (grows, 2)
        Nodes still to be pushed, and to which tick.
    count : int64 (COUNT_COLUMNS,)
    ticks, cost : int32 (modes x places, places)
        Free-flow travel and its cost; shared by all workers, never written.
    price : int32 (visits, shifts)
        Assignment cost, with the flat cost of an only window; -1 where the shift may not serve the visit.
        Shared.
    before : int32 (entries, 3), before_from : int32 (visits + 1,)
        For each visit, nearest first, the visits it may well follow: visit, ticks and cost of the leg in
        MAIN_MODE; and where its entries begin. Shared.
    front : int32 (visits, up to FRONTS)
        For each visit, the shifts it may well come first in, nearest first; -1 fills up. Shared.
    near, close : int32 (visits, neighbours)
        Visits near in space and time, and near in space alone, nearest first; -1 fills up. Shared.
    floor : int32 (floors,)
        Starts worth waiting for, by visit, ascending; the first is the first start allowed.
    unit_from : int32 (units + 1,), unit_visit : int32 (visits,), penalty : int64 (units,)
        What is served all or nothing, and the cost of leaving it out.
    remote : int32 (visits,)
        Ticks to the nearest start of a shift.
    neglog : int64 (4096,)
        -ln of the middle of each 4096th of (0, 1), times 65536.
    random : uint64 (1,)
        State of the random numbers.
    edit : int32 (grows, EDIT_COLUMNS)
        What was put in and taken out in this step.
    place, place_of_rest : int32 (width, 3), value, value_of_rest : int64 (width,)
        Best places found for the first, and for another, member of a unit: node before, 1 if the break stays
        before the visit else 0, floor; and their costs.
    option : int32 (visits + shifts, 2), option_cost : int64 (the same,)
        Places for a visit that may cost little enough: node before, and the entry of ``before`` with the leg
        from there, -1 where there is none; and what legs and assignment cost.
    member, chosen, trial : int32 (largest unit, 3)
        Members of a unit and their places.
    touched : int32 (4 x nodes + 2 x links,), mark : uint8 (nodes,)
        Nodes whose start must be found anew.
    out : int32 (2 x units + 8,), key : int64 (the same), unit_mark : uint8 (units,)
        Units to be put in, with what they are sorted by.
    absent : int32 (units + 1,)
        Units not served; their number is in ABSENT.
    failed : int64 (units,)
        How often way was made for each unit in vain.
    tour : int32 (visits + 2,), route : int32 (shifts + 1,), route_mark : uint8 (shifts,)
        One run, and shifts touched.
    busy : int64 (staff,)
        Ticks of visits and travel of each member of staff, kept while HAS_LIMITS.
    waiting, worked : int64 (shifts,)
        Cost of waiting and ticks worked, as of the plan accepted last.
    waiting_now, worked_now : int64 (shifts,)
        The same for touched shifts of the step under way.
    staff_from : int32 (staff + 1,), staff_shift : int32 (shifts,)
        The shifts of each member of staff.
    given : int32 (visits, 4)
        Visits to be put in one after another: visit, shift, 1 if the break stays before it else 0, floor.
    best : int32 (nodes, NODE_COLUMNS)
        Copy of ``node`` at the best plan.
    """

    node: NDArray[np.int32]
    link: NDArray[np.int32]
    window: NDArray[np.int32]
    visit: NDArray[np.int32]
    shift: NDArray[np.int64]
    speed: NDArray[np.int64]
    span: NDArray[np.int32]
    log: NDArray[np.int32]
    queue: NDArray[np.int32]
    count: NDArray[np.int64]
    ticks: NDArray[np.int32]
    cost: NDArray[np.int32]
    price: NDArray[np.int32]
    before: NDArray[np.int32]
    before_from: NDArray[np.int32]
    front: NDArray[np.int32]
    near: NDArray[np.int32]
    close: NDArray[np.int32]
    floor: NDArray[np.int32]
    unit_from: NDArray[np.int32]
    unit_visit: NDArray[np.int32]
    penalty: NDArray[np.int64]
    remote: NDArray[np.int32]
    neglog: NDArray[np.int64]
    random: NDArray[np.uint64]
    edit: NDArray[np.int32]
    place: NDArray[np.int32]
    value: NDArray[np.int64]
    place_of_rest: NDArray[np.int32]
    value_of_rest: NDArray[np.int64]
    option: NDArray[np.int32]
    option_cost: NDArray[np.int64]
    member: NDArray[np.int32]
    chosen: NDArray[np.int32]
    trial: NDArray[np.int32]
    touched: NDArray[np.int32]
    mark: NDArray[np.uint8]
    out: NDArray[np.int32]
    key: NDArray[np.int64]
    unit_mark: NDArray[np.uint8]
    absent: NDArray[np.int32]
    failed: NDArray[np.int64]
    tour: NDArray[np.int32]
    route: NDArray[np.int32]
    route_mark: NDArray[np.uint8]
    busy: NDArray[np.int64]
    waiting: NDArray[np.int64]
    worked: NDArray[np.int64]
    waiting_now: NDArray[np.int64]
    worked_now: NDArray[np.int64]
    staff_from: NDArray[np.int32]
    staff_shift: NDArray[np.int32]
    given: NDArray[np.int32]
    best: NDArray[np.int32]


NAMES = tuple(field.name for field in fields(Arrays))
"""The names of all arrays, in the order of the table."""

_ENTRIES = 3
"""Entries of the table for each array: address, rows, columns."""


def table(arrays: Arrays) -> State:
    """Give the table of some arrays; to be made again when one of them is replaced."""
    entries = []
    for name in NAMES:
        array = getattr(arrays, name)
        if not array.flags.c_contiguous:
            raise ValueError(f"{name} must lie in one piece")
        columns = array.shape[1] if array.ndim == 2 else 1
        entries += [array.ctypes.data, array.shape[0], columns]
    return np.array(entries, dtype=np.int64)


# --- accessors of compiled code -------------------------------------------------------------------------


_populate: Any = arrayobj.populate_array


def _accessor(name: str, item: Any, columns: int | None = None, square: bool = True) -> Any:
    """Give what makes the array of that name from a state; ``columns`` where their number is fixed."""
    entry = NAMES.index(name) * _ENTRIES
    array_type = types.Array(item, 2 if square else 1, "C")
    size = item.bitwidth // 8

    @intrinsic  # type: ignore[misc, unused-ignore]
    def read(_: Any, state: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            entries = context.make_array(signature.args[0])(context, builder, arguments[0]).data

            def at(index: int) -> Any:
                where = builder.gep(entries, [context.get_constant(types.intp, entry + index)])
                return builder.load(where)

            wide = at(2) if columns is None else context.get_constant(types.intp, columns)
            shape = [at(1), wide] if square else [at(1)]
            step = context.get_constant(types.intp, size)
            strides = [builder.mul(step, wide), step] if square else [step]
            made = context.make_array(array_type)(context, builder)
            pointer = context.get_data_type(item).as_pointer()
            _populate(made, builder.inttoptr(at(0), pointer), shape, strides, step, None)
            return made._getvalue()

        return array_type(state), generate

    return read


def _flat(name: str, item: Any) -> Any:
    return _accessor(name, item, square=False)


def _square(name: str, item: Any, columns: int | None = None) -> Any:
    return _accessor(name, item, columns)


node = _square("node", types.int32, NODE_COLUMNS)
link = _square("link", types.int32, LINK_COLUMNS)
window = _square("window", types.int32, WINDOW_COLUMNS)
visit = _square("visit", types.int32, VISIT_COLUMNS)
shift = _square("shift", types.int64, SHIFT_COLUMNS)
speed = _square("speed", types.int64, 2)
span = _square("span", types.int32, SPAN_PARTS)
log = _square("log", types.int32, 2)
queue = _square("queue", types.int32, 2)
count = _flat("count", types.int64)
ticks = _square("ticks", types.int32)
cost = _square("cost", types.int32)
price = _square("price", types.int32)
before = _square("before", types.int32, 3)
before_from = _flat("before_from", types.int32)
front = _square("front", types.int32)
near = _square("near", types.int32)
close = _square("close", types.int32)
floor = _flat("floor", types.int32)
unit_from = _flat("unit_from", types.int32)
unit_visit = _flat("unit_visit", types.int32)
penalty = _flat("penalty", types.int64)
remote = _flat("remote", types.int32)
neglog = _flat("neglog", types.int64)
random = _flat("random", types.uint64)
edit = _square("edit", types.int32, EDIT_COLUMNS)
place = _square("place", types.int32, 3)
value = _flat("value", types.int64)
place_of_rest = _square("place_of_rest", types.int32, 3)
value_of_rest = _flat("value_of_rest", types.int64)
option = _square("option", types.int32, 2)
option_cost = _flat("option_cost", types.int64)
member = _square("member", types.int32, 3)
chosen = _square("chosen", types.int32, 3)
trial = _square("trial", types.int32, 3)
touched = _flat("touched", types.int32)
mark = _flat("mark", types.uint8)
out = _flat("out", types.int32)
key = _flat("key", types.int64)
unit_mark = _flat("unit_mark", types.uint8)
absent = _flat("absent", types.int32)
failed = _flat("failed", types.int64)
tour = _flat("tour", types.int32)
route = _flat("route", types.int32)
route_mark = _flat("route_mark", types.uint8)
busy = _flat("busy", types.int64)
waiting = _flat("waiting", types.int64)
worked = _flat("worked", types.int64)
waiting_now = _flat("waiting_now", types.int64)
worked_now = _flat("worked_now", types.int64)
staff_from = _flat("staff_from", types.int32)
staff_shift = _flat("staff_shift", types.int32)
given = _square("given", types.int32, 4)
best = _square("best", types.int32, NODE_COLUMNS)

"""An exact timetable of one home, for the few homes where turns taken one by one run into a dead end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.domain.demand import Visit

DETERMINISTIC_S = 2.0
"""CP-SAT's deterministic seconds for one home."""

Bounds = tuple[int, int, int | None, int | None]
"""Two visits by position, and the least and most seconds from the start of one to that of the other."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """Rows of visits, by position, that come one after the other; and those for which there is no room."""

    rows: tuple[tuple[int, ...], ...]
    left_out: tuple[int, ...]


def timetable(
    visits: Sequence[Visit],
    groups: Sequence[int | None],
    weights: Sequence[int],
    links: Sequence[Bounds],
    held: int,
) -> Timetable | None:
    """Time visits so that never more than ``held`` are under way, and as few as possible are left out.

    A group is timed whole or not at all. None where no timetable was found in time.
    """
    model = cp_model.CpModel()
    starts = [_start(model, visit) for visit in visits]
    there = {
        key: model.new_bool_var("") for key in dict.fromkeys(_key(groups, v) for v in range(len(visits)))
    }
    present = [there[_key(groups, v)] for v in range(len(visits))]
    stays = [
        model.new_optional_fixed_size_interval_var(start, visit.duration_s, literal, "")
        for start, visit, literal in zip(starts, visits, present, strict=True)
    ]
    model.add_cumulative(stays, [1] * len(stays), held)
    for one, two, lo, hi in links:
        between, both = starts[two] - starts[one], (present[one], present[two])
        if lo is not None:
            model.add(between >= lo).only_enforce_if(*both)
        if hi is not None:
            model.add(between <= hi).only_enforce_if(*both)
    model.maximize(cp_model.LinearExpr.weighted_sum(present, list(weights)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = DETERMINISTIC_S
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    served = [v for v in range(len(visits)) if solver.boolean_value(present[v])]
    times = {v: solver.value(starts[v]) for v in served}
    left_out = tuple(v for v in range(len(visits)) if v not in times)
    return Timetable(_rows(visits, times), left_out)


def _key(groups: Sequence[int | None], visit: int) -> tuple[str, int]:
    group = groups[visit]
    return ("visit", visit) if group is None else ("group", group)


def _start(model: cp_model.CpModel, visit: Visit) -> cp_model.IntVar:
    domain = cp_model.Domain.from_intervals([[window.start, window.end] for window in visit.windows])
    return model.new_int_var_from_domain(domain, visit.visit_id)


def _rows(visits: Sequence[Visit], times: dict[int, int]) -> tuple[tuple[int, ...], ...]:
    """Put each visit, by its start, into the first row that is free: no more rows than are ever under way."""
    rows: list[list[int]] = []
    for visit in sorted(times, key=lambda v: (times[v], v)):
        free = (row for row in rows if times[row[-1]] + visits[row[-1]].duration_s <= times[visit])
        row = next(free, None)
        if row is None:
            rows.append([visit])
        else:
            row.append(visit)
    return tuple(map(tuple, rows))

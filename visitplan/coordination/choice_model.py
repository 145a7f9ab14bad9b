"""The choice among joint visits as a CP-SAT model."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from visitplan.coordination.ties import components
from visitplan.coordination.timing import Edge, some_timing
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from visitplan.coordination.enumeration import Candidate, Homes
    from visitplan.coordination.load import Limit
    from visitplan.coordination.ties import Tie, Ties
    from visitplan.domain.windows import Windows

REQUIRED_MP = 10**9
"""Price, in millipence, of a unit that must be in a joint visit and is in none: more than any benefit."""


class ChoiceModel:
    """The set-packing model: one Boolean a candidate, and what makes choices cost each other."""

    def __init__(self, homes: Homes, candidates: Sequence[Candidate], held: Sequence[Limit]) -> None:
        self.model = cp_model.CpModel()
        self.candidates = candidates
        self.taken = [self.model.new_bool_var(c.joint.joint_visit_id) for c in candidates]
        self._terms: list[cp_model.LinearExprT] = [
            candidate.joint.benefit_mp * taken
            for candidate, taken in zip(candidates, self.taken, strict=True)
        ]
        self._with: dict[str, list[int]] = {}
        for index, candidate in enumerate(candidates):
            for unit in candidate.units:
                self._with.setdefault(unit.unit_id, []).append(index)
        self.most_mp = sum(max(0, candidate.joint.benefit_mp) for candidate in candidates)
        self._one_joint_visit_each()
        self._required_are_joined()
        self._loads_are_shared(held)
        self._ties_can_be_timed(homes)
        self.model.maximize(cp_model.LinearExpr.sum(self._terms))

    def begin_from(self, joint_visit_ids: Collection[str]) -> None:
        """Let the search begin from the candidates of these ids; none: from nothing in particular."""
        if joint_visit_ids:
            for candidate, taken in zip(self.candidates, self.taken, strict=True):
                self.model.add_hint(taken, candidate.joint.joint_visit_id in joint_visit_ids)

    def _one_joint_visit_each(self) -> None:
        for indices in self._with.values():
            if len(indices) > 1:
                self.model.add_at_most_one(self.taken[index] for index in indices)

    def _required_are_joined(self) -> None:
        needing = {u.unit_id for c in self.candidates for u in c.units if u.needs_joint}
        for unit_id in sorted(needing):
            joined = [self.taken[index] for index in self._with[unit_id]]
            self._terms.append(REQUIRED_MP * (cp_model.LinearExpr.sum(joined) - 1))

    def _loads_are_shared(self, held: Sequence[Limit]) -> None:
        for number, limit in enumerate(held):
            over = self.model.new_int_var(
                0, max(0, sum(limit.loads.values()) - limit.seconds), f"over {number}"
            )
            load = cp_model.LinearExpr.weighted_sum(
                [self.taken[index] for index in limit.loads], list(limit.loads.values())
            )
            self.model.add(over >= load - limit.seconds)
            self._terms.append(-limit.over_mp_per_s * over)

    def _ties_can_be_timed(self, homes: Homes) -> None:
        """Let units that follow each other be in joint visits only where a timing of them all remains.

        Where there is none even apart, nothing is lost by joining, and nothing is held.
        """
        windows = {unit.unit_id: unit.windows for units in homes.units.values() for unit in units}
        timed: dict[str, cp_model.IntVar] = {}
        for component, ties in _tied(homes.ties, windows):
            joinable = any(unit_id in self._with for unit_id in component)
            if joinable and _can_be_timed(component, ties, windows):
                timed |= {unit_id: self._start(unit_id, windows[unit_id]) for unit_id in component}
                for tie in ties:
                    self._tie(tie, timed)
        for index in range(len(self.candidates)):
            self._time(index, timed)

    def _start(self, unit_id: str, windows: Windows) -> cp_model.IntVar:
        domain = cp_model.Domain.from_intervals([[window.start, window.end] for window in windows])
        return self.model.new_int_var_from_domain(domain, f"start {unit_id}")

    def _tie(self, tie: Tie, timed: dict[str, cp_model.IntVar]) -> None:
        between = timed[tie.second] - timed[tie.first]
        if tie.from_end:
            between += self._spared(tie.first)
        if tie.lo_s is not None:
            self.model.add(between >= tie.lo_s)
        if tie.hi_s is not None:
            self.model.add(between <= tie.hi_s)

    def _spared(self, unit_id: str) -> cp_model.LinearExpr:
        """Give the seconds by which a unit becomes shorter, as the choice has it."""
        seconds = []
        for index in self._with.get(unit_id, ()):
            candidate = self.candidates[index]
            at = next(k for k, unit in enumerate(candidate.units) if unit.unit_id == unit_id)
            seconds.append((candidate.units[at].duration_s - candidate.durations[at]) * self.taken[index])
        return cp_model.LinearExpr.sum(seconds) + 0

    def _time(self, index: int, timed: dict[str, cp_model.IntVar]) -> None:
        """Hold the tied units of a candidate to its times, if it is chosen."""
        candidate, taken = self.candidates[index], self.taken[index]
        places = [k for k, unit in enumerate(candidate.units) if unit.unit_id in timed]
        for k in places:
            start = timed[candidate.units[k].unit_id]
            domain = cp_model.Domain.from_intervals([[w.start, w.end] for w in candidate.starts[k]])
            self.model.add_linear_expression_in_domain(start, domain).only_enforce_if(taken)
        for one, two in combinations(places, 2):
            apart = timed[candidate.units[two].unit_id] - timed[candidate.units[one].unit_id]
            lo, hi = _apart(candidate, one, two)
            self.model.add_linear_constraint(apart, lo, hi).only_enforce_if(taken)


def _tied(ties: Ties, windows: Mapping[str, Windows]) -> list[tuple[list[str], list[Tie]]]:
    """Give each set of units that are tied to each other, with its ties; without windows nothing is tied."""
    among = [tie for tie in ties.among(windows) if windows[tie.first] and windows[tie.second]]
    sets = components(among)
    number = {unit_id: k for k, component in enumerate(sets) for unit_id in component}
    of_set: list[list[Tie]] = [[] for _ in sets]
    for tie in among:
        of_set[number[tie.first]].append(tie)
    return [(sorted(component), of_set[k]) for k, component in enumerate(sets)]


def _can_be_timed(component: Sequence[str], ties: Sequence[Tie], windows: Mapping[str, Windows]) -> bool:
    at = {unit_id: position for position, unit_id in enumerate(component)}
    edges = [Edge(at[tie.first], at[tie.second], tie.lo_s, tie.hi_s) for tie in ties]
    return some_timing([windows[unit_id] for unit_id in component], edges)


def _apart(candidate: Candidate, one: int, two: int) -> tuple[int, int]:
    """Give the least and most seconds from the start of one unit to that of a later one."""
    if candidate.joint.mode is Mode.TOGETHER:
        return 0, 0
    least = sum(candidate.durations[one:two])
    return least, least + (two - one) * candidate.joint.max_gap_s

"""CP-SAT chooses the joint visits of all households at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from visitplan.coordination.areas import solve_areas, task_of
from visitplan.coordination.choice_model import ChoiceModel
from visitplan.coordination.enumeration import Candidate, Homes
from visitplan.coordination.load import Cell, limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from visitplan.coordination.areas import AreaAnswer
    from visitplan.coordination.load import Limit


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen.

    Attributes
    ----------
    chosen
        The candidates, in the order they were given.
    value_mp
        Benefit less overload, and less the prices of what could not be had.
    bound_mp
        No choice is worth more.
    proved
        Whether the choice was proved best.
    """

    chosen: tuple[Candidate, ...]
    value_mp: int
    bound_mp: int
    proved: bool


def choose(
    homes: Homes,
    candidates: Sequence[Candidate],
    *,
    seed: int,
    time_limit: float,
    workers: int,
    executor: Executor | None = None,
) -> Choice:
    """Give the set of candidates that is worth most, each unit in one joint visit at most.

    Areas are chosen for by themselves, side by side on ``executor`` if there is one, else on ``workers``
    threads, with the same outcome; at first without limits. That can only make a choice look better: so
    where no limit is passed, the areas' best choices are the best of all. A limit that is passed is held,
    areas whose shared staff it is about are put together, and they are chosen for again, until none is
    passed.

    Limits are soft, so each round's choice can be had, at the price of the limits it passes: the choice that
    is worth most with that is given, and no other is worth more than the last round's bound.

    ``time_limit`` is in seconds of a core, about, for all rounds, each of which may take half of what is
    left. It is kept in CP-SAT's deterministic seconds, so that the same input, seed and number of workers
    give the same choice on every machine, and shared among areas by their candidates.
    """
    if not candidates:
        return Choice((), 0, 0, proved=True)
    held: list[Limit] = []
    loose = list(limits(homes.scenario, candidates))
    chooser = _Chooser(homes, candidates, seed, workers, executor)
    best: Choice | None = None
    time_limit /= CORE_S
    while True:
        parts, seconds = chooser.parts(held, time_limit * ROUND_SHARE, () if best is None else best.chosen)
        time_limit -= seconds
        chosen = sorted(index for part in parts for index in part.chosen)
        passed = [limit for limit in loose if limit.over_s(chosen)]
        best = _better(best, chooser.choice(parts, passed))
        if not passed or best.proved or time_limit < LEAST_S:
            return best
        held += passed
        loose = [limit for limit in loose if not limit.over_s(chosen)]


CORE_S = 3.0
"""Seconds of a core in a deterministic second of CP-SAT: 3.2, measured on a choice under 70 limits."""
ROUND_SHARE = 0.5
"""Part of what is left of the time that a round may take."""
LEAST_S = 0.01
"""Deterministic seconds for which no other round is begun."""


def _better(best: Choice | None, new: Choice) -> Choice:
    """Give the choice that is worth more, with the lower of the bounds."""
    if best is None:
        return new
    bound = min(best.bound_mp, new.bound_mp)
    more = new if new.value_mp > best.value_mp else best
    return replace(more, bound_mp=bound, proved=more.value_mp >= bound)


@dataclass(frozen=True, slots=True)
class _Part:
    """What was chosen of the candidates of some areas, by index."""

    chosen: tuple[int, ...]
    value_mp: int
    bound_mp: int
    proved: bool


@dataclass(frozen=True, slots=True)
class _Chooser:
    """Chooses for areas, side by side, and remembers those whose limits did not change."""

    homes: Homes
    candidates: Sequence[Candidate]
    seed: int
    workers: int
    executor: Executor | None
    known: dict[tuple[tuple[int, ...], tuple[Cell, ...]], _Part] = field(default_factory=dict)

    def parts(
        self, held: Sequence[Limit], time_limit: float, before: Collection[Candidate]
    ) -> tuple[list[_Part], float]:
        """Give what is chosen under these limits, for each set of areas that they or ties bind together.

        Begun from the choice of the round before; with the deterministic seconds that it took.
        """
        tasks = [(part, self._of(part, held)) for part in self._divided(held)]
        keys = [(part, tuple(limit.cell for limit in of)) for part, of in tasks]
        new = [k for k, key in enumerate(keys) if key not in self.known]
        seconds = 0.0
        for k, (part, took) in zip(
            new, self._solved([tasks[k] for k in new], time_limit, before), strict=True
        ):
            self.known[keys[k]] = part
            seconds += took
        return [self.known[key] for key in keys], seconds

    def choice(self, parts: Sequence[_Part], passed: Iterable[Limit]) -> Choice:
        """Put parts together; limits that were not held and are passed have their price."""
        chosen = sorted(index for part in parts for index in part.chosen)
        over_mp = sum(limit.over_s(chosen) * limit.over_mp_per_s for limit in passed)
        bound_mp = sum(part.bound_mp for part in parts)
        return Choice(
            tuple(self.candidates[index] for index in chosen),
            sum(part.value_mp for part in parts) - over_mp,
            bound_mp,
            proved=not over_mp and all(part.proved for part in parts),
        )

    @staticmethod
    def _of(part: Sequence[int], held: Sequence[Limit]) -> list[Limit]:
        inside = set(part)
        return [limit for limit in held if not inside.isdisjoint(limit.loads)]

    def _divided(self, held: Sequence[Limit]) -> list[tuple[int, ...]]:
        """Divide the candidates: those of one area, under one limit, or with tied units go together."""
        sets = Disjoint()
        area_of = self.homes.scenario.household_by_id
        for index, candidate in enumerate(self.candidates):
            sets.join((("area", area_of[candidate.joint.household_id].area), ("candidate", index)))
            sets.join((("candidate", index), *(("unit", unit.unit_id) for unit in candidate.units)))
        for limit in held:
            sets.join(("candidate", index) for index in limit.loads)
        for ties in self.homes.ties.of_unit.values():
            sets.join(("unit", end) for tie in ties for end in (tie.first, tie.second))
        found: dict[object, list[int]] = {}
        for index in range(len(self.candidates)):
            found.setdefault(sets.root(("candidate", index)), []).append(index)
        return [tuple(part) for part in found.values()]

    def _solved(
        self,
        parts: Sequence[tuple[tuple[int, ...], list[Limit]]],
        time_limit: float,
        before: Collection[Candidate],
    ) -> Iterator[tuple[_Part, float]]:
        """Choose for each of these parts, under its limits; with the deterministic seconds that it took."""
        models = [
            ChoiceModel(self.homes, [self.candidates[index] for index in part], _renumbered(held, part))
            for part, held in parts
        ]
        taken = {candidate.joint.joint_visit_id for candidate in before}
        for model in models:
            model.begin_from(taken)
        each = max(1, self.workers // max(1, len(parts)))
        tasks = [
            task_of(
                model.model,
                seed=self.seed,
                workers=each,
                time_limit=time_limit * len(part) / len(self.candidates),
            )
            for model, (part, _) in zip(models, parts, strict=True)
        ]
        answers = solve_areas(tasks, self.executor, self.workers)
        for answer, model, (part, _) in zip(answers, models, parts, strict=True):
            yield _part(answer, model, part), answer.seconds


def _part(answer: AreaAnswer, model: ChoiceModel, part: Sequence[int]) -> _Part:
    """Read an answer in terms of candidates."""
    if not answer.values:
        return _Part((), 0, model.most_mp, proved=False)
    chosen = tuple(k for k, taken in zip(part, model.taken, strict=True) if answer.values[taken.index])
    return _Part(chosen, answer.value, answer.bound, answer.proved)


def _renumbered(held: Iterable[Limit], part: Sequence[int]) -> list[Limit]:
    """Give limits with the candidates of a part by their place in it."""
    place = {index: k for k, index in enumerate(part)}
    return [
        replace(limit, loads={place[k]: load for k, load in limit.loads.items() if k in place})
        for limit in held
    ]


class Disjoint:
    """Disjoint sets of anything that can be hashed, which only ever grow together (union-find)."""

    def __init__(self) -> None:
        self._above: dict[object, object] = {}

    def root(self, thing: object) -> object:
        """Give what stands for the set that a thing is in."""
        while (above := self._above.setdefault(thing, thing)) != thing:
            self._above[thing] = self._above.setdefault(above, above)
            thing = above
        return thing

    def join(self, things: Iterable[object]) -> None:
        """Put the sets of things together."""
        roots = [self.root(thing) for thing in things]
        for root in roots[1:]:
            self._above[self.root(root)] = self.root(roots[0])

"""The journey, on one page: from a planning folder to a checked plan.

Every other module knows one stage; this one knows their order.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from visitplan import checking, coordination, inputs, result, routing, travel
from visitplan.domain import scenario as domain
from visitplan.domain.expansion import expand
from visitplan.domain.plan import Plan
from visitplan.errors import CheckError
from visitplan.findings import errors_in
from visitplan.planning.apart import Apart, by_itself
from visitplan.planning.budget import Budget
from visitplan.planning.executing import Steadfast
from visitplan.planning.explaining import explain
from visitplan.planning.options import Options, never
from visitplan.planning.progress import shown_progress
from visitplan.planning.provenance import provenance
from visitplan.planning.serving import serve
from visitplan.planning.supposing import what_if
from visitplan.policy import Policy, read_policy
from visitplan.result import PlanResult
from visitplan.solver.options import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from concurrent.futures import Executor

    import pandas as pd

    from visitplan.domain.demand import Demand, Told
    from visitplan.domain.places import TravelSource
    from visitplan.planning.attempts import Served

COORDINATION_SHARE = 0.2
"""Most of the time limit that choosing joint visits may take."""
COORDINATION_MOST_S = 30.0
PROOF_S = 1.0
"""Seconds that the proof that an unassigned visit cannot be served may take."""


class Scenario(domain.Scenario):
    """Everything that is known before planning; see :class:`visitplan.domain.scenario.Scenario`."""

    @classmethod
    def from_frames(cls, frames: Mapping[str, pd.DataFrame], *, policy: Policy | None = None) -> Scenario:
        """Read a scenario from one DataFrame per table, named and with columns as in a planning folder.

        Raises
        ------
        InputError
            The frames cannot be planned; every finding is listed.
        """
        return cls.of(inputs.read_frames(frames, policy=policy, read_travel=travel.assess).scenario)

    @classmethod
    def of(cls, scenario: domain.Scenario) -> Scenario:
        """Give the same scenario with the ways in that notebooks use."""
        return cls(**{field.name: getattr(scenario, field.name) for field in dataclasses.fields(scenario)})

    def __repr__(self) -> str:
        from visitplan.reporting import notebook

        return notebook.scenario_said(self)

    def _repr_html_(self) -> str:
        from visitplan.reporting import notebook

        return notebook.scenario_view(self)


def read(source: str | Path, *, policy: Policy | str | Path | None = None) -> Scenario:
    """Read a planning folder of CSV files, or one ``.xlsx`` workbook.

    Parameters
    ----------
    source
        The folder or workbook; ``visitplan schema`` describes tables and columns.
    policy
        A policy, or a policy file, to use instead of the folder's ``visitplan.toml``.

    Raises
    ------
    InputError
        The input cannot be planned; its ``findings`` list everything that is wrong.
    TravelError
        A place could not be found.
    """
    return Scenario.of(reading(source, policy=policy).scenario)


def reading(
    source: str | Path, *, policy: Policy | str | Path | None = None, skip_invalid: bool = False
) -> inputs.Reading:
    """Read as :func:`read` does, and give all findings and rejected rows with the scenario.

    With ``skip_invalid``, rows that cannot be planned are left out, and listed in ``rejected``.
    """
    chosen = read_policy(Path(policy)) if isinstance(policy, str | Path) else policy
    return inputs.read(Path(source), policy=chosen, skip_invalid=skip_invalid, read_travel=travel.assess)


def plan(
    scenario: domain.Scenario,
    *,
    time_limit: float | None = 60.0,
    iterations: int | None = None,
    seed: int = 1,
    workers: int = 1,
    engine: str = "search",
    coordinate: bool = True,
    policy: Policy | None = None,
    progress: bool | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] = never,
    executor: Executor | None = None,
) -> PlanResult:
    """Plan a scenario: choose joint visits, route the staff, and check the result.

    Parameters
    ----------
    scenario
        From :func:`read` or :meth:`Scenario.from_frames`.
    time_limit
        Seconds of wall time, or None when ``iterations`` is given.
    iterations
        Search steps. The same seed, iterations and workers, with ``time_limit=None``, give the same plan.
    seed
        Seed of every random choice.
    workers
        Cores that may be used.
    engine
        ``search``, compiled when it is first used, for about half a minute that does not count, and kept
        (``visitplan warm-up`` does it ahead); ``ortools``; or ``greedy`` for the first plan alone.
    coordinate
        Whether to join visits; False gives the baseline: no visits are joined, and each organisation is
        planned by itself, with its own staff, in its share of the time by its number of visits.
    policy
        Used instead of the scenario's own.
    progress
        Show a progress bar; by default only on a terminal or in a notebook.
    on_progress
        Called with :class:`visitplan.Progress` now and then, instead of the progress bar.
    cancelled
        Asked often; once true, the best plan so far is finished and given.
    executor
        Where joint visits are chosen, area by area, and parts of the plan improved, ``workers`` at a time:
        any ``concurrent.futures`` executor. Jobs are pickled where they have to be, and hold numbers only.
        One that breaks costs no visit: planning goes on in this process, and a finding says so. With steps
        limited, every executor gives the same plan. None: threads of this process.

    Raises
    ------
    CheckError
        The plan broke a rule when it was checked. A fault of ours: please report it.
    SolverError
        No plan can be made.
    TravelError
        Travel times cannot be found.
    """
    if policy is not None:
        scenario = dataclasses.replace(scenario, policy=policy)
    with shown_progress(progress, on_progress) as tell:
        return run(
            scenario,
            Options(
                time_limit,
                iterations,
                seed,
                workers,
                engine,
                coordinate,
                tell,
                cancelled,
                executor=executor,
            ),
        )


def run(scenario: domain.Scenario, options: Options) -> PlanResult:
    """Plan with these options: the stages, in their order.

    Raises
    ------
    CheckError, SolverError, TravelError
        As :func:`plan` does.
    """
    if options.executor is None or isinstance(options.executor, Steadfast):
        return _run(scenario, options)
    with Steadfast(options.executor, options.workers) as executor:
        return _run(scenario, dataclasses.replace(options, executor=executor))


def _run(scenario: domain.Scenario, options: Options) -> PlanResult:
    budget = Budget.start(options.time_limit, options.iterations, options.clock)
    source = travel_source(scenario)
    network = routing.network_of(
        scenario, source, travel.day_factors(scenario.policy.travel, scenario.period)
    )
    asked, hands_over = scenario, scenario if options.coordinate else by_itself(scenario)
    scenario = dataclasses.replace(scenario, teams=coordination.choose_teams(hands_over))
    demand = _demanded(scenario, options, budget)
    if options.coordinate:
        served = serve(scenario, demand, network, options, budget)
        made = _assembled(scenario, served, network, source, options, budget)
    else:
        made = _apart(scenario, demand, network, source, options, budget)
    faults = errors_in(checking.check(scenario, made, source))
    done = PlanResult(asked, made, explain)
    if faults:
        raise CheckError(f"The plan broke {len(faults)} rules when it was checked.", faults, result=done)
    return done


def read_plan(folder: str | Path, scenario: domain.Scenario) -> PlanResult:
    """Read a plan folder back, for the scenario it was made from.

    Raises
    ------
    InputError
        The folder is no plan, is damaged, or its files contradict each other.
    """
    return dataclasses.replace(result.read_plan(folder, scenario), explaining=explain)


def travel_source(scenario: domain.Scenario) -> TravelSource:
    """Give the source of travel times that a scenario's policy names.

    Raises
    ------
    TravelError
        The policy names a matrix, and the input has none, or an engine that is not there.
    """
    places = routing.places_of(scenario)
    return travel.source_for(scenario.policy.travel, scenario.travel_table, places)


def _demanded(scenario: domain.Scenario, options: Options, budget: Budget) -> Demand:
    """Give all visits, with their joint visits where they are to be coordinated."""
    demand = expand(scenario)
    if not options.coordinate:
        return coordination.apply(scenario, demand, (), share=False)
    share = COORDINATION_MOST_S if budget.left is None else budget.left * COORDINATION_SHARE
    seconds = min(share, COORDINATION_MOST_S)
    return coordination.coordinate(
        scenario,
        demand,
        seed=options.seed,
        time_limit=seconds,
        workers=options.workers,
        executor=options.executor,
    )


def _apart(
    scenario: domain.Scenario,
    demand: Demand,
    network: routing.Network,
    source: TravelSource,
    options: Options,
    budget: Budget,
) -> Plan:
    """Plan each organisation by itself: the baseline that coordination is compared with."""
    alone = by_itself(scenario)
    solving = Apart(alone)
    served = serve(alone, demand, network, options, budget, solving)
    made = _assembled(alone, served, network, source, options, budget)
    as_asked = provenance(scenario, served.solution, source, options, budget)
    return dataclasses.replace(made, findings=(*made.findings, solving.finding()), provenance=as_asked)


def _assembled(
    scenario: domain.Scenario,
    served: Served,
    network: routing.Network,
    source: TravelSource,
    options: Options,
    budget: Budget,
) -> Plan:
    """Put the plan together: runs, reasons, joint visits that are kept, costs and where it came from."""
    wish = served.wish
    runs = routing.decode(scenario, wish.demand, served.encoding, served.solution.routes, network)
    unassigned = routing.explain(
        scenario,
        wish.demand,
        served.encoding,
        served.unassigned_ids,
        alone=wish.alone,
        cut=wish.cut,
        proof_s=PROOF_S,
        cancelled=options.cancelled,
    )
    planned = {visit.visit_id for run in runs for visit in run.visits}
    made = Plan(
        period=scenario.period,
        runs=runs,
        unassigned=unassigned,
        joint_visits=tuple(j for j in wish.demand.joint_visits if planned.issuperset(j.visit_ids)),
        costs=routing.costs_of(scenario, network, runs, (u.request_id for u in unassigned)),
        findings=(
            *scenario.findings,
            *travel.findings_of(source),
            *wish.demand.findings,
            *wish.findings,
            *routing.missed_promises(scenario, runs),
            *(options.executor.findings() if isinstance(options.executor, Steadfast) else ()),
        ),
        provenance=provenance(scenario, served.solution, source, options, budget),
        teams=scenario.teams,
        told=tuple(_told(wish.demand, planned)),
        covered=wish.demand.covered,
    )
    return routing.with_home_costs(scenario, made)


def _told(demand: Demand, planned: Collection[str]) -> Iterator[Told]:
    """Give what is told once in the plan: by visits that take place, to those that do or are covered."""
    settled = {*planned, *(covered.visit_id for covered in demand.covered)}
    for told in demand.told:
        spared = tuple(visit_id for visit_id in told.spared_visit_ids if visit_id in settled)
        if spared and told.by_visit_id in (None, *planned):
            yield dataclasses.replace(told, spared_visit_ids=spared)


__all__ = [
    "Options",
    "Progress",
    "Scenario",
    "explain",
    "plan",
    "read",
    "read_plan",
    "reading",
    "run",
    "travel_source",
    "what_if",
]

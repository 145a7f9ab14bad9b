"""The plan in a few lines, for a terminal; ids only."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from visitplan.findings import Severity
from visitplan.reporting.kpis import PRIORITIES, kpis
from visitplan.reporting.text import counted, days, shown, sterling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visitplan.domain.plan import Plan, Unassigned
    from visitplan.domain.scenario import Scenario

_LABEL = 13
_MOST_LEFT_OUT = 5
_MOST_AREAS = 6


def summary(scenario: Scenario, plan: Plan) -> str:
    """Say in about 25 lines what was planned, for whom, what it costs, and what is left."""
    title = headline(scenario, plan)
    lines = [title, "=" * len(title)]
    for label, said in sections(scenario, plan):
        lines += [f"{label if k == 0 else '':<{_LABEL}}{line}" for k, line in enumerate(said)]
    return "\n".join(lines)


def headline(scenario: Scenario, plan: Plan) -> str:
    """Say what was planned, and for when."""
    return f"{shown(scenario.name)}: {days(plan.period.first, plan.period.last)}"


def sections(scenario: Scenario, plan: Plan) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give what the summary says, line by line, by what it is about."""
    figures = kpis(scenario, plan)
    said = (
        ("Visits", _visits(figures["overall"])),
        ("Joint visits", _joint_visits(figures["overall"])),
        ("Families", _families(figures["overall"])),
        ("Staff", _staff(figures["overall"])),
        ("On time", _on_time(figures["overall"])),
        ("Cost", _cost(figures["overall"])),
        ("Areas", _areas(figures["by_area"])),
        ("Unassigned", _unassigned(plan)),
        ("Findings", _findings(plan)),
        ("Made by", _made_by(plan)),
    )
    return tuple((label, tuple(lines)) for label, lines in said)


def _visits(all_of: Mapping[str, Any]) -> Iterator[str]:
    covered = all_of["visits_covered"]
    others = f"; {covered:,} more need not take place, as others do all they were for" if covered else ""
    yield f"{all_of['visits_planned']:,} of {counted(all_of['visits'], 'visit')} planned{others}"
    yield (
        f"for {counted(all_of['requests'], 'request')} of {counted(all_of['people'], 'person', 'people')} "
        f"in {counted(all_of['households'], 'household')}"
    )


def _joint_visits(all_of: Mapping[str, Any]) -> Iterator[str]:
    if not all_of["joint_visits"]:
        yield "none"
        return
    yield (
        f"{counted(all_of['joint_visits'], 'joint visit')}: {all_of['joint_visits_together']:,} together, "
        f"{all_of['joint_visits_back_to_back']:,} back to back; "
        f"{all_of['joint_visits_with_family']:,} with the family"
    )
    told = f"; {all_of['minutes_told_once']:,.0f} minutes told once" if all_of["minutes_told_once"] else ""
    yield f"{counted(all_of['visits_in_joint_visits'], 'visit')} are part of one{told}"


def _families(all_of: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"asked to be at home {counted(all_of['family_interruptions'], 'time')}, "
        f"{all_of['family_hours']:,.1f} hours in all"
    )
    knocks, attended = counted(all_of["door_knocks"], "knock"), counted(all_of["attendances"], "attendance")
    yield f"{knocks} at the door in {attended}"
    yield (
        f"{all_of['faces_mean']:.1f} different faces for a person, {all_of['faces_max']} at most; "
        f"{counted(all_of['stranger_visits'], 'visit')} by strangers"
    )


def _staff(all_of: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"{all_of['staff_used']:,} at work on {all_of['shifts_used']:,} of "
        f"{counted(all_of['shifts_available'], 'shift')}"
    )
    yield (
        f"{all_of['worked_hours']:,.1f} hours worked: {all_of['visit_hours']:,.1f} in visits, "
        f"{all_of['travel_hours']:,.1f} on the road, {all_of['waiting_hours']:,.1f} waiting"
    )
    yield f"{all_of['overtime_hours']:,.1f} hours of overtime; {_ways(all_of)}"


def _ways(all_of: Mapping[str, Any]) -> str:
    by_mode = {"by car": all_of["km_car"], "by bike": all_of["km_bike"], "on foot": all_of["km_walk"]}
    parts = [f"{length:,.0f} {mode}" for mode, length in by_mode.items() if length]
    return f"{all_of['km']:,.0f} km" + (f" ({', '.join(parts)})" if len(parts) > 1 else "")


def _on_time(all_of: Mapping[str, Any]) -> Iterator[str]:
    early, late = all_of["early_minutes"], all_of["late_minutes"]
    if not early and not late:
        yield "every visit starts when it was asked for"
        return
    yield f"{early:,.0f} minutes too early and {late:,.0f} too late for what was asked, over all visits"


def _cost(all_of: Mapping[str, Any]) -> Iterator[str]:
    yield f"{sterling(all_of['cost_total_pounds'])} by the policy's prices"
    parts = {
        name.removeprefix("cost_").removesuffix("_pounds").replace("_", " "): pounds
        for name, pounds in all_of.items()
        if name.startswith("cost_") and name != "cost_total_pounds" and pounds
    }
    largest = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    said = [_cost_part(name, pounds) for name, pounds in largest]
    yield from (", ".join(said[k : k + 4]) for k in range(0, len(said), 4))


def _cost_part(name: str, pounds: float) -> str:
    """Say one part of the cost; what is below nothing is money saved."""
    return f"{name} saves {sterling(-pounds)}" if pounds < 0 else f"{name} {sterling(pounds)}"


def _areas(by_area: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    largest = sorted(by_area.items(), key=lambda area: (-area[1]["visits"], area[0]))
    for name, figures in largest[:_MOST_AREAS]:
        yield (
            f"{shown(name) or '(unknown)'}: {counted(figures['visits_planned'], 'visit')}, "
            f"{counted(figures['joint_visits'], 'joint visit')}, {figures['visits_unassigned']:,} unassigned"
        )
    if len(largest) > _MOST_AREAS:
        yield f"and {counted(len(largest) - _MOST_AREAS, 'more area')}"


def _unassigned(plan: Plan) -> Iterator[str]:
    if not plan.unassigned:
        yield "nobody"
        return
    of = Counter(left_out.priority for left_out in plan.unassigned)
    by_priority = ", ".join(f"{of[level]} of priority {level}" for level in PRIORITIES if of[level])
    yield f"{counted(len(plan.unassigned), 'visit')}: {by_priority}"
    ordered = sorted(plan.unassigned, key=lambda left_out: (left_out.priority, left_out.visit_id))
    yield from (_left_out(left_out) for left_out in ordered[:_MOST_LEFT_OUT])
    if len(ordered) > _MOST_LEFT_OUT:
        yield f"and {len(ordered) - _MOST_LEFT_OUT:,} more: unassigned.csv has the reason for each"


def _left_out(left_out: Unassigned) -> str:
    return f"{shown(left_out.visit_id)} ({shown(left_out.organisation)}): {left_out.reason.value}"


def _findings(plan: Plan) -> Iterator[str]:
    of = Counter(finding.severity for finding in plan.findings)
    said = [counted(of[severity], severity.value) for severity in Severity if of[severity]]
    yield ", ".join(said) if said else "none"


def _made_by(plan: Plan) -> Iterator[str]:
    made = plan.provenance
    joined = "coordinated" if made.coordinated else "not coordinated"
    yield (
        f"{made.engine}, seed {made.seed}, {joined}; "
        f"{counted(made.iterations, 'step')} in {made.seconds:,.1f} s, until: {made.stop}"
    )

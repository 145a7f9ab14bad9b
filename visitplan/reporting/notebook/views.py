"""What a notebook shows of a scenario or a plan by itself, when it stands at the end of a cell."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from visitplan.domain.expansion import expand
from visitplan.domain.period import HOUR
from visitplan.domain.requests import Family, Joint
from visitplan.findings import Severity
from visitplan.reporting.html.contents import harmless
from visitplan.reporting.summary import headline, sections
from visitplan.reporting.text import counted, days

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from jinja2 import Template

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.findings import Finding

    Rows = list[tuple[str, ...]]
    Table = tuple[str, tuple[str, ...], Rows, bool]

MOST_ROWS = 10
"""Rows shown of a table; the plan's DataFrames have them all."""
_MOST_NAMED = 6


def scenario_said(scenario: Scenario) -> str:
    """Say in one line what a scenario is."""
    return (
        f"<Scenario {harmless(scenario.name)}: {counted(len(scenario.requests), 'request')}, "
        f"{counted(len(scenario.households), 'household')}, {len(scenario.staff):,} staff, "
        f"{days(scenario.period.first, scenario.period.last)}>"
    )


def scenario_view(scenario: Scenario) -> str:
    """Give what was read as a piece of HTML: counts, and what reading found."""
    said = (
        ("Requests", _requests(scenario)),
        ("Joint visits", _joint(scenario)),
        ("Households", _households(scenario)),
        ("Staff", _staff(scenario)),
        ("Policy", _policy(scenario)),
        ("Findings", _count(scenario.findings)),
    )
    title = f"{scenario.name}: {days(scenario.period.first, scenario.period.last)}"
    return _view(title, [(label, tuple(lines)) for label, lines in said], [_findings(scenario.findings)])


def plan_view(scenario: Scenario, plan: Plan) -> str:
    """Give a plan as a piece of HTML: its summary, who is left out and why, and what it found."""
    return _view(
        headline(scenario, plan), sections(scenario, plan), [_unassigned(plan), _findings(plan.findings)]
    )


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # here: importing visitplan does without

    environment = Environment(
        loader=PackageLoader("visitplan.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("view.html")


def _view(title: str, said: Sequence[tuple[str, tuple[str, ...]]], tables: Sequence[Table]) -> str:
    return _template().render(
        title=harmless(title),
        sections=[(label, [harmless(line) for line in lines]) for label, lines in said],
        tables=[
            (caption, heads, [[harmless(cell) for cell in row] for row in rows], is_open)
            for caption, heads, rows, is_open in tables
        ],
    )


def _requests(scenario: Scenario) -> Iterator[str]:
    visits = len(expand(scenario).visits)
    yield f"{counted(len(scenario.requests), 'request')} for {counted(visits, 'visit')}"
    yield _by(request.service for request in scenario.requests)
    urgent = sum(request.priority == 1 for request in scenario.requests)
    critical = sum(request.time_critical for request in scenario.requests)
    yield f"{urgent:,} urgent (priority 1), {critical:,} time-critical"


def _joint(scenario: Scenario) -> Iterator[str]:
    joint = Counter(request.joint for request in scenario.requests)
    allow, require, avoid = (joint[wish] for wish in (Joint.ALLOW, Joint.REQUIRE, Joint.AVOID))
    yield f"{allow:,} allow them, {require:,} require one, {avoid:,} avoid them"
    family = Counter(request.family for request in scenario.requests)
    yield f"family required for {family[Family.REQUIRED]:,}, welcome at {family[Family.WELCOME]:,}"


def _households(scenario: Scenario) -> Iterator[str]:
    people = len({request.person_id for request in scenario.requests})
    yield (
        f"{counted(len(scenario.households), 'household')}; "
        f"requests for {counted(people, 'person', 'people')}; "
        f"family times of {len(scenario.family_windows):,}"
    )
    yield _by(household.area for household in scenario.households)


def _staff(scenario: Scenario) -> Iterator[str]:
    employers = len({member.organisation for member in scenario.staff})
    hours = sum(shift.window.length for shift in scenario.shifts) / HOUR
    yield (
        f"{len(scenario.staff):,} staff of {counted(employers, 'organisation')}; "
        f"{counted(len(scenario.shifts), 'shift')}, {hours:,.0f} hours"
    )
    yield _by(member.service for member in scenario.staff)


def _policy(scenario: Scenario) -> Iterator[str]:
    chosen = list(_settings(scenario.policy.model_dump(exclude_unset=True)))
    more = f" and {len(chosen) - MOST_ROWS:,} more" if len(chosen) > MOST_ROWS else ""
    yield ", ".join(chosen[:MOST_ROWS]) + more if chosen else "as it comes"


def _settings(said: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in said.items():
        if isinstance(value, dict):
            yield from _settings(value, f"{before}{name}.")
        else:
            yield f"{before}{name} = {value}"


def _by(names: Iterable[str]) -> str:
    """Count names, the most frequent first."""
    counts = sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))
    said = [f"{name or '(none)'} {count:,}" for name, count in counts[:_MOST_NAMED]]
    return ", ".join(said) + (f" and {len(counts) - _MOST_NAMED:,} more" if len(counts) > _MOST_NAMED else "")


def _count(findings: Iterable[Finding]) -> Iterator[str]:
    of = Counter(finding.severity for finding in findings)
    yield ", ".join(counted(of[kind], kind.value) for kind in Severity if of[kind]) or "none"


def _unassigned(plan: Plan) -> Table:
    ordered = sorted(plan.unassigned, key=lambda left_out: (left_out.priority, left_out.visit_id))
    heads = ("visit", "owner", "priority", "why", "what would help")
    rows: Rows = [
        (left.visit_id, left.organisation, str(left.priority), left.explanation, left.change)
        for left in ordered[:MOST_ROWS]
    ]
    return _caption("Unassigned", "unassigned", len(ordered)), heads, rows, True


def _findings(findings: Sequence[Finding]) -> Table:
    order = {severity: k for k, severity in enumerate(Severity)}
    ordered = sorted(findings, key=lambda finding: order[finding.severity])
    heads = ("severity", "code", "cause", "what to do")
    rows: Rows = [(f.severity.value, f.code, f.cause, f.action) for f in ordered[:MOST_ROWS]]
    return _caption("Findings", "findings", len(ordered)), heads, rows, False


def _caption(title: str, name: str, count: int) -> str:
    return title if count <= MOST_ROWS else f"{title}: the first {MOST_ROWS} of {count:,}; .{name} has all"

"""Two plans side by side: what it buys, for whom, and what changes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from visitplan.reporting.changes import Kind, Side, appointment_changes, visit_changes
from visitplan.reporting.compare import compare
from visitplan.reporting.gains import households
from visitplan.reporting.text import counted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

HEADLINES = {
    "family_interruptions": "family interruptions",
    "family_hours": "family hours",
    "door_knocks": "door knocks",
    "faces_mean": "faces per person",
    "repeated_tasks": "repeated tasks",
    "worked_hours": "staff hours",
    "travel_hours": "travel hours",
    "overtime_hours": "overtime hours",
    "cost_total_pounds": "cost, GBP",
    "visits_unassigned": "unassigned",
    "late_visits": "late visits",
    "late_minutes": "late minutes",
}
"""The figures that tell what coordination buys, as they are shown: in this order, with these short names."""

MOST_HOUSEHOLDS = 5
WIDTH = 100
_NAME_WIDTH = 21


@dataclass(frozen=True)
class Comparison:
    """Plan a beside plan b, such as apart and together, or last night's and tonight's.

    Attributes
    ----------
    a, b
        The plans, each with its scenario.
    """

    a: Side
    b: Side

    @cached_property
    def kpis(self) -> pd.DataFrame:
        """Give every key figure of both, overall and by area, service and organisation."""
        return compare(self.a.scenario, self.a.plan, self.b.scenario, self.b.plan)

    @cached_property
    def headlines(self) -> pd.DataFrame:
        """Give the rows of :attr:`kpis` that :data:`HEADLINES` names, in its order within each group."""
        frame = self.kpis[self.kpis["kpi"].isin(list(HEADLINES))]
        order = {name: k for k, name in enumerate(HEADLINES)}
        scopes = {name: k for k, name in enumerate(dict.fromkeys(frame["scope"]))}
        keys = [
            (scopes[scope], group, order[kpi])
            for scope, group, kpi in zip(frame["scope"], frame["group"], frame["kpi"], strict=True)
        ]
        rows = sorted(range(len(keys)), key=keys.__getitem__)
        return frame.iloc[rows].reset_index(drop=True)

    @cached_property
    def households(self) -> pd.DataFrame:
        """Give each household with what it notices of either plan; those that gain most come first."""
        return households(self.a, self.b)

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Give each visit with its time and member of staff in either plan."""
        return visit_changes(self.a, self.b)

    @cached_property
    def appointments(self) -> pd.DataFrame:
        """Give each appointment with what the household is told in either plan."""
        return appointment_changes(self.a, self.b)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give every table by name."""
        return {
            "kpis": self.kpis,
            "headlines": self.headlines,
            "households": self.households,
            "visits": self.visits,
            "appointments": self.appointments,
        }

    def changes(self) -> dict[str, int]:
        """Count what has become of visits and appointments, and how many families have to hear of it."""
        visits = self.visits["change"].value_counts().to_dict()
        counts = {f"visits {kind.value}": int(visits.get(kind.value, 0)) for kind in Kind}
        counts["appointments to tell again"] = int(self.appointments["tell_again"].sum())
        return counts

    def as_dict(self) -> dict[str, Any]:
        """Give everything, ready for JSON; a missing figure is None."""
        return {
            "format": "visitplan.comparison/1",
            "a": _made_by(self.a),
            "b": _made_by(self.b),
            "changes": self.changes(),
            **{name: _records(frame) for name, frame in self.tables().items() if name != "headlines"},
        }

    def summary(self, a: str = "first", b: str = "second") -> str:
        """Say it in plain text for a terminal, under these names."""
        return "\n".join(self._lines(shown(a), shown(b)))

    def page(self, a: str = "first", b: str = "second") -> str:
        """Give it as one HTML page that needs no network, to be written with encoding UTF-8."""
        from visitplan.reporting.comparison_page import page_of  # here, because Jinja is wanted for it only

        return page_of(self, a, b)

    def __repr__(self) -> str:
        return self.summary()

    def _lines(self, a: str, b: str) -> Iterator[str]:
        title = f"{a} -> {b}"
        yield from (title, "=" * len(title))
        yield from self.warnings
        yield from _side_by_side(self.headlines, a, b)
        for scope in ("area", "service", "organisation"):
            yield from ("", f"By {scope}")
            yield from _by_group(self.headlines[self.headlines["scope"] == scope])
        yield from ("", "Households")
        yield from self._household_lines()
        yield from ("", "Changes")
        yield from (f"  {count:>6,}  {name}" for name, count in self.changes().items() if count)

    @property
    def warnings(self) -> Iterator[str]:
        """Say what makes the two hard to compare."""
        one, two = self.a.plan, self.b.plan
        if one.provenance.input_hashes != two.provenance.input_hashes:
            yield "The two plans were made from different inputs."
        if one.provenance.policy_hash != two.provenance.policy_hash:
            yield "The two plans were made with different policies; costs are each by their own prices."

    def _household_lines(self) -> Iterator[str]:
        frame = self.households
        gained, lost = frame[frame["gain_pounds"] > 0], frame[frame["gain_pounds"] < 0]
        even = len(frame) - len(gained) - len(lost)
        yield (
            f"  {counted(len(gained), 'household')} gain, {len(lost):,} lose, {even:,} neither, by the "
            "policy's prices of what a household notices."
        )
        yield from _most("gain most", gained.head(MOST_HOUSEHOLDS))
        yield from _most("lose most", lost.iloc[::-1].head(MOST_HOUSEHOLDS))


def _made_by(side: Side) -> dict[str, Any]:
    made = side.plan.provenance
    return {
        "scenario": made.scenario,
        "created": made.created.isoformat(),
        "coordinated": made.coordinated,
        "engine": made.engine,
        "seed": made.seed,
        "first_date": side.plan.period.first.isoformat(),
        "last_date": side.plan.period.last.isoformat(),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object)
    rows = plain.where(frame.notna(), None).to_dict(orient="records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _side_by_side(headlines: pd.DataFrame, a: str, b: str) -> Iterator[str]:
    """Give the figures of the whole, one a line."""
    width = max(12, len(a), len(b))
    yield f"{'':<{_NAME_WIDTH}}{a:>{width}}{b:>{width + 2}}{'change':>12}{'%':>8}"
    whole = headlines[headlines["scope"] == "overall"]
    for kpi, one, two, change, percent in zip(
        *(whole[name] for name in ("kpi", "a", "b", "change", "change_percent")), strict=True
    ):
        cells = f"{number(one):>{width}}{number(two):>{width + 2}}{signed(change):>12}"
        yield f"{HEADLINES[kpi]:<{_NAME_WIDTH}}{cells}{per_cent(percent):>8}"


def _by_group(headlines: pd.DataFrame) -> Iterator[str]:
    """Give the figures of each group in a column of its own, as many columns side by side as fit."""
    groups = list(dict.fromkeys(headlines["group"]))
    cells = {
        (group, kpi): f"{number(one)} -> {number(two)}"
        for group, kpi, one, two in zip(*(headlines[n] for n in ("group", "kpi", "a", "b")), strict=True)
    }
    widths = {group: 2 + len(shown(group)) for group in groups}
    for (group, _), text in cells.items():
        widths[group] = max(widths[group], 2 + len(text))
    for some in _fitting(groups, widths):
        yield " " * _NAME_WIDTH + "".join(f"{shown(group):>{widths[group]}}" for group in some)
        for kpi, name in HEADLINES.items():
            row = "".join(f"{cells.get((group, kpi), ''):>{widths[group]}}" for group in some)
            yield f"{name:<{_NAME_WIDTH}}{row}".rstrip()


def _fitting(groups: Sequence[str], widths: dict[str, int]) -> Iterator[list[str]]:
    some: list[str] = []
    for group in groups:
        if some and _NAME_WIDTH + sum(widths[name] for name in [*some, group]) > WIDTH:
            yield some
            some = []
        some.append(group)
    if some:
        yield some


def _most(title: str, frame: pd.DataFrame) -> Iterator[str]:
    if len(frame):
        yield f"  Those that {title}:"
    for row in frame.to_dict(orient="records"):
        said = (
            f"{name.replace('_', ' ')} {number(row[f'{name}_a'])} -> {number(row[f'{name}_b'])}"
            for name in ("family_interruptions", "door_knocks", "faces", "visits_unassigned", "late_minutes")
            if row[f"{name}_a"] != row[f"{name}_b"]
        )
        worth = f"GBP {row['gain_pounds']:+,.2f}"
        yield f"    {shown(str(row['household_id']))} ({worth}): {', '.join(said) or 'smaller things'}"


def number(value: float) -> str:
    """Give a figure as people read it."""
    if value != value:  # not a number: the group is in one plan only
        return "-"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def signed(value: float) -> str:
    """Give a change as people read it."""
    if value != value:
        return ""
    return "0" if value == 0 else f"{value:+,.0f}" if float(value).is_integer() else f"{value:+,.2f}"


def per_cent(value: float) -> str:
    """Give a change in per cent as people read it."""
    if value != value:
        return ""
    return "0" if value == 0 else f"{value:+,.1f}"

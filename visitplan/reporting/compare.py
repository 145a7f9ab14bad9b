"""Two plans side by side: what coordination, or anything else, buys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.reporting.kpis import figure_rows, kpis

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.reporting.kpis import Figure

_COLUMNS = ["scope", "group", "kpi", "unit", "a", "b", "change", "change_percent"]


def compare(scenario_a: Scenario, plan_a: Plan, scenario_b: Scenario, plan_b: Plan) -> pd.DataFrame:
    """Give every key figure of plan a and plan b, and the change from a to b.

    One row for each figure, first of the whole (scope ``overall``), then by area, service and organisation.
    ``change`` is b - a; ``change_percent`` is that in percent of a, missing where a is 0. A figure that only
    one plan has (an area the other does not serve) is missing for the other.
    """
    import pandas as pd  # here, because importing visitplan should not load it

    a = {row[:4]: row[4] for row in figure_rows(kpis(scenario_a, plan_a))}
    b = {row[:4]: row[4] for row in figure_rows(kpis(scenario_b, plan_b))}
    names = sorted(a.keys() | b.keys(), key=_order([*a, *b]))
    rows = [(*name, a.get(name), b.get(name), *_change(a.get(name), b.get(name))) for name in names]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return frame.astype(dict.fromkeys(_COLUMNS[4:], "float64"))


def _order(
    names: list[tuple[str, str, str, str]],
) -> Callable[[tuple[str, str, str, str]], tuple[int, str, int]]:
    scopes: dict[str, int] = {}
    figures: dict[str, int] = {}
    for scope, _, figure, _ in names:
        scopes.setdefault(scope, len(scopes))
        figures.setdefault(figure, len(figures))
    return lambda name: (scopes[name[0]], name[1], figures[name[2]])


def _change(a: Figure | None, b: Figure | None) -> tuple[float | None, float | None]:
    if a is None or b is None:
        return None, None
    change = round(b - a, 2)
    return change, round(100 * (b - a) / a, 1) if a else None

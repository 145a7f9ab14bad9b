"""Which households gain from the second of two plans, and which lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.reporting.kpis import (
    Figure,
    family_hours,
    family_interruptions,
    late_minutes,
    stranger_visits,
)
from visitplan.reporting.share import Share, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from visitplan.reporting.changes import Side

FIGURES: Mapping[str, Callable[[Share], Figure]] = {
    "family_interruptions": family_interruptions,
    "family_hours": family_hours,
    "door_knocks": lambda share: len(share.knocks),
    "days_disturbed": lambda share: len({share.plan.period.date(a.start) for a in share.attendances}),
    "faces": lambda share: len({visit.staff_id for visit in share.visits}),
    "stranger_visits": stranger_visits,
    "late_minutes": late_minutes,
    "visits_unassigned": lambda share: len(share.unassigned),
}
"""What a household notices of a plan."""

FELT = (
    *("interruptions", "family_time", "door_knocks", "days", "early", "late"),
    *("strangers", "not_preferred", "new_faces", "late_discharge", "family_absent", "unassigned"),
)
"""Parts of the cost that a household feels."""


def households(a: Side, b: Side) -> pd.DataFrame:
    """Give one row for each household of either plan: what it notices in each, and what it gains.

    Columns are ``household_id``, ``area``, each of :data:`FIGURES` with ``_a`` and ``_b``, and
    ``gain_pounds``: by how much the parts of the cost that a household feels are lower in the second plan, by
    the policy's prices. Those that gain most come first; a household that one plan does not know is 0 there.
    """
    import pandas as pd  # here, because importing visitplan should not load it

    ours, theirs = _by_household(a), _by_household(b)
    rows = []
    for household_id in sorted(ours.keys() | theirs.keys()):
        one, other = ours.get(household_id), theirs.get(household_id)
        side = b if other is not None else a
        home = side.scenario.household_by_id.get(household_id)
        figures = {
            f"{name}_{end}": 0 if share is None else figure(share)
            for name, figure in FIGURES.items()
            for end, share in (("a", one), ("b", other))
        }
        gain = round((_felt(one) - _felt(other)) / 100_000, 2)
        area = None if home is None else home.area
        rows.append({"household_id": household_id, "area": area, **figures, "gain_pounds": gain})
    columns = ["household_id", "area", *(f"{name}_{end}" for name in FIGURES for end in "ab"), "gain_pounds"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("gain_pounds", ascending=False, kind="stable").reset_index(drop=True)


def _by_household(side: Side) -> dict[str, Share]:
    return whole(side.scenario, side.plan).split(lambda thing: thing.household_id)


def _felt(share: Share | None) -> int:
    if share is None:
        return 0
    return sum(share.sum_of(share.costs.get(part, {})) for part in FELT)

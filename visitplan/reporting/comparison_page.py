"""A comparison as one HTML page, for a screen or paper: tables only, no script, nothing loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from visitplan.reporting.changes import Kind
from visitplan.reporting.comparison import HEADLINES, number, per_cent, signed

if TYPE_CHECKING:
    import pandas as pd

    from visitplan.reporting.comparison import Comparison

MOST_ROWS = 20
"""Households shown at either end; the CSV has them all."""


def page_of(comparison: Comparison, a: str, b: str) -> str:
    """Give the page; ``a`` and ``b`` name the two plans on it."""
    pages = Environment(
        loader=PackageLoader("visitplan.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    frame, homes = comparison.headlines, comparison.households
    changed = comparison.visits[comparison.visits["change"] != Kind.SAME.value]
    return pages.get_template("comparison.html").render(
        a=a,
        b=b,
        warnings=comparison.warnings,
        names=HEADLINES,
        overall=_rows(frame[frame["scope"] == "overall"]),
        scopes={
            scope: _groups(frame[frame["scope"] == scope]) for scope in ("area", "service", "organisation")
        },
        gained=homes[homes["gain_pounds"] > 0].head(MOST_ROWS).to_dict(orient="records"),
        lost=homes[homes["gain_pounds"] < 0].iloc[::-1].head(MOST_ROWS).to_dict(orient="records"),
        changes=comparison.changes(),
        visits=changed.fillna("").to_dict(orient="records"),
        number=number,
        signed=signed,
        per_cent=per_cent,
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict(orient="records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _groups(frame: pd.DataFrame) -> dict[str, dict[str, dict[str, Any]]]:
    groups: dict[str, dict[str, dict[str, Any]]] = {}
    for row in _rows(frame):
        groups.setdefault(row["group"], {})[row["kpi"]] = row
    return groups

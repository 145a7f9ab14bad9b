"""What kind of value each column of a plan's tables holds, and its cells read as such values."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Value: TypeAlias = "str | int | float | bool | dt.date | dt.time | dt.datetime | tuple[str, ...] | None"
"""A cell as a value; None is an empty cell."""


class Kind(StrEnum):
    """Kinds of values."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    MOMENT = "date and time"
    FLAG = "yes or no"
    LIST = "list"


def _each(names: str, kind: Kind) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), kind)


KINDS: Mapping[str, Kind] = {
    **_each("date earliest_date latest_date", Kind.DATE),
    **_each("start end arrival_from arrival_to window_start window_end", Kind.TIME),
    **_each("shift_start shift_end depart finish break_start", Kind.TIME),
    **_each("start_at end_at", Kind.MOMENT),
    **_each("with_family required", Kind.FLAG),
    **_each("tasks staff_ids services person_ids visit_ids joint_visit_ids", Kind.LIST),
    **_each("covered_by by_visit_ids lead_staff_ids dates spared_visit_ids", Kind.LIST),
    **_each("sequence travel_min wait_min lat lon duration_min visits planned priority row", Kind.NUMBER),
    **_each("break_min hours visit_hours overtime_min return_min km return_km max_gap_min", Kind.NUMBER),
    **_each("minutes_saved interruptions_saved door_knocks_saved benefit_pounds", Kind.NUMBER),
}
"""Every column that is no text."""


def kind_of(column: str) -> Kind:
    """Give the kind of a column."""
    return KINDS.get(column, Kind.TEXT)


def value_of(column: str, text: str) -> Value:
    """Give the value of a cell as it stands in a file of ours.

    Raises
    ------
    ValueError
        It holds no value of its column's kind.
    """
    kind = kind_of(column)
    if not text:
        return () if kind is Kind.LIST else None
    if kind is Kind.NUMBER:
        return float(text) if "." in text else int(text)
    if kind is Kind.DATE:
        return dt.date.fromisoformat(text)
    if kind is Kind.TIME:
        return dt.time.fromisoformat(text)
    if kind is Kind.FLAG:
        return {"yes": True, "no": False}[text]
    return tuple(text.split(";")) if kind is Kind.LIST else text

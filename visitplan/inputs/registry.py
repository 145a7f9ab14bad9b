"""The input tables: what each is called, which must be there, and what its rows hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

from visitplan.inputs import rows


@dataclass(frozen=True)
class TableSpec:
    """One input table.

    Attributes
    ----------
    name
        Name of the table: of the file without its suffix, the sheet, or the frame.
    model
        What its rows hold.
    required
        Whether there is no planning without it.
    key
        Column that is unique in it, or None.
    """

    name: str
    model: type[rows.InputRow]
    required: bool = False
    key: str | None = None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Give the columns, in their order."""
        return tuple(self.model.model_fields)

    @cached_property
    def required_columns(self) -> tuple[str, ...]:
        """Give the columns without which a row means nothing."""
        return tuple(name for name, info in self.model.model_fields.items() if info.is_required())

    @cached_property
    def date_columns(self) -> tuple[str, ...]:
        """Give the columns that hold dates or date-times."""
        fields = self.model.model_fields.items()
        return tuple(name for name, info in fields if _holds_dates(info.annotation))


def _holds_dates(annotation: object) -> bool:
    return annotation in (dt.date, dt.datetime) or any(_holds_dates(part) for part in get_args(annotation))


TABLES: tuple[TableSpec, ...] = (
    TableSpec("requests", rows.RequestRow, required=True, key="request_id"),
    TableSpec("households", rows.HouseholdRow, required=True, key="household_id"),
    TableSpec("people", rows.PersonRow, key="person_id"),
    TableSpec("family_times", rows.FamilyTimeRow),
    TableSpec("staff", rows.StaffRow, required=True, key="staff_id"),
    TableSpec("shifts", rows.ShiftRow, required=True),
    TableSpec("bases", rows.BaseRow, key="base_id"),
    TableSpec("history", rows.HistoryRow),
    TableSpec("pins", rows.PinRow, key="visit_id"),
    TableSpec("tasks", rows.TaskRow, key="code"),
    TableSpec("travel", rows.TravelRow),
)
"""Every input table, in the order of the documentation."""

BY_NAME = {spec.name: spec for spec in TABLES}
TRAVEL = "travel"

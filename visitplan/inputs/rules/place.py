"""Rules about places, where a travel table names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visitplan.inputs.placing import starts_at_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.problems import Problem
    from visitplan.inputs.tables import Row


def _named_places(context: Context) -> Iterator[tuple[str, str, Row[Any]]]:
    """Give id, column and row of every place."""
    tables = context.tables
    for home in tables.households:
        yield home.data.household_id, "household_id", home
    for base in tables.bases:
        yield base.data.base_id, "base_id", base
    for member in tables.staff:
        if starts_at_home(member.data):
            yield member.data.staff_id, "staff_id", member


def ids_of_places_are_unique(context: Context) -> Iterator[Problem]:
    """PLACE-ID-CLASH: two kinds of place share an id, so that the travel table cannot tell them apart."""
    if context.travel is None:
        return
    firsts: dict[str, Row[Any]] = {}
    for place_id, column, row in _named_places(context):
        first = firsts.setdefault(place_id, row)
        if first.table != row.table:
            yield context.at(
                row,
                "PLACE-ID-CLASH",
                f"{first.table} has a place of this id too, in row {first.number}, and the travel table "
                "cannot tell them apart.",
                "Give one of them another id, here and in the travel table.",
                column=column,
            )


def places_are_in_the_travel_table(context: Context) -> Iterator[Problem]:
    """PLACE-NOT-IN-TRAVEL: the travel table that is to be used does not know a place."""
    if context.travel is None or context.policy.travel.source != "matrix":
        return
    known: set[str] = set()
    for matrix in context.travel.matrices.values():
        known |= set(matrix.place_ids)
    for place_id, column, row in _named_places(context):
        if place_id not in known:
            yield context.at(
                row,
                "PLACE-NOT-IN-TRAVEL",
                "The travel table does not have this place.",
                "Add it to the travel table, or set [travel] source = 'crow_flies' in the policy.",
                column=column,
            )

"""Rules about ids: unique, plain, and one home for each person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from visitplan.inputs.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.problems import Problem

_VISIT_SUFFIX = re.compile(r"(.+)/(\d*[a-z]*)")


def ids_are_unique(context: Context) -> Iterator[Problem]:
    """ID-DOUBLED: an id stands in two rows of its table; the first row counts."""
    for spec in TABLES:
        if spec.key is None:
            continue
        firsts = context.tables.ids[spec.name]
        for row in context.tables.rows.get(spec.name, ()):
            first = firsts[getattr(row.data, spec.key)]
            if first is not row:
                yield context.at(
                    row,
                    "ID-DOUBLED",
                    f"The id already stands in row {first.number}.",
                    "Delete one of the rows, or give one another id.",
                    column=spec.key,
                )


def ids_are_no_formulas(context: Context) -> Iterator[Problem]:
    """ID-FORMULA: an id begins like a spreadsheet formula."""
    for spec in TABLES:
        if spec.key is None:
            continue
        for row in context.tables.rows.get(spec.name, ()):
            if getattr(row.data, spec.key)[0] in "=+-@":
                yield context.warn(
                    row,
                    "ID-FORMULA",
                    "The id begins like a spreadsheet formula; output files put an apostrophe before it.",
                    "Begin ids with a letter or a digit.",
                    column=spec.key,
                )


def request_ids_are_no_visit_ids(context: Context) -> Iterator[Problem]:
    """REQUEST-ID-LIKE-VISIT: a request is called as a visit of another request is."""
    requests = context.tables.ids["requests"]
    for row in context.tables.requests:
        name = row.data.request_id
        found = _VISIT_SUFFIX.fullmatch(name) if "/" in name else None
        if found is not None and found[1] in requests:
            yield context.at(
                row,
                "REQUEST-ID-LIKE-VISIT",
                f"The request is called as a visit of request {found[1]!r} can be.",
                "Use another character than / in request ids.",
                column="request_id",
            )


def person_lives_in_one_household(context: Context) -> Iterator[Problem]:
    """PERSON-TWO-HOUSEHOLDS: a request is for a person at a household who lives in another."""
    homes = {row.data.person_id: row.data.household_id for row in context.tables.people}
    known = context.tables.ids["households"]
    for row in context.tables.requests:
        if row.data.household_id not in known:
            continue
        home = homes.setdefault(row.data.person_id, row.data.household_id)
        if home != row.data.household_id:
            yield context.at(
                row,
                "PERSON-TWO-HOUSEHOLDS",
                f"Person {row.data.person_id!r} lives in household {home!r} by an earlier row.",
                "Correct household_id or person_id.",
                column="household_id",
            )

"""The tables of a plan as DataFrames; dates are ``YYYY-MM-DD`` and times ``HH:MM`` text, as in the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.exports.cells import csv_text
from visitplan.exports.tables import APPOINTMENTS, FINDINGS, JOINT_VISITS, ROSTER, STAFF, UNASSIGNED
from visitplan.exports.view import View

if TYPE_CHECKING:
    import pandas as pd

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.exports.tables import Table


def roster(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Give one row for each planned visit, by date, shift and sequence; travel and wait in minutes."""
    return _frame(ROSTER, scenario, plan)


def appointments(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Give one row for each attendance of a household, as the family is told: see ``domain.attendance``."""
    return _frame(APPOINTMENTS, scenario, plan)


def unassigned(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Give one row for each visit left out: owner, reason and the smallest change that would help."""
    return _frame(UNASSIGNED, scenario, plan)


def joint_visits(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Give one row for each joint visit: who meets when, who leads, what is told once, what it is worth."""
    return _frame(JOINT_VISITS, scenario, plan)


def staff(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Give one row for each shift, used or not: departure, finish, break, hours, travel, overtime."""
    return _frame(STAFF, scenario, plan)


def findings(scenario: Scenario, plan: Plan) -> pd.DataFrame:
    """Give one row for each finding of reading and planning, errors first."""
    return _frame(FINDINGS, scenario, plan)


def table_csv(table: Table, scenario: Scenario, plan: Plan) -> str:
    """Give a table as the text of its CSV file."""
    rows = table.rows(View(plan, scenario))
    return csv_text(table.columns, ([row[column] for column in table.columns] for row in rows))


def _frame(table: Table, scenario: Scenario, plan: Plan) -> pd.DataFrame:
    import pandas as pd  # here, because writing a plan folder does without it, and it takes a second to load

    return pd.DataFrame(list(table.rows(View(plan, scenario))), columns=list(table.columns))

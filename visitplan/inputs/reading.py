"""Reading: from a folder, workbook or DataFrames to a scenario, with everything that is wrong with them."""

from __future__ import annotations

import gc
import hashlib
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from visitplan.domain.period import Period
from visitplan.domain.scenario import Scenario
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, errors_in
from visitplan.inputs.building import pins_of, scenario_of
from visitplan.inputs.context import Context
from visitplan.inputs.placing import placed
from visitplan.inputs.problems import Problem, RowKey, problem
from visitplan.inputs.registry import TABLES
from visitplan.inputs.rejection import Rejected, rejected_rows
from visitplan.inputs.rules import RULES
from visitplan.inputs.rules.pinned import PIN_RULES, PinContext
from visitplan.inputs.sources import (
    WORKBOOK_SUFFIXES,
    Found,
    tables_in_folder,
    tables_in_frames,
    tables_in_workbook,
)
from visitplan.inputs.tables import Tables, typed
from visitplan.policy import POLICY_FILE, Policy, parse_policy, read_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import pandas as pd

    from visitplan.inputs.sources import ReadTravel

REQUIRED = frozenset(spec.name for spec in TABLES if spec.required)
MAX_DAYS = 366
"""A longer period is taken for a mistake in a date."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading gave.

    Attributes
    ----------
    scenario
        Valid, and ready to be planned; its ``findings`` are the warnings and notes.
    findings
        Everything that was found; with ``skip_invalid`` also the errors of the rows that are out.
    rejected
        Every row that is out, and why.
    """

    scenario: Scenario
    findings: tuple[Finding, ...]
    rejected: tuple[Rejected, ...]


def read(
    source: str | Path,
    *,
    policy: Policy | None = None,
    skip_invalid: bool = False,
    read_travel: ReadTravel | None = None,
) -> Reading:
    """Read a planning folder, or an ``.xlsx`` workbook whose sheets are called as the tables are.

    Parameters
    ----------
    source
        The folder or workbook.
    policy
        Used in place of the ``visitplan.toml`` in the folder, or beside the workbook.
    skip_invalid
        Leave out rows that cannot be planned, and the rows that need them, and list them in ``rejected``.
    read_travel
        Reads the travel table, from a path or a DataFrame; without it, a travel table is not used.

    Raises
    ------
    InputError
        The input cannot be planned as it is; ``findings`` lists everything that is wrong, in one go.
    TravelError
        The geocoder is needed and cannot be asked.
    """
    path = Path(source)
    if not path.exists():
        raise _no_source(path, "There is no such folder or workbook.")
    if not (path.is_dir() or path.suffix.lower() in WORKBOOK_SUFFIXES):
        raise _no_source(path, "It is neither a folder nor an .xlsx workbook.")
    problems: list[Problem] = []
    own_policy = None
    if policy is None:
        own_policy = _policy_file(path if path.is_dir() else path.parent)
        policy, problems = _policy_in(own_policy)
    with _no_collection():
        tables_in = tables_in_folder if path.is_dir() else tables_in_workbook
        try:
            found = tables_in(path, policy, read_travel)
        except OSError as error:
            raise _no_source(path, f"It cannot be opened: {error.strerror}.") from error
        if own_policy is not None:
            found.hashes[POLICY_FILE] = hashlib.sha256(own_policy.read_bytes()).hexdigest()
        found.problems[:0] = problems
        return _reading(found, policy, skip_invalid)


def read_frames(
    frames: Mapping[str, pd.DataFrame],
    *,
    policy: Policy | None = None,
    skip_invalid: bool = False,
    read_travel: ReadTravel | None = None,
    name: str = "frames",
) -> Reading:
    """Read DataFrames, by table name; see :func:`read`.

    Findings number the rows as if each frame were saved with a header: its first row of data is row 2.
    """
    policy = policy or Policy()
    with _no_collection():
        return _reading(tables_in_frames(frames, policy, read_travel, name), policy, skip_invalid)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold the search for unused cycles: rows only pile up here, and it took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _no_source(path: Path, cause: str) -> InputError:
    finding = problem(
        "SOURCE-UNKNOWN", cause, "Give a folder of CSV files or an .xlsx workbook.", file=path.name
    ).finding
    return InputError(f"{path} cannot be read", [finding])


def _policy_file(folder: Path) -> Path | None:
    path = folder / POLICY_FILE
    return path if path.is_file() else None


def _policy_in(path: Path | None) -> tuple[Policy, list[Problem]]:
    """Read the folder's policy; of one with faults, the sections without, so that reading can go on."""
    if path is None:
        return Policy(), []
    try:
        return read_policy(path), []
    except InputError as error:
        return _sound_part(path), [Problem(finding, fatal=True) for finding in error.findings]


def _sound_part(path: Path) -> Policy:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return Policy()
    return parse_policy({key: value for key, value in data.items() if _is_sound({key: value})})


def _is_sound(section: Mapping[str, object]) -> bool:
    try:
        parse_policy(section)
    except InputError:
        return False
    return True


def _reading(found: Found, policy: Policy, skip_invalid: bool) -> Reading:
    """Take what a source holds through rows, places and rules to the scenario."""
    problems = list(found.problems)
    tables, cell_problems = typed(found.tables, found.given, problems)
    problems += cell_problems
    period, period_problems = _period(tables, policy)
    problems += period_problems
    places, place_problems = placed(tables, policy, found.folder)
    problems += place_problems
    context = Context(tables, policy, period, places, found.travel)
    context, rule_problems = _obeying(context, _rows_out(problems), keep_consequences=skip_invalid)
    problems += rule_problems
    scenario = None
    if period is not None and tables.given >= REQUIRED:
        scenario = scenario_of(context, period, name=found.name, hashes=found.hashes)
        context, pin_problems = _pinned(PinContext(context, scenario), keep_consequences=skip_invalid)
        problems += pin_problems
        scenario = replace(scenario, pins=pins_of(context, period))
    if skip_invalid:
        problems += _nothing_left(found, context)
    findings = _in_order(problems)
    errors = errors_in(findings)
    if scenario is None or any(p.fatal for p in problems) or (errors and not skip_invalid):
        raise InputError(f"{found.name} cannot be planned: {_count(len(errors), 'error')}", findings)
    told = tuple(finding for finding in findings if finding.severity is not Severity.ERROR)
    return Reading(replace(scenario, findings=told), findings, rejected_rows(problems, found.tables))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _rows_out(problems: Iterable[Problem]) -> set[RowKey]:
    return {key for found in problems for key in found.rows}


def _period(tables: Tables, policy: Policy) -> tuple[Period | None, list[Problem]]:
    """Give the planning period: the policy's, and what it leaves open from the first and the last shift."""
    dates = sorted(row.data.date for row in tables.shifts)
    first = policy.period.first_date or (dates[0] if dates else policy.period.last_date)
    last = policy.period.last_date or (dates[-1] if dates else policy.period.first_date)
    if first is None or last is None:
        action = "Add shifts, or set first_date and last_date of [period] in the policy."
        cause = "Neither the policy nor any shift says which days are to be planned."
    elif last < first:
        action = "Correct [period] in the policy, or the dates of the shifts."
        cause = f"The planning period would end on {last}, before it begins on {first}."
    elif (last - first).days >= MAX_DAYS:
        action = "Correct the date of the shift that lies far from the others, or set [period] in the policy."
        cause = f"The planning period would last from {first} to {last}, longer than {MAX_DAYS} days."
    else:
        return Period(first, last, policy.period.timezone), []
    return None, [problem("PERIOD-UNKNOWN", cause, action, file="shifts", column="date", fatal=True)]


def _obeying(context: Context, out: set[RowKey], *, keep_consequences: bool) -> tuple[Context, list[Problem]]:
    """Run the rules, take out the rows that break them, and again, until what is left obeys them all.

    What the first run finds is always told. Later runs find what rows need that are out: that is told only
    where the rest is planned, for whoever corrects the rows has nothing else to do about it.
    """
    told: list[Problem] = []
    first = True
    while True:
        found = [item for rule in RULES for item in rule(context)]
        kept = [item for item in found if first or item.rows]
        told += [item for item in kept if keep_consequences or (first and not item.consequence)]
        out |= _rows_out(found)
        if not out:
            return context, told
        context, out, first = replace(context, tables=context.tables.without(out)), set(), False


def _pinned(pins: PinContext, *, keep_consequences: bool) -> tuple[Context, list[Problem]]:
    """Run the rules about pins, and take out the pins that break them."""
    found = [item for rule in PIN_RULES for item in rule(pins)]
    tables = pins.context.tables.without(_rows_out(found))
    told = [item for item in found if keep_consequences or not item.consequence]
    return replace(pins.context, tables=tables), told


def _nothing_left(found: Found, context: Context) -> list[Problem]:
    requests = found.tables.get("requests")
    if requests is None or not requests.rows or context.tables.requests:
        return []
    return [
        problem(
            "NOTHING-LEFT",
            "No request is left that can be planned.",
            "Correct the other findings.",
            file=requests.file,
            fatal=True,
        )
    ]


def _in_order(problems: Iterable[Problem]) -> tuple[Finding, ...]:
    """Give the findings by file, in the order in which files were met, and by row; each once."""
    findings = list(dict.fromkeys(found.finding for found in problems))
    files = {name: k for k, name in enumerate(dict.fromkeys(finding.where.file for finding in findings))}
    return tuple(sorted(findings, key=lambda f: (files[f.where.file], f.where.row or 0)))

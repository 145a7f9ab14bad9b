"""What if: a scenario with a member of staff more or less, or with one policy setting changed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where
from visitplan.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visitplan.domain.people import Staff
    from visitplan.domain.scenario import Scenario


def what_if(
    scenario: Scenario,
    *,
    add_staff: Iterable[str] = (),
    remove_staff: Iterable[str] = (),
    settings: Mapping[str, Any] | None = None,
) -> Scenario:
    """Give a scenario that differs from this one as told.

    Parameters
    ----------
    add_staff
        For each entry one member of staff more: a staff id for one more like that one, with the same shifts;
        or a service, for one more like the member of staff of that service with the most hours (of equals,
        the first by id). The new one has the id of the model with ``+1``, ``+2``, ... and knows nobody.
    remove_staff
        Ids of those who are not there: their shifts go, and so do pins that keep visits with them and wishes
        for or against them.
    settings
        Policy settings by their dotted name, such as ``costs.stranger_pence`` or
        ``areas.crewe.limits.staff_at_once``.

    Raises
    ------
    InputError
        A member of staff, a service or a setting is not known, or a value is not allowed; all are listed.
    """
    findings: list[Finding] = []
    changed = _with_settings(scenario, settings or {}, findings)
    for staff_id in remove_staff:
        changed = _without(changed, staff_id, findings)
    for model in add_staff:
        changed = _with_one_like(changed, model, findings)
    if findings:
        raise InputError("What was asked for cannot be tried", findings)
    return changed


def parsed_setting(text: str) -> tuple[str, Any]:
    """Give name and value of a setting written as ``name=value``; the value is as in TOML, or a bare word.

    Raises
    ------
    InputError
        There is no ``=`` in it, or nothing before it.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise InputError("A setting cannot be read", [_unusable(text, "It is not of the form name=value.")])
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value


def _unusable(value: str, cause: str) -> Finding:
    return Finding(
        "WHAT-IF-UNUSABLE",
        Severity.ERROR,
        Where(value=value),
        cause=cause,
        action="Name staff and services as the input does, and settings as `visitplan schema policy` does.",
    )


def _with_settings(scenario: Scenario, settings: Mapping[str, Any], findings: list[Finding]) -> Scenario:
    said = scenario.policy.model_dump(exclude_unset=True)
    for name, value in settings.items():
        *path, last = name.split(".")
        section: Any = said
        for key in path:
            section = section.setdefault(key, {}) if isinstance(section, dict) else None
        if isinstance(section, dict):
            section[last] = value
        else:
            findings.append(_unusable(name, "Something before its last dot is no section."))
    try:
        return replace(scenario, policy=Policy.model_validate(said)) if settings else scenario
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            where = ".".join(str(part) for part in fault["loc"])
            findings.append(_unusable(where, f"The policy cannot be set so: {fault['msg']}."))
        return scenario


def _without(scenario: Scenario, staff_id: str, findings: list[Finding]) -> Scenario:
    if staff_id not in scenario.staff_by_id:
        findings.append(_unusable(staff_id, "There is no such member of staff to take away."))
        return scenario
    gone = frozenset({staff_id})
    return replace(
        scenario,
        staff=tuple(member for member in scenario.staff if member.staff_id != staff_id),
        shifts=tuple(shift for shift in scenario.shifts if shift.staff_id != staff_id),
        pins=tuple(pin for pin in scenario.pins if pin.staff_id != staff_id),
        requests=tuple(
            replace(
                request,
                preferred_staff=request.preferred_staff - gone,
                excluded_staff=request.excluded_staff - gone,
            )
            for request in scenario.requests
        ),
    )


def _with_one_like(scenario: Scenario, model: str, findings: list[Finding]) -> Scenario:
    member = scenario.staff_by_id.get(model) or _busiest(scenario, model)
    if member is None:
        findings.append(_unusable(model, "There is no such member of staff, and no service with staff."))
        return scenario
    taken, number = scenario.staff_by_id.keys(), 1
    while f"{member.staff_id}+{number}" in taken:
        number += 1
    name = f"{member.staff_id}+{number}"
    shifts = tuple(
        replace(shift, shift_id=f"{shift.shift_id}+{number}", staff_id=name)
        for shift in scenario.shifts
        if shift.staff_id == member.staff_id
    )
    return replace(
        scenario,
        staff=(*scenario.staff, replace(member, staff_id=name)),
        shifts=(*scenario.shifts, *shifts),
    )


def _busiest(scenario: Scenario, service: str) -> Staff | None:
    """Give the member of staff of a service with the most hours."""
    hours: dict[str, int] = {}
    for shift in scenario.shifts:
        hours[shift.staff_id] = hours.get(shift.staff_id, 0) + shift.window.length
    of_service = [member for member in scenario.staff if member.service == service]
    return min(of_service, key=lambda m: (-hours.get(m.staff_id, 0), m.staff_id), default=None)

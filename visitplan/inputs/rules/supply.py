"""Rules about supply: somebody offers what is asked for. These only warn: what nobody offers is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.findings import Severity
from visitplan.inputs.problems import Problem, hint, problem
from visitplan.policy import POLICY_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.rows import RequestRow
    from visitplan.inputs.tables import Row


def _firsts(
    context: Context, what: Callable[[RequestRow], tuple[str, str]]
) -> dict[tuple[str, str], tuple[Row[RequestRow], int]]:
    """Give, by what requests ask for, the first row that does and how many do."""
    found: dict[tuple[str, str], tuple[Row[RequestRow], int]] = {}
    for row in context.tables.requests:
        key = what(row.data)
        first, count = found.get(key, (row, 0))
        found[key] = first, count + 1
    return found


def services_have_staff(context: Context) -> Iterator[Problem]:
    """SERVICE-UNKNOWN: nobody belongs to the service that requests ask for."""
    services = {service for (service,) in context.values("staff", "service")}
    for (service, _), (row, count) in _firsts(context, lambda request: (request.service, "")).items():
        if services and service not in services:
            yield context.warn(
                row,
                "SERVICE-UNKNOWN",
                f"{count} requests are for service {service!r}, and no staff belong to it."
                f"{hint(service, services)}",
                "Correct the service, or translate it in the policy.",
                column="service",
            )


def skills_have_staff(context: Context) -> Iterator[Problem]:
    """SKILL-UNKNOWN: nobody in the service has the skill that requests ask for."""
    services = context.values("staff", "service")
    offered = context.values("staff", "service", "skills")
    told: set[tuple[str, str]] = set()
    for row in context.tables.requests:
        service = row.data.service
        for skill in row.data.skills:
            pair = service, skill
            if (service,) in services and pair not in offered and pair not in told:
                told.add(pair)
                yield context.warn(
                    row,
                    "SKILL-UNKNOWN",
                    f"No staff of service {service!r} have the skill {skill!r}."
                    f"{hint(skill, {known for _, known in offered})}",
                    "Correct the skill here or in staff, or translate it in the policy.",
                    column="skills",
                )


def organisations_have_staff(context: Context) -> Iterator[Problem]:
    """ORGANISATION-UNSERVED: by the policy, nobody in the service may serve the organisation's requests."""
    rules = context.policy.organisations
    employers: dict[str, set[str]] = {}
    for service, employer in context.values("staff", "service", "organisation"):
        employers.setdefault(service, set()).add(employer)
    asked = _firsts(context, lambda request: (request.service, request.organisation))
    for (service, organisation), (row, count) in asked.items():
        names = employers.get(service)
        if names and not any(rules.may_serve(name, organisation) for name in names):
            yield context.warn(
                row,
                "ORGANISATION-UNSERVED",
                f"{count} requests of {organisation!r} are for service {service!r}, whose staff may not do "
                f"it.{hint(organisation, names)}",
                "Correct the organisation, or say who serves it in [organisations] of the policy.",
                column="organisation",
            )


def staff_know_the_areas(context: Context) -> Iterator[Problem]:
    """STAFF-AREA-UNKNOWN: staff serve an area in which no household lies."""
    areas = {area for (area,) in context.values("households", "area")}
    if areas:
        says = "no household lies in area"
        yield from _unknown_entries(context, "areas", areas, "STAFF-AREA-UNKNOWN", says)


def staff_know_the_services(context: Context) -> Iterator[Problem]:
    """STAFF-SERVICE-UNKNOWN: staff work with a service that nobody asks for or belongs to."""
    found = context.values("staff", "service") | context.values("requests", "service")
    services = {service for (service,) in found}
    says = "nobody asks for or belongs to service"
    yield from _unknown_entries(context, "works_with", services, "STAFF-SERVICE-UNKNOWN", says)


def _unknown_entries(
    context: Context, column: str, known: set[str], code: str, says: str
) -> Iterator[Problem]:
    told: set[str] = set()
    for row in context.tables.staff:
        for name in getattr(row.data, column):
            if name not in known and name not in told:
                told.add(name)
                yield context.warn(
                    row,
                    code,
                    f"{column} names {name!r}, and {says} {name!r}.{hint(name, known)}",
                    "Nothing, where that is so today; else correct it.",
                    column=column,
                )


def policy_knows_the_areas(context: Context) -> Iterator[Problem]:
    """POLICY-AREA-UNKNOWN: the policy overrides an area in which no household lies."""
    areas = {area for (area,) in context.values("households", "area")}
    yield from _unknown_overrides(context.policy.areas, "areas", areas, "POLICY-AREA-UNKNOWN")


def policy_knows_the_services(context: Context) -> Iterator[Problem]:
    """POLICY-SERVICE-UNKNOWN: the policy overrides a service that nobody asks for."""
    services = {service for (service,) in context.values("requests", "service")}
    yield from _unknown_overrides(context.policy.services, "services", services, "POLICY-SERVICE-UNKNOWN")


def _unknown_overrides(names: Iterable[str], section: str, known: set[str], code: str) -> Iterator[Problem]:
    for name in names:
        if known and name not in known:
            yield problem(
                code,
                f"The policy overrides {name!r} of {section}, which no table has.{hint(name, known)}",
                "Nothing, where that is so today; else correct it.",
                file=POLICY_FILE,
                column=f"{section}.{name}",
                severity=Severity.WARNING,
            )

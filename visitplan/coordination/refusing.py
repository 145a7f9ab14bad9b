"""Why two visits of a household cannot be one joint visit, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from visitplan.coordination.arrangement import Arrangement
from visitplan.coordination.enumeration import Homes
from visitplan.coordination.rules import pair_refusal, refusal
from visitplan.coordination.sharing import without_repeats
from visitplan.coordination.units import Unit, units_by_household
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.coordination.arrangement import Setting
    from visitplan.coordination.rules import Refused
    from visitplan.domain.demand import Demand
    from visitplan.domain.scenario import Scenario

_WAYS = {Mode.TOGETHER: "Together", Mode.BACK_TO_BACK: "Back to back"}


NOT_LOOKED_AT = "They could be joined, but the home has too many ways to join visits to look at them all."
"""Of two visits that no rule speaks against; see ``COORD-TOO-MANY-WAYS``."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Two visits of a household that can be joined in no way, and why.

    Attributes
    ----------
    request_ids, visit_ids
        Of the one and of the other; a double-handed call has several visits.
    codes
        Of the rules that speak against it, each once: docs/coordination.md lists them.
    reason
        The same in plain English, one sentence for each way to meet, or one for all.
    """

    request_ids: tuple[str, str]
    visit_ids: tuple[str, ...]
    codes: tuple[str, ...]
    reason: str


def refusals(scenario: Scenario, demand: Demand, household_id: str) -> tuple[Refusal, ...]:
    """Give each two visits of a household that can not be joined, with the reason.

    Visits that can be joined, but were not or are not worth it, are not among them.

    Parameters
    ----------
    demand
        As :func:`visitplan.domain.expansion.expand` gives it.
    """
    due = without_repeats(scenario, demand)
    gone = {covered.visit_id for covered in due.covered}
    setting = Homes.of(scenario, due).setting(household_id)
    after = {unit.unit_id: unit for unit in units_by_household(scenario, due).get(household_id, ())}
    found: list[Refusal | None] = []
    for one, two in combinations(units_by_household(scenario, demand).get(household_id, ()), 2):
        covered = [unit for unit in (one, two) if unit.unit_id in gone]
        if covered:
            found.append(_need_not_come(one, two, covered))
        else:
            units = after[one.unit_id], after[two.unit_id]
            found.append(_refusal(*units, _refused(setting, *units)))
    return tuple(item for item in found if item is not None)


def without_partner(homes: Homes, unit: Unit) -> str:
    """Say why a unit can be joined with no other visit to its household: once for each of their requests."""
    household_id = unit.request.household_id
    setting = homes.setting(household_id)
    against: dict[str, str] = {}
    for other in homes.units[household_id]:
        request_id = other.request.request_id
        if other is not unit and request_id not in against:
            found = _refused(setting, unit, other)
            against[request_id] = _sentences(found) if found else NOT_LOOKED_AT
    if not against:
        return "There is no other visit to the household."
    return " ".join(f"With {request_id}: {reason}" for request_id, reason in against.items())


def _need_not_come(one: Unit, two: Unit, covered: Sequence[Unit]) -> Refusal:
    names = " and ".join(unit.request.request_id for unit in covered)
    reason = f"{names} need not take place, as others do all that it was for."
    return Refusal(
        (one.request.request_id, two.request.request_id),
        (*one.visit_ids, *two.visit_ids),
        ("covered",),
        reason,
    )


def _refused(setting: Setting, one: Unit, two: Unit) -> list[tuple[Mode, Refused]]:
    """Give the first reason against each mode and order; nothing where one of them is possible."""
    found: list[tuple[Mode, Refused]] = []
    for mode, orders in ((Mode.TOGETHER, [(one, two)]), (Mode.BACK_TO_BACK, [(one, two), (two, one)])):
        never = pair_refusal(setting, one, two, mode)
        tried = [never] if never is not None else [refusal(Arrangement(setting, o, mode)) for o in orders]
        if None in tried:
            return []
        found += [(mode, refused) for refused in tried if refused is not None]
    return found


def _refusal(one: Unit, two: Unit, found: list[tuple[Mode, Refused]]) -> Refusal | None:
    if not found:
        return None
    return Refusal(
        (one.request.request_id, two.request.request_id),
        (*one.visit_ids, *two.visit_ids),
        tuple(dict.fromkeys(refused.code for _, refused in found)),
        _sentences(found),
    )


def _sentences(found: list[tuple[Mode, Refused]]) -> str:
    """Say what holds for every way to meet once, and else each reason with its way."""
    by_mode = {mode: list(dict.fromkeys(r.reason for m, r in found if m is mode)) for mode in _WAYS}
    together, in_a_row = by_mode.values()
    if together == in_a_row:
        return f"{_capital(' or '.join(together))}."
    return " ".join(f"{_WAYS[mode]}: {', or '.join(reasons)}." for mode, reasons in by_mode.items())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

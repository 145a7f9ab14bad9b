"""Who may come together: each rule is a function that gives its reason to refuse, and two lists call them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.coordination.staffing import ALONE
from visitplan.domain.requests import Joint
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from visitplan.coordination.arrangement import Arrangement, Setting
    from visitplan.coordination.units import Unit

    PairRule = Callable[[Setting, Unit, Unit, Mode], str | None]
    ArrangementRule = Callable[[Arrangement], str | None]


@dataclass(frozen=True, slots=True)
class Refused:
    """Why units cannot be one joint visit: the code of the rule that speaks against it, and a sentence."""

    code: str
    reason: str


def _coordination_is_on(_: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    off = sorted({u.request.service for u in (one, other) if not u.rules.enabled})
    return f"the policy does not coordinate {' and '.join(off)} here" if off else None


def _requests_differ(_: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    same = one.request.request_id == other.request.request_id
    return "both repeat the same request" if same else None


def _nobody_avoids_it(_: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    avoiding = [u.request.request_id for u in (one, other) if u.request.joint is Joint.AVOID]
    return f"{' and '.join(avoiding)} is not to be joined" if avoiding else None


def _there_is_a_time(_: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    without = [u.unit_id for u in (one, other) if not u.windows]
    return f"{' and '.join(without)} has no time at which it may start" if without else None


def _services_may_meet(setting: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    services = f"{one.request.service} and {other.request.service}"
    allowed = mode in setting.meeting(one, other).modes
    return None if allowed else f"the policy does not let {services} come {_said(mode)}"


def _there_is_staff(setting: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    short = [u.unit_id for u in (one, other) if len(setting.staffing.eligible(u, ALONE)) < u.slots]
    return f"too few staff may serve {' and '.join(short)} at all" if short else None


def _staff_work_together(setting: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    for unit, met in ((one, other), (other, one)):
        service = met.request.service
        if len(setting.staffing.eligible(unit, frozenset({service}))) < unit.slots:
            return f"too few staff who may serve {unit.unit_id} work with {service}"
    return None


def _neither_follows_the_other(setting: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    if mode is not Mode.TOGETHER:
        return None
    for unit, then in ((one, other), (other, one)):
        if then.unit_id in setting.ties.later.get(unit.unit_id, frozenset()):
            return f"{then.unit_id} must follow {unit.unit_id}, so they cannot start together"
    return None


def _gap_asked_for_is_short(setting: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    longest = min(one.rules.max_attendance_min, other.rules.max_attendance_min) * 60
    for tie in setting.ties.among((one.unit_id, other.unit_id)):
        if tie.lo_s is not None and tie.lo_s > longest:
            return (
                f"{tie.second} must start {tie.lo_s // 60} min after {tie.first}, which is too long to stay"
            )
    return None


def _days_meet(_: Setting, one: Unit, other: Unit, mode: Mode) -> str | None:
    reach = 0 if mode is Mode.TOGETHER else min(u.rules.max_attendance_min for u in (one, other)) * 60
    near = any(
        a.start - reach <= b.end and b.start <= a.end + reach for a in one.windows for b in other.windows
    )
    return None if near else "their times never come near each other"


PAIR_RULES: tuple[tuple[str, PairRule], ...] = (
    ("coordination-off", _coordination_is_on),
    ("same-request", _requests_differ),
    ("avoid", _nobody_avoids_it),
    ("no-time", _there_is_a_time),
    ("services-apart", _services_may_meet),
    ("no-staff", _there_is_staff),
    ("staff-apart", _staff_work_together),
    ("follows", _neither_follows_the_other),
    ("gap-too-long", _gap_asked_for_is_short),
    ("times-apart", _days_meet),
)
"""Each holds for a joint visit as soon as it holds for two of its units: these prune exactly."""


def _order_is_respected(arrangement: Arrangement) -> str | None:
    if arrangement.mode is Mode.TOGETHER:
        return None
    units = arrangement.units
    for position, unit in enumerate(units):
        for later in units[position + 1 :]:
            if _comes_first(arrangement.setting, unit, later) is later:
                return f"{later.request.service} comes before {unit.request.service}"
    return None


def _is_not_too_big(arrangement: Arrangement) -> str | None:
    visits = sum(unit.slots for unit in arrangement.units)
    most = min(unit.rules.max_size for unit in arrangement.units)
    return f"{visits} visits are more than the {most} that may be joined" if visits > most else None


def _fits_the_home(arrangement: Arrangement) -> str | None:
    held = arrangement.setting.staff_at_once
    here = arrangement.staff_at_once
    return f"{here} members of staff at once are more than the home's {held}" if here > held else None


def _everybody_has_staff(arrangement: Arrangement) -> str | None:
    units, staffing = arrangement.units, arrangement.setting.staffing
    eligible = [staffing.eligible(unit, arrangement.others(unit)) for unit in units]
    if any(len(staff) < unit.slots for staff, unit in zip(eligible, units, strict=True)):
        return "too few staff work with all the other services"
    needed = sum(unit.slots for unit in units)
    if arrangement.mode is Mode.TOGETHER and len(frozenset[str]().union(*eligible)) < needed:
        return f"fewer than {needed} different members of staff may serve them"
    return None


def _is_not_too_long(arrangement: Arrangement) -> str | None:
    longest = min(unit.rules.max_attendance_min for unit in arrangement.units)
    minutes = -(-arrangement.attendance_s // 60)
    return f"{minutes} min are longer than the {longest} min of one attendance" if minutes > longest else None


def _nothing_comes_between(arrangement: Arrangement) -> str | None:
    between = sorted(arrangement.setting.ties.between(unit.unit_id for unit in arrangement.units))
    return f"{between[0]} must come between them" if between else None


def _times_meet(arrangement: Arrangement) -> str | None:
    return None if arrangement.starts_anyway[0] else f"they cannot come {_said(arrangement.mode)} at any time"


def _family_is_there(arrangement: Arrangement) -> str | None:
    missing = arrangement.family_required and not arrangement.starts_with_family[0]
    return "the family is required, and no family time holds the whole attendance" if missing else None


def _nobody_waits_who_cannot(arrangement: Arrangement) -> str | None:
    """Refuse what would put off a time-critical visit or an urgent call: its first start stays possible."""
    unit = arrangement.kept_waiting(arrangement.starts)
    return None if unit is None else f"{unit.unit_id} would have to wait, and its time may not be missed"


ARRANGEMENT_RULES: tuple[tuple[str, ArrangementRule], ...] = (
    ("order", _order_is_respected),
    ("too-many-visits", _is_not_too_big),
    ("home-too-small", _fits_the_home),
    ("too-few-staff", _everybody_has_staff),
    ("too-long", _is_not_too_long),
    ("between", _nothing_comes_between),
    ("times-never-meet", _times_meet),
    ("family-never-there", _family_is_there),
    ("would-wait", _nobody_waits_who_cannot),
)


def _comes_first(setting: Setting, one: Unit, other: Unit) -> Unit | None:
    """Give the unit whose service the policy puts first when the two come back to back; None: either."""
    first = setting.meeting(one, other).first
    if first is None:
        return None
    return one if one.request.service == first else other


def pair_refusal(setting: Setting, one: Unit, other: Unit, mode: Mode) -> Refused | None:
    """Give the first reason why two units can never be in one joint visit of this mode, or None."""
    for code, rule in PAIR_RULES:
        reason = rule(setting, one, other, mode)
        if reason is not None:
            return Refused(code, reason)
    return None


def refusal(arrangement: Arrangement) -> Refused | None:
    """Give the first reason why an arrangement cannot be a joint visit, or None."""
    for code, rule in ARRANGEMENT_RULES:
        reason = rule(arrangement)
        if reason is not None:
            return Refused(code, reason)
    return None


def _said(mode: Mode) -> str:
    return "together" if mode is Mode.TOGETHER else "back to back"

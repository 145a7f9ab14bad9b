"""Rules between visits: those that depend on each other keep their distance, and no home gets too full."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from visitplan.checking.calendar import minutes
from visitplan.checking.case import fault

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from visitplan.checking.case import Case, Served
    from visitplan.domain.requests import Request
    from visitplan.findings import Finding


def _teams(case: Case) -> Iterator[tuple[Request, Sequence[Served]]]:
    """Give the visits that several staff should make together: one list an occurrence."""
    for occurrences in case.occurrences.values():
        for team in occurrences.values():
            if team[0].request.staff_needed > 1:
                yield team[0].request, team


def _names(team: Sequence[Served]) -> str:
    return "visits " + ", ".join(served.visit.visit_id for served in team)


def doubles_split(case: Case) -> Iterator[Finding]:
    """See that where several staff are needed, all of them come or none."""
    for request, team in _teams(case):
        if len(team) < request.staff_needed:
            yield fault(
                "CHECK-DOUBLE-SPLIT",
                _names(team),
                f"{len(team)} of the {request.staff_needed} members of staff come.",
                "Send the others too, or leave the visit out as a whole.",
            )


def doubles_apart(case: Case) -> Iterator[Finding]:
    """See that where several staff are needed, they start at the same time."""
    for _, team in _teams(case):
        starts = sorted({served.visit.start for served in team})
        if len(starts) > 1:
            yield fault(
                "CHECK-DOUBLE-START",
                _names(team),
                f"They should start together, and start at "
                f"{' and '.join(case.calendar.text(start) for start in starts)}.",
                "Give them one start.",
            )


def doubles_by_one(case: Case) -> Iterator[Finding]:
    """See that where several staff are needed, they are different people."""
    for _, team in _teams(case):
        for staff_id, count in Counter(served.visit.staff_id for served in team).items():
            if count > 1:
                yield fault(
                    "CHECK-DOUBLE-STAFF",
                    f"{_names(team)}, staff {staff_id}",
                    f"{count} of these visits are given to one member of staff.",
                    "Give them to different people.",
                )


def spacing_broken(case: Case) -> Iterator[Finding]:
    """See that a request's visits come in their order, at least min_days_between days apart."""
    for occurrences in case.occurrences.values():
        for before, after in pairwise(team[0] for team in occurrences.values()):
            dates = _day(case, before), _day(case, after)
            if dates[0] is None or dates[1] is None:
                continue
            days, fewest = (dates[1] - dates[0]).days, before.request.min_days_between
            if days < fewest:
                yield fault(
                    "CHECK-SPACING",
                    f"visits {before.visit.visit_id} and {after.visit.visit_id}",
                    f"They fall on {dates[0]} and {dates[1]}; the second should be {fewest} or more days on.",
                    "Move one of them to another day.",
                )


def _day(case: Case, served: Served) -> dt.date | None:
    """Give the day a visit counts for: that of its window, also where lateness carries it past midnight."""
    return case.day_of(served) or case.calendar.date(served.visit.start)


def same_time_broken(case: Case) -> Iterator[Finding]:
    """See that visits that should be at one time of day are, where each of its days has one of them."""
    for request_id, occurrences in case.occurrences.items():
        request = case.scenario.request_by_id[request_id]
        if request.same_time_s is None or not _every_day(case, request):
            continue
        served = [team[0] for team in occurrences.values()]
        for before, after in combinations(served, 2):
            apart = abs(_into_the_day(case, after) - _into_the_day(case, before))
            if apart > request.same_time_s:
                yield fault(
                    "CHECK-SAME-TIME",
                    f"visits {before.visit.visit_id} and {after.visit.visit_id}",
                    f"Their times of day are {minutes(apart)} apart; the most is "
                    f"{minutes(request.same_time_s)}.",
                    "Move one of them.",
                )


def _every_day(case: Case, request: Request) -> bool:
    """Tell whether a request makes a visit on each of its days, so that none has a choice."""
    days = {day for v in case.expected.values() if v.request is request for day in v.days}
    return request.daily or request.visits == len(days)


def _into_the_day(case: Case, served: Served) -> int:
    """Give the seconds from the start of the window on a visit's day to its start."""
    day = _day(case, served)
    start = served.visit.start
    return start if day is None else start - case.calendar.tick(day, served.request.window_start)


def _followers(case: Case) -> Iterator[tuple[str, Served, Sequence[Served]]]:
    """Give each visit that follows another request, that request, and who serves its visit (nobody: empty).

    The visits pair by number; where the other request makes one visit only, all follow that one.
    """
    for served in case.planned.values():
        before = served.request.after_request
        if before is None:
            continue
        total = case.occurrences_due.get(before, 0)
        number = 1 if total == 1 else served.expected.occurrence
        if number <= total:
            yield before, served, case.occurrences.get(before, {}).get(number, ())


def predecessors_missing(case: Case) -> Iterator[Finding]:
    """See that a visit that follows another comes only if that one does."""
    for before, served, team in _followers(case):
        if not team:
            yield fault(
                "CHECK-AFTER-MISSING",
                f"visit {served.visit.visit_id}, request {before}",
                f"The visit follows request {before}, whose visit is not served.",
                "Serve that one first, or leave this one out.",
            )


def gaps_broken(case: Case) -> Iterator[Finding]:
    """See that a visit that follows another starts between min_gap and max_gap after that one's end."""
    for _, served, team in _followers(case):
        if not team:
            continue
        gap = served.visit.start - max(other.visit.end for other in team)
        low, high = served.request.min_gap_s, served.request.max_gap_s
        if gap < low or (high is not None and gap > high):
            allowed = f"at least {minutes(low)}" if high is None else f"{minutes(low)} to {minutes(high)}"
            yield fault(
                "CHECK-AFTER-GAP",
                f"visit {served.visit.visit_id}, {_names(team)}",
                f"It starts {minutes(gap)} after the visit it follows has ended; allowed is {allowed}.",
                "Move one of them.",
            )


def homes_too_full(case: Case) -> Iterator[Finding]:
    """See that no household has more staff at a time than it holds."""
    changes: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for served in case.served:
        if served.visit.start < served.visit.end:
            household = changes[served.request.household_id]
            household.append((served.visit.start, 1, served.visit.visit_id))
            household.append((served.visit.end, -1, served.visit.visit_id))
    for household_id, events in changes.items():
        limit = case.scenario.staff_at_once(household_id)
        there, most, when, who = 0, 0, 0, ""
        for tick, change, visit_id in sorted(events):
            there += change
            if there > most:
                most, when, who = there, tick, visit_id
        if most > limit:
            yield fault(
                "CHECK-HOUSEHOLD-LIMIT",
                f"household {household_id}, visit {who}",
                f"{most} members of staff are there at {case.calendar.text(when)}; it holds {limit}.",
                "Move one of the visits.",
            )

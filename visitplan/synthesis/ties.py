"""Who knows whom: history, preferred and excluded staff, and visits promised to one member of staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.synthesis.drawing import chance, stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from visitplan.synthesis.asking import Ask, Calendar
    from visitplan.synthesis.rates import Rates
    from visitplan.synthesis.workforce import Duty, Member

MOST_KNOWN = 4
"""Members of staff of one service whom a person knows, at most."""


def history(
    seed: int, asks: Sequence[Ask], members: Sequence[Member], calendar: Calendar, rates: Rates
) -> list[dict[str, object]]:
    """Give the history rows: for most people, a few staff of each service that visits them."""
    rng = stream(seed, "history")
    rows: list[dict[str, object]] = []
    met = sorted({(ask.person_id, ask.team, ask.organisation) for ask in asks})
    teams: dict[tuple[str, str], list[Member]] = {}
    for member in members:
        teams.setdefault((member.team, member.organisation), []).append(member)
    for person_id, team, organisation in met:
        if not chance(rng, rates.known):
            continue
        colleagues = teams[team, organisation]
        for member in rng.sample(colleagues, min(rng.randint(1, MOST_KNOWN), len(colleagues))):
            last = calendar.first - dt.timedelta(days=rng.randint(1, 28))
            rows.append(
                {
                    "person_id": person_id,
                    "staff_id": member.staff_id,
                    "visits": rng.randint(1, 30),
                    "last_date": last.isoformat(),
                }
            )
    return rows


def with_likings(
    seed: int,
    asks: Sequence[Ask],
    members: Sequence[Member],
    duties: Sequence[Duty],
    known: Sequence[dict[str, object]],
    rates: Rates,
) -> list[Ask]:
    """Let some requests prefer staff the person knows, and some exclude one member of staff.

    Nobody is excluded where a team has fewer than four in all who can do it, or too few others at work at its
    time on one of its days: somebody must be left.
    """
    rng = stream(seed, "likings")
    knows = {(row["person_id"], row["staff_id"]) for row in known}
    able = Able(members)
    at_work: dict[dt.date, set[str]] = {}
    for duty in duties:
        at_work.setdefault(duty.date, set()).add(duty.member.staff_id)
    return [_with_liking(ask, able.to_serve(ask), at_work, knows, rates, rng) for ask in asks]


def _with_liking(
    ask: Ask,
    able: Sequence[Member],
    at_work: Mapping[dt.date, set[str]],
    knows: set[tuple[object, object]],
    rates: Rates,
    rng: Random,
) -> Ask:
    prefers, excludes, pick = chance(rng, rates.preferred), chance(rng, rates.excluded), rng.random()
    liked = [m.staff_id for m in able if (ask.person_id, m.staff_id) in knows] if prefers else []
    if liked:
        return replace(ask, preferred_staff=(liked[int(pick * len(liked))],))
    if excludes and len(able) > 3:
        excluded = able[int(pick * len(able))]
        others = {m.staff_id for m in able if m is not excluded and _meets(m, ask)}
        if all(len(others & at_work.get(date, set())) >= ask.staff_needed for date in ask.dates):
            return replace(ask, excluded_staff=(excluded.staff_id,))
    return ask


def _meets(member: Member, ask: Ask) -> bool:
    """Tell whether a request can be served within a member's shifts, wherever its home lies."""
    return any(max(b, ask.start) <= min(e - ask.minutes, ask.end) for b, e in member.pattern.stretches)


class Able:
    """Who may serve what; looked up once for each team, organisation and set of skills."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._members = members
        self._found: dict[tuple[str, str, tuple[str, ...]], list[Member]] = {}

    def to_serve(self, ask: Ask) -> list[Member]:
        """Give those who may serve a request by team, organisation and skills."""
        key = (ask.team, ask.organisation, ask.skills)
        if key not in self._found:
            self._found[key] = [
                m
                for m in self._members
                if (m.team, m.organisation) == key[:2] and set(ask.skills) <= set(m.skills)
            ]
        return self._found[key]


def pins(seed: int, asks: Sequence[Ask], duties: Sequence[Duty], rates: Rates) -> list[dict[str, object]]:
    """Promise some visits, the first of daily ones, to a driver who works right through their window.

    What falls on a day that is not known is promised to nobody.
    """
    rng = stream(seed, "pins")
    able = Able([duty.member for duty in duties])
    rows: list[dict[str, object]] = []
    for ask in asks:
        if chance(rng, rates.pinned) and _has_its_days(ask):
            whole = [m.staff_id for m in able.to_serve(ask) if _covers(m, ask) and not m.cycles]
            whole = [staff_id for staff_id in whole if staff_id not in ask.excluded_staff]
            on_duty = {duty.member.staff_id for duty in duties if duty.date == ask.dates[0]}
            if choice := [staff_id for staff_id in whole if staff_id in on_duty]:
                visit_id = ask.request_id if ask.occasions == 1 else f"{ask.request_id}/1"
                rows.append({"visit_id": visit_id, "staff_id": rng.choice(choice)})
    return rows


def _has_its_days(ask: Ask) -> bool:
    """Tell whether each visit of a request has its day, and is free to be promised to one person."""
    free = ask.staff_needed == 1 and ask.after_request is None and ask.joint != "require"
    return free and ask.occasions == len(ask.dates)


def _covers(member: Member, ask: Ask) -> bool:
    """Tell whether a shift spans the request's window, with a quarter of an hour for the way on each side."""
    return any(b <= ask.start - 15 and ask.end + ask.minutes + 15 <= e for b, e in member.pattern.stretches)

"""Who knows whom: history, preferred and excluded staff, and visits promised to one member of staff."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.synthesis.drawing import chance, stream

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    for person_id, team, organisation in met:
        if not chance(rng, rates.known):
            continue
        colleagues = [m for m in members if (m.team, m.organisation) == (team, organisation)]
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
    known: Sequence[dict[str, object]],
    rates: Rates,
) -> list[Ask]:
    """Let some requests prefer staff the person knows, and some exclude one member of staff.

    Nobody is excluded where a team has fewer than four in all who can do it: somebody must be left.
    """
    rng = stream(seed, "likings")
    knows = {(row["person_id"], row["staff_id"]) for row in known}
    return [_with_liking(ask, [m for m in members if can(m, ask)], knows, rates, rng) for ask in asks]


def _with_liking(
    ask: Ask, able: Sequence[Member], knows: set[tuple[object, object]], rates: Rates, rng: Random
) -> Ask:
    prefers, excludes = chance(rng, rates.preferred), chance(rng, rates.excluded)
    pick = rng.random()
    liked = [m.staff_id for m in able if (ask.person_id, m.staff_id) in knows]
    if prefers and liked:
        return replace(ask, preferred_staff=(liked[int(pick * len(liked))],))
    if excludes and len(able) > 3:
        return replace(ask, excluded_staff=(able[int(pick * len(able))].staff_id,))
    return ask


def can(member: Member, ask: Ask) -> bool:
    """Tell whether a member of staff may serve a request."""
    same = (member.team, member.organisation) == (ask.team, ask.organisation)
    return same and set(ask.skills) <= set(member.skills) and member.staff_id not in ask.excluded_staff


def pins(seed: int, asks: Sequence[Ask], duties: Sequence[Duty], rates: Rates) -> list[dict[str, object]]:
    """Promise some single visits of one day to somebody who works right through their window."""
    rng = stream(seed, "pins")
    rows: list[dict[str, object]] = []
    for ask in asks:
        plain = ask.attendances == 1 and ask.after_request is None and ask.joint != "require"
        promised = chance(rng, rates.pinned)
        able = [duty.member.staff_id for duty in duties if can(duty.member, ask) and _covers(duty, ask)]
        if promised and plain and able:
            rows.append({"visit_id": ask.request_id, "staff_id": rng.choice(able)})
    return rows


def _covers(duty: Duty, ask: Ask) -> bool:
    whole = any(
        b <= ask.start - 15 and ask.end + ask.minutes + 15 <= e for b, e in duty.member.pattern.stretches
    )
    return whole and ask.first == ask.last == duty.date

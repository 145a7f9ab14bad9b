"""Scenarios by name: how many visits, on which days, in which towns, and how the county lives."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from difflib import get_close_matches

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where
from visitplan.synthesis.organisations import (
    ONE_TRUST,
    SEVERAL_PROVIDERS,
    THREE_TRUSTS,
    Organisations,
)
from visitplan.synthesis.rates import Rates

COUNTY = Rates(
    urgent=0.01,
    insulin_evening=0.4,
    reablement=0.8,
    usual_times=0.3,
    same_time=0.05,
    quiet_homes=0.02,
    split_shifts=0.71,
    commute_km=8.0,
)
"""The rates of the presets: as in :class:`Rates`, with all that a county asks for."""

WINTER = replace(COUNTY, urgent=0.03, discharges=0.05, reablement=0.9)
"""After a weekend in winter: more urgent calls, and three times as many people home from hospital."""


TEAM = Rates(
    profiles=(
        ("care", 0.04),
        ("nursing", 0.04),
        ("therapy", 0.02),
        ("care+nursing", 0.15),
        ("care+therapy", 0.10),
        ("nursing+therapy", 0.30),
        ("care+nursing+therapy", 0.35),
    ),
    care_calls=(("1", 0.70), ("2", 0.20), ("3", 0.07), ("4", 0.03)),
    double_handed=0.05,
    utilisation=0.70,
    nursing_kinds=(
        ("insulin", 0.05),
        ("bloods", 0.10),
        ("wound", 0.60),
        ("catheter", 0.10),
        ("review", 0.15),
    ),
    therapy_kinds=(("mobility", 0.8), ("home", 0.2)),
    daily_care=0.5,
    discharges=0.08,
    family_patterns=(
        ("none", 0.15),
        ("full_time", 0.20),
        ("part_time", 0.20),
        ("lunch", 0.10),
        ("late_shift", 0.10),
        ("retired", 0.25),
    ),
    family_welcome=(("care", 0.20), ("nursing", 0.90), ("therapy", 0.90)),
    pinned=0.05,
    reablement=0.8,
    programmes=0.8,
)
"""The caseload of an integrated community team: people just home from hospital, or kept out of it.

Nine in ten are there because they need more than one service. A nurse mostly comes to dress a wound, a
therapist for a programme of exercises, a carer once a day or every other day; those with a nurse's dose at a
fixed hour or with four calls a day are mostly with the long-term services. Most have family, of which two in
three work, and that takes part in what nurse and therapist do. All of this is assumption.
"""


@dataclass(frozen=True, slots=True)
class Preset:
    """A scenario by name.

    Attributes
    ----------
    name, summary
        What it is called, and what it is.
    visits, days, date
        Visits in the whole period, how many days it has, and the first of them.
    towns
        Names of towns; None for the whole county.
    rates, organisations
        How the county lives and works, and who owns what is asked for.
    tells_discharges
        The table of people says who comes home from hospital, and when.
    """

    name: str
    summary: str
    visits: int
    days: int = 1
    date: dt.date = dt.date(2027, 3, 10)
    towns: tuple[str, ...] | None = None
    rates: Rates = COUNTY
    organisations: Organisations = THREE_TRUSTS
    tells_discharges: bool = True


PLAIN = Preset(
    "plain",
    "a Wednesday of the county, with one trust and without urgent calls",
    500,
    rates=Rates(),
    organisations=ONE_TRUST,
    tells_discharges=False,
)
"""What is generated where no preset is named."""


PRESETS: tuple[Preset, ...] = (
    Preset(
        "town-day",
        "Crewe, Nantwich and Sandbach on a Wednesday",
        500,
        towns=("Crewe", "Nantwich", "Sandbach"),
    ),
    Preset("cheshire-day", "the county on a Wednesday", 2_000),
    Preset("cheshire-full-day", "the county with all its visits, for tests of size", 16_000),
    Preset("cheshire-week", "the county from Monday to Sunday", 25_000, days=7, date=dt.date(2027, 3, 8)),
    Preset(
        "winter-monday",
        "the county after a weekend in January: urgent calls, discharges",
        2_000,
        date=dt.date(2027, 1, 11),
        rates=WINTER,
    ),
    Preset(
        "team-week",
        "the caseload of an integrated team, Monday to Friday round Macclesfield",
        840,
        days=5,
        date=dt.date(2027, 3, 22),
        towns=("Macclesfield", "Congleton", "Wilmslow", "Knutsford"),
        rates=TEAM,
        organisations=SEVERAL_PROVIDERS,
    ),
)
"""All but the last have three trusts and two councils, each with staff of its own."""


def preset_named(name: str) -> Preset:
    """Give the preset of this name.

    Raises
    ------
    InputError
        There is none (``GEN-PRESET-UNKNOWN``).
    """
    known = {preset.name: preset for preset in PRESETS}
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    finding = Finding(
        "GEN-PRESET-UNKNOWN",
        Severity.ERROR,
        Where(value=name),
        cause=f"There is no preset {name!r}.",
        action=f"Did you mean {near[0]}?" if near else f"Choose from: {', '.join(known)}.",
    )
    raise InputError(f"there is no preset {name!r}", [finding])

"""Scenarios by name: how many visits, on which days, in which towns, and how the county lives."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from difflib import get_close_matches

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where
from visitplan.synthesis.organisations import ONE_TRUST, THREE_TRUSTS, Organisations
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
)
"""All of them have three trusts and two councils, each with staff of its own."""


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

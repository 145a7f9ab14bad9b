"""Who owns what is asked for: the organisations of a county, and the borders between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from visitplan.synthesis.homes import Home


@dataclass(frozen=True, slots=True)
class Organisations:
    """Which organisation owns the requests of a team at a home.

    Attributes
    ----------
    care
        What stands before the authority's name in the organisation that gives care.
    trusts
        The trust of each area, by area; an area that is not in it belongs to ``trust``.
    trust
        Gives nursing and therapy where no other trust does.
    councils_give_therapy
        Occupational therapy at home is the council's, not the trust's.
    providers
        Organisations that all give care everywhere; each home falls to one of them. None: one organisation
        gives it throughout an authority.
    """

    care: str
    trust: str
    trusts: tuple[tuple[str, str], ...] = ()
    councils_give_therapy: bool = False
    providers: tuple[str, ...] = ()

    def owner(self, team: str, home: Home) -> str:
        """Give the organisation that owns what a team is asked for at a home."""
        if team == "care" and self.providers:
            return self.providers[crc32(home.household_id.encode()) % len(self.providers)]
        if team == "care" or (team == "ot" and self.councils_give_therapy):
            return f"{self.care}-{home.authority}"
        return dict(self.trusts).get(home.area, self.trust)


ONE_TRUST = Organisations(care="homecare", trust="community-trust")
"""One trust for all, and home care in two halves of the county."""

SEVERAL_PROVIDERS = Organisations(
    care="homecare",
    trust="community-trust",
    providers=("homecare-blue", "homecare-green", "homecare-red"),
)
"""One trust for all, and home care from three providers side by side in every town.

Councils buy home care from several providers in the same places: one London borough had about 829 people with
10 of them on 1 January 2024 (London Borough of Waltham Forest, Home-Based Support Services), 83 each. That
there are three, and that no provider has a town of its own, is an assumption.
"""

_WEST = ("chester", "ellesmere_port", "frodsham")
_CENTRAL = ("northwich", "winsford", "crewe", "nantwich", "sandbach")
_EAST = ("congleton", "macclesfield", "poynton", "wilmslow", "knutsford")

THREE_TRUSTS = Organisations(
    care="council",
    trust="trust-central",
    trusts=(
        *((area, "trust-west") for area in _WEST),
        *((area, "trust-central") for area in _CENTRAL),
        *((area, "trust-east") for area in _EAST),
    ),
    councils_give_therapy=True,
)
"""Three trusts and two councils, each with staff of its own; the central trust works in both councils' towns.

Which areas belong to which trust is an assumption.
"""

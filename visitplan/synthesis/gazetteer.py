"""The towns of Cheshire, with the people who live in and around them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Town:
    """A town and the countryside that is nearest to it.

    Attributes
    ----------
    name, area
        The town, and the area it is planned in; areas are groups of neighbouring towns.
    authority
        ``east`` for Cheshire East, ``west`` for Cheshire West and Chester.
    lat, lon
        Town centre, degrees, WGS 84, to the nearest 100 m or so.
    town_km
        Root mean square distance of the town's residents from its centre, km.
    town_residents, town_65_plus
        People, and people aged 65 and over, in the town.
    country_km, country_residents, country_65_plus
        The same for the countryside nearest to this town.
    """

    name: str
    area: str
    authority: str
    lat: float
    lon: float
    town_km: float
    town_residents: int
    town_65_plus: int
    country_km: float
    country_residents: int
    country_65_plus: int

    @property
    def older_people(self) -> int:
        """Give the people aged 65 and over in the town and its countryside."""
        return self.town_65_plus + self.country_65_plus


TOWNS: tuple[Town, ...] = (
    Town("Chester", "chester", "west", 53.190, -2.892, 2.4, 93_016, 17_855, 10.0, 19_097, 5_192),
    Town("Ellesmere Port", "ellesmere_port", "west", 53.279, -2.897, 2.3, 68_044, 12_497, 5.6, 4_882, 1_079),
    Town("Northwich", "northwich", "west", 53.259, -2.518, 2.4, 56_366, 10_885, 6.0, 11_279, 3_164),
    Town("Winsford", "winsford", "west", 53.194, -2.524, 1.8, 38_220, 6_642, 8.4, 8_389, 2_342),
    Town("Neston", "ellesmere_port", "west", 53.291, -3.065, 1.9, 18_776, 5_722, 0.0, 0, 0),
    Town("Frodsham", "frodsham", "west", 53.295, -2.729, 1.0, 9_178, 2_387, 5.4, 4_152, 1_276),
    Town("Helsby", "frodsham", "west", 53.274, -2.769, 1.9, 8_248, 1_932, 6.9, 9_925, 2_728),
    Town("Crewe", "crewe", "east", 53.095, -2.442, 2.0, 81_705, 14_054, 5.4, 11_097, 2_119),
    Town("Nantwich", "nantwich", "east", 53.069, -2.521, 1.6, 23_024, 5_715, 11.0, 19_579, 5_080),
    Town("Sandbach", "sandbach", "east", 53.144, -2.363, 1.4, 21_926, 4_750, 3.1, 4_988, 960),
    Town("Middlewich", "sandbach", "east", 53.192, -2.444, 1.1, 14_416, 2_852, 0.0, 0, 0),
    Town("Alsager", "sandbach", "east", 53.096, -2.305, 1.9, 19_087, 5_149, 4.3, 2_785, 771),
    Town("Congleton", "congleton", "east", 53.163, -2.211, 1.4, 28_482, 6_907, 3.1, 3_614, 721),
    Town("Holmes Chapel", "congleton", "east", 53.202, -2.358, 0.6, 6_665, 1_823, 3.7, 6_628, 2_031),
    Town("Macclesfield", "macclesfield", "east", 53.261, -2.126, 1.7, 54_976, 11_296, 4.7, 4_694, 1_482),
    Town("Bollington", "poynton", "east", 53.297, -2.097, 2.0, 9_577, 2_385, 2.4, 4_379, 1_350),
    Town("Poynton", "poynton", "east", 53.349, -2.120, 1.0, 14_073, 4_278, 0.0, 0, 0),
    Town("Wilmslow", "wilmslow", "east", 53.327, -2.231, 1.3, 19_501, 4_267, 0.0, 0, 0),
    Town("Handforth", "wilmslow", "east", 53.347, -2.215, 1.0, 12_827, 2_343, 0.0, 0, 0),
    Town("Alderley Edge", "wilmslow", "east", 53.302, -2.236, 2.2, 8_407, 2_308, 5.6, 6_130, 1_828),
    Town("Knutsford", "knutsford", "east", 53.303, -2.373, 1.4, 14_987, 3_634, 5.4, 7_872, 1_983),
    Town("Disley", "poynton", "east", 53.358, -2.040, 0.6, 4_943, 1_189, 0.0, 0, 0),
)
"""Towns of about 5,000 residents and more in Cheshire East and Cheshire West and Chester.

Residents: ONS Census 2021 by lower-layer super output area (LSOA), licensed under the Open Government Licence
v3.0. Each of the 466 LSOAs belongs to the nearest of these centres, in a straight line from the mean of its
postcodes. It counts as countryside if it is more than 5 km away or the ONS 2011 rural-urban classification
calls it "rural village and dispersed", otherwise as town. So a town here takes in its suburbs and near
villages, and the whole adds up to the county. Centres and the grouping into areas are ours.
"""


def towns_named(names: Iterable[str] | None) -> tuple[Town, ...]:
    """Give the towns of these names, in the gazetteer's order and whatever the case; None gives all.

    Raises
    ------
    InputError
        A name is unknown (``GEN-TOWN-UNKNOWN`` for each), or there is none.
    """
    if names is None:
        return TOWNS
    wanted = {name.strip().casefold(): name for name in names}
    known = {town.name.casefold(): town.name for town in TOWNS}
    findings = [_unknown(name, known) for key, name in wanted.items() if key not in known]
    if not wanted:
        findings.append(_unknown("", known))
    if findings:
        raise InputError("not every town is known", findings)
    return tuple(town for town in TOWNS if town.name.casefold() in wanted)


def _unknown(name: str, known: dict[str, str]) -> Finding:
    near = [known[key] for key in get_close_matches(name.casefold(), known, n=1)]
    return Finding(
        "GEN-TOWN-UNKNOWN",
        Severity.ERROR,
        Where(value=name),
        cause=f"There is no town {name!r} in the gazetteer." if name else "No town is named.",
        action=f"Did you mean {near[0]}?" if near else f"Choose from: {', '.join(known.values())}.",
    )

import pytest

from visitplan.errors import InputError
from visitplan.synthesis import TOWNS
from visitplan.synthesis.gazetteer import towns_named

CENSUS_2021 = {"east": 398_778, "west": 357_156}


def test_every_resident_of_the_county_belongs_to_one_town() -> None:
    residents = sum(town.town_residents + town.country_residents for town in TOWNS)
    assert residents == 755_934  # the 466 areas of the two authorities together


def test_the_towns_of_each_authority_hold_about_its_residents() -> None:
    for authority, expected in CENSUS_2021.items():
        there = [town for town in TOWNS if town.authority == authority]
        residents = sum(town.town_residents + town.country_residents for town in there)
        assert residents == pytest.approx(expected, rel=0.03)  # the nearest town may lie across the border


def test_a_fifth_of_the_county_is_65_or_over() -> None:
    older = sum(town.older_people for town in TOWNS)
    assert older == 164_976
    assert older / 755_934 == pytest.approx(0.218, abs=0.001)


def test_every_town_has_some_five_thousand_residents_and_lies_in_cheshire() -> None:
    for town in TOWNS:
        assert town.town_residents > 4_900
        assert 52.9 < town.lat < 53.5
        assert -3.2 < town.lon < -1.9
        assert (town.country_residents == 0) == (town.country_km == 0)


def test_all_towns_are_meant_when_none_is_named() -> None:
    assert towns_named(None) == TOWNS


def test_towns_are_found_whatever_the_case_and_order() -> None:
    assert [town.name for town in towns_named(["nantwich", " CREWE"])] == ["Crewe", "Nantwich"]


def test_every_unknown_town_is_reported_with_the_nearest_known_name() -> None:
    with pytest.raises(InputError) as caught:
        towns_named(["Crewe", "Sandbatch", "Nowhere"])
    assert [finding.code for finding in caught.value.findings] == ["GEN-TOWN-UNKNOWN"] * 2
    assert "Sandbach" in caught.value.findings[0].action
    assert "Choose from: Chester" in caught.value.findings[1].action


def test_an_empty_list_of_towns_is_refused() -> None:
    with pytest.raises(InputError, match="No town is named"):
        towns_named([])

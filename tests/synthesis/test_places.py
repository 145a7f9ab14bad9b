from pathlib import Path

import pytest

from visitplan import inputs
from visitplan.errors import InputError
from visitplan.synthesis import generate, read_places


def places(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "places.csv"
    path.write_text(text, encoding="utf-8")
    return path


POSTCODES = """Postcode,LAT,lon,lad_code
CW1 1AA,53.0970,-2.4400,E06000049
CW1 1AB,53.0990,-2.4450,E06000049
CW1 1AC,99.999999,0.000000,E06000049
CW1 1AD,,,E06000049
CH1 1AA,53.1903,-2.8883,E06000050
ZE1 0AA,60.1540,-1.1450,S12000027
"""

SMALL_AREAS = """lsoa21cd,lat,lon,lad_code,age_65_plus,all_ages
E01,53.10,-2.44,E06000049,100,1500
E02,53.11,-2.44,E06000049,900,1500
E03,53.19,-2.89,E06000050,0,9000
"""


def test_homes_lie_at_the_postcodes_of_a_file(tmp_path: Path) -> None:
    read = read_places(places(tmp_path, POSTCODES))
    assert (len(read.table), read.without) == (4, 2)
    tables = generate(visits=200, seed=3, places=read)
    homes = tables["households"]
    assert set(homes["postcode"]) == {"CW1 1AA", "CW1 1AB", "CH1 1AA"}  # Shetland is another county
    at = homes[homes["postcode"] == "CW1 1AB"]
    assert set(zip(at["lat"], at["lon"], at["area"], strict=True)) == {("53.099", "-2.445", "crewe")}
    assert set(homes[homes["postcode"] == "CH1 1AA"]["area"]) == {"chester"}


def test_postcodes_share_their_towns_people_evenly(tmp_path: Path) -> None:
    homes = generate(visits=3000, places=read_places(places(tmp_path, POSTCODES)))["households"]
    share = homes["postcode"].value_counts(normalize=True)
    chester, crewe = 17_855, 14_054  # people aged 65 and over in the two towns
    assert share["CH1 1AA"] == pytest.approx(chester / (chester + crewe), abs=0.04)
    assert share["CW1 1AA"] == pytest.approx(share["CW1 1AB"], abs=0.06)


def test_homes_of_small_areas_are_spread_by_age_and_scattered_round_their_points(tmp_path: Path) -> None:
    tables = generate(visits=1500, places=read_places(places(tmp_path, SMALL_AREAS)))
    homes = tables["households"].astype({"lat": float, "lon": float})
    assert set(homes["area"]) == {"crewe"}  # nobody in E03 is 65 or over
    assert homes["lat"].mean() == pytest.approx(0.1 * 53.10 + 0.9 * 53.11, abs=0.001)
    assert homes["lat"].nunique() > 50
    assert homes["lat"].between(53.09, 53.12).all()


def test_staff_live_where_the_younger_people_of_the_file_do(tmp_path: Path) -> None:
    read = read_places(places(tmp_path, SMALL_AREAS))
    staff = generate(preset="cheshire-day", visits=600, places=read)["staff"]
    lat = staff["home_lat"].astype(float)
    assert (lat < 53.105).mean() > (lat.between(53.105, 53.15)).mean()  # 1,400 against 600 near the work


def test_a_scenario_at_real_places_is_the_same_each_time_and_read_without_a_warning(tmp_path: Path) -> None:
    for text in (POSTCODES, SMALL_AREAS):
        one, two = (
            generate(preset="winter-monday", visits=150, places=read_places(places(tmp_path, text)))
            for _ in range(2)
        )
        assert all(one[name].equals(two[name]) for name in one)
        findings = inputs.read_frames(one).findings
        assert [str(finding) for finding in findings if finding.severity != "note"] == []


def test_only_places_nearest_to_the_towns_named_are_used(tmp_path: Path) -> None:
    read = read_places(places(tmp_path, POSTCODES))
    assert set(generate(visits=60, towns=["Chester"], places=read)["households"]["area"]) == {"chester"}
    with pytest.raises(InputError) as caught:
        generate(visits=60, towns=["Disley"], places=read)
    assert caught.value.findings[0].code == "GEN-PLACES-NONE"
    assert "Disley" in caught.value.findings[0].cause


def test_places_far_from_every_town_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        generate(places=read_places(places(tmp_path, "lat,lon\n51.5,-0.1\n")))
    assert "any of the towns" in caught.value.findings[0].cause


def test_a_single_place_is_enough(tmp_path: Path) -> None:
    tables = generate(visits=20, places=read_places(places(tmp_path, "lat,lon\n53.1,-2.44\n")))
    assert set(tables["households"]["area"]) == {"crewe"}


def test_every_cell_that_is_no_number_is_reported_with_its_row_and_column(tmp_path: Path) -> None:
    text = "lat,lon,age_65_plus\n53.1,-2.4,100\nnorth,-2.4,100\n\n53.1,-200,-3\n,,\n53.1,-2.4,\n"
    with pytest.raises(InputError) as caught:
        read_places(places(tmp_path, text))
    assert {finding.code for finding in caught.value.findings} == {"GEN-PLACES-CELL"}
    assert {(f.where.row, f.where.column, f.where.value) for f in caught.value.findings} == {
        (3, "lat", "north"),
        (5, "lon", "-200"),
        (5, "age_65_plus", "-3"),
        (7, "age_65_plus", ""),
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "cannot be read"),
        (b"postcode,easting\nCW1 1AA,1\n", "no column lat and no column lon"),
        (b"lat,lon,name\n53.1,-2.4,\xff\xfe\n", "cannot be read"),
    ],
)
def test_a_file_that_is_no_file_of_places_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "places.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_places(path)
    assert caught.value.findings[0].code == "GEN-PLACES-FILE"
    assert says in caught.value.findings[0].cause


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no file of places"):
        read_places(tmp_path / "none.csv")

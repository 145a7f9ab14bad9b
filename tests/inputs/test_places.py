"""Places: coordinates, else the postcode file, else the geocoder, which is never the real one here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest
from geopy import geocoders
from geopy.exc import GeocoderAuthenticationFailure, GeocoderUnavailable, GeopyError
from hypothesis import given
from hypothesis import strategies as st

from tests.inputs.builders import codes, findings_of, frames, good, household, only, staff, with_rows, write
from visitplan import inputs
from visitplan.errors import TravelError
from visitplan.inputs.geocoding import default_cache
from visitplan.inputs.postcodes import is_postcode
from visitplan.policy import PlacesPolicy, Policy


@dataclass
class Answer:
    latitude: float
    longitude: float


class FakeGeocoder:
    """Knows two places, remembers what it was asked, and fails on request."""

    known: ClassVar[dict[str, Answer]] = {
        "1 High Street, Crewe": Answer(53.11, -2.45),
        "CW1 2AB": Answer(53.09, -2.44),
        "Sydney": Answer(-33.87, 151.2),
    }
    asked: ClassVar[list[str]] = []
    options: ClassVar[list[dict[str, Any]]] = []
    failure: ClassVar[Exception | None] = None

    def __init__(self, **options: Any) -> None:
        if "nonsense" in options:
            raise TypeError("unexpected keyword argument 'nonsense'")
        self.options.append(options)

    def geocode(self, query: str) -> Answer | None:
        self.asked.append(query)
        if self.failure is not None:
            raise self.failure
        return self.known.get(query)


@pytest.fixture
def geocoder(monkeypatch: pytest.MonkeyPatch) -> type[FakeGeocoder]:
    monkeypatch.setitem(geocoders.SERVICE_TO_GEOCODER, "fake", FakeGeocoder)
    monkeypatch.setattr(FakeGeocoder, "asked", [])
    monkeypatch.setattr(FakeGeocoder, "options", [])
    monkeypatch.setattr(FakeGeocoder, "failure", None)
    return FakeGeocoder


def policy(**places: Any) -> Policy:
    plain = {"geocoder": "fake", "min_delay_s": 0, "cache": "cache.sqlite"}
    return Policy(places=PlacesPolicy(**{**plain, **places}))


def folder_with(tmp_path: Path, **cells: Any) -> Path:
    """Write the good folder with a household H3 that has these cells in place of coordinates."""
    row = {**household("H3"), "lat": "", "lon": "", **cells}
    return write(tmp_path / "night", with_rows({"households": [row]}))


def place_of(reading: inputs.Reading, household_id: str = "H3") -> tuple[float, float]:
    place = reading.scenario.household_by_id[household_id].place
    return place.lat, place.lon


def with_postcodes(folder: Path, text: str) -> Policy:
    (folder / "codes.csv").write_text(text, encoding="utf-8-sig")
    return Policy(places=PlacesPolicy(postcodes="codes.csv"))


@pytest.mark.parametrize(
    "code", ["CH1 1AA", "sk11 7jl", "M1 1AE", "W1A 0AX", "EC1A 1BB", "B338TH", "GIR 0AA"]
)
def test_uk_postcodes_of_every_shape_are_accepted(code: str):
    assert is_postcode(code)


@pytest.mark.parametrize("code", ["CH1", "CH1 AA1", "CW1 1CV", "Q1 1AA", "CWW1 1AA", "CW1 O11", "12345", ""])
def test_other_texts_are_no_uk_postcodes(code: str):
    assert not is_postcode(code)


@given(st.text(max_size=12))
def test_whatever_is_a_postcode_is_five_to_seven_letters_and_digits(text: str):
    assert not is_postcode(text) or 5 <= len("".join(text.split())) <= 7


@pytest.mark.parametrize("written", ["CW1 2AB", "cw12ab", "CW12AB "])
def test_a_postcode_is_found_in_the_postcode_file_however_it_is_written(tmp_path: Path, written: str):
    folder = folder_with(tmp_path, postcode=written)
    chosen = with_postcodes(folder, "postcode,easting,lat,lon\nCW1 2AA,1,53.0,-2.0\nCW1 2AB,1,53.09,-2.44\n")
    assert place_of(inputs.read(folder, policy=chosen)) == (53.09, -2.44)


def test_coordinates_go_before_the_postcode_file(tmp_path: Path):
    folder = folder_with(tmp_path, postcode="CW1 2AB", lat="53.2", lon="-2.5")
    assert place_of(
        inputs.read(folder, policy=with_postcodes(folder, "postcode,lat,lon\nCW1 2AB,53,-2\n"))
    ) == (
        53.2,
        -2.5,
    )


@pytest.mark.parametrize("line", ["CW1 2AC,53.0,-2.0", "CW1 2AB,,", "CW1 2AB,99.999999,0.0"])
def test_a_postcode_without_a_place_in_the_file_is_told(tmp_path: Path, line: str):
    folder = folder_with(tmp_path, postcode="CW1 2AB")
    found = findings_of(folder, policy=with_postcodes(folder, f"postcode,lat,lon\n{line}\n"))
    assert only(found, "PLACE-NOT-FOUND").where.column == "postcode"


def test_a_postcode_file_that_is_missing_or_has_other_columns_is_told(tmp_path: Path):
    folder = folder_with(tmp_path, postcode="CW1 2AB")
    assert "POSTCODE-FILE" in codes(
        findings_of(folder, policy=with_postcodes(folder, "code,x,y\nCW1 2AB,1,2\n"))
    )
    (folder / "codes.csv").unlink()
    missing = Policy(places=PlacesPolicy(postcodes="codes.csv"))
    assert "POSTCODE-FILE" in codes(findings_of(folder, policy=missing))


def test_a_bad_postcode_beside_coordinates_is_a_warning(tmp_path: Path):
    folder = folder_with(tmp_path, postcode="CW1 O11", lat="53.2", lon="-2.5")
    assert only(inputs.read(folder).findings, "POSTCODE-SHAPE").severity == "warning"


def test_an_address_is_found_by_the_geocoder_and_nothing_else_is_sent(
    tmp_path: Path, geocoder: type[FakeGeocoder]
):
    folder = folder_with(tmp_path, address="1 High Street, Crewe", postcode="CW1 2AB")
    reading = inputs.read(folder, policy=policy(geocoder_options={"timeout": 3}, user_agent="a-council"))
    assert place_of(reading) == (53.11, -2.45)
    assert geocoder.asked == ["1 High Street, Crewe"]
    assert geocoder.options == [{"user_agent": "a-council", "timeout": 3}]


def test_a_postcode_alone_is_asked_of_the_geocoder_with_its_space(
    tmp_path: Path, geocoder: type[FakeGeocoder]
):
    assert place_of(inputs.read(folder_with(tmp_path, postcode="cw12ab"), policy=policy())) == (53.09, -2.44)
    assert geocoder.asked == ["CW1 2AB"]


def test_an_answer_is_remembered_and_asked_once(tmp_path: Path, geocoder: type[FakeGeocoder]):
    home = staff("N2", base_id="", home_address="1 High Street, Crewe")
    row = {**household("H3"), "lat": "", "lon": "", "address": "1 High Street, Crewe"}
    folder = write(tmp_path / "night", with_rows({"households": [row], "staff": [home]}))
    for _ in range(2):
        assert place_of(inputs.read(folder, policy=policy())) == (53.11, -2.45)
    assert geocoder.asked == ["1 High Street, Crewe"]
    assert (folder / "cache.sqlite").exists()


def test_what_the_geocoder_does_not_know_is_told_and_asked_again_next_time(
    tmp_path: Path, geocoder: type[FakeGeocoder]
):
    folder = folder_with(tmp_path, address="Nowhere")
    for _ in range(2):
        found = only(findings_of(folder, policy=policy()), "PLACE-NOT-FOUND")
        assert (found.where.column, found.where.value) == ("address", None)
    assert geocoder.asked == ["Nowhere", "Nowhere"]


def test_an_answer_outside_the_region_is_told(tmp_path: Path, geocoder: type[FakeGeocoder]):
    found = only(findings_of(folder_with(tmp_path, address="Sydney"), policy=policy()), "PLACE-OUTSIDE")
    assert found.where.column == "address"
    assert geocoder.asked == ["Sydney"]


@pytest.mark.parametrize(
    "failure",
    [GeocoderUnavailable("no route to host"), GeocoderAuthenticationFailure("key"), GeopyError("?")],
)
def test_a_geocoder_that_cannot_be_asked_is_a_travel_error_that_says_what_to_do(
    tmp_path: Path,
    geocoder: type[FakeGeocoder],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
):
    monkeypatch.setattr(geocoder, "failure", failure)
    with pytest.raises(TravelError, match="give coordinates or a postcode file") as caught:
        inputs.read(folder_with(tmp_path, address="1 High Street, Crewe"), policy=policy())
    assert "High Street" not in str(caught.value)
    assert "High Street" not in caplog.text


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({"geocoder": "nominatimm"}, "no geocoder 'nominatimm'"),
        ({"geocoder_options": {"nonsense": 1}}, "cannot be set up"),
        ({"cache": "codes.csv/cache.sqlite"}, "cache.sqlite cannot be used"),
    ],
)
def test_a_geocoder_that_is_set_up_wrongly_is_a_travel_error(
    tmp_path: Path, geocoder: type[FakeGeocoder], places: dict[str, Any], words: str
):
    folder = folder_with(tmp_path, address="1 High Street, Crewe")
    (folder / "codes.csv").write_text("postcode,lat,lon\n", encoding="utf-8")
    with pytest.raises(TravelError, match=words):
        inputs.read(folder, policy=policy(**places))
    assert geocoder.asked == []


def test_the_cache_lies_in_the_users_cache_folder_by_default(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert default_cache() == Path("/elsewhere/visitplan/geocode.sqlite")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path.home() / ".cache" / "visitplan" / "geocode.sqlite"


def test_an_address_without_a_geocoder_is_told(tmp_path: Path):
    found = findings_of(folder_with(tmp_path, address="1 High Street, Crewe"))
    assert "places.geocoder" in only(found, "PLACE-NOT-FOUND").action


def test_the_homes_of_staff_are_looked_for_only_where_shifts_start_there(tmp_path: Path):
    tables = with_rows({"staff": [staff("N2", home_postcode="CW1 2AB", start_from="base")]})
    assert codes(findings_of(write(tmp_path / "a", tables))) == {"STAFF-NO-SHIFT"}
    tables = with_rows({"staff": [staff("N2", home_postcode="CW1 2AB")]})
    found = only(findings_of(write(tmp_path / "b", tables)), "PLACE-NOT-FOUND")
    assert found.where.column == "home_postcode"


def test_staff_start_from_home_where_one_is_given_else_from_their_base():
    scenario = inputs.read_frames(frames(good())).scenario
    assert scenario.staff_by_id["N1"].start.place_id == "B1"
    assert scenario.staff_by_id["C2"].start.place_id == "C2"

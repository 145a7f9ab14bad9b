"""Valhalla: the real engine on a town made by hand, and what is told where it is not there."""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.travel.towns import BEYOND, EAST, ISLE, MOOR, NORTH, WEST, roads
from visitplan.domain.places import UNREACHABLE, TravelMode
from visitplan.errors import TravelError
from visitplan.policy import TravelPolicy, ValhallaPolicy
from visitplan.travel import findings_of, source_for
from visitplan.travel.engines import distinct_points
from visitplan.travel.valhalla_tiles import Valhalla, opened

CAR, WALK = TravelMode.CAR, TravelMode.WALK


def by_valhalla(tiles: Path, cache: Path, **changes: Any) -> TravelPolicy:
    valhalla = ValhallaPolicy(tiles=str(tiles), **changes)
    return roads(cache).model_copy(update={"source": "valhalla", "valhalla": valhalla})


def test_cars_keep_to_the_one_way_street_and_walkers_do_not(valhalla_tiles: Path, tmp_path: Path):
    source = source_for(by_valhalla(valhalla_tiles, tmp_path), None)
    car, walk = (source.matrix((WEST, EAST), mode) for mode in (CAR, WALK))
    assert car.metres_between(0, 1) == pytest.approx(869, abs=10)
    assert car.metres_between(1, 0) == pytest.approx(3140, abs=10)
    assert walk.metres_between(1, 0) == walk.metres_between(0, 1)
    assert walk.seconds_between(0, 1) > 5 * car.seconds_between(0, 1)


def test_what_cannot_be_reached_is_a_finding(valhalla_tiles: Path, tmp_path: Path):
    places = (WEST, EAST, NORTH, ISLE, MOOR, BEYOND)
    source = source_for(by_valhalla(valhalla_tiles, tmp_path, places_per_request=2), None, places)
    matrix = source.matrix(places, CAR)
    assert (matrix.seconds[3:6:2, [0, 1, 2, 4]] == UNREACHABLE).all()
    assert [(f.code, f.where.subject) for f in findings_of(source)] == [
        ("TRAVEL-NO-ROAD", "beyond"),
        ("TRAVEL-ROAD-FAR", "moor"),
        ("TRAVEL-NO-WAY", "isle"),
    ]


def test_a_tar_of_tiles_drives_as_their_folder_does(valhalla_tiles: Path, tmp_path: Path):
    tar = tmp_path / "tiles.tar"
    with tarfile.open(tar, "w") as archive:
        archive.add(valhalla_tiles / "2", arcname="2")
    places = (WEST, EAST, NORTH)
    both = [
        source_for(by_valhalla(tiles, tmp_path), None).matrix(places, CAR) for tiles in (tar, valhalla_tiles)
    ]
    assert np.array_equal(both[0].seconds, both[1].seconds)


def test_the_provenance_names_version_tiles_and_map(valhalla_tiles: Path, tmp_path: Path):
    source = source_for(by_valhalla(valhalla_tiles, tmp_path), None)
    source.matrix((WEST, EAST), CAR)
    told = source.describe()
    assert told["source"] == "valhalla"
    assert told["tiles"] == "tiles"
    assert int(told["car_map"]) > 0


def test_without_valhalla_its_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "valhalla", None)
    with pytest.raises(TravelError, match=r"Install visitplan\[valhalla\]"):
        source_for(by_valhalla(tmp_path, tmp_path), None)


@pytest.fixture
def installed() -> None:
    pytest.importorskip("valhalla", reason="no Valhalla here")


@pytest.mark.usefixtures("installed")
def test_a_policy_without_tiles_is_told_to_name_them():
    with pytest.raises(TravelError, match="names no tiles"):
        opened(ValhallaPolicy())


@pytest.mark.usefixtures("installed")
def test_tiles_that_are_not_there_are_named(tmp_path: Path):
    with pytest.raises(TravelError, match="There are no Valhalla tiles at"):
        opened(ValhallaPolicy(tiles=str(tmp_path)))


class Refusing:
    """An actor that refuses one kind of question."""

    def __init__(self, refused: str) -> None:
        self.refused = refused

    def status(self, request: Mapping[str, Any], /) -> dict[str, Any]:
        return {}

    def locate(self, request: Mapping[str, Any], /) -> list[dict[str, Any]]:
        if self.refused == "locate":
            raise RuntimeError("no tiles")
        edge = {"correlated_lat": 53.1, "correlated_lon": -2.44}
        return [{"input_lat": 53.1, "input_lon": -2.44, "edges": [edge]} for _ in request["locations"]]

    def matrix(self, request: Mapping[str, Any], /) -> dict[str, Any]:
        raise RuntimeError("too far")


@pytest.mark.parametrize(
    ("refused", "message"),
    [("locate", r"cannot look for roads \(no tiles\)"), ("matrix", r"no travel by car \(too far\)")],
)
def test_a_refusal_is_a_travel_error(refused: str, message: str):
    points, _ = distinct_points((WEST, EAST))
    with pytest.raises(TravelError, match=message):
        Valhalla(Refusing(refused), ValhallaPolicy(tiles="t")).block(CAR, points, points)

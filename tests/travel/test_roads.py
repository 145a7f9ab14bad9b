"""Road sources: asked in blocks, once for each point, kept on disk, held in memory; and what they find."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.travel.towns import Table, roads
from visitplan.domain.places import UNREACHABLE, Place, TravelMode
from visitplan.errors import TravelError
from visitplan.findings import Severity
from visitplan.travel.kept import Kept
from visitplan.travel.roads import RoadSource

CAR = TravelMode.CAR
A, B, C = (Place(name, 53.0, lon) for name, lon in (("a", -2.1), ("b", -2.2), ("c", -2.3)))


def westward(origin: tuple[float, float], destination: tuple[float, float]) -> float:
    """Drive 1000 s a degree to the west, and twice that to the east."""
    degrees = origin[1] - destination[1]
    return 1000 * degrees if degrees >= 0 else -2000 * degrees


def source(engine: Table, folder: Path, *places: Place, **changes: object) -> RoadSource:
    policy = roads(folder, **changes)
    return RoadSource(engine, policy, Kept.by(policy.roads), places)


def test_each_direction_has_its_own_time(tmp_path: Path):
    matrix = source(Table(westward), tmp_path).matrix((A, B, C), CAR)
    assert matrix.seconds.tolist() == [[0, 100, 200], [200, 0, 100], [400, 200, 0]]
    assert matrix.metres_between(2, 0) == 4000


def test_access_is_that_of_the_place_where_the_leg_ends(tmp_path: Path):
    farm = Place("farm", 53.0, -2.2, access_s=90)
    policy = roads(tmp_path)
    policy = policy.model_copy(update={"car": policy.car.model_copy(update={"access_min": 2})})
    matrix = RoadSource(Table(westward), policy, Kept.by(policy.roads)).matrix((A, farm), CAR)
    assert matrix.seconds.tolist() == [[0, 190], [320, 0]]


def test_two_places_at_one_point_are_asked_once_and_are_their_access_apart(tmp_path: Path):
    flat = Place("flat", B.lat, B.lon, access_s=30)
    engine = Table(westward, places_per_request=10)
    matrix = source(engine, tmp_path).matrix((A, B, flat), CAR)
    assert engine.asked == [(2, 2)]
    assert matrix.seconds.tolist() == [[0, 100, 130], [200, 0, 30], [200, 0, 0]]


@settings(deadline=None, max_examples=25)
@given(count=st.integers(1, 7), step=st.integers(1, 8))
def test_the_size_of_questions_does_not_change_the_answer(count: int, step: int):
    places = [Place(f"h{k}", 53.0, -2.0 - k / 100) for k in range(count)]
    policy = roads("/nowhere", cache_mb=0)
    matrix = RoadSource(Table(westward, places_per_request=step), policy, Kept.by(policy.roads)).matrix(
        places, CAR
    )
    expected = [[westward((0, a.lon), (0, b.lon)) for b in places] for a in places]
    assert matrix.seconds.tolist() == np.rint(expected).astype(int).tolist()


def test_who_asks_for_some_of_the_places_is_answered_from_memory(tmp_path: Path):
    engine = Table(westward, places_per_request=10)
    roads_there = source(engine, tmp_path, A, B, C)
    assert roads_there.matrix((C, A), CAR).seconds.tolist() == [[0, 400], [200, 0]]
    assert roads_there.matrix((A, B, C), CAR) is roads_there.matrix((A, B, C), CAR)
    assert engine.asked == [(3, 3)]


def test_a_new_place_is_asked_for(tmp_path: Path):
    engine = Table(westward, places_per_request=10)
    roads_there = source(engine, tmp_path, A, B)
    roads_there.matrix((A, B), CAR)
    assert roads_there.matrix((A, C), CAR).seconds.tolist() == [[0, 200], [400, 0]]


def test_no_places_need_no_roads(tmp_path: Path):
    nothing = source(Table(westward), tmp_path)
    assert nothing.matrix((), CAR).seconds.shape == (0, 0)
    assert nothing.findings == ()


def test_a_leg_of_more_than_18_hours_is_no_way(tmp_path: Path):
    matrix = source(Table(lambda a, b: 65_535.0 if a != b else 0.0), tmp_path).matrix((A, B), CAR)
    assert matrix.seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]


def test_what_one_asked_the_next_reads_from_disk_in_any_order_of_places(tmp_path: Path):
    first, second = Table(westward), Table(westward)
    asked = source(first, tmp_path).matrix((A, B, C), CAR)
    kept = source(second, tmp_path).matrix((C, B, A), CAR)
    assert second.asked == []
    assert np.array_equal(asked.seconds, kept.seconds[::-1, ::-1])


def test_another_map_mode_or_place_is_asked_anew(tmp_path: Path):
    source(Table(westward), tmp_path).matrix((A, B), CAR)
    for engine, places, mode in (
        (Table(westward, version="map-2"), (A, B), CAR),
        (Table(westward), (A, B), TravelMode.BIKE),
        (Table(westward), (A, C), CAR),
    ):
        source(engine, tmp_path).matrix(places, mode)
        assert engine.asked


def test_a_damaged_file_is_a_finding_and_is_written_anew(tmp_path: Path):
    source(Table(westward), tmp_path).matrix((A, B), CAR)
    (file,) = tmp_path.glob("*.npz")
    whole = file.read_bytes()
    for broken in (whole[: len(whole) // 2], b"", b"\x00" * 500, flipped(whole)):
        file.write_bytes(broken)
        engine = Table(westward)
        again = source(engine, tmp_path)
        assert again.matrix((A, B), CAR).seconds.tolist() == [[0, 100], [200, 0]]
        assert engine.asked
        assert [f.code for f in again.findings] == ["TRAVEL-CACHE-DAMAGED"]
        assert file.stat().st_size == len(whole)


def flipped(data: bytes) -> bytes:
    """Flip one bit of the first array's content."""
    at = data.index(b"NUMPY") + 130
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_file_of_other_arrays_is_damaged(tmp_path: Path):
    source(Table(westward), tmp_path).matrix((A, B), CAR)
    (file,) = tmp_path.glob("*.npz")
    np.savez(file, seconds=np.zeros(3), decametres=np.zeros(3), snap_m=np.zeros(3))
    again = source(Table(westward), tmp_path)
    again.matrix((A, B), CAR)
    assert [f.code for f in again.findings] == ["TRAVEL-CACHE-DAMAGED"]


def test_an_unwritable_folder_is_a_finding_and_no_crash(tmp_path: Path):
    (tmp_path / "taken").write_text("a file")
    there = source(Table(westward), tmp_path / "taken" / "folder")
    assert there.matrix((A, B), CAR).seconds_between(0, 1) == 100
    (finding,) = there.findings
    assert finding.code == "TRAVEL-CACHE-UNWRITABLE"
    assert finding.severity is Severity.WARNING


def test_nothing_is_kept_where_nothing_may_be_kept(tmp_path: Path):
    for _ in range(2):
        engine = Table(westward)
        source(engine, tmp_path / "new", cache_mb=0).matrix((A, B), CAR)
        assert engine.asked
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_too_old_is_asked_for_anew_and_let_go(tmp_path: Path):
    source(Table(westward), tmp_path).matrix((A, B), CAR)
    (old,) = tmp_path.glob("*.npz")
    os.utime(old, (0, 0))
    engine = Table(westward, version="map-2")
    source(engine, tmp_path).matrix((A, B), CAR)
    assert not old.exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_the_oldest_files_go_when_there_are_too_many(tmp_path: Path):
    places = [Place(f"h{k}", 53.0, -2.0 - k / 1000) for k in range(400)]  # 0.64 MB
    for number in range(3):
        engine = Table(lambda a, b: 60.0, places_per_request=400, version=str(number))
        source(engine, tmp_path, cache_mb=1).matrix(places, CAR)
    assert len(list(tmp_path.iterdir())) == 1


def test_files_hold_no_coordinates_and_no_ids(tmp_path: Path):
    source(Table(westward), tmp_path).matrix((A, B), CAR)
    (file,) = tmp_path.glob("*.npz")
    with np.load(file) as archive:
        assert sorted(archive.files) == ["decametres", "seconds", "snap_m"]


def test_a_failing_engine_is_a_travel_error_and_nothing_is_kept(tmp_path: Path):
    with pytest.raises(TravelError, match="on strike"):
        source(Table(westward, fails=True), tmp_path).matrix((A, B, C), CAR)
    assert list(tmp_path.iterdir()) == []


def codes(engine: Table, folder: Path, *places: Place, **changes: object) -> list[tuple[str, str | None]]:
    asked = source(engine, folder, *places, **changes)
    asked.matrix(places, CAR)
    return [(f.code, f.where.subject) for f in asked.findings]


def test_a_place_that_cannot_be_left_is_named(tmp_path: Path):
    trap = Table(lambda a, b: None if a[1] == C.lon and a != b else 60.0)
    assert codes(trap, tmp_path, A, B, C) == [("TRAVEL-ONE-WAY", "c")]


def test_a_place_that_cannot_be_entered_is_named(tmp_path: Path):
    closed = Table(lambda a, b: None if b[1] == C.lon and a != b else 60.0)
    asked = source(closed, tmp_path, A, B, C)
    asked.matrix((A, B, C), CAR)
    (finding,) = asked.findings
    assert (finding.code, finding.where.subject) == ("TRAVEL-ONE-WAY", "c")
    assert "from this place to c" not in finding.cause
    assert "from this place to" in finding.cause


def test_both_homes_of_an_island_are_named_and_the_mainland_is_not(tmp_path: Path):
    isle = [Place("i1", 54.0, -2.1), Place("i2", 54.0, -2.2)]
    sea = Table(lambda a, b: 60.0 if a[0] == b[0] else None)
    assert codes(sea, tmp_path, A, B, C, *isle) == [("TRAVEL-NO-WAY", "i1"), ("TRAVEL-NO-WAY", "i2")]


def test_a_single_pair_without_a_way_is_counted(tmp_path: Path):
    gap = Table(lambda a, b: None if (a[1], b[1]) == (B.lon, C.lon) else 60.0)
    asked = source(gap, tmp_path, A, B, C)
    asked.matrix((A, B, C), CAR)
    (finding,) = asked.findings
    assert finding.code == "TRAVEL-NO-WAY"
    assert finding.cause.startswith("1 more ways by car")


def test_places_far_from_a_road_and_without_one_are_named(tmp_path: Path):
    snaps = {A.lon: 499.0, B.lon: 501.0, C.lon: float("inf")}
    engine = Table(
        lambda a, b: 60.0 if C.lon not in (a[1], b[1]) else None, snap=lambda point: snaps[point[1]]
    )
    assert codes(engine, tmp_path, A, B, C) == [("TRAVEL-NO-ROAD", "c"), ("TRAVEL-ROAD-FAR", "b")]


def test_an_engine_that_does_not_tell_snaps_has_no_findings_of_them(tmp_path: Path):
    assert codes(Table(lambda a, b: 60.0, snap=lambda _: float("nan")), tmp_path, A, B) == []


def test_uneven_ways_are_counted_and_the_most_uneven_named(tmp_path: Path):
    asked = source(Table(westward), tmp_path, A, B, C, min_uneven_s=100)
    asked.matrix((A, B, C), CAR)
    (note,) = asked.findings
    assert note.severity is Severity.NOTE
    assert (note.code, note.where.subject) == ("TRAVEL-UNEVEN", "c to a")
    assert "by car: 3;" in note.cause
    assert "400 s there, 200 s back" in note.cause


def test_only_the_first_hundred_places_are_named(tmp_path: Path):
    places = [Place(f"h{k}", 53.0, -2.0 - k / 1000) for k in range(130)]
    engine = Table(lambda a, b: 60.0, snap=lambda _: 900.0, places_per_request=130)
    asked = source(engine, tmp_path, *places)
    asked.matrix(places, CAR)
    assert len(asked.findings) == 101
    assert "30 more places by car" in asked.findings[-1].cause

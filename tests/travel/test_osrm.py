"""OSRM: the real server on a town made by hand, and servers that are down, slow, busy or talk nonsense."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.travel.conftest import free_port
from tests.travel.towns import BEYOND, EAST, ISLE, MOOR, NORTH, WEST, roads
from visitplan.domain.places import UNREACHABLE, TravelMode
from visitplan.errors import TravelError
from visitplan.policy import OsrmPolicy, OsrmServer, TravelPolicy
from visitplan.travel import findings_of, source_for
from visitplan.travel.http import Server

CAR = TravelMode.CAR


def by_osrm(url: str, cache: Path, **changes: object) -> TravelPolicy:
    osrm = OsrmPolicy(car=OsrmServer(url=url), **{"tries": 1, **changes})
    return roads(cache).model_copy(update={"source": "osrm", "osrm": osrm})


def test_a_real_server_drives_round_the_block_against_a_one_way_street(osrm_url: str, tmp_path: Path):
    matrix = source_for(by_osrm(osrm_url, tmp_path), None).matrix((WEST, EAST, NORTH), CAR)
    west, east, north = range(3)
    assert matrix.metres_between(west, east) == pytest.approx(871, abs=10)
    assert matrix.metres_between(east, west) == pytest.approx(3140, abs=10)
    assert matrix.seconds_between(east, west) > 3 * matrix.seconds_between(west, east)
    assert matrix.seconds_between(west, north) == pytest.approx(
        matrix.seconds_between(west, east) + 221, abs=2
    )


def test_an_island_a_moor_and_a_one_way_street_are_findings_of_a_real_server(osrm_url: str, tmp_path: Path):
    places = (WEST, EAST, NORTH, ISLE, MOOR)
    source = source_for(by_osrm(osrm_url, tmp_path), None, places)
    matrix = source.matrix(places, CAR)
    assert (matrix.seconds[3, [0, 1, 2, 4]] == UNREACHABLE).all()
    assert (matrix.seconds[[0, 1, 2, 4], 3] == UNREACHABLE).all()
    assert [(f.code, f.where.subject) for f in findings_of(source)] == [
        ("TRAVEL-ROAD-FAR", "moor"),
        ("TRAVEL-NO-WAY", "isle"),
        ("TRAVEL-UNEVEN", "east to west"),
    ]


def test_questions_of_one_place_give_what_one_question_gives(osrm_url: str, tmp_path: Path):
    places = (WEST, EAST, NORTH, MOOR)
    one = source_for(by_osrm(osrm_url, tmp_path / "a"), None).matrix(places, CAR)
    policy = by_osrm(osrm_url, tmp_path / "b", places_per_request=1)
    many = source_for(policy, None).matrix(places, CAR)
    assert np.array_equal(one.seconds, many.seconds)
    assert np.array_equal(one.decametres, many.decametres)


def test_a_real_server_tells_which_map_it_drives_on(osrm_url: str, tmp_path: Path):
    source = source_for(by_osrm(osrm_url, tmp_path), None)
    source.matrix((WEST, EAST), CAR)
    assert source.describe()["car_map"] == "town-1"
    assert source.describe()["car"] == f"{osrm_url} driving"


def test_too_many_places_at_once_are_refused_with_the_remedy(osrm_url: str, tmp_path: Path):
    policy = by_osrm(osrm_url, tmp_path, places_per_request=150)
    places = [type(WEST)(f"h{k}", 53.1 + k * 1e-5, -2.44) for k in range(150)]
    with pytest.raises(TravelError, match=r"TooBig .*Lower places_per_request"):
        source_for(policy, None).matrix(places, CAR)


def test_a_server_that_is_down_is_named_with_what_to_do(tmp_path: Path):
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(TravelError, match=rf"{url} gave no answer in 1 tries: .*refused.* Start it"):
        source_for(by_osrm(url, tmp_path), None).matrix((WEST, EAST), CAR)


def test_messages_hold_no_coordinates(tmp_path: Path):
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(TravelError) as caught:
        source_for(by_osrm(url, tmp_path), None).matrix((WEST, BEYOND), CAR)
    assert "53." not in str(caught.value)
    assert "54.1" not in str(caught.value)


def test_a_mode_without_a_server_is_told(tmp_path: Path):
    with pytest.raises(TravelError, match=r"travel by bike.*\[travel\.osrm\.bike\]"):
        source_for(by_osrm("http://127.0.0.1:9", tmp_path), None).matrix((WEST, EAST), TravelMode.BIKE)


Answer = tuple[int, bytes]


@contextmanager
def serving(answer: Callable[[int], Answer]) -> Iterator[str]:
    """Serve, on this machine, what ``answer`` gives for the first, second, ... question."""
    count = iter(range(1000))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(next(count))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def sound(**changes: object) -> bytes:
    answer = {
        "code": "Ok",
        "durations": [[0, 60.4], [90, 0]],
        "distances": [[0, 700], [900, 0]],
        "sources": [{"distance": 5}, {"distance": 6}],
        **changes,
    }
    return json.dumps(answer).encode()


def test_a_busy_server_is_asked_again_later_each_time():
    waits: list[float] = []
    with serving(lambda number: (503, b"busy") if number < 3 else (200, sound())) as url:
        answer = Server(url, timeout_s=5, tries=4, sleep=waits.append).ask("/")
    assert answer["code"] == "Ok"
    assert waits == [0.5, 1, 2]


def test_a_server_that_stays_busy_is_given_up():
    with serving(lambda _: (429, b"")) as url, pytest.raises(TravelError, match=r"in 3 tries: .*status 429"):
        Server(url, timeout_s=5, tries=3, sleep=lambda _: None).ask("/")


def test_a_server_that_is_too_slow_is_given_up():
    woken = threading.Event()

    def late(_: int) -> Answer:
        woken.wait(5)
        return 200, sound()

    with serving(late) as url:
        with pytest.raises(TravelError, match=r"nothing came within 0\.05 seconds"):
            Server(url, timeout_s=0.05, tries=1).ask("/")
        woken.set()
        time.sleep(0.05)  # lets the handler end before its server does


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (200, b"<html>It works!</html>", "no JSON.*Check the url"),
        (200, b"[1, 2]", "no JSON object"),
        (404, b"not here", "no JSON"),
        (200, b"\xff\xfe", "no JSON"),
        (200, b'{"hello": 1}', "refuses: None"),
        (400, b'{"code": "InvalidUrl", "message": "URL string malformed"}', "InvalidUrl .*malformed"),
        (200, sound(durations=[[0]]), "no table of durations"),
        (200, sound(durations=[[0, -60], [1, 0]]), "no table of durations"),
        (200, sound(durations="soon"), "no table of durations"),
        (200, sound(distances=None), r"no table of distances.*5\.18"),
    ],
)
def test_nonsense_is_a_travel_error(status: int, body: bytes, message: str, tmp_path: Path):
    with serving(lambda number: (status, body) if number else (200, b'{"code": "Ok"}')) as url:
        source = source_for(by_osrm(url, tmp_path), None)
        with pytest.raises(TravelError, match=message):
            source.matrix((WEST, EAST), CAR)
    assert not list(tmp_path.iterdir())


def test_a_server_that_does_not_tell_snaps_is_believed(tmp_path: Path):
    with serving(lambda _: (200, sound(sources=[]))) as url:
        source = source_for(by_osrm(url, tmp_path), None)
        assert source.matrix((WEST, EAST), CAR).seconds.tolist() == [[0, 61], [90, 0]]
        assert findings_of(source) == ()


def test_a_metre_below_zero_at_one_spot_of_a_road_is_none(tmp_path: Path):
    with serving(
        lambda _: (200, sound(durations=[[0, 0], [None, 0]], distances=[[0, -1.1], [None, 0]]))
    ) as url:
        matrix = source_for(by_osrm(url, tmp_path), None).matrix((WEST, EAST), CAR)
    assert matrix.seconds.tolist() == [[0, 0], [UNREACHABLE, 0]]
    assert matrix.metres_between(0, 1) == 0


def test_the_servers_map_names_what_is_kept(tmp_path: Path):
    versions = iter(["one", "one", "two", "two", "one"])
    told: list[str] = []

    def answer(_: int) -> Answer:
        told.append(next(versions))
        return 200, sound(data_version=told[-1])

    with serving(answer) as url:
        for _ in range(3):
            source_for(by_osrm(url, tmp_path), None).matrix((WEST, EAST), CAR)
    assert len(told) == 5  # the name is asked three times, and travel once for each of the two maps
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_what_is_kept_needs_no_server_where_the_policy_names_the_map(tmp_path: Path):
    with serving(lambda _: (200, sound())) as url:
        policy = by_osrm(url, tmp_path)
        named = policy.model_copy(update={"roads": policy.roads.model_copy(update={"data_version": "may"})})
        source_for(named, None).matrix((WEST, EAST), CAR)
    assert source_for(named, None).matrix((WEST, EAST), CAR).seconds.tolist() == [[0, 61], [90, 0]]
    with pytest.raises(TravelError, match="gave no answer"):
        source_for(policy, None).matrix((WEST, EAST), CAR)

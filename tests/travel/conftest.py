"""Real road engines on a town made by hand: tests skip where an engine is not installed, and fail in CI."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from visitplan.travel.http import Server

TOWN = Path(__file__).parent / "maps" / "town.osm"
HOW_TO_VALHALLA = "no Valhalla here: install visitplan[valhalla] and osmium, on Python 3.12 or newer"
HOW_TO_OSRM = (
    "no OSRM here: its tools come in the wheel osrm-bindings, for Python 3.12 and newer in the dev extra; "
    "with an older one put them beside it, as .ci/run does, or name their folder in OSRM_BIN"
)


def missing(what: str) -> None:
    """Skip, or fail where every engine must be there."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def osrm_tools() -> tuple[Path, Path] | None:
    """Give the folders of OSRM's programs and of its profiles, where both are installed."""
    beside = [Path(sysconfig.get_path("purelib")), Path(sys.prefix) / "osrm"]
    folders = [base / "osrm" / "bin" for base in beside]
    if named := os.environ.get("OSRM_BIN"):
        folders.insert(0, Path(named))
    if on_path := shutil.which("osrm-routed"):
        folders.append(Path(on_path).parent)
    for folder in folders:
        profiles = folder.parent / "share" / "profiles"
        if not profiles.is_dir():
            profiles = folder.parent / "share" / "osrm" / "profiles"
        if (folder / "osrm-routed").is_file() and profiles.is_dir():
            return folder, profiles
    return None


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def osrm_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Prepare the town for cars as version ``town-1``, serve it on this machine only, give the address."""
    tools = osrm_tools()
    if tools is None:
        missing(HOW_TO_OSRM)
    assert tools is not None
    programs, profiles = tools
    folder = tmp_path_factory.mktemp("osrm")
    shutil.copy(TOWN, folder)
    car = str(profiles / "car.lua")
    prepare(programs / "osrm-extract", "-p", car, "-t", "1", "--data_version", "town-1", folder / "town.osm")
    prepare(programs / "osrm-contract", "-t", "1", folder / "town.osrm")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with (folder / "log.txt").open("wb") as log:
        at = ["--ip", "127.0.0.1", "--port", str(port), "-t", "1"]
        server = subprocess.Popen(
            [programs / "osrm-routed", *at, folder / "town.osrm"], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        Server(url, timeout_s=5, tries=7).ask("/nearest/v1/driving/-2.44,53.1")  # waits until it is up
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)


def prepare(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.fixture(scope="session")
def valhalla_tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the town's tiles and give their folder."""
    if sys.version_info < (3, 12):
        pytest.skip("Valhalla has no wheels for Python below 3.12")
    if importlib.util.find_spec("valhalla") is None or importlib.util.find_spec("osmium") is None:
        missing(HOW_TO_VALHALLA)
    import osmium
    import valhalla
    from valhalla.config import get_config

    folder = tmp_path_factory.mktemp("valhalla")
    with osmium.SimpleWriter(folder / "town.osm.pbf") as writer:  # its builder reads nothing else
        for thing in osmium.FileProcessor(TOWN):
            writer.add(thing)
    tiles = folder / "tiles"
    tiles.mkdir()
    settings = folder / "valhalla.json"
    settings.write_text(json.dumps(get_config(tile_dir=tiles, tile_extract="")))
    builder = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"
    prepare(builder, "-c", settings, "-j", "1", folder / "town.osm.pbf")
    return tiles

"""Time and peak memory of crow-flies matrices: ``python -m benchmarks.travel_matrix [PLACES ...]``.

Every size is measured in a fresh process; memory is the growth of its peak, so interpreter and imports do not
count.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import platform
import resource
import sys
import time
from pathlib import Path

import numpy as np

from visitplan.domain.places import Place, TravelMode
from visitplan.policy import TravelPolicy
from visitplan.travel import CrowFlies

SIZES = (500, 1000, 2000, 3000, 4000, 5000)
COUNTY = (52.94, 53.42, -3.13, -1.97)
"""South, north, west and east of Cheshire, degrees."""


def main() -> None:
    """Measure every size and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", type=int, nargs="*", default=list(SIZES))
    sizes: list[int] = parser.parse_args().places
    print(f"{dt.date.today()}  {platform.machine()}, {platform.system()}, {_processor()}")
    print(f"Python {platform.python_version()}, numpy {np.__version__}\n")
    print(f"{'places':>7} {'seconds':>8} {'peak MB':>8} {'arrays MB':>10}")
    spawn = multiprocessing.get_context("spawn")
    for size in sizes:
        with spawn.Pool(1) as pool:
            seconds, peak, held = pool.apply(measure, (size,))
        print(f"{size:7} {seconds:8.2f} {peak:8.0f} {held:10.0f}")


def measure(size: int) -> tuple[float, float, float]:
    """Give seconds, growth of the peak and size of the arrays, in MB, for this many random places."""
    low, high, west, east = COUNTY
    rng = np.random.default_rng(1)
    where = zip(rng.uniform(low, high, size), rng.uniform(west, east, size), strict=True)
    places = [Place(f"h{k}", float(lat), float(lon)) for k, (lat, lon) in enumerate(where)]
    before = _peak_mb()
    started = time.perf_counter()
    matrix = CrowFlies(TravelPolicy()).matrix(places, TravelMode.CAR)
    seconds = time.perf_counter() - started
    held = (matrix.seconds.nbytes + matrix.decametres.nbytes) / 2**20
    return seconds, _peak_mb() - before, held


def _peak_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def _processor() -> str:
    """Give the processor's name; Linux keeps it in a file."""
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or "processor not named"


if __name__ == "__main__":
    main()

"""Plan synthetic visits at real postcodes: ``python -m benchmarks.real_places POSTCODES.csv``.

Each home and each member of staff of a synthetic day is moved to the nearest postcode of the file (columns
postcode, lat, lon), and the planning folder names places by postcode alone. Prints what was planned, how long
reading and planning took, and what the checker found.
"""

from __future__ import annotations

import argparse
import datetime as dt
import platform
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from visitplan import planning, synthesis
from visitplan.planning import Options


def at_postcodes(homes: pd.DataFrame, postcodes: pd.DataFrame, prefix: str = "") -> pd.DataFrame:
    """Give the table with each latitude and longitude replaced by the nearest postcode."""
    moved = homes.copy()
    lat, lon = f"{prefix}lat", f"{prefix}lon"
    given = moved[lat].ne("")
    at = moved.loc[given, [lat, lon]].astype(float).to_numpy()
    known = postcodes[["lat", "lon"]].to_numpy()
    shrink = np.cos(np.radians(known[:, 0].mean()))
    nearest = [int(np.argmin((known[:, 0] - y) ** 2 + ((known[:, 1] - x) * shrink) ** 2)) for y, x in at]
    moved[f"{prefix}postcode"] = ""
    moved.loc[given, f"{prefix}postcode"] = postcodes["postcode"].to_numpy()[nearest]
    return moved.drop(columns=[lat, lon])


def write_folder(folder: Path, source: Path, visits: int, seed: int) -> None:
    """Write a planning folder of about so many visits at the postcodes of a file."""
    postcodes = pd.read_csv(source, usecols=["postcode", "lat", "lon"])
    tables = synthesis.generate(visits=visits, seed=seed)
    tables["households"] = at_postcodes(tables["households"], postcodes)
    tables["staff"] = at_postcodes(tables["staff"], postcodes, "home_")
    synthesis.write(folder, tables)
    (folder / "visitplan.toml").write_text(f'[places]\npostcodes = "{source.resolve()}"\n', encoding="utf-8")


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("postcodes", type=Path)
    parser.add_argument("--visits", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="ortools")
    args = parser.parse_args()
    print(f"{dt.date.today()}, {platform.machine()}, Python {platform.python_version()}, ", end="")
    print(f"ortools {version('ortools')}, engine {args.engine}, seed {args.seed}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_folder(folder, args.postcodes, args.visits, args.seed)
        began = time.perf_counter()
        scenario = planning.read(folder)
        read = time.perf_counter()
        result = planning.run(scenario, Options(time_limit=args.seconds, seed=args.seed, engine=args.engine))
        planned = time.perf_counter()
    print(f"read in {read - began:.1f} s, planned and checked in {planned - read:.1f} s")
    print(result.summary())


if __name__ == "__main__":
    main()

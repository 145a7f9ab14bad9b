"""How fast inputs are read and validated: ``python -m benchmarks.read_inputs [REQUESTS]``.

Builds a planning folder of made-up requests (100,000 by default, a third as many households, with people,
history and pins) in a temporary folder, reads it three times, and prints rows a second, machine, versions
and date.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import platform
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pydantic

from visitplan import inputs

if TYPE_CHECKING:
    from collections.abc import Iterable

FIRST = dt.date(2027, 3, 1)
DAYS = 7
SERVICES = ("nursing", "care", "therapy")


def write(path: Path, rows: Iterable[dict[str, object]]) -> None:
    """Write dictionaries of the same keys as CSV."""
    rows = list(rows)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def request(number: int, homes: int, random_numbers: random.Random) -> dict[str, object]:
    """Make one request that uses most columns."""
    start = 7 + number % 10
    home = number % homes
    day = FIRST + dt.timedelta(days=number % DAYS)
    return {
        "request_id": f"R{number}",
        "household_id": f"H{home}",
        "person_id": f"P{home}",
        "service": SERVICES[number % 3],
        "organisation": "county",
        "duration_min": random_numbers.choice((15, 30, 45, 60)),
        "earliest_date": day,
        "latest_date": FIRST + dt.timedelta(days=DAYS - 1),
        "window_start": f"{start:02}:00",
        "window_end": f"{start + 3:02}:00",
        "preferred_start": f"{start + 1:02}:00",
        "preferred_end": f"{start + 2:02}:00",
        "days": "",
        "visits": 1,
        "staff_needed": 1 + (number % 20 == 0),
        "skills": "lifting;insulin" if number % 4 == 0 else "",
        "joint": "allow",
        "family": "welcome",
        "priority": 1 + number % 5,
        "time_critical": "no",
        "tasks": "weight;pressure",
        "preferred_staff": f"S{number % 498}",
        "excluded_staff": f"S{(number + 7) % 498}" if number % 10 == 0 else "",
    }


def build(folder: Path, count: int) -> int:
    """Write the folder; gives the number of rows in all tables."""
    random_numbers = random.Random(1)
    homes = max(1, count // 3)
    tables = {
        "requests": [request(number, homes, random_numbers) for number in range(count)],
        "households": [
            {
                "household_id": f"H{k}",
                "area": "county",
                "lat": round(random_numbers.uniform(53.0, 53.4), 6),
                "lon": round(random_numbers.uniform(-2.9, -2.1), 6),
            }
            for k in range(homes)
        ],
        "people": [{"person_id": f"P{k}", "household_id": f"H{k}"} for k in range(homes)],
        "history": [{"person_id": f"P{k}", "staff_id": f"S{k % 498}", "visits": 3} for k in range(homes)],
        "pins": [{"visit_id": f"R{k}", "staff_id": f"S{k % 498}"} for k in range(1, count, 100) if k % 20],
        "tasks": [{"code": code, "minutes": 5, "shareable": "yes"} for code in ("weight", "pressure")],
        "staff": [
            {
                "staff_id": f"S{k}",
                "service": SERVICES[k % 3],
                "organisation": "county",
                "skills": "lifting;insulin",
                "home_lat": 53.2,
                "home_lon": -2.5,
            }
            for k in range(498)
        ],
        "shifts": [
            {"staff_id": f"S{k}", "date": FIRST + dt.timedelta(days=d), "start": "07:00", "end": "19:00"}
            for k in range(498)
            for d in range(DAYS)
        ],
    }
    for name, rows in tables.items():
        write(folder / f"{name}.csv", rows)
    return sum(len(rows) for rows in tables.values())


def main() -> None:
    """Build, read, and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        rows = build(Path(name), count)
        print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}", end=", ")
        print(f"pydantic {pydantic.VERSION}, {dt.date.today()}")
        for _ in range(3):
            start = time.perf_counter()
            reading = inputs.read(name, skip_invalid=True)
            seconds = time.perf_counter() - start
            print(
                f"{count:,} requests, {rows:,} rows in {seconds:.1f} s ({rows / seconds:,.0f} rows/s), "
                f"{len(reading.findings)} findings, {len(reading.rejected)} rows rejected"
            )


if __name__ == "__main__":
    main()

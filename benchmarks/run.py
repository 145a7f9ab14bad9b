"""Run the registry: ``python -m benchmarks.run [--full] [--only TEXT] [--seconds 60] [--seeds 1,2,3]``.

Further: ``[--jobs 2] [--out FILE.json] [--page FILE.md] [--against STORED.json] [--python PYTHON]
[--hhcrsp DIR] [--gehring-homberger DIR] [--postcodes FILE] [--list]``. Short entries are run unless
``--full`` is given. An entry that needs a folder that is not named, or a peer that ``--python`` does not
have, is left out and said to be. Results are written after every entry, so that a run that is stopped has
what it did; ``--against`` compares with stored results (see ``regression``).
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

from benchmarks import regression
from benchmarks.engines import PEERS, installed, peer_versions
from benchmarks.measuring import alone, described, numbers, side_by_side, yardstick
from benchmarks.registry import ENTRIES, Entry, Figures, Given, cpu_seconds
from benchmarks.results import Result, Results, page, read, write

FOLDERS = ("hhcrsp", "gehring-homberger", "postcodes")


def main() -> None:
    """Run what is asked for, store it, show it, compare it."""
    asked = _arguments()
    given = Given(asked.seconds, 1, asked.python, _folders(asked))
    chosen = [entry for entry in ENTRIES if (asked.full or entry.short) and asked.only in entry.name]
    entries = [entry for entry in chosen if can_run(entry, given)]
    if asked.list:
        print("\n".join(entry.name for entry in entries))
        return
    results = _run(entries, given, asked)
    asked.page.write_text(page(results), encoding="utf-8") if asked.page else print(page(results), end="")
    if asked.against:
        found = sorted(regression.changes(results, read(asked.against)), key=lambda change: change.entry)
        print(regression.report(found))
        raise SystemExit(any(change.worse for change in found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="all entries, not only the short ones")
    parser.add_argument("--only", default="", metavar="TEXT", help="entries whose name contains this")
    parser.add_argument("--list", action="store_true", help="name the entries and do nothing")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each search that time limits")
    parser.add_argument("--seeds", default="1", help="one, or several with commas between")
    parser.add_argument("--jobs", type=int, default=1, help="how many run side by side")
    parser.add_argument("--out", type=Path, default=Path("out/benchmarks.json"), metavar="FILE")
    parser.add_argument("--page", type=Path, metavar="FILE", help="where the page goes; else to the screen")
    parser.add_argument("--against", type=Path, metavar="FILE", help="stored results to compare with")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has PyVRP and VROOM")
    for name in FOLDERS:
        parser.add_argument(f"--{name}", type=Path)
    return parser.parse_args()


def _folders(asked: argparse.Namespace) -> tuple[tuple[str, Path], ...]:
    named = ((name, getattr(asked, name.replace("-", "_"))) for name in FOLDERS)
    return tuple((name, path) for name, path in named if path is not None)


def can_run(entry: Entry, given: Given) -> bool:
    """Say whether all is there that an entry needs; tell on stderr what is not."""
    lacks = ""
    if entry.needs and entry.needs not in dict(given.folders):
        lacks = f"--{entry.needs} is not given"
    elif entry.engine in PEERS and not installed(entry.engine, given.python):
        lacks = f"{given.python} has no {entry.engine}"
    if lacks:
        print(f"left out: {entry.name}: {lacks}", file=sys.stderr)
    return not lacks


def _run(entries: list[Entry], given: Given, asked: argparse.Namespace) -> Results:
    """Run each entry from each seed, and keep what is known after each."""
    versions = peer_versions(given.python)
    found = Results(str(date.today()), ", ".join(filter(None, [described(), versions])), yardstick(), ())
    seeds = numbers(asked.seeds)
    tasks = [
        (entry, replace(given, seed=s)) for entry in entries for s in (seeds if entry.seeded else seeds[:1])
    ]
    few = [task for task in tasks if task[0].cores == 1]
    many = [task for task in tasks if task[0].cores > 1]
    for result in chain.from_iterable(
        side_by_side(lambda task: measured(*task), part, jobs)
        for part, jobs in ((few, asked.jobs), (many, 1))
    ):
        print(result.entry, result.seed, result.figures, file=sys.stderr, flush=True)
        found = replace(found, results=(*found.results, result))
        write(asked.out, found)
    return found


def measured(entry: Entry, given: Given) -> Result:
    """Run one entry in a fresh process; a fault of it is its result, and ends nothing else."""
    try:
        figures = alone(figures_of, entry, given)
    except Exception as fault:  # whatever it is, the other entries are still wanted
        figures = {"failed": f"{type(fault).__name__}: {fault}"}
    return Result(entry.scenario, entry.stage, entry.engine, given.seed, figures)


def figures_of(entry: Entry, given: Given) -> Figures:
    """Run one entry in this process; seconds and memory are added where it does not tell them."""
    began, cpu = time.monotonic(), cpu_seconds()
    figures = entry.work(given)
    spent = {
        "seconds": time.monotonic() - began,
        "cpu_seconds": cpu_seconds() - cpu,
        "megabytes": _peak_kib() / 1024,
    }
    return spent | figures


def _peak_kib() -> int:
    """Give the peak of this process or, if that is higher, of one it started."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


if __name__ == "__main__":
    main()

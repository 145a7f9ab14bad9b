"""How long `visitplan plan` takes from the start of its process to its first complete plan.

``python -m benchmarks.first_plan [FOLDER] [--runs 5]`` starts the command as a user would, everything
compiled before, and reads its log: the event "first plan" comes with the first plan in which every visit is
served or known to be left out. Seconds are those of a fresh process, imports included.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measuring import machine

_LOOK_SECONDS = 0.005
_EVENT = '"event": "first plan"'


def seconds_to_first_plan(folder: Path, out: Path, log: Path) -> float:
    """Start one run, and end it once it has told of its first plan.

    Raises
    ------
    RuntimeError
        The run ended without one.
    """
    command = [sys.executable, "-m", "visitplan", "plan", str(folder), "--out", str(out)]
    began = time.monotonic()
    with subprocess.Popen(
        [*command, "--quiet", "--log-file", str(log)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while not (log.exists() and _EVENT in log.read_text(encoding="utf-8")):
            if process.poll() is not None:
                raise RuntimeError(f"the run ended with {process.returncode} before its first plan")
            time.sleep(_LOOK_SECONDS)
        seconds = time.monotonic() - began
        process.kill()
    return seconds


def main() -> None:
    """Print every run, and the median."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("data/crewe-day"))
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    subprocess.run([sys.executable, "-m", "visitplan", "warm-up", "--quiet"], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        seconds = [
            seconds_to_first_plan(given.folder, Path(scratch) / "plan", Path(scratch) / f"{run}.jsonl")
            for run in range(given.runs)
        ]
    print(machine())
    print(f"{given.folder.name}: {', '.join(f'{s:.2f}' for s in seconds)} s")
    print(f"median {statistics.median(seconds):.2f} s")


if __name__ == "__main__":
    main()

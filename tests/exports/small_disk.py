"""Run as a program in a mount namespace of its own: writes to a disk that is too small, then to one that is
read-only, and says as JSON what came of it. Exits 77 where mounting is not permitted.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.exports.builders import plan, scenario
from tests.exports.figures import figures
from visitplan.errors import OutputError
from visitplan.exports import read_manifest, write_plan

NOT_PERMITTED = 77


def main(disk: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "none", str(disk)], check=False).returncode:
        sys.exit(NOT_PERMITTED)
    said = {"room": attempt(disk / "out", "interrupted")}
    said["full"] = attempt(disk / "out", "complete")
    said["left"] = sorted(path.name for path in disk.iterdir())
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    said["read-only"] = attempt(disk / "out", "complete")
    said["new on read-only"] = attempt(disk / "other", "complete")
    said["status"] = read_manifest(disk / "out").status
    print(json.dumps(said))


def attempt(out: Path, status: str) -> str:
    try:
        write_plan(out, scenario(), plan(), figures(plan()), status=status)
    except OutputError as error:
        return str(error)
    return "written"


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Run as a program: writes a second plan over a first one and is killed, once at every step of the writing.

Its argument is a folder; below it, ``<step>-<done>/out`` is what each killed run left.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.exports.builders import plan, scenario
from tests.exports.faults import FaultyDisk, HastyDisk
from tests.exports.figures import figures
from visitplan.exports import write_plan

STATUS_OF_FIRST, STATUS_OF_SECOND = "interrupted", "complete"


def main(root: Path) -> None:
    for done in (0.0, 0.5, 1.0):
        step = 0
        while was_killed(root / f"{step:02}-{done}" / "out", step, done):
            step += 1


def was_killed(out: Path, step: int, done: float) -> bool:
    write_plan(out, scenario(), plan(), figures(plan()), status=STATUS_OF_FIRST, disk=HastyDisk())
    child = os.fork()
    if child == 0:
        disk = FaultyDisk(step, lambda: os.kill(os.getpid(), signal.SIGKILL), done=done)
        write_plan(out, scenario(), plan(), figures(plan()), status=STATUS_OF_SECOND, disk=disk)
        os._exit(0)
    _, how = os.waitpid(child, 0)
    return os.WIFSIGNALED(how)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Compiling the search ahead of the first plan."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visitplan.solver.search.entry import COMPILING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Warmth:
    """What compiling ahead has come to.

    Attributes
    ----------
    folder
        Where compiled code is kept; None where no folder can be written, so that every run compiles anew.
    seconds
        How long it took, loading what was compiled before included.
    was_warm
        Whether it had been done before.
    """

    folder: Path | None
    seconds: float
    was_warm: bool


def warm_up(clock: Callable[[], float] = time.monotonic) -> Warmth:
    """Compile the search and keep it for later runs, if that has not been done.

    The folder is the first of these that can be written: the one that ``NUMBA_CACHE_DIR`` names, the
    package's own, ``visitplan`` in ``XDG_CACHE_HOME`` or ``~/.cache``, a temporary one.
    """
    from visitplan.solver.search import compiling, warming

    began, was_warm = clock(), compiling.is_warm()
    warming.warm_up()
    return Warmth(compiling.CACHE, clock() - began, was_warm)


__all__ = ["COMPILING", "Warmth", "warm_up"]

"""Ctrl-C during the search: the first asks for the best plan so far, the second stops at once."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from visitplan.cli.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Interrupt:
    """Whether somebody asked the search to stop: ``asked``."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self, signum: int, frame: FrameType | None) -> None:
        """Take a signal: the first is a wish, the second an order."""
        del signum, frame
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        say("Interrupted: finishing with the best plan so far. Once more to stop at once.")


@contextmanager
def listening() -> Iterator[Interrupt]:
    """Turn Ctrl-C and a polite kill into a wish while the block runs."""
    interrupt = Interrupt()
    before = {number: signal.signal(number, interrupt.ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

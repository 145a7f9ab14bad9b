"""Disks that fail at a chosen step, before it, halfway through it, or after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.exports.folder import Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


class HastyDisk(Disk):
    """Does not wait for the platters: quick, and as good where no power fails."""

    def write(self, path: Path, data: bytes) -> None:
        with path.open("xb") as file:
            file.write(data)

    def sync_folder(self, path: Path) -> None:
        assert path.is_dir()


class FaultyDisk(HastyDisk):
    """Counts the steps; at step ``at`` it calls ``strike``, once ``done`` of the step (0, 0.5 or 1) is done.

    ``lasting``: it strikes at every later step too.
    """

    def __init__(
        self, at: int, strike: Callable[[], None], *, done: float = 0.0, lasting: bool = False
    ) -> None:
        self.steps = 0
        self.at = at
        self.done = done
        self.lasting = lasting
        self.strike = strike

    def make_folder(self, path: Path) -> None:
        self._step(lambda: super(FaultyDisk, self).make_folder(path))

    def write(self, path: Path, data: bytes) -> None:
        self._step(
            lambda: super(FaultyDisk, self).write(path, data),
            lambda: path.write_bytes(data[: len(data) // 2]),
        )

    def write_all(self, files: Mapping[Path, bytes]) -> None:
        for path, data in files.items():  # one after the other, so that the steps can be counted
            self.write(path, data)

    def copy(self, source: Path, target: Path) -> None:
        self._step(lambda: super(FaultyDisk, self).copy(source, target))

    def sync_folder(self, path: Path) -> None:
        self._step(lambda: super(FaultyDisk, self).sync_folder(path))

    def rename(self, source: Path, target: Path) -> None:
        self._step(lambda: super(FaultyDisk, self).rename(source, target))

    def remove_tree(self, path: Path) -> None:
        first = next(iter(sorted(path.iterdir())), None)
        self._step(lambda: super(FaultyDisk, self).remove_tree(path), lambda: first and first.unlink())

    def _step(self, whole: Callable[[], None], half: Callable[[], object] = lambda: None) -> None:
        strikes = self.steps == self.at or (self.lasting and self.steps > self.at)
        self.steps += 1
        if not strikes:
            whole()
            return
        if self.done == 0.5:
            half()
        if self.done == 1:
            whole()
        self.strike()


class Refusing:
    """A strike that raises."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def __call__(self) -> None:
        raise self.error

"""Matrices kept on disk by what they answer: the same question on the same map is asked once."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from visitplan.policy import RoadsPolicy
    from visitplan.travel.engines import Points

FORMAT = 1
"""Counts up when the files change, so that old ones are no longer found."""
SUFFIX = ".npz"
MEGABYTE = 1_000_000
DAY_S = 86_400


@dataclass(frozen=True, slots=True, eq=False)
class PointMatrix:
    """Travel between distinct points, without access.

    Attributes
    ----------
    seconds, decametres
        uint16, shape (points, points); ``UNREACHABLE`` where there is no way, 0 on the diagonal.
    snap_m
        float32, shape (points,): to the nearest road; infinite where there is none, not a number where it is
        not known.
    """

    seconds: NDArray[np.uint16]
    decametres: NDArray[np.uint16]
    snap_m: NDArray[np.float32]


def question_key(identity: str, version: str, points: Points) -> str:
    """Give the name that the answer to a question is kept under: SHA-256 of all that it depends on."""
    head = json.dumps([FORMAT, identity, version, len(points)])
    digest = hashlib.sha256(head.encode())
    digest.update(np.ascontiguousarray(points, dtype="<i4").data)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A folder of matrices.

    Files hold travel only, no coordinates and no ids. Each is written aside and then moved, so that nobody
    ever reads half of one.

    Attributes
    ----------
    folder
        Made when something is first kept.
    most_mb
        The oldest files go when there is more; 0 keeps and reads nothing.
    most_days
        Older files are no longer read.
    now
        Gives the time in seconds, as files have it.
    """

    folder: Path
    most_mb: int
    most_days: int
    now: Callable[[], float] = time.time

    @classmethod
    def by(cls, policy: RoadsPolicy) -> Kept:
        """Give the folder that a policy asks for."""
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        own = policy.cache_folder
        return cls(
            Path(own).expanduser() if own else base / "visitplan" / "travel",
            policy.cache_mb,
            policy.cache_days,
        )

    def load(self, key: str, count: int) -> tuple[PointMatrix | None, tuple[Finding, ...]]:
        """Give the matrix between ``count`` points that is kept under a key, if there is a sound one."""
        path = self._path(key)
        try:
            if not self.most_mb or self.now() - path.stat().st_mtime > self.most_days * DAY_S:
                return None, ()
            return _read(path, count), ()
        except (FileNotFoundError, NotADirectoryError):
            return None, ()
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            return None, (_damaged(path, error),)

    def keep(self, key: str, matrix: PointMatrix) -> tuple[Finding, ...]:
        """Keep a matrix, and let go what is too old or too much; a folder that cannot be written is told."""
        if not self.most_mb:
            return ()
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._write(key, matrix)
            self._tidy(key)
        except OSError as error:
            return (_unwritable(self.folder, error),)
        return ()

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}{SUFFIX}"

    def _write(self, key: str, matrix: PointMatrix) -> None:
        handle, name = tempfile.mkstemp(dir=self.folder, prefix="writing-")
        aside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, seconds=matrix.seconds, decametres=matrix.decametres, snap_m=matrix.snap_m)
            aside.replace(self._path(key))
        finally:
            aside.unlink(missing_ok=True)

    def _tidy(self, newest: str) -> None:
        """Remove what is too old, and of the others those beyond ``most_mb``, the oldest first."""
        room = self.most_mb * MEGABYTE
        files = sorted(self.folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in files:
            state = path.stat()
            room -= state.st_size
            old = self.now() - state.st_mtime > self.most_days * DAY_S
            if path.stem != newest and (old or room < 0):
                path.unlink(missing_ok=True)


def _read(path: Path, count: int) -> PointMatrix:
    """Read a kept matrix.

    Raises
    ------
    ValueError
        It holds something else.
    """
    if not zipfile.is_zipfile(path):
        raise ValueError("it is no archive")
    with np.load(path, allow_pickle=False) as archive:
        matrix = PointMatrix(archive["seconds"], archive["decametres"], archive["snap_m"])
    shapes = [(array.dtype, array.shape) for array in (matrix.seconds, matrix.decametres, matrix.snap_m)]
    square = (np.dtype(np.uint16), (count, count))
    if shapes != [square, square, (np.dtype(np.float32), (count,))]:
        raise ValueError("it holds other arrays than it should")
    return matrix


def _damaged(path: Path, error: Exception) -> Finding:
    return Finding(
        "TRAVEL-CACHE-DAMAGED",
        Severity.WARNING,
        Where(file=path.name),
        cause=f"A kept travel matrix cannot be read ({error}); the road engine was asked again.",
        action="Nothing, if it happens once; look at the disk that holds the cache folder if it comes again.",
    )


def _unwritable(folder: Path, error: OSError) -> Finding:
    return Finding(
        "TRAVEL-CACHE-UNWRITABLE",
        Severity.WARNING,
        Where(file=str(folder)),
        cause=f"Travel matrices cannot be kept ({error.strerror}); the road engine is asked each time.",
        action="Make room there, make it writable, or set cache_folder in [travel.roads] of visitplan.toml.",
    )

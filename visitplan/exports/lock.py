"""One run at a time for each plan folder.

The lock is the operating system's own (``flock``, or ``msvcrt`` on Windows) on a hidden file beside the
folder: a run that crashes leaves the file, but no lock.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import sys
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from visitplan.errors import OutputError
from visitplan.exports.folder import Disk, recover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CONTENT_LIMIT = 4096
_PATIENCE = 100


_HELD: ContextVar[frozenset[Path]] = ContextVar(
    "_HELD", default=frozenset()
)  # one a thread, so no global state


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def real_folder(folder: str | os.PathLike[str]) -> Path:
    """Give the folder itself where a symbolic link is named.

    Raises
    ------
    OutputError
        It is the root of the file system, or a loop of links.
    """
    try:
        path = Path(folder).resolve()
    except (OSError, RuntimeError) as error:
        raise OutputError(f"{folder} cannot be a plan folder: {error}.") from error
    if not path.name:
        raise OutputError(f"{folder} cannot be a plan folder: name a folder inside it.")
    return path


def lock_path(folder: Path) -> Path:
    """Give the lock file of a folder: beside it and hidden."""
    return folder.parent / f".{folder.name}.visitplan-lock"


@contextmanager
def lock(folder: str | os.PathLike[str], *, now: Callable[[], dt.datetime] = _now) -> Iterator[Path]:
    """Hold a plan folder for one run; give its real path. Held again in the same thread, it does nothing.

    Folders above it are made where they are missing. What a crashed run left is put right first.

    Raises
    ------
    OutputError
        Another run holds it (its process, machine and start are named), or no lock file can be made.
    """
    path = real_folder(folder)
    if path in _HELD.get():
        yield path
        return
    descriptor = _acquired(path, now)
    token = _HELD.set(_HELD.get() | {path})
    try:
        _put_right(path)
        yield path
    finally:
        _HELD.reset(token)
        with suppress(OSError):  # where it cannot be removed, it is unlocked all the same
            lock_path(path).unlink()
        os.close(descriptor)


def _put_right(folder: Path) -> None:
    try:
        recover(folder, Disk())
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"What a crashed run left beside {folder} cannot be cleared: {reason}.") from error


def _acquired(folder: Path, now: Callable[[], dt.datetime]) -> int:
    """Give the descriptor of the locked file.

    A holder removes the file before it lets go, so whoever waited for a file that is no longer the one on the
    disk starts again.
    """
    path = lock_path(folder)
    for _ in range(_PATIENCE):
        descriptor = _opened(folder, path)
        try:
            if not _locked(descriptor):
                raise OutputError(_refusal(folder, descriptor))
            if _is_on_disk(path, descriptor):
                _sign(descriptor, now())
                return descriptor
        except OSError as error:
            os.close(descriptor)
            raise OutputError(f"{path} cannot be locked: {error.strerror or error}.") from error
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise OutputError(f"{path} cannot be locked: other runs come and go; try again.")


def _opened(folder: Path, path: Path) -> int:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except OSError as error:
        raise OutputError(
            f"No plan can be written to {folder}: {error.strerror or error} ({path.parent}). "
            "Name a folder that may be written with --out."
        ) from error


def _is_on_disk(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _sign(descriptor: int, started: dt.datetime) -> None:
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started": f"{started:%Y-%m-%d %H:%M:%S %Z}".strip(),
    }
    with suppress(OSError):  # on a full disk it holds all the same, and only cannot say for whom
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(holder).encode())


def _refusal(folder: Path, descriptor: int) -> str:
    os.lseek(descriptor, 0, os.SEEK_SET)
    try:
        holder = json.loads(os.read(descriptor, _CONTENT_LIMIT))
        who = f"process {holder['pid']} on {holder['host']}, started {holder['started']}"
    except (ValueError, KeyError, TypeError):
        return f"Another run is writing to {folder}. Wait for it, or name another folder."
    if holder["pid"] == os.getpid() and holder["host"] == socket.gethostname():
        return f"Another thread of this very process is writing to {folder} ({who})."
    return f"Another run is writing to {folder}: {who}. Wait for it, or name another folder."


if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # the byte that is locked lies beyond the text, which others may then read

    def _locked(descriptor: int) -> bool:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

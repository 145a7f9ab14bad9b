"""Files and folders that a command writes: whole, or not at all."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from visitplan.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_file(out: Path, data: bytes) -> None:
    """Write a file in the place of the one that was there.

    Raises
    ------
    OutputError
        It cannot be written; what was there before is untouched.
    """
    staging = out.with_name(f".{out.name}.new")
    try:
        with staging.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        staging.replace(out)
    except OSError as error:
        staging.unlink(missing_ok=True)
        raise OutputError(f"{out} cannot be written: {error.strerror}.") from error


def write_folder(out: Path, files: Mapping[str, bytes], *, ending: str, things: str) -> None:
    """Write files, by path in a folder, in the place of whatever files with this ending were there.

    Raises
    ------
    OutputError
        The folder holds anything else, or cannot be written; what was there before is untouched.
    """
    if out.exists() and not _holds_only(out, ending):
        raise OutputError(f"{out} holds other things than {things}, so it is not replaced.")
    new, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    try:
        _clear(new, old)
        for name, data in files.items():
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            (new / name).write_bytes(data)
        if out.exists():
            out.rename(old)
        new.rename(out)
    except OSError as error:
        if old.exists() and not out.exists():
            old.rename(out)
        raise OutputError(f"{out} cannot be written: {error.strerror}.") from error
    finally:
        _clear(new, old)


def _holds_only(folder: Path, ending: str) -> bool:
    return folder.is_dir() and all(path.is_dir() or path.suffix == ending for path in folder.rglob("*"))


def _clear(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)

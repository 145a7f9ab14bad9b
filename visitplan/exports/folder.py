"""A folder of files replaced all at once: what was there before stays until the new one is whole.

The new files are written to a hidden folder beside the old one and forced to the disk; then the old folder is
renamed aside, the new one takes its name, and the old one is removed. Whatever moment a crash picks, the next
:func:`recover` finds one whole folder and keeps it::

    on the disk                          what happened                  what recover does
    NAME, .NAME.visitplan-new            crashed while writing          removes the new one
    .NAME.visitplan-old, .NAME...-new    crashed between the renames    puts the old back, removes the new
    NAME, .NAME.visitplan-old            crashed before the clearing    removes the old one
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from visitplan.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

MANIFEST_FILE = "manifest.json"
MANIFEST_FORMAT = "visitplan.manifest/1"
_WRITERS = 16
_CANNOT_MOVE = (errno.EBUSY, errno.EXDEV)


class Disk:
    """The few things that are done to a disk, one method each, so that tests can let any of them fail."""

    def make_folder(self, path: Path) -> None:
        """Make a folder that is not there yet."""
        path.mkdir()

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file and force it to the disk."""
        with path.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def write_all(self, files: Mapping[Path, bytes]) -> None:
        """Write files, several at a time: a disk that is told to be certain spends most of it waiting."""
        with ThreadPoolExecutor(_WRITERS) as pool:
            for _ in pool.map(self.write, files.keys(), files.values()):
                pass  # which raises what a write has raised

    def copy(self, source: Path, target: Path) -> None:
        """Copy a file, link or folder."""
        if source.is_dir() and not source.is_symlink():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target, follow_symlinks=False)

    def sync_folder(self, path: Path) -> None:
        """Force a folder's list of names to the disk; Windows has no such thing."""
        if sys.platform == "win32":
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Give a folder another name."""
        source.rename(target)

    def remove_tree(self, path: Path) -> None:
        """Remove a folder with all that is in it, several files at a time, as :meth:`write_all` writes them.

        One after the other, two thousand files that were forced to the disk took 7 s to remove where the file
        system discards at once (ext4), and 0.1 s so.
        """
        files = [Path(folder, name) for folder, _, names in os.walk(path) for name in names]
        with ThreadPoolExecutor(_WRITERS) as pool:
            for _ in pool.map(os.unlink, files):
                pass  # which raises what a removal has raised
        shutil.rmtree(path)


def new_path(folder: Path) -> Path:
    """Give where the new files are written, and where what is to be removed lies: always of no value."""
    return folder.parent / f".{folder.name}.visitplan-new"


def old_path(folder: Path) -> Path:
    """Give where the old folder waits while the new one takes its name."""
    return folder.parent / f".{folder.name}.visitplan-old"


def recover(folder: Path, disk: Disk) -> None:
    """Bring the folder back to one whole state after a crash; does nothing where there was none."""
    new, old = new_path(folder), old_path(folder)
    if new.exists():
        disk.remove_tree(new)
    if not old.exists():
        return
    if folder.exists():
        # under the other name first: a folder half removed must never be taken for the old one and put back
        disk.rename(old, new)
        disk.remove_tree(new)
    else:
        disk.rename(old, folder)
        disk.sync_folder(folder.parent)


def refuse_foreign(folder: Path) -> None:
    """Refuse to replace what is not a plan folder.

    Raises
    ------
    OutputError
        The folder is a file, or is neither empty nor has the manifest that every plan folder has.
    """
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputError(f"{folder} is a file, not a folder. Name another place with --out.")
    if any(folder.iterdir()) and _manifest(folder) is None:
        raise OutputError(
            f"{folder} is not empty and is not a plan folder (it has no {MANIFEST_FILE} of ours), so it is "
            "not replaced. Name another folder with --out, or empty this one."
        )


def foreign_files(folder: Path) -> tuple[str, ...]:
    """Give the names in a plan folder that its manifest does not list: somebody put them there.

    What lies in a folder of ours is given as a path, such as ``calendars/notes.txt``.
    """
    manifest = _manifest(folder) if folder.is_dir() else None
    if manifest is None:
        return ()
    files = manifest.get("files")
    listed = {MANIFEST_FILE, *(str(name) for name in (files if isinstance(files, dict) else ()))}
    return unlisted(folder, listed)


def unlisted(folder: Path, listed: Collection[str]) -> tuple[str, ...]:
    """Give the paths in a folder that are not listed; a folder in which nothing is listed is one of them."""
    return tuple(sorted(_unlisted(folder, "", {*listed, *_folders_of(listed)}, set(_folders_of(listed)))))


def _unlisted(folder: Path, prefix: str, ours: set[str], folders: set[str]) -> Iterator[str]:
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if name not in ours:
            yield name
        elif name in folders and entry.is_dir():
            yield from _unlisted(entry, f"{name}/", ours, folders)


def _folders_of(names: Iterable[str]) -> list[str]:
    """Give the folders in which files lie, those above first."""
    above = {str(path) for name in names for path in PurePosixPath(name).parents}
    return sorted(above - {".", "/"})


def _manifest(folder: Path) -> Mapping[str, object] | None:
    try:
        content = json.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or not str(content.get("format", "")).startswith("visitplan.manifest/"):
        return None
    return content


def replace_folder(folder: Path, files: Mapping[str, bytes], disk: Disk) -> None:
    """Replace a plan folder by one with these files, all or nothing; ``folder`` is a resolved path.

    Files that are not ours are carried over. Call it with the folder's lock held.

    Raises
    ------
    OutputError
        The folder is not ours to replace, or the disk refuses (full, read-only, not permitted). What was
        there before is untouched, also where the run is interrupted.
    """
    try:
        recover(folder, disk)
        refuse_foreign(folder)
        _write_new(folder, files, disk)
        _swap(folder, disk)
    except OutputError:
        raise
    except BaseException as error:
        _undo(folder, disk)
        if isinstance(error, OSError):
            raise OutputError(_refusal(folder, error)) from error
        raise
    _clear(folder, disk)


def _write_new(folder: Path, files: Mapping[str, bytes], disk: Disk) -> None:
    new = new_path(folder)
    foreign = [name for name in foreign_files(folder) if name not in files]
    inside = _folders_of((*files, *foreign))
    for path in (new, *(new / name for name in inside)):
        disk.make_folder(path)
    disk.write_all({new / name: data for name, data in files.items()})
    for name in foreign:
        disk.copy(folder / name, new / name)
    if folder.exists():
        shutil.copymode(folder, new)
    for path in (*(new / name for name in inside), new):
        disk.sync_folder(path)
    disk.sync_folder(folder.parent)


def _swap(folder: Path, disk: Disk) -> None:
    if folder.exists():
        disk.rename(folder, old_path(folder))
    disk.rename(new_path(folder), folder)


def _undo(folder: Path, disk: Disk) -> None:
    try:
        recover(folder, disk)
    except OSError:
        return  # the disk refuses this too; the next run's recover finds the same state and tries again


def _clear(folder: Path, disk: Disk) -> None:
    """Remove the old folder, once the renames are on the disk for certain.

    The new plan is in place by now, so a disk that refuses this is no failure; the next run's recover clears.
    """
    try:
        disk.sync_folder(folder.parent)
        recover(folder, disk)
    except OSError:
        return


def _refusal(folder: Path, error: OSError) -> str:
    reason = error.strerror or str(error)
    hint = " It is a mount point: name a folder inside it." if error.errno in _CANNOT_MOVE else ""
    return f"The plan could not be written to {folder}: {reason}.{hint} What was there before is untouched."

"""Further files for a plan folder that is written already, all or nothing like the folder itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.exports.folder import MANIFEST_FILE, Disk, replace_folder
from visitplan.exports.lock import lock, real_folder
from visitplan.exports.manifest import file_entry, manifest_text, read_manifest

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from pathlib import Path

    from visitplan.exports.manifest import Manifest


def add_files(
    folder: str | os.PathLike[str], files: Mapping[str, bytes], *, disk: Disk | None = None
) -> Path:
    """Put files into a plan folder, or in the place of those that are there; give its path.

    The manifest lists them; what it says of the others stays, so that edits to these are still found.

    Raises
    ------
    InputError
        It is no plan folder, or its manifest is damaged.
    OutputError
        Another run holds the folder, or the disk refuses. What was there before is untouched.
    """
    path = real_folder(folder)
    with lock(path):
        manifest = read_manifest(path)
        entries = manifest.files | {name: file_entry(data) for name, data in files.items()}
        listed = manifest.model_copy(update={"files": dict(sorted(entries.items()))})
        every = {**_present(path, manifest), **files, MANIFEST_FILE: manifest_text(listed).encode()}
        replace_folder(path, every, Disk() if disk is None else disk)
    return path


def _present(path: Path, manifest: Manifest) -> dict[str, bytes]:
    """Give what the manifest lists, as far as it is there and lies inside the folder."""
    found = {name: (path / name).resolve() for name in manifest.files}
    inside = {name: file for name, file in found.items() if file.is_relative_to(path) and file.is_file()}
    return {name: file.read_bytes() for name, file in inside.items()}

"""Where compiled code is kept, and what it is compiled with.

Numba keys its cache to each file alone, but a compiled function holds its callees from other files too. The
cache therefore lives in a folder named by the content of all files of this package: no stale code, and none
compiled twice. This module sets it before any other module of the package brings Numba in.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from numba import config, njit

_HERE = Path(__file__).parent


def fingerprint() -> str:
    """Give a short name for the content of this package and the versions that compile it."""
    digest = hashlib.sha256(f"{version('numba')} {version('numpy')}".encode())
    for file in sorted(_HERE.glob("*.py")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _bases() -> list[Path]:
    """Give the folders a cache may live in, best first; the user's own word comes before all."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    own = os.environ.get("XDG_CACHE_HOME")
    home = Path(own) if own else Path("~").expanduser() / ".cache"
    last = Path(tempfile.gettempdir()) / f"visitplan-{os.getuid() if hasattr(os, 'getuid') else 'cache'}"
    return [*([Path(named)] if named else []), _HERE / "__pycache__", home / "visitplan", last]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def choose_cache() -> Path | None:
    """Give the first folder that compiled code can be kept in, None if there is none at all."""
    name = f"search-{fingerprint()}"
    return next((base / name for base in _bases() if _writable(base / name)), None)


CACHE = choose_cache()
"""Where compiled code is kept."""

if CACHE is not None:
    config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined, unused-ignore]

compiled: Any = partial(njit, nogil=True)
"""Decorator of the search's functions: ``@compiled()``."""

entrance: Any = partial(njit, nogil=True, cache=CACHE is not None)
"""Decorator of the one function that Python calls; what it calls is kept with it."""


def is_warm() -> bool:
    """Say whether compiled code is in the cache, so that a search starts at once."""
    return CACHE is not None and any(CACHE.rglob("work.work-*.nbi"))

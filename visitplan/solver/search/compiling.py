"""Where compiled code is kept, and what it is compiled with.

Numba keys its cache to each file alone, but a compiled function holds its callees from other files too. The
cache therefore lives in a folder named by the content of all files that compiled code is made from, by where
they lie, as Numba takes no code from elsewhere, and by what compiles it for which processor: no stale code,
none compiled twice, and none taken for ready that is not. This module sets it before any other module of the
package brings Numba in.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from llvmlite import binding
from numba import config, njit

CACHE_VARIABLE = "NUMBA_CACHE_DIR"
"""Numba's own variable: users name a folder with it, and it comes before all others."""

_HERE = Path(__file__).parent
_ENTRANCE = "work"
_ENTRANCES = (_ENTRANCE, "nearness")
"""Modules whose functions Python calls; the search is compiled last."""
_IMPORTED = re.compile(r"^from visitplan\.solver\.search(?:\.(\w+))? import (\w+)", re.MULTILINE)


def sources() -> list[Path]:
    """Give the files of this package that compiled code is made from: the entrances, and all they import."""
    found: set[str] = set()
    waiting = set(_ENTRANCES)
    while waiting:
        name = waiting.pop()
        found.add(name)
        text = _file(name).read_text(encoding="utf-8")
        imported = {module or first for module, first in _IMPORTED.findall(text)}
        waiting |= {other for other in imported - found if _file(other).exists()}
    return [_file(name) for name in sorted(found)]


def _file(name: str) -> Path:
    return _HERE / f"{name}.py"


def fingerprint() -> str:
    """Give a short name for what is compiled and where, by which versions, and for which processor."""
    processor = f"{binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"
    digest = hashlib.sha256(f"{version('numba')} {version('numpy')} {processor}".encode())
    digest.update(str(_HERE.absolute()).encode())
    for file in sources():
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _bases() -> list[Path]:
    """Give the folders a cache may live in, best first; the user's own word comes before all."""
    named = os.environ.get(CACHE_VARIABLE)
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
    """Say whether compiled code is in the cache or in this process, so that a search starts at once."""
    return _in_cache() or _in_this_process()


def _in_cache() -> bool:
    return CACHE is not None and any(CACHE.rglob(f"{_ENTRANCE}.{_ENTRANCE}-*.nbi"))


def _in_this_process() -> bool:
    module = sys.modules.get(f"{__package__}.{_ENTRANCE}")
    return module is not None and bool(module.work.signatures)

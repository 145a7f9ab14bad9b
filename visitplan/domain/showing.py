"""Ids as people see them: as text that cannot disturb what stands around it, and as names of files."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ISOLATE, _POP = "\u2068", "\u2069"
_TURNS = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 60


def shown(text: str) -> str:
    """Give text on one line, without control characters, that does not turn what follows it around.

    Control characters become U+FFFD, line ends spaces. Text that runs from right to left, or says so, is put
    into an isolate (Unicode Standard Annex 9, section 2.4), and closes there whatever it opened.
    """
    plain = "".join(_printable(sign) for sign in " ".join(text.splitlines()))
    if any(unicodedata.bidirectional(sign) in _TURNS for sign in plain):
        return f"{_ISOLATE}{plain.replace(_POP, '')}{_POP}"
    return plain


def _printable(sign: str) -> str:
    if sign == "\t":
        return " "
    return "\ufffd" if unicodedata.category(sign) in ("Cc", "Cs") else sign


def file_stems(ids: Iterable[str]) -> dict[str, str]:
    """Give, by id, a name that every file system takes: letters, digits, dash and underscore only.

    An id of such characters is its own name. Any other, and ids that differ in case only (which some file
    systems take for one), have part of their SHA-256 added, so that no two names are one.
    """
    every = tuple(dict.fromkeys(ids))
    alike = Counter(name.casefold() for name in every)
    return {name: _stem(name, alone=alike[name.casefold()] == 1) for name in every}


def stems_of(name: str) -> tuple[str, str]:
    """Give the two names that :func:`file_stems` may give an id: the longer one, then the plain one."""
    return _stem(name, alone=False), _stem(name, alone=True)


def _stem(name: str, *, alone: bool) -> str:
    plain = _UNSAFE.sub("_", name)[:_LONGEST]
    if plain == name and plain and alone:
        return plain
    return f"{plain}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"

"""Policy of letters to families."""

from __future__ import annotations

from enum import StrEnum

from visitplan.policy.section import Section


class Layout(StrEnum):
    """How a letter looks.

    ``large``: 16 point and more, everything left-aligned. ``easy``: easy read, one short sentence a line,
    each with a slot for a picture.
    """

    STANDARD = "standard"
    LARGE = "large"
    EASY = "easy"


class LettersPolicy(Section):
    """Letters to families.

    Attributes
    ----------
    layouts
        Those that `visitplan plan` writes into the plan folder; none by default, since letters hold names and
        nothing else there does.
    texts
        Folder with a `letters.toml`, and pictures, of your own, as seen from the planning folder; without it,
        the English texts that come with visitplan.
    """

    layouts: tuple[Layout, ...] = ()
    texts: str | None = None

"""Letters to families: who comes, when, what for, who leads and whom to call; for print, in three layouts.

Letters are the one output that holds names, where a people table gives them.
"""

from __future__ import annotations

from visitplan.reporting.letters.contents import Letter, letters_of, wordless
from visitplan.reporting.letters.pages import letter_files, letter_page
from visitplan.reporting.letters.texts import TEXTS_FILE, Texts, our_texts, read_texts, texts_of

__all__ = [
    "TEXTS_FILE",
    "Letter",
    "Texts",
    "letter_files",
    "letter_page",
    "letters_of",
    "our_texts",
    "read_texts",
    "texts_of",
    "wordless",
]

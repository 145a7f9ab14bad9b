"""Flesch-Kincaid grade (Kincaid, Fishburne, Rogers, Chissom 1975): US school years; the age is five more."""

from __future__ import annotations

import re

_VOWELS = re.compile(r"[aeiouy]+")


def grade(sentences: list[str]) -> float:
    """Give the grade of a text: 0.39 words a sentence + 11.8 syllables a word - 15.59."""
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z']+", sentence)]
    syllables = sum(map(syllables_of, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def syllables_of(word: str) -> int:
    """Count groups of vowels, but for a silent e at the end and the ed of a past tense; at least one."""
    lower = word.lower().strip("'")
    count = len(_VOWELS.findall(lower))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouydt]ed$|[^aeiouy]es$", lower) and not re.search(
        r"(s|x|z|ch|sh|c|g)es$", lower
    )
    return max(1, count - (1 if silent else 0))

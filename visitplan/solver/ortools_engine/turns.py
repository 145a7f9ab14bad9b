"""Whose turn it is: searches that have found something lately come more often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

Search = TypeVar("Search")

_MEMORY = 0.95
"""What a try counts for when the next one has been made."""

_LEAST = 0.1
"""The least share of turns that a search keeps, however little it finds."""


class Turns(Generic[Search]):
    """Draws among searches by how often they succeeded of late, for the seconds a try of each may take.

    Only tries and successes are counted, never measured times, so that a run repeats exactly.
    """

    def __init__(self, searches: Sequence[Search], seconds: Sequence[float]) -> None:
        self._searches = list(searches)
        self._seconds = list(seconds)
        self._tries = [0.0] * len(self._searches)
        self._successes = [0.0] * len(self._searches)

    def draw(self, rng: Random) -> Search:
        """Give the search whose turn it is."""
        worth = [
            (good + 1) / (tries + 2) / seconds
            for good, tries, seconds in zip(self._successes, self._tries, self._seconds, strict=True)
        ]
        weights = [max(one, _LEAST * sum(worth)) for one in worth]
        return rng.choices(self._searches, weights)[0]

    def learn(self, search: Search, success: bool) -> None:
        """Remember how a try went."""
        index = self._searches.index(search)
        self._tries[index] = self._tries[index] * _MEMORY + 1
        self._successes[index] = self._successes[index] * _MEMORY + success

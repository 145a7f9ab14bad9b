"""Seeded draws that read like the rates they come from."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


def stream(seed: int, purpose: str) -> Random:
    """Give the random numbers of one purpose, so that a change to one part leaves the others as they were."""
    return Random(f"visitplan {seed} {purpose}")


def weighted(rng: Random, weights: Sequence[tuple[T, float]]) -> T:
    """Draw one of the named things by its weight."""
    return rng.choices([name for name, _ in weights], [weight for _, weight in weights])[0]


def chance(rng: Random, share: float) -> bool:
    """Tell whether something with this share happens; always draws one number."""
    return rng.random() < share

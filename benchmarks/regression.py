"""Compare results with stored ones, by ratio: ``python -m benchmarks.regression NEW.json STORED.json``.

Costs are compared as they are. Times are first divided by what a fixed piece of work took on the same machine
(``measuring.yardstick``), so that a slow machine is no regression. Where a search was limited by time, its
processor time says nothing and its steps per second are compared instead. Exit code 1 if anything got worse
by more than its tolerance, or was measured then and failed now.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import markdown
from benchmarks.results import Results, medians, read

if TYPE_CHECKING:
    from collections.abc import Iterator

PEERS = ("pyvrp", "vroom")


@dataclass(frozen=True, slots=True)
class Rule:
    """How a figure is compared.

    Attributes
    ----------
    figure
        Its name.
    most
        The ratio of new to stored from which on it is worse.
    power
        Of the yardstick's ratio, by which the ratio is divided: 1 for seconds, -1 for steps per second.
    more_is_better
        The ratio is turned round.
    plus
        Added to both sides, so that a figure may be 0.
    limited
        Whether it is compared where time was the limit, where it was not, or (None) always.
    """

    figure: str
    most: float
    power: int = 0
    more_is_better: bool = False
    plus: float = 0.0
    limited: bool | None = None


RULES = (
    Rule("cost", 1.03),
    Rule("unassigned", 1.5, plus=1.0),
    Rule("cpu_seconds", 1.5, power=1, plus=0.05, limited=False),
    Rule("first_seconds", 1.5, power=1, plus=0.2, limited=False),
    Rule("per_second", 1.5, power=-1, more_is_better=True, limited=True),
    Rule("megabytes", 1.25),
)
"""Two seeds of one setting differ by a percent or two, two runs on a quiet machine by a tenth of the time."""


@dataclass(frozen=True, slots=True)
class Change:
    """How one figure of one entry changed; above 1 is worse."""

    entry: str
    figure: str
    ratio: float
    most: float

    @property
    def worse(self) -> bool:
        """Say whether it got worse by more than is tolerated."""
        return self.ratio > self.most


def changes(new: Results, stored: Results) -> Iterator[Change]:
    """Compare all figures that both have, but those of peers; entries that are gone or new do not count."""
    faster = stored.yardstick_seconds / new.yardstick_seconds
    before, after = medians(stored), medians(new)
    for entry in before.keys() & after.keys():
        if entry[2] not in PEERS:
            yield from _of_entry(" / ".join(entry), after[entry], before[entry], faster)


def _of_entry(name: str, new: dict[str, Any], old: dict[str, Any], faster: float) -> Iterator[Change]:
    if "failed" in new and "failed" not in old:
        yield Change(name, f"failed: {new['failed']}", float("inf"), 1.0)
    for rule in RULES:
        one, other = new.get(rule.figure), old.get(rule.figure)
        if one is None or other is None or rule.limited not in (None, "limit_seconds" in new):
            continue
        if other + rule.plus == 0:
            continue
        ratio = (one * faster**rule.power + rule.plus) / (other + rule.plus)
        yield Change(name, rule.figure, 1 / ratio if rule.more_is_better else ratio, rule.most)


def report(found: list[Change]) -> str:
    """Give a table of what got worse, or say that nothing did."""
    worse = [change for change in found if change.worse]
    if not worse:
        return f"{len(found)} figures compared, none worse than tolerated."
    rows = [(c.entry, c.figure, f"{c.ratio:.3f}", f"{c.most:g}") for c in worse]
    return markdown(("entry", "figure", "ratio, above 1 is worse", "tolerated"), rows)


def main() -> None:
    """Compare two files."""
    new, stored = (read(Path(name)) for name in sys.argv[1:3])
    found = sorted(changes(new, stored), key=lambda change: (change.entry, change.figure))
    print(report(found))
    raise SystemExit(any(change.worse for change in found))


if __name__ == "__main__":
    main()

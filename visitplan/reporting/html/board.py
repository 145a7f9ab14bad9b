"""What a board reads: how a plan differs from another of the same input, and how far to trust that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from visitplan.reporting.html.contents import harmless
from visitplan.reporting.html.figures import BOARD, GROUPS
from visitplan.reporting.html.trust import cautions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from visitplan.reporting.html.contents import Baseline, Contents
    from visitplan.reporting.html.figures import Figure, Figures

SCOPES = {"by_area": "area", "by_service": "service", "by_organisation": "organisation"}
VERDICTS = {
    "better": "What is better",
    "worse": "What is worse",
    "not clear": "What is not clear",
    "same": "What is the same",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of both plans.

    Attributes
    ----------
    before, after
        Value in the other plan (a range where there are several) and in this one, as text.
    change
        The difference, as text.
    verdict
        One of :data:`VERDICTS`.
    sentence
        All of it in plain words.
    bars
        Lengths of two bars, in percent of the longer one: before (the mean of several) and after.
    """

    label: str
    before: str
    after: str
    change: str
    verdict: str
    sentence: str
    bars: tuple[float, float]


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The figures of every area, service or organisation: ``heads`` are the columns after the name."""

    scope: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What one plan bought against others.

    Attributes
    ----------
    of_coordination
        Whether the others were planned apart and this one was coordinated.
    others
        What they are called.
    cautions
        How far to trust the figures.
    """

    of_coordination: bool
    others: tuple[str, ...]
    changes: tuple[Change, ...]
    cautions: tuple[str, ...]

    def with_verdict(self, verdict: str) -> tuple[Change, ...]:
        """Give the changes of one verdict."""
        return tuple(change for change in self.changes if change.verdict == verdict)


def board(contents: Contents, baselines: Sequence[Baseline]) -> Board:
    """Compare a plan with one or more others of the same input."""
    mine = contents.figures["overall"]
    others = [baseline.figures["overall"] for baseline in baselines]
    changes = (_change(figure, mine, others) for figure in BOARD)
    apart = not any(baseline.provenance.coordinated for baseline in baselines)
    return Board(
        of_coordination=apart and contents.provenance.coordinated,
        others=tuple(harmless(baseline.name) for baseline in baselines),
        changes=tuple(change for change in changes if change is not None),
        cautions=tuple(cautions(contents, baselines)),
    )


def _change(figure: Figure, mine: Figures, others: Sequence[Figures]) -> Change | None:
    """Compare one figure; None where a plan does not have it, or where it is nothing everywhere."""
    after = figure.value(mine)
    before = [value for value in (figure.value(other) for other in others) if value is not None]
    if after is None or len(before) < len(others) or not any((after, *before)):
        return None
    changes = tuple(round(after - value, figure.decimals) for value in before)
    mean = sum(before) / len(before)
    longest = max(after, mean) or 1
    return Change(
        label=figure.label,
        before=_range(figure, before),
        after=figure.shown(after),
        change=_signed_range(figure, changes),
        verdict=figure.verdict(changes),
        sentence=_sentence(figure, after, before, changes),
        bars=(round(100 * mean / longest, 1), round(100 * after / longest, 1)),
    )


def _sentence(figure: Figure, after: float, before: Sequence[float], changes: Sequence[float]) -> str:
    said = f"{figure.label}: {figure.shown(after)}"
    verdict = figure.verdict(tuple(changes))
    if verdict == "same":
        return f"{said}, as before."
    if verdict == "not clear":
        return f"{said}; in the other plans {_range(figure, before)}."
    amounts = [abs(change) for change in changes]
    by = _range(figure, amounts).replace(" to ", " or up to ")
    direction = "more" if changes[0] > 0 else ("less" if figure.decimals else "fewer")
    return (
        f"{said} instead of {_range(figure, before)}, which is {by} {direction}{_percent(before, changes)}."
    )


def _percent(before: Sequence[float], changes: Sequence[float]) -> str:
    if len(before) != 1 or not before[0]:
        return ""
    percent = abs(100 * changes[0] / before[0])
    return f" ({percent:,.0f}%)" if percent >= 1 else " (under 1%)"


def _range(figure: Figure, values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return figure.shown(low) if low == high else f"{figure.shown(low)} to {figure.shown(high)}"


def _signed_range(figure: Figure, changes: Sequence[float]) -> str:
    low, high = _signed(figure, min(changes)), _signed(figure, max(changes))
    return low if low == high else f"{low} to {high}"


def _signed(figure: Figure, change: float) -> str:
    return f"+{figure.shown(change)}" if change > 0 else figure.shown(change)


def group_tables(contents: Contents, baselines: Sequence[Baseline]) -> tuple[GroupTable, ...]:
    """Give the figures by area, service and organisation; with others, before and after in one cell."""
    return tuple(
        _group_table(word, contents.figures[key], [baseline.figures[key] for baseline in baselines])
        for key, word in SCOPES.items()
    )


def _group_table(
    scope: str, mine: Mapping[str, Figures], others: Sequence[Mapping[str, Figures]]
) -> GroupTable:
    names = sorted(mine.keys() | {name for other in others for name in other})
    every: list[Figures] = [*mine.values(), *(figures for other in others for figures in other.values())]
    known = [figure for figure in GROUPS if any(figure.value(figures) for figures in every)]
    rows = ((name, tuple(_cells(known, name, mine, others))) for name in names)
    return GroupTable(
        scope,
        tuple(figure.label for figure in known),
        tuple((harmless(name) or "(none)", cells) for name, cells in rows),
    )


def _cells(
    figures: Sequence[Figure],
    name: str,
    mine: Mapping[str, Figures],
    others: Sequence[Mapping[str, Any]],
) -> Iterator[str]:
    for figure in figures:
        after = figure.value(mine.get(name, {}))
        values = (figure.value(other.get(name, {})) for other in others)
        before = [value for value in values if value is not None]
        said = "\N{EN DASH}" if after is None else figure.shown(after)
        yield said if not before else f"{_range(figure, before)} \N{RIGHTWARDS ARROW} {said}"

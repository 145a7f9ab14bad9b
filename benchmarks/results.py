"""Results of a run of the registry: kept as JSON, and shown as a page.

``python -m benchmarks.results RESULTS.json [PAGE.md]`` writes the page, to the screen where no file is named.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.measuring import markdown

COLUMNS = (
    ("cost", "cost", ",.1f"),
    ("gap_percent", "gap to best known %", "+.2f"),
    ("unassigned", "left out", "g"),
    ("first_seconds", "first plan s", ".2f"),
    ("complete_seconds", "complete s", ".1f"),
    ("per_second", "per second", ",.0f"),
    ("iterations", "iterations", ",.0f"),
    ("seconds", "seconds", ",.1f"),
    ("cpu_seconds", "CPU s", ",.1f"),
    ("megabytes", "peak MB", ",.0f"),
)
"""Figure, heading and format of the page's columns; those nobody has are left out."""


@dataclass(frozen=True, slots=True)
class Result:
    """The figures of one entry from one seed, or ``figures["failed"]``: why there are none."""

    scenario: str
    stage: str
    engine: str
    seed: int
    figures: dict[str, Any]

    @property
    def entry(self) -> tuple[str, str, str]:
        """Give the name of the entry."""
        return self.scenario, self.stage, self.engine


@dataclass(frozen=True, slots=True)
class Results:
    """All figures of one run.

    Attributes
    ----------
    made
        Day, ISO format.
    machine
        Processor, cores, Python and versions.
    yardstick_seconds
        What a fixed piece of work took on the machine, in processor time: see ``measuring.yardstick``.
    results
        In the order of the registry.
    """

    made: str
    machine: str
    yardstick_seconds: float
    results: tuple[Result, ...]


def write(path: Path, results: Results) -> None:
    """Write results as JSON, one result a line, so that a change of one is a change of one line."""
    head = {key: value for key, value in asdict(results).items() if key != "results"}
    lines = ",\n".join("  " + json.dumps(asdict(result)) for result in results.results)
    text = json.dumps(head, indent=1)[:-2] + f',\n "results": [\n{lines}\n ]\n}}\n'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def read(path: Path) -> Results:
    """Read results from JSON.

    Raises
    ------
    ValueError
        The file holds something else.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = tuple(Result(**row) for row in document.pop("results"))
        return Results(**document, results=found)
    except (TypeError, KeyError, AttributeError) as fault:
        raise ValueError(f"{path} holds no results of benchmarks: {fault}") from fault


def medians(results: Results) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Give for each entry the median of each figure over its seeds; of what is no number, the first."""
    of: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for result in results.results:
        of.setdefault(result.entry, []).append(result.figures)
    return {entry: _middle(figures) for entry, figures in of.items()}


def _middle(figures: list[dict[str, Any]]) -> dict[str, Any]:
    failed = [one for one in figures if "failed" in one]
    if failed:
        return failed[0]
    found = {}
    for name, first in figures[0].items():
        values = [value for one in figures if isinstance(value := one.get(name), int | float)]
        found[name] = median(values) if len(values) == len(figures) else first
    return found | {"seeds": len(figures)}


# --- the page -------------------------------------------------------------------------------------------


def page(results: Results) -> str:
    """Give the results as a Markdown page."""
    seeds = sorted({result.seed for result in results.results})
    parts = [
        "# Benchmark results",
        "Made by `python -m benchmarks.run`; do not edit. What the scenarios are, and how far to trust the "
        "figures: [README.md](README.md).",
        f"{results.made}. {results.machine}. Seeds {', '.join(map(str, seeds))}; with several, each "
        f"figure is the median. Yardstick {results.yardstick_seconds:.3f} s.",
    ]
    found = medians(results)
    for stage in dict.fromkeys(stage for _, stage, _ in found):
        rows = {entry: figures for entry, figures in found.items() if entry[1] == stage}
        parts += [f"## {stage[0].upper()}{stage[1:]}", _table(rows), *_curves(rows)]
    return "\n\n".join(parts) + "\n"


def _table(rows: dict[tuple[str, str, str], dict[str, Any]]) -> str:
    limited = any("limit_seconds" in figures for figures in rows.values())
    shown = [
        column for column in COLUMNS if any(figures.get(column[0]) is not None for figures in rows.values())
    ]
    header = ["scenario", "engine", *(["limit s"] if limited else []), *(heading for _, heading, _ in shown)]
    lines = []
    for (scenario, _, engine), figures in rows.items():
        limit = [_cell(figures.get("limit_seconds"), "g")] if limited else []
        cells = [_cell(figures.get(name), form) for name, _, form in shown]
        lines.append([scenario, engine, *limit, *cells, _note(figures)])
    if not any(line[-1] for line in lines):
        return markdown(header, [line[:-1] for line in lines])
    return markdown([*header, "note"], lines)


def _note(figures: dict[str, Any]) -> str:
    """Say why there is no plan, in one line that fits into a table."""
    if "failed" in figures:
        return " ".join(str(figures["failed"]).replace("|", "/").split())
    return "no plan" if "cost" in figures and figures["cost"] is None else ""


def _cell(value: Any, form: str) -> str:
    return "" if value is None else format(value, form)


def _curves(rows: dict[tuple[str, str, str], dict[str, Any]]) -> list[str]:
    """Give a table of cost over time for what was searched by time, of the first seed."""
    lines = [
        [scenario, engine, "  ".join(f"{at:g} s: {cost:,.0f}" for at, cost in figures["curve"])]
        for (scenario, _, engine), figures in rows.items()
        if "limit_seconds" in figures and "curve" in figures
    ]
    return [markdown(("scenario", "engine", "cost over time, first seed"), lines)] if lines else []


def main() -> None:
    """Write the page."""
    text = page(read(Path(sys.argv[1])))
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()

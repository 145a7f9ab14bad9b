"""A plan with the scenario it serves, and the views that notebooks and reports ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from visitplan import exports, reporting
from visitplan.domain.plan import Plan
from visitplan.domain.scenario import Scenario
from visitplan.errors import InputError
from visitplan.findings import errors_in

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from visitplan.reporting.html import Contents
    from visitplan.reporting.notebook import Drawing

REPORT_FILE = "report.html"
LETTER_FOLDER = "letters"


@dataclass(frozen=True)
class PlanResult:
    """What planning gives.

    Attributes
    ----------
    scenario
        What was planned.
    plan
        The plan itself: runs, unassigned visits, joint visits, costs, findings, provenance.
    explaining
        What :meth:`explain` asks; planning puts it there.
    """

    scenario: Scenario
    plan: Plan
    explaining: Callable[..., Any] | None = field(default=None, repr=False, compare=False)

    def explain(self, request_id: str, **options: Any) -> Any:
        """Say why a request is served as it is, or why not and what would let it in.

        See :func:`visitplan.planning.explaining.explain`, whose result can be printed.

        Raises
        ------
        InputError
            The plan's input has no such request.
        ValueError
            The result was put together by hand, with nothing that can explain it.
        """
        if self.explaining is None:
            raise ValueError("this result cannot explain itself; visitplan.planning.explain can")
        return self.explaining(self, request_id, **options)

    @cached_property
    def roster(self) -> pd.DataFrame:
        """Give one row a visit, as in ``roster.csv``."""
        return exports.roster(self.scenario, self.plan)

    @cached_property
    def unassigned(self) -> pd.DataFrame:
        """Give one row for each visit that is not in the roster, with its reason."""
        return exports.unassigned(self.scenario, self.plan)

    @cached_property
    def appointments(self) -> pd.DataFrame:
        """Give one row for each time that a household is told."""
        return exports.appointments(self.scenario, self.plan)

    @cached_property
    def joint_visits(self) -> pd.DataFrame:
        """Give one row for each joint visit."""
        return exports.joint_visits(self.scenario, self.plan)

    @cached_property
    def staff(self) -> pd.DataFrame:
        """Give one row for each shift: hours, travel, overtime."""
        return exports.staff(self.scenario, self.plan)

    @cached_property
    def kpis(self) -> pd.DataFrame:
        """Give the key figures, one row each."""
        return reporting.kpi_frame(self.scenario, self.plan)

    @cached_property
    def kpi_values(self) -> Mapping[str, Any]:
        """Give the key figures as in ``kpis.json``."""
        return reporting.kpis(self.scenario, self.plan)

    def summary(self) -> str:
        """Say in a few lines what was planned, what was saved, and what is left."""
        return reporting.summary(self.scenario, self.plan)

    def report(self, *against: PlanResult) -> str:
        """Give the report as one HTML page, to be written to a file with encoding UTF-8.

        Against other plans of the same scenario, planned apart, it tells what coordination bought.
        """
        from visitplan.reporting import html  # here, because Jinja is wanted for pages only

        others = (
            html.Baseline(f"plan {k}", other.kpi_values, other.plan.provenance)
            for k, other in enumerate(against, start=1)
        )
        return html.report_page(self._contents, tuple(others))

    @cached_property
    def _contents(self) -> Contents:
        from visitplan.reporting import html

        texts = exports.plan_texts(self.scenario, self.plan)
        return html.Contents(texts, self.kpi_values, self.plan.period, self.plan.provenance)

    def timeline(
        self,
        *,
        day: dt.date | str | None = None,
        staff: str | Iterable[str] | None = None,
        area: str | None = None,
        service: str | None = None,
        household: str | None = None,
        most: int = 80,
    ) -> Drawing:
        """Draw one day's shifts as rows: travel, waiting, breaks and visits, and who meets in joint visits.

        Parameters
        ----------
        day
            A date, or one as YYYY-MM-DD; by default the first day with visits as asked for.
        staff
            One staff id or several; by default everybody.
        area, service, household
            Only runs with a visit there, of that service, or to that household; their other visits are faint.
        most
            Rows that are drawn at most; the drawing says when there are more.

        Returns
        -------
        Drawing
            A notebook shows it; ``save`` keeps it as an SVG file.

        Raises
        ------
        ValueError
            The plan has nothing that is called so, or nothing on that day.
        """
        from visitplan.reporting import html, notebook

        wish = notebook.Wish(day, staff, area, service, household)
        return notebook.draw_timeline(html.runs_data(self._contents), wish, most)

    def map(
        self,
        *,
        day: dt.date | str | None = None,
        staff: str | Iterable[str] | None = None,
        area: str | None = None,
        service: str | None = None,
        household: str | None = None,
    ) -> Drawing:
        """Draw one day's runs from household to household, from coordinates alone, without tiles.

        A run is drawn from its first visit to its last: where staff live is not shown. The parameters, what
        is returned and what is raised are as in :meth:`timeline`; with few runs their stops are numbered.
        """
        from visitplan.reporting import html, notebook

        wish = notebook.Wish(day, staff, area, service, household)
        return notebook.draw_map(html.runs_data(self._contents), wish)

    def write(self, folder: str | Path, **options: Any) -> Path:
        """Write the plan folder with its report, and the letters that the policy asks for, all or nothing.

        See :func:`visitplan.exports.write_plan` for the options.
        """
        status = str(options.get("status", exports.Status.COMPLETE))

        letters = self._letters(options.get("origin", {}).get("folder"))

        def further(files: Mapping[str, bytes]) -> dict[str, bytes]:
            return {REPORT_FILE: self._page(files, status).encode(), **letters}

        return exports.write_plan(
            folder, self.scenario, self.plan, self.kpi_values, further=further, **options
        )

    def _letters(self, source: str | Path | None) -> dict[str, bytes]:
        """Give the letters that the policy asks for, by path in the plan folder."""
        layouts = self.scenario.policy.letters.layouts
        if not layouts:
            return {}
        from visitplan.reporting import letters

        texts = letters.texts_of(self.scenario.policy.letters, source)
        files = letters.letter_files(self.scenario, self.plan, texts, layouts)
        return {f"{LETTER_FOLDER}/{name}": data for name, data in files.items()}

    def _page(self, files: Mapping[str, bytes], status: str) -> str:
        from visitplan.reporting import html

        texts = exports.table_texts(files, html.TABLES)
        made = html.Contents(texts, self.kpi_values, self.plan.period, self.plan.provenance, status)
        return html.report_page(made)

    def _repr_html_(self) -> str:
        from visitplan.reporting import notebook

        return notebook.plan_view(self.scenario, self.plan)

    def __repr__(self) -> str:
        return (
            f"<PlanResult of {self.scenario.name}: {len(self.plan.visits)} visits planned, "
            f"{len(self.plan.unassigned)} unassigned>"
        )


def compare(one: PlanResult, other: PlanResult) -> pd.DataFrame:
    """Give the key figures of two plans side by side, with the change from the first to the second."""
    return reporting.compare(one.scenario, one.plan, other.scenario, other.plan)


def comparison(one: PlanResult, other: PlanResult) -> reporting.Comparison:
    """Give two plans side by side: key figures, households that gain and lose, visits and appointments."""
    a, b = (reporting.Side(result.scenario, result.plan) for result in (one, other))
    return reporting.Comparison(a, b)


def read_plan(folder: str | Path, scenario: Scenario) -> PlanResult:
    """Read a plan folder back, for the scenario it was made from.

    Raises
    ------
    InputError
        The folder is no plan, is damaged, or its files contradict each other.
    """
    plan, findings = exports.read_plan(folder, scenario)
    faults = errors_in(findings)
    if faults:
        raise InputError(f"{folder} cannot be read as a plan", faults)
    return PlanResult(scenario, plan)

"""Rules on breaks: everybody gets the one that their shift has, undisturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.checking.calendar import minutes
from visitplan.checking.case import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.checking.case import Case, Sheet
    from visitplan.findings import Finding


def _subject(sheet: Sheet) -> str:
    return f"shift {sheet.run.shift_id}, staff {sheet.staff.staff_id}"


def breaks_missing(case: Case) -> Iterator[Finding]:
    """See that a run whose shift has a break takes one."""
    for sheet in case.sheets:
        if sheet.shift.pause is not None and sheet.run.break_start is None:
            yield fault(
                "CHECK-BREAK-MISSING",
                _subject(sheet),
                f"The shift has a break of {minutes(sheet.shift.pause.duration_s)}, the run takes none.",
                "Leave room for the break.",
            )


def breaks_invented(case: Case) -> Iterator[Finding]:
    """See that a run takes no break that its shift does not have."""
    for sheet in case.sheets:
        if sheet.shift.pause is None and (sheet.run.break_start is not None or sheet.run.break_s):
            yield fault(
                "CHECK-BREAK-INVENTED",
                _subject(sheet),
                "The run takes a break, the shift has none.",
                "Take it out, or give the shift a break.",
            )


def breaks_shortened(case: Case) -> Iterator[Finding]:
    """See that a break lasts as long as the shift says."""
    for sheet in case.sheets:
        pause = sheet.shift.pause
        if pause is not None and sheet.run.break_start is not None and sheet.run.break_s != pause.duration_s:
            yield fault(
                "CHECK-BREAK-LENGTH",
                _subject(sheet),
                f"The break lasts {minutes(sheet.run.break_s)}; it should be {minutes(pause.duration_s)}.",
                "Give the break its full length.",
            )


def breaks_out_of_time(case: Case) -> Iterator[Finding]:
    """See that a break lies wholly inside its window."""
    for sheet in case.sheets:
        pause, begin = sheet.shift.pause, sheet.run.break_start
        if pause is None or begin is None:
            continue
        if begin < pause.window.start or begin + pause.duration_s > pause.window.end:
            yield fault(
                "CHECK-BREAK-WINDOW",
                _subject(sheet),
                f"The break is from {case.calendar.text(begin)} to "
                f"{case.calendar.clock(begin + pause.duration_s)}; it must lie between "
                f"{case.calendar.text(pause.window.start)} and {case.calendar.clock(pause.window.end)}.",
                "Move the break into its window.",
            )


def breaks_eaten(case: Case) -> Iterator[Finding]:
    """See that nobody works during the break, and the gap it lies in holds the leg and the whole break."""
    for sheet in case.sheets:
        begin, pause = sheet.run.break_start, sheet.shift.pause
        if begin is None or pause is None or not sheet.legs:
            continue
        end = begin + pause.duration_s
        if end <= sheet.run.depart or begin >= sheet.run.finish:
            continue
        around = next((leg for leg in sheet.legs if leg.left <= begin and end <= leg.by), None)
        if around is None:
            but = "there is work in it"
        elif around.reachable and around.by - around.left < around.road_s + pause.duration_s:
            gap = around.by - around.left
            but = f"the {minutes(gap)} around it must hold {minutes(around.road_s)} of travel too"
        else:
            continue
        yield fault(
            "CHECK-BREAK-EATEN",
            _subject(sheet),
            f"The break is from {case.calendar.text(begin)} to {case.calendar.clock(end)}, and {but}.",
            "Move a visit so that the break is free.",
        )

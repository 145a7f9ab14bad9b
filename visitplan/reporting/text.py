"""Words for a terminal: plurals, money, dates, and ids that cannot play tricks with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


def shown(text: str) -> str:
    """Give an id such that a terminal only shows it: no escape sequences, line ends or turned directions."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Give a count with its noun: 1 visit, 1,200 visits."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def sterling(pounds: float) -> str:
    """Give pounds to the penny: £1,234.50."""
    return f"£{pounds:,.2f}"


def day(date: dt.date) -> str:
    """Give a date as people say it: Monday 4 January 2027, whatever the machine's language."""
    weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return f"{weekdays[date.weekday()]} {date.day} {months[date.month - 1]} {date.year}"


def days(first: dt.date, last: dt.date) -> str:
    """Give a stretch of dates."""
    return day(first) if first == last else f"{day(first)} to {day(last)}"

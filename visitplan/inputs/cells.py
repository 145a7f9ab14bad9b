"""What a cell may hold: each kind of value, read from text as well as from a spreadsheet's own types.

A cell that cannot be read raises a ``PydanticCustomError``: its type is the finding's code, its message the
cause. Clock times and dates are read as a person types them and as Excel stores them.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from visitplan.domain.requests import ALL_WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_ID = 80
MAX_TEXT = 500
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Control characters, line breaks and marks that change how an id looks."""

_EXCEL_EPOCH = dt.datetime(1899, 12, 30)
_EXCEL_DAYS = range(20_000, 80_000)
"""Excel day numbers of the years 1954 to 2119: numbers that can be meant as dates."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?")
_TRUTHS = {"yes": True, "y": True, "true": True, "t": True, "1": True}
_TRUTHS |= {"no": False, "n": False, "false": False, "f": False, "0": False}


Parsed = TypeVar("Parsed")


def remembered(parse: Callable[[object], Parsed]) -> Callable[[object], Parsed]:
    """Parse each text once: the same few ids, dates and times fill most of a large table."""
    parse_text = lru_cache(maxsize=65_536)(parse)

    def read(value: object) -> Parsed:
        return parse_text(value) if type(value) is str else parse(value)

    return read


def wrong(code: str, cause: str) -> PydanticCustomError:
    """Make the error of a cell; braces in the cause are taken as they are."""
    return PydanticCustomError(code, "{cause}", {"cause": cause})


def shown(value: object) -> str:
    """Give a cell as text for a finding, cut to 80 characters."""
    text = value if isinstance(value, str) else str(_plain(value))
    return text if len(text) <= 80 else f"{text[:77]}..."


def _plain(value: Any) -> Any:
    """Turn a whole float into the int it stands for: spreadsheets hold every number as a float."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def text_of(value: object) -> str:
    """Give a cell as text, the way a person would type it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(_plain(value))


def _identifier(value: object) -> str:
    text = text_of(value)
    if len(text) > MAX_ID:
        raise wrong("ID-TOO-LONG", f"An id has {len(text)} characters; at most {MAX_ID} are taken.")
    if INVISIBLE.search(text):
        raise wrong("ID-CONTROL", "An id holds a line break or another character that cannot be seen.")
    if ";" in text:
        raise wrong("ID-SEPARATOR", "An id holds ';', which separates the entries of a list.")
    return text


def _free_text(value: object) -> str:
    text = text_of(value)
    if len(text) > MAX_TEXT:
        raise wrong("CELL-TOO-LONG", f"The text has {len(text)} characters; at most {MAX_TEXT} are taken.")
    return text


def items(value: object) -> list[str]:
    """Split a ``;`` list; empty entries count for nothing, and each entry for once."""
    parts = value if isinstance(value, (list, tuple, set, frozenset)) else text_of(value).split(";")
    return list(dict.fromkeys(text for part in parts if (text := text_of(part).strip())))


def _id_list(value: object) -> tuple[str, ...]:
    return tuple(_identifier(item) for item in items(value))


def _number(value: object) -> float:
    try:
        number = float(value) if not isinstance(value, (bool, dt.date, dt.time)) else None  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = None
    if number is None or number != number or number in (float("inf"), float("-inf")):
        raise wrong("CELL-NUMBER", "This is not a number.")
    return number


def _whole(value: object) -> int:
    if type(value) is int:
        return value
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    number = _number(value)
    if not number.is_integer():
        raise wrong("CELL-WHOLE", "A whole number is needed here.")
    if abs(number) > 1e9:
        raise wrong("CELL-RANGE", "The number is far too large.")
    return int(number)


def _truth(value: object) -> bool:
    truth = _TRUTHS.get(text_of(value).lower())
    if truth is None:
        raise wrong("CELL-BOOLEAN", "This is neither yes nor no.")
    return truth


def _date_text(text: str) -> dt.date:
    head = text[:10] if re.fullmatch(r"\d{4}-\d\d-\d\d[T ]00:00(:00)?(\.0+)?", text) else text
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", head):
            return dt.date.fromisoformat(head)
        if found := DAY_FIRST.fullmatch(text):
            day, month, year = (int(part) for part in found.groups())
            return dt.date(year, month, day)
    except ValueError as error:
        raise wrong("CELL-DATE", "There is no such date.") from error
    raise wrong("CELL-DATE", "This is not a date.")


def _in_years(day: dt.date) -> dt.date:
    if not 1900 <= day.year <= 2200:
        raise wrong("CELL-DATE", f"The year {day.year} cannot be meant.")
    return day


def _excel_moment(value: object) -> dt.datetime | None:
    """Give the moment of an Excel day number, to the nearest second."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or int(value) not in _EXCEL_DAYS:
        return None
    return _EXCEL_EPOCH + dt.timedelta(seconds=round(value * 86_400))


def _date(value: object) -> dt.date:
    value = _excel_moment(value) or value
    if isinstance(value, dt.datetime):
        if value.time() != dt.time():
            raise wrong("CELL-DATE", "A date is needed here, and this has a time of day.")
        return _in_years(value.date())
    if isinstance(value, dt.date):
        return _in_years(value)
    return _in_years(_date_text(text_of(value)))


def _seconds_text(text: str) -> int:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise wrong("CELL-TIME", "This is not a clock time.")
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 24 or minute > 59 or second > 59:
        raise wrong("CELL-TIME", "There is no such clock time.")
    return hour * 3600 + minute * 60 + second


def _seconds(value: object) -> int:
    """Give the seconds after midnight of a clock time: text, time, duration or a part of a day."""
    if isinstance(value, str):
        return _seconds_text(value)
    if isinstance(value, dt.datetime) and value.year in (1899, 1900):
        value = value.time()
    if isinstance(value, dt.time):
        return value.hour * 3600 + value.minute * 60 + value.second
    if isinstance(value, dt.timedelta):
        return round(value.total_seconds())
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return round(value * 86_400)
    raise wrong("CELL-TIME", "This is not a clock time.")


def _minute_of_day(value: object) -> int:
    seconds = _seconds(value)
    if seconds % 60:
        raise wrong("CELL-MINUTE", "A clock time must be a whole minute.")
    if not 0 <= seconds <= 86_400:
        raise wrong("CELL-TIME", "There is no such clock time.")
    return seconds // 60


def _time(minute: int) -> dt.time:
    return dt.time(minute // 60, minute % 60)


def _clock(value: object) -> dt.time:
    minute = _minute_of_day(value)
    if minute == 1440:
        raise wrong("CELL-TIME", "A start at 24:00 belongs to the next day.")
    return _time(minute)


def _clock_end(value: object) -> dt.time:
    return _time(_minute_of_day(value) % 1440)


def _clock_latest(value: object) -> dt.time:
    return _time(min(_minute_of_day(value), 1439))


def _moment_text(text: str) -> dt.datetime:
    found = re.fullmatch(r"(\S+?)[T ]\s*(\d{1,2}:\d\d(?::\d\d)?(?:\.0+)?)\s*(Z|[+-]\d\d:?\d\d)?", text)
    if found is None:
        raise wrong("CELL-MOMENT", "This is not a date with a clock time.")
    day, seconds = _date_text(found[1]), _seconds_text(found[2])
    moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=seconds)
    if found[3] is None:
        return moment
    return moment.replace(tzinfo=dt.datetime.strptime(found[3], "%z").tzinfo)


def _moment(value: object) -> dt.datetime:
    value = _excel_moment(value) or value
    moment = value if isinstance(value, dt.datetime) else _moment_text(text_of(value))
    if moment.second or moment.microsecond:
        raise wrong("CELL-MINUTE", "A date-time must be a whole minute.")
    _in_years(moment.date())
    return moment


def _start(value: object) -> dt.datetime | dt.time:
    """Read a date-time, or a clock time whose date stands in a column of its own."""
    if isinstance(value, (dt.time, dt.timedelta)) or (isinstance(value, float) and value < 1):
        return _clock(value)
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return _clock(value)
    return _moment(value)


def _weekday(text: str) -> int:
    name = text.strip().lower()
    for number, full in enumerate(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    ):
        if len(name) >= 3 and full.startswith(name):
            return number
    raise wrong("CELL-WEEKDAY", f"{shown(text)!r} is not a day of the week.")


def _weekdays(value: object) -> frozenset[int]:
    days: set[int] = set()
    for item in items(value):
        first, _, last = item.partition("-")
        one = _weekday(first)
        count = (_weekday(last) - one) % 7 if last else 0
        days |= {(one + step) % 7 for step in range(count + 1)}
    return frozenset(days) or ALL_WEEKDAYS


def _count_or_daily(value: object) -> int | str:
    if text_of(value).lower() == "daily":
        return "daily"
    count = _whole(value)
    if not 1 <= count <= 1000:
        raise wrong("CELL-RANGE", "The number of visits must lie between 1 and 1000, or be 'daily'.")
    return count


def nhs_number_is_right(text: str) -> bool:
    """Tell whether an NHS number of ten digits has the right check digit.

    Modulus 11 with the weights 10 to 2: NHS Data Dictionary, attribute NHS NUMBER.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{10}", digits):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def _nhs_number(value: object) -> None:
    if not nhs_number_is_right(text_of(value)):
        raise wrong("NHS-NUMBER", "This is not an NHS number: ten digits, the last a check digit.")


@remembered
def as_choice(value: object) -> object:
    """Write a code of a fixed list the way the list does: lower case, underscores."""
    return re.sub(r"[\s-]+", "_", value.lower()) if isinstance(value, str) else value


def _schema(description: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "format": description, **more})


Id = Annotated[str, BeforeValidator(remembered(_identifier)), Field(json_schema_extra={"maxLength": MAX_ID})]
Text = Annotated[str, BeforeValidator(_free_text), Field(json_schema_extra={"maxLength": MAX_TEXT})]
IdList = Annotated[tuple[str, ...], BeforeValidator(remembered(_id_list)), _schema("list separated by ;")]
Number = Annotated[float, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_whole)]
Truth = Annotated[
    bool,
    BeforeValidator(remembered(_truth)),
    WithJsonSchema({"enum": ["yes", "no", "true", "false", "1", "0"]}),
]
Date = Annotated[
    dt.date, BeforeValidator(remembered(_date)), WithJsonSchema({"type": "string", "format": "date"})
]
Clock = Annotated[dt.time, BeforeValidator(remembered(_clock)), _schema("HH:MM")]
ClockEnd = Annotated[dt.time, BeforeValidator(remembered(_clock_end)), _schema("HH:MM, 24:00 included")]
ClockLatest = Annotated[dt.time, BeforeValidator(remembered(_clock_latest)), _schema("HH:MM, 24:00 is 23:59")]
Moment = Annotated[dt.datetime, BeforeValidator(remembered(_moment)), _schema("YYYY-MM-DD HH:MM")]
Start = Annotated[
    dt.datetime | dt.time, BeforeValidator(remembered(_start)), _schema("YYYY-MM-DD HH:MM or HH:MM")
]
Days = Annotated[
    frozenset[int],
    BeforeValidator(remembered(_weekdays)),
    _schema("weekdays separated by ;", examples=["mon;wed", "mon-fri"]),
]
Visits = Annotated[
    int | str,
    BeforeValidator(_count_or_daily),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"const": "daily"}]}),
]
NhsNumber = Annotated[None, BeforeValidator(_nhs_number), WithJsonSchema({"type": "string"})]

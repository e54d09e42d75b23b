"""Raw cells become local calendar days, in the order that the whole column shows."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hipoutcomes.ingest.grids.cells import Cells, as_typed
from hipoutcomes.ingest.parsing.date_text import read_date
from hipoutcomes.ingest.parsing.parsed import Parsed, absent, number_of

#: A visit before this day is a mistake.
EARLIEST = date(1990, 1, 1)
#: Day 0 of Excel's serial numbers (with its extra 29 February 1900 allowed for).
EXCEL_ZERO = date(1899, 12, 30)
ORDERS = ("day-first", "month-first")

#: Workbooks whose typed dates are this many and all fall on days 1 to 12 look as if day and
#: month had been exchanged, when text dates beside them have the day first.
MANY_TYPED = 10


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """What a column of dates shows about the order of day and month; counts are rows.

    Attributes
    ----------
    n_iso : int
        Dates that read one way only: year first, month by name, or day and month the same.
    n_day_first_only, n_month_first_only : int
        Dates that are only possible in one order, such as 25/02/2026.
    n_ambiguous : int
        Dates possible in both orders.
    n_typed : int
        Cells that a workbook holds as dates.
    n_unreadable : int
        Filled cells that are no date in either order.
    verdict : {"iso", "day-first", "month-first", "ambiguous", "conflict", "typed", "none"}
    examples : tuple of str
        Dates as typed that the verdict rests on.
    note : str
        Why a workbook's typed dates are in doubt; empty otherwise.
    """

    n_iso: int
    n_day_first_only: int
    n_month_first_only: int
    n_ambiguous: int
    n_typed: int
    n_unreadable: int
    verdict: str
    examples: tuple[str, ...]
    note: str = ""


def parse_date(
    raw: object,
    order: str,
    *,
    sentinels: Collection = (),
    today: date | None = None,
    earliest: date = EARLIEST,
) -> Parsed:
    """Read one date; never raises.

    Parameters
    ----------
    raw : object
        The cell as typed: text, or a typed value of a workbook.
    order : str
        ``day-first`` or ``month-first`` as the column shows; with anything else (``iso``,
        ``typed``, ``ambiguous``) dates that depend on it are refused.
    sentinels : collection of str or number
        The column's codes for missing.
    today : date, optional
        Later dates are refused, and two-digit years turn at the year after it. The day of the
        computer's clock when left out.
    earliest : date
        Earlier dates are refused.

    Returns
    -------
    Parsed
        The value is a `datetime.date`, the local day of visits recorded with time and offset.

    Examples
    --------
    >>> parse_date("05/03/2026", "day-first", today=date(2026, 11, 1)).value
    datetime.date(2026, 3, 5)
    >>> parse_date("02/25/2026", "day-first", today=date(2026, 11, 1)).code
    'date-order'
    """
    if (nothing := absent(raw, sentinels)) is not None:
        return nothing
    today = today or date.today()
    if isinstance(raw, bool):
        return Parsed(None, "type-error", "TRUE and FALSE are no dates")
    if isinstance(raw, datetime):
        return _in_time(raw.date(), today, earliest)
    if isinstance(raw, date):
        return _in_time(raw, today, earliest)
    if (number := number_of(raw)) is not None:
        return _serial(number, today, earliest)
    if not isinstance(raw, str):
        return Parsed(None, "type-error", "this is not a date")
    return _text(raw, order, today, earliest)


def _text(raw: str, order: str, today: date, earliest: date) -> Parsed:
    """A date typed as text."""
    read = read_date(raw, today)
    if read is None or not (read.day_first or read.month_first):
        return Parsed(None, "type-error", _no_date(raw))
    found = read.one
    if found is None:
        if order not in ORDERS:
            either = [str(day) for day in (read.day_first, read.month_first) if day]
            return Parsed(None, "date-order", f"could be {' or '.join(either)}")
        found = read.day_first if order == "day-first" else read.month_first
        if found is None:
            other = read.month_first or read.day_first
            return Parsed(None, "date-order", f"not possible {order}; {other} the other way")
    parsed = _in_time(found, today, earliest)
    if read.utc and not parsed.code:
        return Parsed(parsed.value, "utc-time", "")
    return parsed


def date_evidence(cells: Cells, today: date | None = None) -> DateEvidence:
    """Weigh all dates of a column for the day first against the month first.

    Examples
    --------
    >>> date_evidence(Cells.of(["05/03/2026", "25/02/2026"])).verdict
    'day-first'
    >>> date_evidence(Cells.of(["05/03/2026", "04/02/2026"])).verdict
    'ambiguous'
    """
    today = today or date.today()
    counts = dict.fromkeys(("iso", "day", "month", "either", "typed", "unreadable"), 0)
    examples: dict[str, list[str]] = {kind: [] for kind in counts}
    late_typed = False
    for value, n in zip(cells.values, cells.counts.tolist(), strict=True):
        if n == 0 or absent(value) is not None:
            continue
        kind = _kind(value, today)
        counts[kind] += n
        late_typed |= kind == "typed" and _typed_day(value) > 12
        if len(examples[kind]) < 3:
            examples[kind].append(as_typed(value))
    exchanged = counts["day"] and counts["typed"] >= MANY_TYPED and not late_typed
    verdict, kinds = _verdict(counts, bool(exchanged))
    note = (
        "all dates stored as dates fall on days 1 to 12, while others are text with the day "
        "first: day and month may have been exchanged when the file was opened in Excel"
        if exchanged
        else ""
    )
    listed = tuple(
        text for pair in zip(*(examples[k] for k in kinds), strict=False) for text in pair
    )
    return DateEvidence(*counts.values(), verdict, listed, note)


def _verdict(counts: dict[str, int], exchanged: bool) -> tuple[str, tuple[str, ...]]:
    """The order that the counts show, and the kinds of dates it rests on."""
    if counts["day"] and counts["month"]:
        return "conflict", ("day", "month")
    if exchanged:
        return "conflict", ("day", "typed")
    for kind, verdict in (
        ("day", "day-first"), ("month", "month-first"), ("either", "ambiguous"), ("iso", "iso"),
        ("typed", "typed"),
    ):  # fmt: skip
        if counts[kind]:
            return verdict, (kind,)
    return "none", ("unreadable",)


def _kind(value: object, today: date) -> str:
    """What one value says about the order of its column."""
    if isinstance(value, date):
        return "typed"
    number = number_of(value)
    if number is not None:
        return "typed" if _serial(number, today, EARLIEST).value else "unreadable"
    read = read_date(value, today) if isinstance(value, str) else None
    if read is None or not (read.day_first or read.month_first):
        return "unreadable"
    if read.one:
        return "iso"
    if read.day_first and read.month_first:
        return "either"
    return "day" if read.day_first else "month"


def _typed_day(value: object) -> int:
    """Day of the month of a date that a workbook holds as a date or as a number."""
    moment = value if isinstance(value, date) else EXCEL_ZERO + timedelta(days=int(value))
    return moment.day


def _in_time(day: date, today: date, earliest: date) -> Parsed:
    """A date if it is neither in the future nor too long ago."""
    if day > today:
        return Parsed(None, "future-date", f"{day} is after {today}")
    if day < earliest:
        return Parsed(None, "old-date", f"{day} is before {earliest}")
    return Parsed(day)


def _serial(number: float, today: date, earliest: date) -> Parsed:
    """A number in a workbook's column of dates, counted as Excel counts days."""
    low, high = (EARLIEST - EXCEL_ZERO).days, (date(2100, 1, 1) - EXCEL_ZERO).days
    if not low <= number < high:
        return Parsed(None, "type-error", "this number is not a date")
    day = EXCEL_ZERO + timedelta(days=int(number))
    parsed = _in_time(day, today, earliest)
    return parsed if parsed.code else Parsed(day, "excel-serial", f"read as {day}")


def _no_date(raw: str) -> str:
    """Why a text is not a date, with the date it may stand for."""
    text = raw.strip()
    if re.fullmatch(r"[34]\d{4}(\.\d{1,9})?", text):
        day = EXCEL_ZERO + timedelta(days=int(float(text)))
        return f"Excel stores {day} as this number; format the column as dates and save again"
    return "not a date of the calendar"

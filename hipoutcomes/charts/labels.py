"""How charts write groups, numbers and axes."""

import re
import textwrap

import pandas as pd

from hipoutcomes.errors import TableError
from hipoutcomes.vocabulary.instruments import MEASURES

#: Units in which 0.58 is written 58%.
_SHARES = ("share", "proportion")


def promised(table: pd.DataFrame, chart: str, *columns: str) -> pd.DataFrame:
    """The table with plain numbers, once it is seen to hold what the chart draws.

    Raises
    ------
    TableError
        When a column is missing.

    Examples
    --------
    >>> promised(pd.DataFrame({"group": ["all"]}), "forest", "group", "estimate")
    Traceback (most recent call last):
        ...
    hipoutcomes.errors.TableError: A forest chart needs the column estimate.
      The table has: group.
    """
    if missing := [name for name in columns if name not in table]:
        noun = "column" if len(missing) == 1 else "columns"
        raise TableError(
            f"A {chart} chart needs the {noun} {', '.join(missing)}.",
            f"The table has: {', '.join(map(str, table.columns))}.",
        )
    return plain(table)


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """The table with every column of nullable numbers as floats, missing ones as NaN.

    Examples
    --------
    >>> plain(pd.DataFrame({"n_better": pd.array([3, None], dtype="Int64")}))["n_better"].tolist()
    [3.0, nan]
    """
    nullable = [
        name
        for name, dtype in table.dtypes.items()
        if pd.api.types.is_extension_array_dtype(dtype) and pd.api.types.is_numeric_dtype(dtype)
    ]
    return table.astype(dict.fromkeys(nullable, float))


def shared(table: pd.DataFrame, column: str) -> str:
    """What all rows hold in `column`; empty where the table has no such column or no rows.

    Raises
    ------
    TableError
        When rows differ, for they cannot share an axis.
    """
    if column not in table:
        return ""
    values = [str(value) for value in table[column].dropna().unique()]
    if len(values) > 1:
        raise TableError(
            f"The rows differ in {column}: {', '.join(values)}.",
            f"A chart has one {column}.",
            f'Draw one chart for each, such as table[table["{column}"] == "{values[0]}"].',
        )
    return values[0] if values else ""


def wrapped(text, width: int = 32) -> str:
    """Text in lines of at most `width` characters, safe from being read as a formula.

    Examples
    --------
    >>> print(wrapped("Hip bursitis / greater trochanteric pain (n = 12)", 26))
    Hip bursitis / greater
    trochanteric pain (n = 12)
    """
    whole = re.sub(r"\(n = ", "(n\u00a0=\u00a0", str(text))
    lines = textwrap.wrap(whole, width) or [""]
    return "\n".join(lines).replace("\u00a0", " ").replace("$", r"\$")


def with_n(group, n_patients) -> str:
    """A group and its number of patients.

    Examples
    --------
    >>> with_n("Deep tissue", 48)
    'Deep tissue (n = 48)'
    >>> with_n("all", 1200)
    'All patients (n = 1,200)'
    """
    name = "All patients" if str(group) == "all" else str(group)
    return name if pd.isna(n_patients) else f"{name} (n = {int(n_patients):,})"


def is_share(unit: str) -> bool:
    """Whether numbers in this unit are shares of patients, to be written in percent."""
    return unit in _SHARES


def digits_for(values) -> int:
    """Decimal places at which numbers of this size are read: 1 by default.

    Examples
    --------
    >>> digits_for([2.14, -0.3]), digits_for([140.2, 131.0]), digits_for([0.03, 0.04])
    (1, 0, 2)
    """
    sizes = pd.Series(values, dtype=float).abs()
    largest = sizes.max() if sizes.notna().any() else 1.0
    if largest >= 100:
        return 0
    return 2 if 0 < largest < 0.2 else 1


def number(value: float, digits: int = 1, *, unit: str = "", signed: bool = False) -> str:
    """A number as charts write it: a real minus sign, never -0.0, shares in percent.

    A share is 0% or 100% only when it is nobody or everybody.

    Examples
    --------
    >>> number(2.14), number(-0.04), number(0.583, unit="share"), number(1.25, 1, signed=True)
    ('2.1', '0.0', '58%', '+1.2')
    >>> number(0.996, unit="share"), number(0.002, unit="share"), number(1, unit="share")
    ('>99%', '<1%', '100%')
    """
    if is_share(unit):
        value, digits = 100 * float(value), 0
        if 0 < value <= 0.5 or 99.5 <= value < 100:
            return "<1%" if value < 1 else ">99%"
    value = round(float(value), digits) + 0.0
    text = f"{value:{'+' if signed and value else ''},.{digits}f}".replace("-", "−")
    return f"{text}%" if is_share(unit) else text


def with_interval(estimate, low, high, digits: int = 1, *, unit: str = "") -> str:
    """An estimate and its interval, or the estimate alone.

    Examples
    --------
    >>> with_interval(2.1, 1.7, 2.5)
    '2.1 (1.7 to 2.5)'
    >>> with_interval(0.58, 0.44, 0.71, unit="share")
    '58% (44% to 71%)'
    """
    first = number(estimate, digits, unit=unit)
    if pd.isna(low) or pd.isna(high):
        return first
    return f"{first} ({number(low, digits, unit=unit)} to {number(high, digits, unit=unit)})"


def noun_and_range(outcome_label: str) -> tuple[str, str]:
    """Split the label of a measure into its noun, ready for mid-sentence, and its range.

    Examples
    --------
    >>> noun_and_range("Pain, 0-10")
    ('pain', '0-10')
    >>> noun_and_range("HOOS, JR., 0-100")
    ('HOOS, JR.', '0-100')
    >>> noun_and_range("Hip flexion, active")
    ('hip flexion, active', '')
    """
    noun, _, tail = outcome_label.rpartition(", ")
    if not noun or not re.match(r"^[-−]?\d", tail):
        noun, tail = outcome_label, ""
    return lower_first(noun), tail


def lower_first(text: str) -> str:
    """Text for mid-sentence; names and abbreviations keep their capitals.

    Examples
    --------
    >>> lower_first("Pain"), lower_first("HOOS pain"), lower_first("Oxford Hip Score")
    ('pain', 'HOOS pain', 'Oxford Hip Score')
    """
    return text[:1].lower() + text[1:] if text[1:].islower() else text


def axis_label(table: pd.DataFrame, default: str, direction: str = "") -> str:
    """What an axis of estimates counts: quantity, measure, unit and direction.

    Examples
    --------
    >>> row = {"quantity": "mean improvement", "outcome_label": "Pain, 0-10", "unit": "points"}
    >>> axis_label(pd.DataFrame([row]), "Estimate", "right is better")
    'Mean improvement in pain (points on 0-10; right is better)'
    """
    what = shared(table, "quantity") or default
    what = what[:1].upper() + what[1:]
    noun, span = noun_and_range(shared(table, "outcome_label"))
    if noun and noun.lower() not in what.lower():
        what = f"{what} in {noun}"
    return what + in_brackets(_scale(shared(table, "unit"), span), direction)


def score_range(table: pd.DataFrame) -> tuple[float, float] | None:
    """The whole range of scores in points, so that an axis does not magnify a change.

    None for a measure that is unknown or not in points, such as degrees.
    """
    measure = MEASURES.get(shared(table, "outcome"))
    if measure is None or measure.unit != "points":
        return None
    return measure.lowest, measure.highest


def score_label(table: pd.DataFrame) -> str:
    """What an axis of scores counts: measure, unit, and which way is better where it is known."""
    noun, span = noun_and_range(shared(table, "outcome_label"))
    measure = MEASURES.get(shared(table, "outcome"))
    better = f"{measure.better} is better" if measure else ""
    what = noun[:1].upper() + noun[1:] if noun else "Score"
    return what + in_brackets(_scale(shared(table, "unit"), span), better)


def _scale(unit: str, span: str) -> str:
    """The unit with the range it runs over; shares are in percent, which the ticks say."""
    if is_share(unit):
        return "share of patients"
    return f"{unit} on {span}" if unit and span else unit or span


def in_brackets(*parts: str) -> str:
    """The parts that say something, in one pair of brackets.

    Examples
    --------
    >>> in_brackets("points", "", "right is better")
    ' (points; right is better)'
    """
    kept = "; ".join(part for part in parts if part)
    return f" ({kept})" if kept else ""


def level_of(table: pd.DataFrame) -> str:
    """The confidence level of a table's intervals, in words.

    Examples
    --------
    >>> level_of(pd.DataFrame({"level": [0.95]}))
    '95% interval'
    """
    levels = table["level"].dropna().unique() if "level" in table else []
    return f"{100 * levels[0]:.3g}% interval" if len(levels) == 1 else "interval"

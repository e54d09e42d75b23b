"""Two sentences on who is missing, for beside a headline."""

import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.missing import readings
from hipoutcomes.analyses.missing.missing_words import bounds_words, flip_words, reading_of
from hipoutcomes.analyses.missing.reading_tables import MEAN
from hipoutcomes.vocabulary.measures import MEASURES


def sensitivity_line(table: pd.DataFrame, group: str = "all") -> str:
    """How many were due and measured, the weighted mean, the bounds and the flip point.

    Parameters
    ----------
    table : DataFrame
        Of `sensitivity`, of one outcome.
    group : str
        Group of the table to speak of.

    Raises
    ------
    ValueError
        When the table has no such group.

    Examples
    --------
    >>> import hipoutcomes as ho
    >>> answer = ho.sensitivity(ho.load("data/demo_sessions.csv"), "pain")
    >>> sensitivity_line(answer.table).split(";")[0]
    '137 of 229 patients due were measured'
    """
    rows = table[(table["group"] == group) & (table["quantity"] == MEAN)]
    if rows.empty:
        known = sentences.listed(map(repr, table["group"].unique()), "or")
        raise ValueError(f"The table has no group {group!r}; it may be {known}.")
    measure = MEASURES[rows["outcome"].iloc[0]]
    due, measured = int(rows["n_due"].iloc[0]), int(rows["n_measured"].iloc[0])
    said = (
        f"{measured:,} of {sentences.counted(due)} due {sentences.verb(measured, 'was', 'were')} "
        "measured"
    )
    observed = reading_of(rows, readings.OBSERVED)
    if observed is None:
        return f"{said}; there is no estimate: {rows['reason'].iloc[0]}."
    if measured == due:
        return f"{said}; nobody is missing who could overturn the result."
    weighted = reading_of(rows, readings.WEIGHTED)
    if weighted is None:
        row, lead = observed, "among them"
    else:
        row, lead = weighted, "weighted to stand for everyone due,"
    limits = sentences.interval_of(row["estimate"], row["conf_low"], row["conf_high"])
    return (
        f"{said}; {lead} mean {measure.noun} was {sentences.moved(measure, row['estimate'])} "
        f"({limits}). {bounds_words(rows, measure)} {flip_words(rows, measure)}"
    )


def what_missing_could_change(table: pd.DataFrame, group: str = "all") -> str:
    """The line without its first part; empty where nobody is missing or there is no estimate.

    Parameters
    ----------
    table : DataFrame
        Of `sensitivity`, of one outcome.
    group : str
        Group of the table to speak of.
    """
    counted, _, rest = sensitivity_line(table, group).partition("; ")
    is_told = "there is no estimate" not in rest and "nobody is missing" not in rest
    return sentences.opening(rest) if counted and is_told else ""

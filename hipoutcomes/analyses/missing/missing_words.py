"""What the missing could change, in sentences."""

import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.missing import readings
from hipoutcomes.vocabulary.measures import Measure


def reading_of(rows: pd.DataFrame, reading: str) -> pd.Series | None:
    """The row of one reading; None where it is not there or has no estimate.

    Parameters
    ----------
    rows : DataFrame
        Readings of one quantity in one group.
    reading : str
        From `readings`.
    """
    found = rows[(rows["reading"] == reading) & rows["estimate"].notna()]
    return None if found.empty else found.iloc[0]


def improved_less(assumed: float, measure: Measure, finding_is_better: bool = True) -> str:
    """A mean improvement as a limit, such as 'improved by less than 1.2 points on average'.

    Examples
    --------
    >>> from hipoutcomes.vocabulary.instruments import MEASURES
    >>> improved_less(1.2, MEASURES["pain"]), improved_less(-0.5, MEASURES["pain"])
    ('improved by less than 1.2 points on average',
     'got worse by more than 0.5 points on average')
    >>> improved_less(0.01, MEASURES["pain"]), improved_less(2.0, MEASURES["pain"], False)
    ('did not improve on average', 'improved by more than 2.0 points on average')
    """
    size = sentences.in_unit(abs(assumed), measure.unit)
    if round(assumed, 1) == 0:
        return f"did not {'improve' if finding_is_better else 'get worse'} on average"
    if assumed > 0:
        side = "less" if finding_is_better else "more"
        return f"improved by {side} than {size} on average"
    side = "more" if finding_is_better else "less"
    return f"got worse by {side} than {size} on average"


def mean_words(rows: pd.DataFrame, measure: Measure, level: float) -> list[str]:
    """Observed, weighted and imputed means, bounds and flip points of one group.

    Parameters
    ----------
    rows : DataFrame
        Readings of the mean improvement.
    measure : Measure
    level : float
    """
    observed = reading_of(rows, readings.OBSERVED)
    if observed is None:
        return [f"There is no estimate: {rows['reason'].iloc[0]}."]
    name = sentences.confidence(level)
    said = [f"Among those measured, mean {measure.noun} was {_moved(observed, measure, name)}."]
    if not observed["n_not_measured"]:
        return [*said, "Nobody who was due is missing, so nothing is left that could overturn it."]
    fairer = [
        f"{lead} {_moved(row, measure, '')}"
        for reading, lead in (
            (readings.WEIGHTED, "weighted to stand for everyone due it was"),
            (readings.IMPUTED, "with later scores imputed it was"),
        )
        if (row := reading_of(rows, reading)) is not None
    ]
    if fairer:
        said.append(f"{sentences.opening(sentences.listed(fairer))}.")
    return [*said, bounds_words(rows, measure), _no_change(rows, measure), *_flips(rows, measure)]


def bounds_words(rows: pd.DataFrame, measure: Measure) -> str:
    """What the mean can be, whatever those not measured did.

    Parameters
    ----------
    rows : DataFrame
        Readings of the mean improvement, worst and best among them.
    measure : Measure
    """
    low, high = (reading_of(rows, name) for name in (readings.WORST, readings.BEST))
    n, n_due = int(low["n_not_measured"]), int(low["n_due"])
    return (
        f"Whatever the {n:,} not measured did, the mean improvement of all {n_due:,} due lies "
        f"between {sentences.number(low['estimate'])} and "
        f"{sentences.in_unit(high['estimate'], measure.unit)}"
        f"{' (below zero is worse)' if low['estimate'] < 0 else ''}."
    )


def flip_words(rows: pd.DataFrame, measure: Measure) -> str:
    """The one sentence on what would overturn the finding that scores moved.

    Parameters
    ----------
    rows : DataFrame
        Readings of the mean improvement.
    measure : Measure
    """
    observed = reading_of(rows, readings.OBSERVED)
    better = observed["estimate"] >= 0
    if observed["conf_low"] <= 0 <= observed["conf_high"]:
        return (
            "There is no finding to overturn: no change is among the likely values even for those "
            "measured."
        )
    flip = reading_of(rows, readings.FLIP_INTERVAL)
    if flip is None:
        return (
            "No scores that those not measured could have had would bring its interval to no "
            "change."
        )
    return (
        "The finding fails (its interval reaches no change) only if those not measured "
        f"{improved_less(flip['assumed'], measure, better)}."
    )


def share_words(rows: pd.DataFrame, size: str) -> list[str]:
    """Observed share better, what it can be, and where re-measuring alone would do.

    Parameters
    ----------
    rows : DataFrame
        Readings of the share better.
    size : str
        The threshold in words.
    """
    observed = reading_of(rows, readings.OBSERVED)
    if observed is None:
        return []
    low, high = (reading_of(rows, name) for name in (readings.WORST, readings.BEST))
    said = (
        f"Better by {size}: {sentences.percent(observed['estimate'])} of those measured whose "
        "first score left room for it"
    )
    if low["estimate"] == high["estimate"]:
        return [f"{said}; nobody of those with room for it is missing."]
    everyone = sentences.percents(low["estimate"], high["estimate"])
    said = f"{said}; of everyone due with room for it {everyone}, whatever the others did."
    flip = reading_of(rows, readings.FLIP_ALONE)
    if flip is not None:
        return [
            said,
            "That share falls to what re-measuring alone could give "
            f"({sentences.percent(flip['expected_high'])}) if "
            f"{_fewer(flip['assumed'])} of those not measured were better.",
        ]
    reason = rows.loc[rows["reading"] == readings.FLIP_ALONE, "reason"]
    if reason.empty:
        return [said]
    return [said, f"Against what re-measuring alone could give: {reason.iloc[0]}."]


def comparison_words(table: pd.DataFrame, measure: Measure) -> list[str]:
    """One sentence per pair of groups: what the difference can be, and what would end it.

    Parameters
    ----------
    table : DataFrame
        Of `comparison_table`.
    measure : Measure
    """
    return [_difference(rows, measure) for _, rows in table.groupby("contrast", sort=False)]


def _difference(rows: pd.DataFrame, measure: Measure) -> str:
    """One difference: as observed, what it can be, and what would end it."""
    observed = reading_of(rows, readings.OBSERVED)
    low, high = rows.dropna(subset=["bound_low"]).iloc[0][["bound_low", "bound_high"]]
    lead = (
        f"{observed['contrast']}: the observed difference in improvement is "
        f"{sentences.number(observed['estimate'])} ({sentences.number(observed['conf_low'])} to "
        f"{sentences.number(observed['conf_high'])})"
    )
    possible = (
        f"whatever those not measured did, it lies between {sentences.number(low)} and "
        f"{sentences.in_unit(high, measure.unit)}"
    )
    if observed["conf_low"] <= 0 <= observed["conf_high"]:
        return f"{lead}, not beyond doubt even among those measured; {possible}."
    if low > 0 or high < 0:
        return f"{lead}; {possible}, on the same side."
    flips = rows[rows["reading"].str.startswith(readings.FLIP_GROUP) & rows["estimate"].notna()]
    ends = [
        f"those of {row['reading'].removeprefix(readings.FLIP_GROUP)} not measured "
        f"{_on_average(row['assumed'], measure)}"
        for _, row in flips.iterrows()
    ]
    if not ends:
        return f"{lead}; {possible}; it takes missing patients of both groups to end it."
    return f"{lead}; {possible}. It is gone if {sentences.listed(ends, 'or')}."


def _on_average(assumed: float, measure: Measure) -> str:
    """A mean improvement as an amount."""
    size = sentences.in_unit(abs(assumed), measure.unit)
    return f"{'improved' if assumed >= 0 else 'got worse'} by {size} on average"


def _fewer(share: float) -> str:
    """Fewer than a share, or none."""
    return "none" if share <= 0 else f"fewer than {sentences.percent(share)}"


def _moved(row: pd.Series, measure: Measure, name: str) -> str:
    """How far a mean moved, with its interval."""
    limits = sentences.interval_of(row["estimate"], row["conf_low"], row["conf_high"])
    return f"{sentences.moved(measure, row['estimate'])} ({f'{name} ' if name else ''}{limits})"


def _no_change(rows: pd.DataFrame, measure: Measure) -> str:
    """The mean if nobody who is missing had changed."""
    row = reading_of(rows, readings.NO_CHANGE)
    return (
        f"If those not measured had not changed at all, mean {measure.noun} of everyone due would "
        f"be {_moved(row, measure, '')}."
    )


def _flips(rows: pd.DataFrame, measure: Measure) -> list[str]:
    """What would overturn the finding, for a sceptic too."""
    said = [flip_words(rows, measure)]
    flip = reading_of(rows, readings.FLIP_THRESHOLD)
    if flip is not None:
        said.append(
            f"The mean falls under {sentences.in_unit(flip['estimate'], measure.unit)}, the change "
            "that matters to one patient, if those not measured "
            f"{improved_less(flip['assumed'], measure)}."
        )
    delta = reading_of(rows, readings.IMPUTED_FLIP)
    if delta is not None:
        said.append(
            "For a sceptic: with imputed scores the interval reaches no change once those not "
            f"measured improved by {sentences.in_unit(delta['delta'], measure.unit)} less than "
            "patients who began alike."
        )
    return said

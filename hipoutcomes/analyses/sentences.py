"""Words that answers share: amounts, counts, intervals, and what always stands beside them."""

from collections.abc import Iterable, Mapping

import pandas as pd

from hipoutcomes.vocabulary.instruments import Measure

#: Stands beside every change that has no comparison group.
OBSERVED = (
    "This is observed change, not the effect of care: there is no comparison group, and some of "
    "it would have come without any care."
)

#: Stands beside every change from a first score.
REGRESSION = (
    "People tend to come when it is at its worst, so a second score tends to be better than the "
    "first even where nothing has changed."
)

#: Stands beside groups that nobody was assigned to.
NOT_LIKE_FOR_LIKE = (
    "These groups are not like-for-like, and nothing here is adjusted for how they differ."
)


def number(value: float, digits: int = 1) -> str:
    """A number as sentences write it: a real minus sign, never minus zero.

    Examples
    --------
    >>> number(2.14), number(-0.04), number(-1.25), number(1234.5, 0)
    ('2.1', '0.0', '−1.2', '1,234')
    """
    value = round(float(value), digits) + 0.0
    return f"{value:,.{digits}f}".replace("-", "−")


def percent(share: float) -> str:
    """A share in whole percent; never 0% or 100% unless it is exactly that.

    Examples
    --------
    >>> percent(0.527), percent(0.002), percent(0), percent(0.999), percent(1)
    ('53%', 'under 1%', '0%', 'over 99%', '100%')
    """
    whole = round(100 * float(share))
    if whole == 0 and share > 0:
        return "under 1%"
    if whole == 100 and share < 1:
        return "over 99%"
    return f"{whole}%"


def percents(low: float, high: float) -> str:
    """A range of shares; with a decimal where whole percents would not tell them apart.

    Examples
    --------
    >>> percents(0.51, 0.77), percents(0.9188, 0.9242), percents(1, 1)
    ('51% to 77%', '91.9% to 92.4%', '100%')
    """
    if percent(low) != percent(high):
        return f"{percent(low)} to {percent(high)}"
    low, high = number(100 * low), number(100 * high)
    return percent(float(low) / 100) if low == high else f"{low}% to {high}%"


def counted(n: int, noun: str = "patient") -> str:
    """A count with its noun.

    Examples
    --------
    >>> counted(1), counted(1200, "session")
    ('1 patient', '1,200 sessions')
    """
    return f"{int(n):,} {noun}{'' if n == 1 else 's'}"


def verb(n: int, one: str = "is", several: str = "are") -> str:
    """The verb that goes with a count.

    Examples
    --------
    >>> verb(1), verb(3), verb(1, "was", "were")
    ('is', 'are', 'was')
    """
    return one if n == 1 else several


def listed(parts: Iterable[str], joint: str = "and") -> str:
    """Parts as a list in a sentence.

    Examples
    --------
    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    *first, last = list(parts) or [""]
    return f"{', '.join(first)} {joint} {last}" if first else last


def opening(text: str) -> str:
    """Text with a capital, for the beginning of a sentence.

    Examples
    --------
    >>> opening("pain"), opening("HOOS, JR.")
    ('Pain', 'HOOS, JR.')
    """
    return text[:1].upper() + text[1:]


def in_unit(value: float, unit: str, digits: int = 1) -> str:
    """An amount with its unit; one of it is singular.

    Examples
    --------
    >>> in_unit(2.14, "points"), in_unit(1, "points", 0), in_unit(5, "degrees", 0)
    ('2.1 points', '1 point', '5 degrees')
    """
    said = number(value, digits)
    noun = unit.removesuffix("s") if said == "1" else unit
    return f"{said} {noun}".strip()


def confidence(level: float) -> str:
    """Name of an interval of this level.

    Examples
    --------
    >>> confidence(0.95)
    '95% interval'
    """
    return f"{100 * level:g}% interval"


def moved(measure: Measure, improvement: float) -> str:
    """How far scores moved, in the measure's own direction.

    Parameters
    ----------
    measure : Measure
    improvement : float
        Positive is better.

    Examples
    --------
    >>> from hipoutcomes.vocabulary.instruments import MEASURES
    >>> moved(MEASURES["pain"], 2.1), moved(MEASURES["pain"], -0.5), moved(MEASURES["pain"], 0.0)
    ('lower by 2.1 points', 'higher (worse) by 0.5 points', 'the same')
    """
    if round(improvement, 1) == 0:
        return "the same"
    better_is_lower = measure.better == "lower"
    direction = "lower" if better_is_lower == (improvement > 0) else "higher"
    worse = " (worse)" if improvement < 0 else ""
    return f"{direction}{worse} by {in_unit(abs(improvement), measure.unit)}"


def interval_of(improvement: float, low: float, high: float) -> str:
    """The interval of an improvement, counted in the direction of `moved`.

    Examples
    --------
    >>> interval_of(2.1, 1.7, 2.5), interval_of(-0.5, -1.0, -0.1)
    ('1.7 to 2.5', '0.1 to 1.0')
    >>> interval_of(0.3, -0.2, 0.8)
    '−0.2 to 0.8, so no change is among the likely values'
    """
    if round(improvement, 1) < 0:
        low, high = -high, -low
    said = f"{number(low)} to {number(high)}"
    return said if low > 0 or high < 0 else f"{said}, so no change is among the likely values"


def measured_of_due(sample: Mapping[str, int], noun: str = "patient") -> str:
    """How many were due a later score and how many have one; n of N, always.

    Examples
    --------
    >>> measured_of_due({"due": 61, "measured": 48})
    '48 of the 61 patients whose later score was due were measured again (79%).'
    >>> measured_of_due({"due": 0, "measured": 0})
    'No patient was due a later score.'
    """
    due, measured = sample["due"], sample["measured"]
    if due == 0:
        return f"No {noun} was due a later score."
    nouns = counted(due, noun)
    return (
        f"{measured:,} of the {nouns} whose later score was due "
        f"{verb(measured, 'was', 'were')} measured again "
        f"({percent(measured / due)})."
    )


def elsewhere(sample: Mapping[str, int]) -> str:
    """Where those who are not due went; empty where there are none.

    Examples
    --------
    >>> elsewhere({"already running": 3, "not yet due": 12, "no first score": 0})
    'Not counted among them: 3 who may have been coming before the records begin and 12 whose
    later score is not yet due.'
    """
    reasons = {
        "already running": "who may have been coming before the records begin",
        "not yet due": "whose later score is not yet due",
        "no first score": "without a first score",
    }
    parts = [f"{sample[key]:,} {why}" for key, why in reasons.items() if sample.get(key)]
    return f"Not counted among them: {listed(parts)}." if parts else ""


def any_change(row: pd.Series) -> str:
    """How many improved, stayed the same and worsened, by any amount."""
    return (
        f"Of the {int(row['n_patients']):,}, {int(row['n_improved']):,} improved, "
        f"{int(row['n_unchanged']):,} did not change and {int(row['n_worsened']):,} worsened, "
        "counting a change of any size."
    )


def of_group(row: pd.Series, measure: Measure) -> str:
    """One group in one sentence: change, interval, n of N due.

    Parameters
    ----------
    row : Series
        One row of `mean_improvements`.
    measure : Measure
    """
    of_due = f"{int(row['n_measured']):,} of {int(row['n_due']):,} due measured"
    if row["reason"]:
        return f"{row['group']}: no estimate, {row['reason']} ({of_due})."
    coming = ""
    if "n_still_coming" in row:
        coming = f", {int(row['n_still_coming']):,} still coming then"
    return (
        f"{row['group']}: {moved(measure, row['estimate'])} "
        f"({interval_of(row['estimate'], row['conf_low'], row['conf_high'])}); {of_due}{coming}."
    )

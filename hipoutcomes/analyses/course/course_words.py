"""What was observed beside what re-measuring alone would give, in sentences that name no cause."""

import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.question import Question
from hipoutcomes.analyses.shares.responder_words import threshold_in_words
from hipoutcomes.vocabulary.instruments import Measure
from hipoutcomes.vocabulary.thresholds import Threshold


def course_words(
    table: pd.DataFrame,
    courses: pd.DataFrame,
    question: Question,
    threshold: Threshold | None,
    level: float,
) -> tuple[str, ...]:
    """The answer in sentences.

    Parameters
    ----------
    table : DataFrame
        As `natural_course` gives it.
    courses : DataFrame
        Published courses; may have no rows.
    question : Question
    threshold : Threshold, optional
    level : float
    """
    said = [sentences.measured_of_due(question.sample), sentences.elsewhere(question.sample)]
    mean, measure = table.iloc[0], question.measure
    if mean["reason"]:
        said.append(f"There is no estimate: {mean['reason']}.")
    else:
        said += _of_mean(mean, measure, level)
        said += [
            _of_share(row, how, threshold)
            for row, how in zip(
                (row for _, row in table.iterrows() if row["unit"] == "share"),
                ("better", "worse"),
                strict=False,
            )
        ]
        said += _of_pairs(table[table["quantity"].str.contains("two first scores")], measure)
        said.append("Recovery by itself is not in the range, and may have come on top of it.")
    if len(courses):
        named = sentences.counted(len(courses), "published course")
        said.append(
            f"{named} of other patients, without the care under study, "
            f"{sentences.verb(len(courses))} listed apart, with "
            f"{'its' if len(courses) == 1 else 'their'} source"
            f"{'' if len(courses) == 1 else 's'}."
        )
    return tuple(filter(None, said))


def _of_mean(row: pd.Series, measure: Measure, level: float) -> list[str]:
    """Observed mean change, and the range beside it."""
    moved = sentences.moved(measure, row["estimate"])
    interval = sentences.interval_of(row["estimate"], row["conf_low"], row["conf_high"])
    said = [
        f"Observed: mean {measure.noun} was {moved} ({sentences.confidence(level)} {interval})."
    ]
    if pd.isna(row["expected_low"]):
        return said
    said.append(
        "If nothing had changed and the same patients had only been scored again, mean "
        f"{measure.noun} would have been {_range(row, measure)}."
    )
    if row["conf_low"] <= row["expected_high"]:
        said.append("The observed change may be no more than scores going back by themselves.")
    else:
        said.append(
            "The observed change is beyond that range; recovery by itself, care, or both may be "
            "behind the rest, and these records cannot tell them apart."
        )
    return said


def _range(row: pd.Series, measure: Measure) -> str:
    """The range of mean improvement, in the direction in which most of it lies.

    Examples
    --------
    >>> from hipoutcomes.vocabulary.instruments import MEASURES
    >>> ends = {"expected_low": -0.1, "expected_high": 1.24}
    >>> _range(pd.Series(ends), MEASURES["pain"])
    'lower by −0.1 to 1.2 points'
    """
    low, high = row["expected_low"], row["expected_high"]
    turned = low + high < 0
    if turned:
        low, high = -high, -low
    lower = (measure.better == "lower") != turned
    return (
        f"{'lower' if lower else 'higher'} by {sentences.number(low)} to "
        f"{sentences.in_unit(high, measure.unit)}"
    )


def _of_share(row: pd.Series, how: str, threshold: Threshold) -> str:
    """One share of patients beside its range."""
    size = threshold_in_words(threshold)
    if row["reason"]:
        return f"Share {how} by {size}: no estimate, {row['reason']}."
    said = (
        f"{how.capitalize()} by {size}: observed in {sentences.percent(row['estimate'])} of the "
        f"{sentences.counted(row['n_patients'])} with room for it "
        f"({sentences.percents(row['conf_low'], row['conf_high'])})"
    )
    if pd.isna(row["expected_low"]):
        return f"{said}."
    alone = sentences.percents(row["expected_low"], row["expected_high"])
    return f"{said}; by re-measuring alone it would be {alone} of them."


def _of_pairs(rows: pd.DataFrame, measure: Measure) -> list[str]:
    """What patients with two scores before their first treatment add; empty without them."""
    if rows.empty:
        return []
    later, before = rows.iloc[0], rows.iloc[1]
    moved = sentences.moved(measure, before["estimate"])
    again = sentences.moved(measure, later["estimate"])
    return [
        f"{sentences.counted(before['n_patients'])} had two scores before the first treatment: "
        f"from the earlier to the later of them, with nothing done, mean {measure.noun} was "
        f"{moved} ({_interval(before)}).",
        f"For the {later['n_patients']:,} of them measured again, from the mean of both first "
        f"scores, mean {measure.noun} was {again} ({_interval(later)}); by re-measuring alone it "
        f"would have been {_range(later, measure)}."
        if pd.notna(later["expected_low"])
        else "",
    ]


def _interval(row: pd.Series) -> str:
    """The interval of a mean improvement, in the direction it moved."""
    return sentences.interval_of(row["estimate"], row["conf_low"], row["conf_high"])

"""Better, same and worse in sentences, each beside what re-measuring alone would give."""

import pandas as pd

from hipoutcomes.analyses import sentences
from hipoutcomes.analyses.groups.grouping import Groups
from hipoutcomes.analyses.question import Question
from hipoutcomes.analyses.shares.improved_enough import NO_ROOM
from hipoutcomes.vocabulary.thresholds import Threshold

#: More groups than this are left to the table.
_MOST_SENTENCES = 10


def threshold_in_words(threshold: Threshold) -> str:
    """How much change counts.

    Examples
    --------
    >>> from hipoutcomes.vocabulary.thresholds import default_threshold
    >>> threshold_in_words(default_threshold("pain"))
    '2 points or more'
    """
    size = f"{threshold.value:g}"
    if threshold.unit == "percent":
        amount = f"{size}% of the first score"
    else:
        amount = f"{size} {threshold.unit.removesuffix('s') if size == '1' else threshold.unit}"
    return f"more than {amount}" if threshold.operator == ">" else f"{amount} or more"


def responder_words(
    table: pd.DataFrame, question: Question, groups: Groups, threshold: Threshold, level: float
) -> tuple[str, ...]:
    """The answer in sentences.

    Parameters
    ----------
    table : DataFrame
        One row per group, as `responders` gives it.
    question : Question
    groups : Groups
    threshold : Threshold
    level : float
    """
    said = [sentences.measured_of_due(question.sample), sentences.elsewhere(question.sample)]
    if not groups.groupings:
        said += _overall(table.iloc[0], threshold, level)
    elif len(table) <= _MOST_SENTENCES:
        said.append(
            f"Better or worse by {threshold_in_words(threshold)}, with its "
            f"{sentences.confidence(level)}, group by group:"
        )
        said += [_of_group(row) for _, row in table.iterrows()]
        said.append("The order of the groups says nothing about their results.")
    else:
        n_estimates = int(table["estimate"].notna().sum())
        said.append(
            f"{n_estimates:,} of {len(table):,} groups have the {question.minimums.estimate} "
            "patients that an estimate needs; the table lists them all."
        )
    return tuple(filter(None, said))


def _overall(row: pd.Series, threshold: Threshold, level: float) -> list[str]:
    """Better, worse, and who could not get better by as much."""
    size = threshold_in_words(threshold)
    if row["reason"] == NO_ROOM:
        return [f"Nobody's first score left room to get better by {size}."]
    if row["reason"]:
        return [f"There is no estimate: {row['reason']}."]
    name = sentences.confidence(level)
    said = [
        f"{row['n_better']:,} of the {sentences.counted(row['n_eligible'])} whose first score left "
        f"room for it were better by {size} ({sentences.percent(row['share_better'])}, {name} "
        f"{_between(row, 'conf_low', 'conf_high')})"
        f"{_alone(row, 'expected_low', 'expected_high')}."
    ]
    if pd.notna(row["share_worse"]):
        said.append(
            f"{row['n_worse']:,} of the {row['n_room_to_worsen']:,} with room to worsen were worse "
            "by as much "
            f"({sentences.percent(row['share_worse'])}, {name} "
            f"{_between(row, 'share_worse_low', 'share_worse_high')})"
            f"{_alone(row, 'expected_worse_low', 'expected_worse_high')}."
        )
    if row["n_ineligible"]:
        noun = sentences.counted(row["n_ineligible"])
        verb = sentences.verb(row["n_ineligible"], "stands", "stand")
        said.append(f"{noun} began too well to get better by as much, and {verb} apart.")
    return [*said, _verdict(row)]


def _verdict(row: pd.Series) -> str:
    """Whether the share better goes beyond what re-measuring alone would give."""
    if pd.isna(row["expected_high"]):
        return ""
    if row["conf_low"] <= row["expected_high"]:
        return "The share better may be no more than scores going up and down by themselves."
    return (
        "The share better is beyond that range; recovery by itself, care, or both may be behind "
        "the rest, and these records cannot tell them apart."
    )


def _of_group(row: pd.Series) -> str:
    """One group in one sentence."""
    of_due = f"{int(row['n_measured']):,} of {int(row['n_due']):,} due measured"
    if row["reason"] == NO_ROOM:
        return f"{row['group']}: {NO_ROOM} ({of_due})."
    if row["reason"]:
        return f"{row['group']}: no estimate, {row['reason']} ({of_due})."
    better = (
        f"{row['n_better']:,} of {row['n_eligible']:,} better "
        f"({sentences.percent(row['share_better'])}, {_between(row, 'conf_low', 'conf_high')}"
        f"{_alone(row, 'expected_low', 'expected_high', '; by re-measuring alone ')})"
    )
    worse = f"{row['n_worse']:,} worse"
    if pd.notna(row["share_worse"]):
        worse = (
            f"{row['n_worse']:,} of {row['n_room_to_worsen']:,} worse "
            f"({sentences.percent(row['share_worse'])}, "
            f"{_between(row, 'share_worse_low', 'share_worse_high')}"
            f"{_alone(row, 'expected_worse_low', 'expected_worse_high', '; alone ')})"
        )
    return f"{row['group']}: {better}, {worse}; {of_due}."


def _between(row: pd.Series, low: str, high: str) -> str:
    """Two shares as a range."""
    return sentences.percents(row[low], row[high])


def _alone(
    row: pd.Series, low: str, high: str, joint: str = "; re-measuring alone would give "
) -> str:
    """What re-measuring alone would give; empty where that is not known."""
    return "" if pd.isna(row[low]) else f"{joint}{_between(row, low, high)}"

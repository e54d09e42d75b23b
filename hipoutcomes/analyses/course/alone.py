"""What re-measuring alone would give the patients of a question, from one or two first scores."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from hipoutcomes.analyses.course.first_scores import TwoFirstScores
from hipoutcomes.analyses.question import Question
from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.remeasuring.remeasuring import Remeasuring, remeasuring
from hipoutcomes.stats.remeasuring.several_baselines import remeasuring_from_mean
from hipoutcomes.vocabulary.thresholds import Threshold


def alone_from_one(
    question: Question, threshold: Threshold | None, counted: np.ndarray
) -> Remeasuring | None:
    """The ranges for those counted, given the first scores of everyone who came.

    Parameters
    ----------
    question : Question
    threshold : Threshold, optional
        Without one, or with one in percent, only the mean improvement is to be read.
    counted : ndarray of bool, shape (n rows,)
        Rows of the question to average over.

    Returns
    -------
    Remeasuring or None
        None where the first scores are all alike, or nobody is counted.
    """
    baseline = question.rows["baseline"].to_numpy(float)
    known = ~np.isnan(baseline)
    return _or_none(
        remeasuring, baseline[known], **_options(question, threshold), counted=counted[known]
    )


def alone_from_two(
    question: Question, threshold: Threshold | None, pairs: TwoFirstScores, counted: np.ndarray
) -> Remeasuring | None:
    """The same from the mean of two first scores; `counted` is of the pairs."""
    options = _options(question, threshold)
    return _or_none(remeasuring_from_mean, pairs.both, **options, counted=counted)


def _or_none(model: Callable[..., Remeasuring], scores: np.ndarray, **options):
    """What the model says, or None where these scores show no spread."""
    try:
        return model(scores, **options)
    except NotEnoughData:
        return None


def _options(question: Question, threshold: Threshold | None) -> dict:
    """Scale and size of change, as the models take them."""
    measure = question.measure
    counts = threshold is not None and threshold.unit != "percent"
    return {
        "threshold": threshold.value if counts else max(measure.step, 1.0),
        "operator": threshold.operator if counts else ">=",
        "sign": measure.sign,
        "lowest": measure.lowest,
        "highest": measure.highest,
        "step": measure.step,
    }


def assumptions_table(question: Question, alone: Remeasuring) -> pd.DataFrame:
    """Mean improvement by re-measuring alone under each pair of assumptions.

    Parameters
    ----------
    question : Question
    alone : Remeasuring
    """
    shares, reliabilities = np.meshgrid(alone.shares_entering, alone.reliabilities, indexing="ij")
    return pd.DataFrame(
        {
            "outcome": question.measure.code,
            "outcome_label": question.measure.label,
            "quantity": "mean improvement that re-measuring alone would give",
            "unit": question.measure.unit,
            "group": "all",
            "reliability": reliabilities.ravel(),
            "share_entering": shares.ravel(),
            "estimate": alone.improvement.ravel(),
            "n_patients": alone.n_patients,
        }
    )

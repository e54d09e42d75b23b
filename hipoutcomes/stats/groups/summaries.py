"""What a set of scores looks like: middle, spread, quartiles."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_groups, checked_values


@dataclass(frozen=True, slots=True)
class Summary:
    """Number, mean, spread and quartiles of a set of scores.

    Attributes
    ----------
    n : int
    mean, std_dev, median, quartile_low, quartile_high : float
        In the units of the scores. `std_dev` has divisor n - 1 and is missing (NaN) for one score.
    """

    n: int
    mean: float
    std_dev: float
    median: float
    quartile_low: float
    quartile_high: float


@dataclass(frozen=True, slots=True, eq=False)
class GroupSummaries:
    """The numbers of `Summary` for each of k groups.

    Attributes
    ----------
    n : ndarray of int, shape (k,)
    mean, std_dev, median, quartile_low, quartile_high : ndarray of float, shape (k,)
        Missing (NaN) where a group is empty; `std_dev` also where it has one score.
    """

    n: np.ndarray
    mean: np.ndarray
    std_dev: np.ndarray
    median: np.ndarray
    quartile_low: np.ndarray
    quartile_high: np.ndarray


def summary(values: np.ndarray) -> Summary:
    """Number, mean, standard deviation, median and quartiles.

    Parameters
    ----------
    values : ndarray, shape (n,)

    Raises
    ------
    NotEnoughData
        When there is no value.
    ValueError
        When a value is missing.

    Notes
    -----
    Quartiles interpolate linearly between order statistics, R's default type 7 [1]_.

    References
    ----------
    .. [1] Hyndman RJ, Fan Y (1996). Sample quantiles in statistical packages.
       The American Statistician 50(4), 361-365.

    Examples
    --------
    >>> summary([2.0, 4.0, 6.0, 8.0])
    Summary(n=4, mean=5.0, std_dev=2.58..., median=5.0, quartile_low=3.5, quartile_high=6.5)
    """
    values = checked_values(values)
    if not len(values):
        raise NotEnoughData("A summary needs one score or more; there are none.")
    groups = group_summaries(values, np.zeros(len(values), dtype=np.intp))
    return Summary(
        n=len(values),
        mean=float(groups.mean[0]),
        std_dev=float(groups.std_dev[0]),
        median=float(groups.median[0]),
        quartile_low=float(groups.quartile_low[0]),
        quartile_high=float(groups.quartile_high[0]),
    )


def group_summaries(
    values: np.ndarray, groups: np.ndarray, *, n_groups: int | None = None
) -> GroupSummaries:
    """`summary` of every group at once; an empty group gets missing numbers.

    Parameters
    ----------
    values : ndarray, shape (n,)
    groups : ndarray of int, shape (n,)
        Group codes from 0.
    n_groups : int, optional
        Number of groups k, where the last may be empty; otherwise the highest code plus one.

    Raises
    ------
    ValueError
        When a value is missing, or a group code is not a whole number from 0.

    Notes
    -----
    One sort by group and value serves all the quartiles.

    Examples
    --------
    >>> both = group_summaries([2.0, 4.0, 9.0], [0, 0, 1])
    >>> both.mean, both.median, both.n
    (array([3., 9.]), array([3., 9.]), array([2, 1]))
    """
    values = checked_values(values)
    groups, n_groups = checked_groups(groups, len(values), n_groups)
    n = np.bincount(groups, minlength=n_groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(groups, weights=values, minlength=n_groups) / n
        squares = np.bincount(groups, weights=(values - mean[groups]) ** 2, minlength=n_groups)
        std_dev = np.where(n >= 2, np.sqrt(squares / (n - 1)), np.nan)
    ordered = values[np.lexsort((values, groups))]
    low, median, high = (_quantile(ordered, n, share) for share in (0.25, 0.5, 0.75))
    return GroupSummaries(n, mean, std_dev, median, low, high)


def standardised_response_mean(changes: np.ndarray) -> float:
    """Mean change in units of its own standard deviation; missing where no change differs.

    Parameters
    ----------
    changes : ndarray, shape (n,)
        One change per patient.

    Raises
    ------
    NotEnoughData
        With fewer than two changes.
    ValueError
        When a change is missing.

    Notes
    -----
    ``mean / std_dev``, with divisor n - 1 [1]_. It describes how visible a change is against the
    differences between patients, not how much it matters to them.

    References
    ----------
    .. [1] Liang MH, Fossel AH, Larson MG (1990). Comparisons of five health status instruments
       for orthopedic evaluation. Medical Care 28(7), 632-642.

    Examples
    --------
    >>> standardised_response_mean([1.0, 2.0, 3.0])
    2.0
    """
    changes = checked_values(changes, "changes")
    if len(changes) < 2:
        raise NotEnoughData(
            f"A standardised response mean needs 2 changes or more; there are {len(changes)}."
        )
    std_dev = changes.std(ddof=1)
    return float(changes.mean() / std_dev) if std_dev > 0 else float("nan")


def _quantile(ordered: np.ndarray, n: np.ndarray, share: float) -> np.ndarray:
    """Quantile (type 7) of each run of n sorted values; NaN for an empty run."""
    if not len(ordered):
        return np.full(len(n), np.nan)
    place = (np.maximum(n, 1) - 1) * share
    below = np.floor(place).astype(np.intp)
    start = np.cumsum(n) - n
    last = len(ordered) - 1
    lower = ordered[np.minimum(start + below, last)]
    upper = ordered[np.minimum(start + np.minimum(below + 1, np.maximum(n - 1, 0)), last)]
    return np.where(n > 0, lower + (place - below) * (upper - lower), np.nan)

"""Whether one person's change is more than error of measurement: the Jacobson-Truax family."""

from dataclasses import dataclass

import numpy as np

from hipoutcomes.errors import NotEnoughData
from hipoutcomes.stats.inputs import checked_inside, checked_values

#: Formulas for the index of reliable change, the most used first.
METHODS = (
    "jacobson-truax",
    "gulliksen-lord-novick",
    "edwards-nunnally",
    "hsu-linn-lord",
    "nunnally-kotsch",
)

#: Index beyond which a change counts as reliable: two-sided, 95% of people without change.
CRITERION = 1.96

#: Classes of change, by what became of a state that patients accept; the first is best.
CLASSES = (
    "reliably better, into the state",
    "reliably better",
    "not reliably changed",
    "reliably worse",
    "reliably worse, out of the state",
)


@dataclass(frozen=True, slots=True, eq=False)
class ReliableChange:
    """Each person's change in units of its error.

    Attributes
    ----------
    index : ndarray of float, shape (n,)
        Positive is better.
    better, worse : ndarray of bool, shape (n,)
        Beyond the criterion.
    std_error : float
        What the change is divided by, in the units of the score.
    method : str
    reliability : float
    """

    index: np.ndarray
    better: np.ndarray
    worse: np.ndarray
    std_error: float
    method: str
    reliability: float


def reliable_change(
    first: np.ndarray,
    second: np.ndarray,
    *,
    reliability: float,
    sign: int,
    method: str = "jacobson-truax",
    mean: float | None = None,
    std_dev: float | None = None,
    criterion: float = CRITERION,
) -> ReliableChange:
    """Sort people by whether their change exceeds what error of measurement alone seldom brings.

    The estimand: for each person, whether the true score moved; the index is the change, or its
    distance from the change expected of a person with that first score, in standard errors.

    Parameters
    ----------
    first, second : ndarray, shape (n,)
        Scores of the same people, in the units of the score.
    reliability : float
        Correlation of two scores of one person who does not change, 0 to below 1.
    sign : {1, -1}
        1 where a higher score is better, -1 where a lower one is.
    method : str
        One of `METHODS`.
    mean, std_dev : float, optional
        Of first scores in the population of the reliability; those of `first` by default.
    criterion : float
        Size of the index from which on (not including it) a change is reliable. Speer (1992) took
        2 for Edwards-Nunnally.

    Raises
    ------
    NotEnoughData
        When the spread is to come from fewer than two first scores, or all are alike.
    ValueError
        When a score is missing, the two differ in length, or an option has no such value.

    Notes
    -----
    With x and y the two scores, M and S mean and standard deviation of first scores, r the
    reliability, and the regressed first score ``t = M + r (x - M)``:

    - jacobson-truax [1]_: ``(y - x) / (S sqrt(2 (1 - r)))``;
    - gulliksen-lord-novick [2]_: ``(y - t) / (S sqrt(1 - r**2))``;
    - edwards-nunnally [3]_: ``(y - t) / (S sqrt(1 - r))``;
    - hsu-linn-lord [2]_: ``(y - t - (mean(y) - M)) / (S sqrt(1 - r**2))``: change beyond the mean
      change of all, so about as many are better as worse;
    - nunnally-kotsch [4]_: ``(y - t) / (S sqrt((1 - r) (1 + r**2)))``, with the same reliability
      and spread at both times.

    The four after the first allow for regression to the mean. On one set of 40 patients the share
    better ran from 30 to 80 percent by method alone: name it with every count.

    References
    ----------
    .. [1] Jacobson NS, Truax P (1991). Clinical significance: a statistical approach to defining
       meaningful change in psychotherapy research. Journal of Consulting and Clinical Psychology
       59(1), 12-19.
    .. [2] Hsu LM (1989). Reliable changes in psychotherapy: taking into account regression toward
       the mean. Behavioral Assessment 11, 459-467. Hsu LM (1999). Caveats concerning comparisons
       of change rates obtained with five methods of identifying significant client changes.
       Journal of Consulting and Clinical Psychology 67(4), 594-598.
    .. [3] Speer DC (1992). Clinically significant change: Jacobson and Truax (1991) revisited.
       Journal of Consulting and Clinical Psychology 60(3), 402-408.
    .. [4] Nunnally JC, Kotsch WE (1983). Studies of individual subjects: logic and methods of
       analysis. British Journal of Clinical Psychology 22(2), 83-93.

    Examples
    --------
    >>> found = reliable_change([20, 20, 20], [12, 16, 28], reliability=0.8, sign=-1, std_dev=5)
    >>> found.index.round(4).tolist(), found.better.tolist(), found.worse.tolist()
    ([2.5298, 1.2649, -2.5298], [True, False, False], [False, False, True])
    """
    first, second = checked_values(first, "first"), checked_values(second, "second")
    _check(first, second, reliability, sign, method, criterion)
    mean = float(first.mean()) if mean is None else mean
    std_dev = _spread(first) if std_dev is None else checked_inside(std_dev, "std_dev", 0, np.inf)
    regressed = mean + reliability * (first - mean)
    beyond, share = {
        "jacobson-truax": (second - first, 2 * (1 - reliability)),
        "gulliksen-lord-novick": (second - regressed, 1 - reliability**2),
        "edwards-nunnally": (second - regressed, 1 - reliability),
        "hsu-linn-lord": (
            second - regressed - (second.mean() - mean),
            1 - reliability**2,
        ),
        "nunnally-kotsch": (second - regressed, (1 - reliability) * (1 + reliability**2)),
    }[method]
    std_error = float(std_dev * np.sqrt(share))
    index = sign * beyond / std_error
    return ReliableChange(
        index=index,
        better=index > criterion,
        worse=index < -criterion,
        std_error=std_error,
        method=method,
        reliability=reliability,
    )


def change_classes(
    better: np.ndarray,
    worse: np.ndarray,
    accepted_before: np.ndarray | None = None,
    accepted_after: np.ndarray | None = None,
) -> np.ndarray:
    """Class of each person's change: five where a state that patients accept is known, else three.

    Parameters
    ----------
    better, worse : ndarray of bool, shape (n,)
        Reliably; nobody is both.
    accepted_before, accepted_after : ndarray of bool, shape (n,), optional
        In the state that patients accept, at either time.

    Returns
    -------
    ndarray of int, shape (n,)
        Place in `CLASSES`. Jacobson and Truax call the first recovered, the second improved, the
        fourth deteriorated.

    Raises
    ------
    ValueError
        When somebody is both better and worse, or only one of the two states is given.

    Examples
    --------
    >>> change_classes([True, True, False, False], [False, False, False, True]).tolist()
    [1, 1, 2, 3]
    >>> change_classes([True, True, False, False], [False, False, False, True],
    ...                [False, True, True, True], [True, True, True, False]).tolist()
    [0, 1, 2, 4]
    """
    better, worse = np.asarray(better, dtype=bool), np.asarray(worse, dtype=bool)
    if (better & worse).any():
        raise ValueError("Nobody can be reliably better and reliably worse at once.")
    if (accepted_before is None) != (accepted_after is None):
        raise ValueError("Give the state at both times, or at neither.")
    codes = np.where(better, 1, np.where(worse, 3, 2))
    if accepted_before is None:
        return codes
    before, after = np.asarray(accepted_before, bool), np.asarray(accepted_after, bool)
    codes[better & ~before & after] = 0
    codes[worse & before & ~after] = 4
    return codes


def _spread(first: np.ndarray) -> float:
    """Standard deviation of first scores."""
    if len(first) < 2 or first.min() == first.max():
        raise NotEnoughData(
            "Reliable change needs the spread of first scores, and there are "
            f"{len(first)}, all alike.",
            remedy="Give std_dev from a source.",
        )
    return float(first.std(ddof=1))


def _check(first, second, reliability, sign, method, criterion) -> None:
    """Refuse options without meaning."""
    if first.shape != second.shape:
        raise ValueError(
            f"first and second must be of the same people; they have {len(first)} and "
            f"{len(second)} scores."
        )
    if not 0 <= reliability < 1:
        raise ValueError(f"reliability must lie from 0 to below 1; it is {reliability!r}.")
    if sign not in (1, -1):
        raise ValueError(f"sign must be 1 or -1; it is {sign!r}.")
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; it is {method!r}.")
    checked_inside(criterion, "criterion", 0, np.inf)
